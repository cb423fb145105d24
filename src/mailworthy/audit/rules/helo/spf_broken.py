"""The SPF record of the name that a mail host greets with has a syntax error.

## What it checks
The SPF record at the name of a sending host can be read.

## Why it matters
A record with an error in one term is an error as a whole (permerror).
It protects nothing, and some receivers count it against the mail.

## How to fix
Publish `v=spf1 a -all` instead: the host's own addresses may, nobody else.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import AddressSet, HostEvidence, Published
from mailworthy.audit.finding import Found, Remedy, Severity, cite
from mailworthy.audit.healthy import healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._records import mend
from mailworthy.audit.rules.helo._shared import STANDARD, introduces
from mailworthy.names import printable
from mailworthy.spf.model import SpfRecord


@rule(
    over="hosts",
    severity=Severity.WARNING,
    references=("RFC 7208 §4.6", "RFC 7208 §2.6.7"),
    bad=healthy(drop=("mail.example.com. TXT",), add=('mail.example.com. TXT "v=spf1 a:: -all"',)),
    good=healthy(drop=("mail.example.com. TXT",), add=('mail.example.com. TXT "v=spf1 +a -all"',)),
)
def check(
    host: HostEvidence, addresses: AddressSet, helo_spf: Published[SpfRecord], domain: str
) -> Iterator[Found]:
    only = helo_spf.only
    if only is None or only.parsed.record or not introduces(host, addresses, domain):
        return
    why = only.parsed.problems[0].message if only.parsed.problems else "it cannot be read"
    yield Found(
        subject=host.name,
        message=f"the SPF record of {printable(host.name, 100)} is broken: {printable(why, 200)}",
        evidence=(cite(helo_spf.answer, only.text),),
        remedy=Remedy(mend(helo_spf.answer, domain, remove=(only.text,), add=(STANDARD,))),
    )
