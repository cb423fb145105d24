"""A TLSA record holds a whole certificate or key where a digest would do.

## What it checks
TLSA records of the certificate or key of an MX host hold digests (matching type 1), not the data
itself (type 0).

## Why it matters
Whole certificates make answers too large for UDP.
Some senders then fail to look up the record, and wait.

## How to fix
Publish the SHA-256 digest of the same data; it is computed below.
"""

from collections.abc import Iterator
from hashlib import sha256

import msgspec

from mailworthy.audit.evidence import HostEvidence, TlsaSet
from mailworthy.audit.finding import Found, Remedy, Severity, cite
from mailworthy.audit.healthy import healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._records import mend
from mailworthy.audit.rules.dane._shared import OWNER, domain_of, ours, with_problem
from mailworthy.dane.record import Matching, Tlsa, Usage, render
from mailworthy.names import printable

# The public key of a server: SubjectPublicKeyInfo of an Ed25519 key.
_KEY = "302a300506032b6570032100d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"


@rule(
    over="hosts",
    severity=Severity.ADVICE,
    references=("RFC 7671 §10.1.2",),
    bad=healthy(add=(f"{OWNER} TLSA 3 1 0 {_KEY}",)),
    good=healthy(add=(f"{OWNER} TLSA 3 1 1 {sha256(bytes.fromhex(_KEY)).hexdigest()}",)),
)
def check(host: HostEvidence, tlsa: TlsaSet, domain: str) -> Iterator[Found]:
    whole = [r for r in with_problem(tlsa, "full-data") if _own(r.parsed.record)]
    if not whole or not ours(host):
        return
    there = {render(r.parsed.record) for r in tlsa.found if r.parsed.record}
    digests = dict.fromkeys(_digest(r.parsed.record) for r in whole if r.parsed.record)
    name = printable(tlsa.answer.ask.name, 200)
    yield Found(
        subject=tlsa.answer.ask.name,
        message=f"{name} has whole data in a TLSA record, where a digest does as well",
        evidence=tuple(cite(tlsa.answer, r.text) for r in whole[:4]),
        remedy=Remedy(
            mend(
                tlsa.answer,
                domain_of(host, domain),
                remove=(r.text for r in whole),
                add=(text for text in digests if text not in there),
            )
        ),
    )


def _digest(record: Tlsa) -> str:
    return render(
        msgspec.structs.replace(
            record, matching=Matching.SHA2_256, data=sha256(record.data).digest()
        )
    )


def _own(record: Tlsa | None) -> bool:
    """Whether it is about the server itself: an authority may be known only from the record
    (RFC 7671 §5.2.3)."""
    return record is not None and record.usage == Usage.DANE_EE
