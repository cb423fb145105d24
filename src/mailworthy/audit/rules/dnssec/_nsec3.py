"""NSEC3PARAM records, and the finding about them."""

from collections.abc import Callable, Iterator

from mailworthy.audit.evidence import Dnssec
from mailworthy.audit.finding import Found, Remedy, cite, publish, withdraw
from mailworthy.names import printable

_PLAIN = "1 0 0 -"
_NOTE = (
    "The signer writes this record: with BIND set "
    "`nsec3param iterations 0 optout no salt-length 0;` in the dnssec-policy."
)


def chains(dnssec: Dnssec) -> Iterator[tuple[str, int, str]]:
    """Every NSEC3PARAM record: its text, the iterations, the salt or "" (RFC 9276 §3.1)."""
    for text in dnssec.nsec3param.records:
        fields = text.split()
        if len(fields) >= 4 and fields[2].isascii() and fields[2].isdigit():
            salt = "".join(fields[3:])
            yield text, int(fields[2][:5]), "" if salt == "-" else salt


def finding(
    domain: str, dnssec: Dnssec, bad: Callable[[int, str], bool], fault: str
) -> Iterator[Found]:
    """The finding if any record is bad; the plain record takes the place of those."""
    texts = [text for text, iterations, salt in chains(dnssec) if bad(iterations, salt)]
    if not texts:
        return
    there = _PLAIN in dnssec.nsec3param.records
    new = () if there else (publish(domain, "NSEC3PARAM", _PLAIN),)
    yield Found(
        subject=domain,
        message=f"the NSEC3 parameters of {domain} are {printable(texts[0], 60)}: {fault}",
        evidence=tuple(cite(dnssec.nsec3param, text) for text in texts[:4]),
        remedy=Remedy((*(withdraw(domain, "NSEC3PARAM", t) for t in texts), *new), _NOTE),
    )
