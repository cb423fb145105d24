"""The SPF record of a mail host's name lets everybody greet with it.

## What it checks
The SPF record at the name of a sending host does not contain `+all`.

## Why it matters
Anybody in the world may introduce himself as your mail host, and passes.
Filters know the trick, and mistrust the name altogether.

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
from mailworthy.spf.model import Qualifier, SpfRecord


@rule(
    over="hosts",
    severity=Severity.WARNING,
    references=("RFC 7208 §10.1.2", "RFC 7208 §5.1"),
    bad=healthy(drop=("mail.example.com. TXT",), add=('mail.example.com. TXT "v=spf1 +all"',)),
    good=healthy(drop=("mail.example.com. TXT",), add=('mail.example.com. TXT "v=spf1 a ?all"',)),
)
def check(
    host: HostEvidence, addresses: AddressSet, helo_spf: Published[SpfRecord], domain: str
) -> Iterator[Found]:
    record, only = helo_spf.record, helo_spf.only
    if record is None or only is None or not introduces(host, addresses, domain):
        return
    if record.all is None or record.all.qualifier is not Qualifier.PASS:
        return
    yield Found(
        subject=host.name,
        message=f"the SPF record of {printable(host.name, 100)} lets everybody use the name",
        evidence=(cite(helo_spf.answer, only.text),),
        remedy=Remedy(mend(helo_spf.answer, domain, remove=(only.text,), add=(STANDARD,))),
    )
