"""What the answers of a list say (RFC 5782 §2.3, §5, §7)."""

import msgspec

from mailworthy.dnsbl.model import Code, Dnsbl, Refusal
from mailworthy.dnsbl.result import Cause, Health
from mailworthy.lookup import model
from mailworthy.lookup.model import Answer
from mailworthy.rdata.address import address

MAX_RECORDS = 64  # no list has as many sublists


class Reading(msgspec.Struct, frozen=True):
    """One address answer: `codes` are those that the list defines, in its order.

    `foreign` tells that something lies outside 127.0.0.0/8, which no list sends: the domain has
    a new owner, or a resolver on the way answers instead of NXDOMAIN.
    """

    codes: tuple[Code, ...] = ()
    refusal: Refusal | None = None
    foreign: bool = False


def read(dnsbl: Dnsbl, answer: Answer) -> Reading:
    """Read an answer by the codes of its list."""
    if answer.status is not model.Status.FOUND:
        return Reading()
    found = [_octets(record) for record in answer.records[:MAX_RECORDS]]
    known = [octets for octets in found if octets is not None and octets[0] == "127"]
    return Reading(
        tuple(code for code in dnsbl.codes if any(code.fits(o) for o in known)),
        next((refusal for refusal in dnsbl.refused if any(refusal.fits(o) for o in known)), None),
        len(known) < len(found),
    )


def _octets(record: str) -> list[str] | None:
    found = address(record)
    return str(found).split(".") if found is not None and found.version == 4 else None


def health(dnsbl: Dnsbl, present: Answer, absent: Answer) -> tuple[Health, Refusal | None]:
    """What the two test entries say of a list; with the refusal, if that is what they are.

    It is good only if one is there with a code of the list and the other is not: then alone
    does "not listed" mean anything (§5).
    """
    listed, unlisted = read(dnsbl, present), read(dnsbl, absent)
    if refusal := listed.refusal or unlisted.refusal:
        return Health.REFUSED, refusal
    if listed.foreign or unlisted.foreign:
        return Health.HIJACKED, None
    if absent.status is model.Status.FOUND:
        return Health.WILDCARD, None
    if model.Status.FAILED in (present.status, absent.status):
        return Health.FAILED, None
    if present.status is not model.Status.FOUND:
        return Health.SILENT, None
    return (Health.GOOD if listed.codes else Health.UNDEFINED), None


def cause(answer: Answer, reading: Reading) -> Cause:
    """What the answer of a good list says."""
    if reading.refusal:
        return Cause.REFUSED
    if reading.foreign:
        return Cause.HIJACKED
    if answer.status is model.Status.FAILED:
        return Cause.FAILED
    if answer.status is not model.Status.FOUND:
        return Cause.NOT_LISTED
    return Cause.LISTED if reading.codes else Cause.UNDEFINED
