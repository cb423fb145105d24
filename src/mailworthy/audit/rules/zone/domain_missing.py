"""The domain does not exist.

## What it checks
The name of the domain is known in DNS.

## Why it matters
For a name that does not exist there is neither mail nor policy.
Large receivers refuse mail from it at once.

## How to fix
Register the domain, or have it delegated again if it was suspended or has expired.
If it is a name below a domain of yours, publish its records there.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Existence
from mailworthy.audit.finding import AskOther, Found, Remedy, Severity, cite, publish
from mailworthy.audit.healthy import healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.zone._shared import NAME_SERVER
from mailworthy.names import printable


@rule(
    severity=Severity.BLOCKER,
    references=("RFC 8020 §2", "RFC 5321 §2.3.5"),
    bad=healthy(domain="example.org", blanks={"name-server": "ns1.example.net"}),
    good=healthy(domain="example.net"),
)
def check(domain: str, existence: Existence) -> Iterator[Found]:
    if existence.exists or existence.soa.chain:
        return
    yield Found(
        subject=domain,
        message=f"{printable(domain)} does not exist",
        evidence=(cite(existence.soa),),
        remedy=Remedy(
            (
                AskOther(
                    "the registrar of the domain",
                    f"Please delegate {printable(domain)} to its name servers",
                    (publish(domain, "NS", "<name-server>."),),
                ),
            ),
            blanks=(NAME_SERVER,),
        ),
    )
