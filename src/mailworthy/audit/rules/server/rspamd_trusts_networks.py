"""Rspamd does not judge mail from whole networks.

## What it checks
`local_addrs` of Rspamd holds nothing but loopback addresses.

## Why it matters
For clients in it Rspamd skips SPF, DKIM, DMARC and blocklists. It ships with all private networks in the list:
behind a proxy, NAT or a container bridge every message comes from such an address, and nothing is judged at all.

## How to fix
Set it in `override.d/options.inc`, which replaces the list; `local.d` only adds to it. Machines whose mail is to be
signed go to `sign_networks`.
"""

from collections.abc import Iterator
from ipaddress import ip_network

from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthyserver import OPTIONS, served
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.server._shared import dump, rspamd_file, short
from mailworthy.servers.reading.model import Rspamd


@rule(
    over="rspamds",
    severity=Severity.WARNING,
    references=("RFC 7208 §2.3", "RFC 9989 §5.3"),
    bad=served(files={OPTIONS: None}),
    good=served(),
)
def check(rspamd: Rspamd) -> Iterator[Found]:
    wide = [place for place in rspamd.local if not _is_loopback(place)]
    if not wide:
        return
    shown = ", ".join(wide[:6])
    yield Found(
        subject="Rspamd",
        message=f"Rspamd skips SPF, DKIM and DMARC for mail from {short(shown)}",
        evidence=dump(rspamd, "options", f"local_addrs: {shown}"),
        remedy=rspamd_file(
            rspamd, "override.d/options.inc", 'local_addrs = ["127.0.0.0/8", "::1"];'
        ),
    )


def _is_loopback(place: str) -> bool:
    try:
        return ip_network(place, strict=False).is_loopback
    except ValueError:
        return place == "localhost"
