"""The TLSA records of an MX host have SHA-512 digests only.

## What it checks
Beside matching type 2 (SHA-512) there is a record of type 1 (SHA-256).

## Why it matters
Every sender must know SHA-256; SHA-512 is optional.
A sender without it finds no usable record.

## How to fix
Publish a `3 1 1` record of the same key as well; the others may stay.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import HostEvidence, TlsaSet
from mailworthy.audit.finding import Found, Remedy, Severity, cite
from mailworthy.audit.healthy import healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._records import mend
from mailworthy.audit.rules.dane._shared import BEST, CURRENT, DIGEST, OWNER, domain_of, ours
from mailworthy.dane.record import Matching
from mailworthy.names import printable

_SHA512 = f"{OWNER} TLSA 3 1 2 {CURRENT}{CURRENT}"


@rule(
    over="hosts",
    severity=Severity.ADVICE,
    references=("RFC 7671 §2", "RFC 7672 §5"),
    bad=healthy(drop=(OWNER,), add=(_SHA512,), blanks={"digest": CURRENT}),
    good=healthy(add=(_SHA512,)),
)
def check(host: HostEvidence, tlsa: TlsaSet, domain: str) -> Iterator[Found]:
    records = [r.parsed.record for r in tlsa.found if r.parsed.record]
    kinds = {record.matching for record in records if record.usable}
    if kinds != {Matching.SHA2_512} or not ours(host):
        return
    name = printable(tlsa.answer.ask.name, 200)
    yield Found(
        subject=tlsa.answer.ask.name,
        message=f"{name} has only SHA-512 digests, which not every sender knows",
        evidence=(cite(tlsa.answer),),
        remedy=Remedy(mend(tlsa.answer, domain_of(host, domain), add=(BEST,)), blanks=(DIGEST,)),
    )
