"""The name `autoconfig` is an alias that leads nowhere.

## What it checks
Where `autoconfig` is a CNAME, the name at its end has an address.

## Why it matters
Thunderbird and others look there for the settings of an account, and find nothing.
If the name at the end lies with a provider that you have left, somebody else may claim it, and
hand your users settings of his own.

## How to fix
Withdraw the alias, or point it to the host that serves the settings.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import AddressSet
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthy import healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.srv._shared import dangling


@rule(
    severity=Severity.WARNING,
    references=("RFC 1912 §2.4",),
    bad=healthy(
        drop=("autoconfig.example.com.",),
        add=("autoconfig.example.com. CNAME gone.example.com.",),
    ),
    good=healthy(drop=("autoconfig.example.com.",)),
)
def check(autoconfig: AddressSet, domain: str) -> Iterator[Found]:
    if found := dangling(autoconfig, domain):
        yield found
