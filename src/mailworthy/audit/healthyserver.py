"""The healthy world seen from its mail server: files and programs in which nothing is wrong.

The settings are those that `mailworthy config` writes. A key file is represented by its public
half, as that is all that is ever read of it.
"""

from collections.abc import Mapping
from typing import Any

from mailworthy.audit.case import Case
from mailworthy.audit.cure import with_line
from mailworthy.audit.healthy import ED25519, RSA, healthy
from mailworthy.errors import UsageError

MAIN = "/etc/postfix/main.cf"
MASTER = "/etc/postfix/master.cf"
SIGNING = "/etc/rspamd/local.d/dkim_signing.conf"
OPTIONS = "/etc/rspamd/override.d/options.inc"
HEADERS = "/etc/rspamd/local.d/milter_headers.conf"
CHAIN = "/etc/letsencrypt/live/mail.example.com/fullchain.pem"
RSA_KEY = "/var/lib/rspamd/dkim/example.com.r202611.key"
ED25519_KEY = "/var/lib/rspamd/dkim/example.com.e202611.key"

RENEWED = """\
-----BEGIN CERTIFICATE-----
MIIBXzCCAQWgAwIBAgIUHzqnVAZE7EidOjllbZoQuwEdUf4wCgYIKoZIzj0EAwIw
FTETMBEGA1UEAwwKRXhhbXBsZSBDQTAeFw0yNzAxMDEwMDAwMDBaFw0yNzA0MDEw
MDAwMDBaMBsxGTAXBgNVBAMMEG1haWwuZXhhbXBsZS5jb20wWTATBgcqhkjOPQIB
BggqhkjOPQMBBwNCAARJHShln4eOC4qKoxVyBinc01zdFd4WnuyZc65rVxBOs+eQ
8sKOTI0jIBfVVXE2CfIZm9y1etTQdIx996j6dT9soy0wKzAMBgNVHRMBAf8EAjAA
MBsGA1UdEQQUMBKCEG1haWwuZXhhbXBsZS5jb20wCgYIKoZIzj0EAwIDSAAwRQIg
NaIiA6F4CvOs9U7yyY+A2Yh/2MFRkPrIiAfG/M2pG00CIQCWviUpEO2KmBBJYR4b
gBny+xfHdGdv+YNWMi7X1uxMnQ==
-----END CERTIFICATE-----
"""
CERTIFICATE = """\
-----BEGIN CERTIFICATE-----
MIIBXzCCAQWgAwIBAgIUIss2a5NKQM+yuh5xdtiF5aliu9owCgYIKoZIzj0EAwIw
FTETMBEGA1UEAwwKRXhhbXBsZSBDQTAeFw0yNjEwMjAwMDAwMDBaFw0yNzAxMTgw
MDAwMDBaMBsxGTAXBgNVBAMMEG1haWwuZXhhbXBsZS5jb20wWTATBgcqhkjOPQIB
BggqhkjOPQMBBwNCAARJHShln4eOC4qKoxVyBinc01zdFd4WnuyZc65rVxBOs+eQ
8sKOTI0jIBfVVXE2CfIZm9y1etTQdIx996j6dT9soy0wKzAMBgNVHRMBAf8EAjAA
MBsGA1UdEQQUMBKCEG1haWwuZXhhbXBsZS5jb20wCgYIKoZIzj0EAwIDSAAwRQIg
Bv7cSIET2RWPWyHM/0aqqTYDpVFqAmtnOuRU5lYPdHACIQCJBrmiiBDjR6ab0sZv
5wK+fowgiHWMq4bAdpueiP99nQ==
-----END CERTIFICATE-----
"""
SELF_SIGNED = """\
-----BEGIN CERTIFICATE-----
MIIBZTCCAQugAwIBAgIUciKLaCUnK+7PCOOW3TlQEVxpNwwwCgYIKoZIzj0EAwIw
GzEZMBcGA1UEAwwQbWFpbC5leGFtcGxlLmNvbTAeFw0yNjEwMjAwMDAwMDBaFw0y
NzAxMTgwMDAwMDBaMBsxGTAXBgNVBAMMEG1haWwuZXhhbXBsZS5jb20wWTATBgcq
hkjOPQIBBggqhkjOPQMBBwNCAARJHShln4eOC4qKoxVyBinc01zdFd4WnuyZc65r
VxBOs+eQ8sKOTI0jIBfVVXE2CfIZm9y1etTQdIx996j6dT9soy0wKzAMBgNVHRMB
Af8EAjAAMBsGA1UdEQQUMBKCEG1haWwuZXhhbXBsZS5jb20wCgYIKoZIzj0EAwID
SAAwRQIhAJK/gDk3t6hmQURTnKFo6NbeqbTlsVddEAedkLIFiGDlAiAgvJEcCMbi
78WBIZoPW896GCbIvHZo7wpBdNZpfFRKWg==
-----END CERTIFICATE-----
"""
OTHER_NAME = """\
-----BEGIN CERTIFICATE-----
MIIBXTCCAQOgAwIBAgIUOpPuj+eEh4OI78vH80OFu1R75qowCgYIKoZIzj0EAwIw
FTETMBEGA1UEAwwKRXhhbXBsZSBDQTAeFw0yNjEwMjAwMDAwMDBaFw0yNzAxMTgw
MDAwMDBaMBoxGDAWBgNVBAMMD3d3dy5leGFtcGxlLmNvbTBZMBMGByqGSM49AgEG
CCqGSM49AwEHA0IABEkdKGWfh44LioqjFXIGKdzTXN0V3hae7JlzrmtXEE6z55Dy
wo5MjSMgF9VVcTYJ8hmb3LV61NB0jH33qPp1P2yjLDAqMAwGA1UdEwEB/wQCMAAw
GgYDVR0RBBMwEYIPd3d3LmV4YW1wbGUuY29tMAoGCCqGSM49BAMCA0gAMEUCIC8l
MlvXgv9Lh4t9MsRiTcKn9UgCOcIZGB0fiGYu622+AiEAkD5Vw3a+BRQkg23HV0uS
u72t6QwwXvmF6ouaujEYS2U=
-----END CERTIFICATE-----
"""
OTHER_KEY = """\
-----BEGIN CERTIFICATE-----
MIIBYDCCAQWgAwIBAgIUC5fyft94w8ogfAr24yrS3BOE4DkwCgYIKoZIzj0EAwIw
FTETMBEGA1UEAwwKRXhhbXBsZSBDQTAeFw0yNjEwMjAwMDAwMDBaFw0yNzAxMTgw
MDAwMDBaMBsxGTAXBgNVBAMMEG1haWwuZXhhbXBsZS5jb20wWTATBgcqhkjOPQIB
BggqhkjOPQMBBwNCAARWyuEkTqdaS1c+YcSuOeEnC23bTRoIYjHwFQ4EZ4J5utz9
Rwxd4TcrZzWt2qmCfo4KyheKcx6VxSj2qds850Kxoy0wKzAMBgNVHRMBAf8EAjAA
MBsGA1UdEQQUMBKCEG1haWwuZXhhbXBsZS5jb20wCgYIKoZIzj0EAwIDSQAwRgIh
ALIUrmzpv4vMxDlwaHW+1Qb1P3lPzqvFnkJKMgoHw1S1AiEA7CLQJsG21eEcz9Rt
QHkoTpKBQcscV8P0bNnvRr+rn24=
-----END CERTIFICATE-----
"""
TLSA = "3 1 1 16d69c62d78375739763acf28774441981972d812e54ae7b7f1242efc608b8c0"

FILES: dict[str, str] = {
    MAIN: """\
compatibility_level = 3.6
myhostname = mail.example.com
smtp_helo_name = $myhostname
smtpd_banner = $myhostname ESMTP
inet_interfaces = all
inet_protocols = all
mydestination = localhost
virtual_mailbox_domains = example.com
mynetworks = 127.0.0.0/8 [::1]/128
smtpd_tls_cert_file = /etc/letsencrypt/live/mail.example.com/fullchain.pem
smtpd_tls_key_file = /etc/letsencrypt/live/mail.example.com/privkey.pem
smtpd_tls_security_level = may
smtpd_tls_auth_only = yes
smtpd_tls_protocols = !SSLv2, !SSLv3, !TLSv1, !TLSv1.1
smtp_tls_security_level = may
smtp_tls_protocols = !SSLv2, !SSLv3, !TLSv1, !TLSv1.1
smtpd_milters = inet:127.0.0.1:11332
non_smtpd_milters = $smtpd_milters
milter_protocol = 6
milter_default_action = tempfail
smtpd_helo_required = yes
disable_vrfy_command = yes
smtpd_forbid_bare_newline = yes
smtpd_forbid_unauth_pipelining = yes
smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, reject_unauth_destination
""",
    MASTER: """\
smtp inet n - y - - smtpd
smtp unix - - y - - smtp
""",
    OPTIONS: """\
local_addrs = ["127.0.0.0/8", "::1"];
""",
    SIGNING: """\
sign_authenticated = true;
sign_local = true;
try_fallback = false;
use_domain = "header";
use_esld = false;
domain {
  "example.com" {
    selectors [
      { path = "/var/lib/rspamd/dkim/example.com.r202611.key"; selector = "r202611"; },
      { path = "/var/lib/rspamd/dkim/example.com.e202611.key"; selector = "e202611"; },
    ]
  }
}
""",
    HEADERS: """\
use = ["authentication-results", "x-spamd-result"];
""",
    RSA_KEY: f"k=rsa; p={RSA}",
    ED25519_KEY: f"k=ed25519; p={ED25519}",
    CHAIN: CERTIFICATE,
}
COMMANDS: dict[str, str] = {
    "hostname": "mail\n",
    "ip addr": "192.0.2.25 2001:db8::25",
    "ip route": "192.0.2.25 2001:db8::25",
    "ss": "0.0.0.0:25 127.0.0.1:11332",
}
_TLSA = "_25._tcp.mail.example.com. TLSA"


def served(
    *,
    add: tuple[str, ...] = (),
    drop: tuple[str, ...] = (),
    main: tuple[str, ...] = (),
    lines: Mapping[str, tuple[str, ...]] | None = None,
    files: Mapping[str, str | None] | None = None,
    commands: Mapping[str, str | None] | None = None,
    modes: Mapping[str, int] | None = None,
    tlsa: str = TLSA,
    **more: Any,
) -> Case:
    """The healthy world with its server, changed.

    `add` and `drop` change the zone as in `healthy`. `main` are lines that stand in main.cf,
    `lines` those that stand in other files, `files` whole texts (None takes the file away),
    `commands` what programs print (None: the program is missing), `modes` the permission bits of
    files. `tlsa` is what is published for the certificate.
    """
    zone = healthy(drop=(*drop, _TLSA), add=(*add, f"{_TLSA} {tlsa}"))
    found = {**FILES, **{p: t for p, t in (files or {}).items() if t is not None}}
    for path in (p for p, t in (files or {}).items() if t is None):
        if found.pop(path, None) is None:
            raise UsageError(f"the healthy server has no {path!r}")
    said = {**COMMANDS, **{c: t for c, t in (commands or {}).items() if t is not None}}
    for name in (c for c, t in (commands or {}).items() if t is None):
        said.pop(name, None)
    extra = {MAIN: main, **(lines or {})}
    for path, new in extra.items():
        for line in new:
            found[path] = with_line(found.get(path, ""), line)
    changes = (
        *(f"- {line}" for line in drop),
        *(f"+ {line}" for line in add),
        *(f"+ {path}: {line}" for path, new in extra.items() for line in new),
        *(_file(path, text) for path, text in (files or {}).items()),
        *(
            f"{'-' if t is None else '+'} {c}: {t or 'missing'}"
            for c, t in (commands or {}).items()
        ),
        *(f"+ {path}: mode {mode:04o}" for path, mode in (modes or {}).items()),
        *((f"+ {_TLSA} {tlsa}",) if tlsa != TLSA else ()),
    )
    fields: dict[str, Any] = {
        "signed": zone.signed,
        "selectors": zone.selectors,
        "fetches": zone.fetches,
    }
    return Case(
        zone.zones,
        files=found,
        commands=said,
        modes=dict(modes or {}),
        changes=changes,
        **{**fields, **more},
    )


def _file(path: str, text: str | None) -> str:
    if text is None:
        return f"- {path}"
    first = text.strip().partition("\n")[0]
    return f"+ {path}: {first if len(first) < 80 and '-----' not in first else 'another one'}"
