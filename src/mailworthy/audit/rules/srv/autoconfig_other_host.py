"""The settings for mail programs name other servers than the SRV records do.

## What it checks
The servers in the autoconfig file are those of the SRV records, where there are both.

## Why it matters
What a program does depends on which of the two it asks. One of them is out of date.

## How to fix
Let the file name the servers of the SRV records; `mailworthy config` writes both.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import ServiceEvidence
from mailworthy.audit.finding import Found, Remedy, Severity
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.srv._autoconfig import config, programs, show, write
from mailworthy.audit.rules.srv._settings import hosts
from mailworthy.audit.rules.srv._targets import preferred, targets
from mailworthy.lookup.model import Fetched
from mailworthy.names import normalize, printable


@rule(
    severity=Severity.WARNING,
    references=(
        "draft-ietf-mailmaint-autoconfig",
        "RFC 6186 §3.1",
    ),
    bad=programs(config("example.com", "old.example.net")),
    good=programs(config("example.com", "mail.example.com")),
)
def check(
    domain: str, autoconfig_file: Fetched, services: tuple[ServiceEvidence, ...]
) -> Iterator[Found]:
    known = targets(services)
    named = hosts(autoconfig_file) if autoconfig_file.code == 200 else ()
    others = [host for host in named or () if normalize(host) not in known]
    if not known or not others:
        return
    shown = ", ".join(printable(host, 60) for host in others[:4])
    yield Found(
        subject=f"autoconfig.{domain}",
        message=f"the settings for mail programs name {shown}, which no SRV record does",
        evidence=(show(autoconfig_file, f"hostname {shown}"),),
        remedy=Remedy((write(domain, preferred(services)),)),
    )
