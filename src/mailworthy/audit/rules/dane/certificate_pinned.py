"""A TLSA record is bound to one certificate and breaks with the next.

## What it checks
Beside `3 0 …` (the whole certificate) an MX host has a TLSA record of its key (`3 1 …`) or of an
authority (`2 …`).

## Why it matters
Certificates are renewed every few weeks, keys only when you want.
If the record is one step behind the renewal, every sender with DANE stops delivering.

## How to fix
Publish a `3 1 1` record of the key, and let renewals keep the key (certbot: `--reuse-key`).
The old record goes at the next renewal.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import HostEvidence, TlsaSet
from mailworthy.audit.finding import Found, Remedy, Severity, cite
from mailworthy.audit.healthy import healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._records import mend
from mailworthy.audit.rules.dane._shared import BEST, CURRENT, DIGEST, OWNER, domain_of, ours
from mailworthy.dane.record import Matching, Selector, Usage
from mailworthy.names import printable

_CERTIFICATE = f"{OWNER} TLSA 3 0 1 {CURRENT}"


@rule(
    over="hosts",
    severity=Severity.ADVICE,
    references=("RFC 7671 §5.1", "RFC 7672 §3.1.1"),
    bad=healthy(drop=(OWNER,), add=(_CERTIFICATE,), blanks={"digest": CURRENT}),
    good=healthy(add=(_CERTIFICATE,)),
)
def check(host: HostEvidence, tlsa: TlsaSet, domain: str) -> Iterator[Found]:
    records = [r.parsed.record for r in tlsa.found if r.parsed.record and r.parsed.record.usable]
    # Other rules ask for the same record where a digest of SHA-256 is missing.
    digests = [r for r in records if r.matching == Matching.SHA2_256]
    pinned = all((r.usage, r.selector) == (Usage.DANE_EE, Selector.CERT) for r in records)
    if not digests or not pinned or not ours(host):
        return
    name = printable(tlsa.answer.ask.name, 200)
    yield Found(
        subject=tlsa.answer.ask.name,
        message=f"{name} stands for one certificate; the next renewal will not match",
        evidence=(cite(tlsa.answer),),
        remedy=Remedy(mend(tlsa.answer, domain_of(host, domain), add=(BEST,)), blanks=(DIGEST,)),
    )
