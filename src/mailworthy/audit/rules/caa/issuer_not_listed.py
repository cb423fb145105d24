"""The CA that the intent names may not issue certificates for the domain.

## What it checks
Every CA under `ca` in `mailworthy.toml` is allowed by the CAA records that govern the domain.

## Why it matters
The CA must refuse, so the next renewal fails: first the mail programs complain, then MTA-STS and
everything else that checks certificates.

## How to fix
Publish an `issue` record for the CA beside those that are there.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Certification
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthy import healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._intent import INTENT
from mailworthy.audit.rules.caa._shared import WILD, found, instead, records
from mailworthy.domain.intent import Domain
from mailworthy.names import printable
from mailworthy.rdata.caa import KNOWN_TAGS, Caa, authorizes, render

_OTHER = 'example.com. CAA 0 issue "pki.goog"'


@rule(
    severity=Severity.WARNING,
    references=("RFC 8659 §4.2",),
    bad=instead(_OTHER, WILD, intent=INTENT),
    good=healthy(add=(_OTHER,), intent=INTENT),
)
def check(domain: str, caa: Certification, intent: Domain) -> Iterator[Found]:
    there = records(caa)
    unknown = any(r.critical and r.tag not in KNOWN_TAGS for r in there)
    refused = [ca for ca in intent.ca if not authorizes(there, ca)]
    if not refused or unknown or caa.found_at is None:
        return
    shown = ", ".join(printable(ca, 100) for ca in refused)
    new = [render(Caa(0, "issue", ca)) for ca in refused]
    yield found(caa, domain, f"CAA does not let {shown} issue for {domain}", remove=(), add=new)
