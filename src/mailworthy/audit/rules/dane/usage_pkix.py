"""A TLSA record asks senders to trust the certification authorities of the web.

## What it checks
No TLSA record of an MX host has usage 0 (PKIX-TA) or 1 (PKIX-EE).

## Why it matters
Mail servers share no list of trusted authorities, so senders treat such a record as unusable.
With nothing better beside it they encrypt, but do not know to whom.

## How to fix
Usage 3 says the same of a server's own certificate or key, and usage 2 of an authority, without
the part that senders cannot check.
"""

from collections.abc import Iterator

import msgspec

from mailworthy.audit.evidence import HostEvidence, Read, TlsaSet
from mailworthy.audit.finding import Found, Remedy, Severity, cite
from mailworthy.audit.healthy import healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._records import mend
from mailworthy.audit.rules.dane._shared import CURRENT, OWNER, domain_of, ours, with_problem
from mailworthy.dane.record import Tlsa, render
from mailworthy.names import printable


@rule(
    over="hosts",
    severity=Severity.WARNING,
    references=("RFC 7672 §3.1.3",),
    bad=healthy(drop=(OWNER,), add=(f"{OWNER} TLSA 1 1 1 {CURRENT}",)),
    good=healthy(drop=(OWNER,), add=(f"{OWNER} TLSA 2 1 1 {CURRENT}",)),
)
def check(host: HostEvidence, tlsa: TlsaSet, domain: str) -> Iterator[Found]:
    bad = with_problem(tlsa, "pkix-usage")
    if not bad or not ours(host):
        return
    there = {render(r.parsed.record) for r in tlsa.found if r.parsed.record}
    better = tuple(dict.fromkeys(t for r in bad if (t := _without_pkix(r)) not in there))
    name = printable(tlsa.answer.ask.name, 200)
    yield Found(
        subject=tlsa.answer.ask.name,
        message=f"{name} has TLSA usage {_usages(bad)}, which senders of mail cannot use",
        evidence=tuple(cite(tlsa.answer, read.text) for read in bad[:4]),
        remedy=Remedy(
            mend(
                tlsa.answer,
                domain_of(host, domain),
                remove=(r.text for r in bad),
                add=(t for t in better if t),
            ),
            "With usage 2 the server must send the certificate of the authority along.",
        ),
    )


def _without_pkix(read: Read[Tlsa]) -> str:
    record = read.parsed.record
    return render(msgspec.structs.replace(record, usage=record.usage + 2)) if record else ""


def _usages(bad: tuple[Read[Tlsa], ...]) -> str:
    return " and ".join(sorted({str(r.parsed.record.usage) for r in bad if r.parsed.record}))
