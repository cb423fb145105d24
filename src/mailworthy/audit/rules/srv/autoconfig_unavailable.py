"""Mail programs find a name for their settings, and no settings there.

## What it checks
Where `autoconfig.` and the domain has an address, the file of settings is there with HTTP status 200.

## Why it matters
Thunderbird and others look there first, then guess; people are asked for the names of servers.

## How to fix
Serve the file (`mailworthy config` writes it), or take the name away.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import ServiceEvidence
from mailworthy.audit.finding import Found, Remedy, Severity
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.srv._autoconfig import URL, config, programs, show, write
from mailworthy.audit.rules.srv._targets import preferred
from mailworthy.lookup.model import Fetch, Fetched, Status

_GONE = Fetched(Fetch(URL), Status.FOUND, code=404, content_type="text/html")


@rule(
    severity=Severity.ADVICE,
    references=("draft-ietf-mailmaint-autoconfig",),
    bad=programs(_GONE),
    good=programs(config("example.com", "mail.example.com")),
)
def check(
    domain: str, autoconfig_file: Fetched, services: tuple[ServiceEvidence, ...]
) -> Iterator[Found]:
    if autoconfig_file.status is Status.FAILED or autoconfig_file.code == 200:
        return
    yield Found(
        subject=f"autoconfig.{domain}",
        message=f"autoconfig.{domain} has no settings: status {autoconfig_file.code}",
        evidence=(show(autoconfig_file),),
        remedy=Remedy((write(domain, preferred(services) or f"mail.{domain}"),)),
    )
