"""A world in which nothing is wrong, for rules to change one thing in.

It holds the root, `example.com` with one mail host, `example.net` with its name servers, and
the reverse names. Every line is one record, so that cases can drop and add lines.
"""

from typing import Any

from mailworthy.audit.case import Case
from mailworthy.errors import UsageError

RSA = (
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAhUS1Tdeiu5dxy8pa3lszTs/gWysPQFD/TrAg"
    "sNEg8cXmxKrfYJu+ANCsAb+45s+YD5Brfv3ZuQ16KGzaiCwf6Y/KLu2XqxnYbV/4x1MWm1smCewnkVYG"
    "arRlNNRdu1O5CYUahPZkdN8f/fBgP3IFZZShr5BuDcg2J9T7qXIdFKNepJgzI4fnGJVXip3loJg2/+aq"
    "Il7VeChNA1uR+0ccBlQGEqxb/CEvzgNrHh2I36cQhJz/11G4DsZSPFA5gT6xAUs3lMjBwL+YjVOxR1na"
    "uYG+d8VZKeT6dsNOOoHCjUQZQ+n+2tC9vFH1CBimaZM8tGD/Un4gKZLuLGQsoIqn1wIDAQAB"
)
ED25519 = "+/nzeLtcSrAHXklywJgFkJ98ihUf9UU+8dOQnDYi4vY="
SIGNED = (".", "example.com", "example.net", "2.0.192.in-addr.arpa", "8.b.d.0.1.0.0.2.ip6.arpa")
SELECTORS = ("r202611", "e202611")
PTR4 = "25.2.0.192.in-addr.arpa."
PTR6 = "5.2." + "0." * 22 + "8.b.d.0.1.0.0.2.ip6.arpa."
POLICY_URL = "https://mta-sts.example.com/.well-known/mta-sts.txt"
POLICY = "version: STSv1\nmode: testing\nmx: mail.example.com\nmax_age: 86400\n"
RSA_RECORD = f"v=DKIM1; k=rsa; t=s; p={RSA}"
ED25519_RECORD = f"v=DKIM1; k=ed25519; t=s; p={ED25519}"
_RSA_STRINGS = f'"{RSA_RECORD[:200]}" "{RSA_RECORD[200:]}"'
_SOA = "SOA ns1.example.net. hostmaster.example.com. 2026112301 14400 3600 1209600 3600"

HEALTHY = f"""\
. 3600 {_SOA}
2.0.192.in-addr.arpa. 3600 {_SOA}
8.b.d.0.1.0.0.2.ip6.arpa. 3600 {_SOA}
{PTR4} PTR mail.example.com.
{PTR6} PTR mail.example.com.
example.net. 3600 {_SOA}
example.net. NS ns1.example.net.
example.net. NS ns2.example.net.
example.net. TXT "v=spf1 -all"
ns1.example.net. A 198.51.100.53
ns1.example.net. AAAA 2001:db8:1::53
ns2.example.net. A 203.0.113.53
example.com. DS 23483 13 2 00380ef8cf3d44832ec216e542c60e25f2537b480f20309a6fa81c793722fbee
example.com. 3600 {_SOA}
example.com. NS ns1.example.net.
example.com. NS ns2.example.net.
example.com. DNSKEY 257 3 13 /7bxf1C9nYpDKUBy+zpBYd++szab9NQ+ 9YDe1CtGemMWeaZPOSJ0oLADRYlLF9N8 KYX7MtVcjPlW3NSwpDJlUw==
example.com. NSEC3PARAM 1 0 0 -
example.com. MX 10 mail.example.com.
example.com. TXT "v=spf1 ip4:192.0.2.25 ip6:2001:db8::25 ~all"
mail.example.com. A 192.0.2.25
mail.example.com. AAAA 2001:db8::25
mail.example.com. TXT "v=spf1 a -all"
_25._tcp.mail.example.com. TLSA 3 1 1 35b730f28a25edb6e26cf2244627b5cd973a6515442d80d14f413c6212b5d144
r202611._domainkey.example.com. TXT {_RSA_STRINGS}
e202611._domainkey.example.com. TXT "{ED25519_RECORD}"
_dmarc.example.com. TXT "v=DMARC1; p=quarantine; sp=quarantine; np=reject; psd=n; rua=mailto:dmarc@example.com"
_mta-sts.example.com. TXT "v=STSv1; id=20261123T000000Z"
mta-sts.example.com. CNAME mail.example.com.
_smtp._tls.example.com. TXT "v=TLSRPTv1; rua=mailto:tlsrpt@example.com"
example.com. CAA 0 issue "letsencrypt.org"
example.com. CAA 0 issuewild ";"
_submissions._tcp.example.com. SRV 0 1 465 mail.example.com.
_submission._tcp.example.com. SRV 10 1 587 mail.example.com.
_imaps._tcp.example.com. SRV 0 1 993 mail.example.com.
_imap._tcp.example.com. SRV 0 0 0 .
_pop3._tcp.example.com. SRV 0 0 0 .
_pop3s._tcp.example.com. SRV 0 0 0 .
autoconfig.example.com. CNAME mail.example.com.
autodiscover.example.com. CNAME mail.example.com.
_autodiscover._tcp.example.com. SRV 0 0 443 mail.example.com.
default._bimi.example.com. TXT "v=BIMI1; l=; a=;"
www.example.com. A 192.0.2.80
www.example.com. MX 0 .
www.example.com. TXT "v=spf1 -all"
"""


def healthy(*, add: tuple[str, ...] = (), drop: tuple[str, ...] = (), **more: Any) -> Case:
    """The healthy world, changed: lines beginning with one of `drop` go, `add` comes.

    Lines are written as in HEALTHY, names absolute. A `drop` that fits no line raises
    UsageError, so that a case cannot quietly stop being bad. `more` are fields of Case.
    """
    kept = HEALTHY.splitlines()
    for prefix in drop:
        left = [line for line in kept if not line.startswith(prefix)]
        if len(left) == len(kept):
            raise UsageError(f"no line of the healthy world begins with {prefix!r}")
        kept = left
    changes = tuple(f"- {p}" for p in drop) + tuple(f"+ {a}" for a in add)
    fields: dict[str, Any] = {
        "signed": SIGNED,
        "selectors": SELECTORS,
        "fetches": {POLICY_URL: POLICY},
    }
    return Case("\n".join([*kept, *add]) + "\n", changes=changes, **{**fields, **more})
