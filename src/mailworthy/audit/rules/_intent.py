"""Cases with an intent: the healthy world as its `mailworthy.toml` describes it."""

from mailworthy.audit.case import Case
from mailworthy.audit.healthy import healthy

INTENT = """\
[hosts."mail.example.com"]
ipv4 = ["192.0.2.25"]
ipv6 = ["2001:db8::25"]
mx = 10

[domains."example.com"]
reports = "dmarc@example.com"
nameservers = ["ns1.example.net", "ns2.example.net"]
selectors = ["r202611", "e202611"]
dnssec = true
ca = ["letsencrypt.org"]
"""
_OUT = """\

[hosts."out.example.com"]
ipv4 = ["192.0.2.26"]
"""


def with_sender(*lines: str, ptr: str = "out.example.com") -> Case:
    """The healthy world with a host that only sends, `out.example.com`."""
    return healthy(
        drop=("example.com. TXT",),
        add=(
            'example.com. TXT "v=spf1 ip4:192.0.2.25 ip4:192.0.2.26 ip6:2001:db8::25 ~all"',
            f"26.2.0.192.in-addr.arpa. PTR {ptr}.",
            *lines,
        ),
        intent=INTENT + _OUT,
    )
