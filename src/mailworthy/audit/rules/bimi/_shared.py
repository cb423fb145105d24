"""What the rules about BIMI share: which record counts, its main fault, its repair."""

from collections.abc import Iterator

from mailworthy.audit.evidence import Published, Read
from mailworthy.audit.finding import Blank, Found, Remedy, Shown, cite
from mailworthy.audit.rules._steps import edit
from mailworthy.bimi.record import Bimi, is_record
from mailworthy.names import printable
from mailworthy.parsed import Problem

DRAFT = "draft-brand-indicators-for-message-identification"
LOGO = Blank("logo-url", "the https URL of the logo, an SVG Tiny PS file")
CERTIFICATE = Blank("certificate-url", "the https URL of the mark certificate (VMC or CMC, PEM)")
DECLINED = "v=BIMI1; l=; a=;"
OWN = "default._bimi."
# Only the first fault in this order is reported of a record: curing it may cure the others.
SYNTAX = (
    "too-many-tags",
    "missing-equals",
    "empty-name",
    "bad-name",
    "empty-tag",
    "duplicate-tag",
    "bad-character",
)
_FAULTS = (*SYNTAX, "missing-l", "bad-l", "bad-format", "bad-a", "bad-lps")
_LATER = (
    "If it is the logo you want: move DMARC to p=quarantine for the domain and its sub-domains once "
    "the aggregate reports show that all your mail passes. This record may then stay as it is."
)


def line(text: str) -> str:
    """A BIMI record of example.com as a line of zone text, for cases."""
    return f'default._bimi.example.com. TXT "{text}"'


def counted(bimi: Published[Bimi]) -> tuple[Read[Bimi], ...]:
    """The records that receivers do not discard (Assertion Record Discovery)."""
    return tuple(read for read in bimi.found if is_record(read.text))


def single(bimi: Published[Bimi]) -> Read[Bimi] | None:
    """The record that receivers read, usable or not."""
    records = counted(bimi)
    return records[0] if len(records) == 1 else None


def fault(read: Read[Bimi] | None) -> Problem | None:
    """What makes the record unusable, the most telling problem if there are several."""
    if read is None or read.parsed.record is not None:
        return None
    ranked = [p for p in read.parsed.problems if p.code in _FAULTS]
    return min(ranked, key=lambda p: _FAULTS.index(p.code), default=None)


def broken(bimi: Published[Bimi], *codes: str) -> tuple[Read[Bimi], Problem] | None:
    """The record and its main fault, if that is one of these."""
    read = single(bimi)
    problem = fault(read)
    return (read, problem) if read and problem and problem.code in codes else None


def logo(bimi: Published[Bimi]) -> tuple[Read[Bimi], Bimi] | None:
    """The record, if it is usable and names a logo."""
    read = single(bimi)
    record = read.parsed.record if read else None
    return (read, record) if read and record and record.location else None


def replaced(bimi: Published[Bimi], old: str, new: str, message: str, note: str = "") -> Found:
    """The finding about the record, cured by another in its place."""
    blanks = tuple(b for b in (LOGO, CERTIFICATE) if f"<{b.placeholder}>" in new)
    return Found(
        subject=bimi.name,
        message=f"{printable(bimi.name, 200)} {message}",
        evidence=(cite(bimi.answer, old),),
        remedy=Remedy(edit(bimi.answer, old, new), note, blanks),
    )


def unshown(bimi: Published[Bimi], why: str, shown: tuple[Shown, ...] = ()) -> Iterator[Found]:
    """The finding about a logo that DMARC keeps receivers from showing.

    Declining is the step that harms nothing: a stricter policy, taken before its time, loses
    mail, and so it is for the user to choose.
    """
    found = logo(bimi)
    if found is not None:
        yield Found(
            subject=bimi.name,
            message=f"{printable(bimi.name, 200)} names a logo that is never shown: {why}",
            evidence=(cite(bimi.answer, found[0].text), *shown),
            remedy=Remedy(edit(bimi.answer, found[0].text, DECLINED), _LATER),
        )
