"""What a sender that follows DANE makes of a server (RFC 7672 §2.2, §3)."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from enum import StrEnum
from itertools import pairwise
from typing import NoReturn

import msgspec

from mailworthy.certificate import Certificate, covers, read
from mailworthy.dane.record import Tlsa, Usage, matches

MAX_CHAIN = 10  # certificates of a chain that are looked at


class Result(StrEnum):
    """What happens to mail for the server."""

    VERIFIED = "verified"  # delivered, over TLS, to the right server
    ENCRYPTED = "encrypted"  # delivered over TLS to anybody: no record can be used (§2.2)
    FAILED = "failed"  # kept back until it can be verified


class DaneVerdict(msgspec.Struct, frozen=True):
    """The verdict with its reason; `matched` is the record that decided for it."""

    result: Result
    reason: str
    section: str
    matched: Tlsa | None = None

    def __bool__(self) -> NoReturn:
        raise TypeError("a verdict has no truth value: compare its .result")


def judge(
    records: Sequence[Tlsa], chain: Sequence[bytes], *, names: Iterable[str], now: datetime
) -> DaneVerdict:
    """Hold the certificates of a server against its TLSA records.

    `records` are those of a validated answer, at least one; where DNSSEC does not vouch for
    them there is no DANE at all. `chain` is DER as the server sent it, empty where TLS could
    not be had. `names` are the reference identifiers: the MX host, and the domain itself
    (RFC 7672 §3.2.2), in the inside form.
    """
    if not chain:
        text = "TLS is needed where TLSA records are, and could not be had"
        return DaneVerdict(Result.FAILED, text, "RFC 7672 §2.2")
    usable = [record for record in records if record.usable]
    if not usable:
        text = "no TLSA record can be used, so that any certificate will do"
        return DaneVerdict(Result.ENCRYPTED, text, "RFC 7672 §2.2")
    ends = [r for r in usable if r.usage == Usage.DANE_EE and matches(r, chain[0])]
    if ends:  # neither names nor dates count
        text = "the server's certificate is the one that the TLSA record stands for"
        return DaneVerdict(Result.VERIFIED, text, "RFC 7672 §3.1.1", ends[0])
    return _anchored(usable, chain[:MAX_CHAIN], names, now)


def _anchored(
    usable: Sequence[Tlsa], chain: Sequence[bytes], names: Iterable[str], now: datetime
) -> DaneVerdict:
    """DANE-TA: an authority of the chain is the one that a record stands for (§3.1.2)."""
    section = "RFC 7672 §3.1.2"
    found = next(_anchors(usable, chain), None)
    if found is None:
        text = "no TLSA record stands for any certificate that the server sent"
        return DaneVerdict(Result.FAILED, text, "RFC 7672 §2.2")
    depth, record = found
    path = [certificate for der in chain[: depth + 1] if (certificate := read(der).record)]
    if len(path) != depth + 1 or not _is_signed(path):
        text = "the certificates do not lead to the authority that the TLSA record stands for"
        return DaneVerdict(Result.FAILED, text, section)
    if late := next((c for c in path[:-1] if not c.current(now)), None):
        text = f"the certificate of {late.subject} is not in date"
        return DaneVerdict(Result.FAILED, text, section)
    if not any(covers(path[0].names, name) for name in names):
        text = "the certificate was made out to another name"
        return DaneVerdict(Result.FAILED, text, "RFC 7672 §3.2")
    text = "the certificate comes from the authority that the TLSA record stands for"
    return DaneVerdict(Result.VERIFIED, text, section, record)


def _anchors(usable: Sequence[Tlsa], chain: Sequence[bytes]) -> Iterator[tuple[int, Tlsa]]:
    """Where in the chain an authority is that a record stands for: above the server's own."""
    wanted = [record for record in usable if record.usage == Usage.DANE_TA]
    for depth, der in enumerate(chain):
        if depth:
            yield from ((depth, record) for record in wanted if matches(record, der))


def _is_signed(path: Sequence[Certificate]) -> bool:
    """Whether each certificate was issued by the next one."""
    from cryptography import x509
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

    loaded = [x509.load_der_x509_certificate(certificate.der) for certificate in path]
    try:
        for issued, issuer in pairwise(loaded):
            issued.verify_directly_issued_by(issuer)
    except (InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError):
        return False
    return all(certificate.authority for certificate in path[1:])
