"""What the rules about DKIM keys share: which record is meant, its main fault, its repair."""

from mailworthy.audit.evidence import Published, Read, SelectorEvidence
from mailworthy.audit.finding import Blank, Found, Remedy, cite
from mailworthy.audit.part import Known
from mailworthy.audit.rules._steps import edit
from mailworthy.audit.rules._tags import QUOTES, name_of, with_tag
from mailworthy.dkim.record import DkimKey, parse
from mailworthy.names import printable
from mailworthy.parsed import Problem
from mailworthy.rdata.text import quote

PUBLIC_KEY = Blank(
    "public-key",
    "the base64 text of the RSA public key that the server signs with: "
    "`openssl rsa -in KEYFILE -pubout` prints it, without the lines BEGIN and END and in one line",
)
SLOT = "<public-key>"
FRESH = f"v=DKIM1; k=rsa; p={SLOT}"

# Only the first fault in this order is reported of a record: curing it may cure the others.
FAULTS = (
    "private-key-published",
    "escaped-semicolon",
    "typographic-quotes",
    "html-entity",
    "quoted",
    "missing-semicolon",
    "uppercase-tag",
    "bad-version",
    "version-not-first",
    "duplicate-tag",
    "empty-tag",
    "missing-equals",
    "empty-name",
    "bad-name",
    "too-many-tags",
    "missing-p",
    "unknown-key-type",
    "quotes-in-key",
    "bad-base64",
    "ed25519-wrapped",
    "bad-key",
    "key-too-large",
)


def known(each: SelectorEvidence) -> bool:
    """Whether somebody said that this selector is in use; the others were guessed."""
    return each.source != "guess"


def only(each: SelectorEvidence, key: Published[DkimKey]) -> Read[DkimKey] | None:
    """The one record of the selector, unless it is what a wildcard answers to everybody."""
    read = key.only
    if read is None or (each.by_wildcard and not _is_key(read)):
        return None
    return read


def missing(each: SelectorEvidence, key: Published[DkimKey]) -> bool:
    """Whether the selector has no key of its own: nothing, or a wildcard's other text."""
    return not key.texts or (each.by_wildcard and not any(_is_key(r) for r in key.found))


def _is_key(read: Read[DkimKey]) -> bool:
    return read.parsed.record is not None and not read.parsed.record.revoked


def main_fault(read: Read[DkimKey]) -> Problem | None:
    """The problem that makes the record unusable, the most telling one if there are several."""
    problems = [*_extra(read.text), *(p for p in read.parsed.problems if _counts(read, p))]
    ranked = [p for p in problems if p.code in FAULTS]
    return min(ranked, key=lambda p: FAULTS.index(p.code), default=None)


def _counts(read: Read[DkimKey], problem: Problem) -> bool:
    """Notes (n=) are for people: what looks like a tag in there is none."""
    if problem.code != "missing-semicolon":
        return True
    piece = read.text[: problem.start].rpartition(";")[2]
    return name_of(piece) != "n"


def _extra(text: str) -> list[Problem]:
    found = []
    if text.strip()[:1] in tuple(QUOTES):
        found.append(Problem("quoted", "the record begins with a quotation mark", 0, 1))
    for piece in text.split(";"):
        name = piece.partition("=")[0].strip()
        if name in ("V", "K", "P", "H", "S", "T") and "=" in piece:
            found.append(Problem("uppercase-tag", f"{name}= is not {name.lower()}="))
    return found


def broken(
    each: SelectorEvidence, key: Published[DkimKey], *codes: str
) -> tuple[Read[DkimKey], Problem] | None:
    """The record and its main fault, if that is one of these."""
    read = only(each, key)
    problem = main_fault(read) if read else None
    return (read, problem) if read and problem and problem.code in codes else None


def usable(each: SelectorEvidence, key: Published[DkimKey]) -> tuple[Read[DkimKey], DkimKey] | None:
    """The record and the key in it, if there is one without a main fault and not revoked."""
    read = only(each, key)
    if read is None or read.parsed.record is None or read.parsed.record.revoked:
        return None
    return None if main_fault(read) else (read, read.parsed.record)


def on_disk(each: SelectorEvidence) -> str | None:
    """What should be published for the private key on disk, if one was given and is sound."""
    if not isinstance(each.wanted, Known):
        return None
    record = parse(each.wanted.value).record
    sound = record is not None and (record.k != "rsa" or 2048 <= record.bits <= 4096)
    return each.wanted.value if sound else None


def new_key(text: str) -> str:
    """The record with the key left open."""
    return with_tag(text, "p", SLOT)


def mended(text: str, repaired: str) -> str:
    """The repaired record if it is one; else the key is asked for."""
    if parse(repaired).record is not None:
        return repaired
    opened = new_key(repaired)
    sample = parse(opened.replace(SLOT, ""))
    return opened if sample.record is not None else FRESH


def change(
    each: SelectorEvidence,
    key: Published[DkimKey],
    message: str,
    text: str,
    new: str,
    *,
    note: str = "",
) -> Found:
    """A finding about one record, cured by another in its place.

    Where the private key is on disk, its public half is what is published.
    """
    wanted = on_disk(each) if SLOT in new else None
    new = wanted or new
    return Found(
        subject=key.name,
        message=f"{shown(key.name)} {message}",
        evidence=(cite(key.answer, text),),
        remedy=Remedy(edit(key.answer, text, new), note, (PUBLIC_KEY,) if SLOT in new else ()),
    )


def shown(name: str) -> str:
    """A name for a sentence."""
    return printable(name, 200)


def line(selector: str, value: str) -> str:
    """A key record of example.com as a line of zone text, for cases."""
    return f"{selector}._domainkey.example.com. TXT {quote(value)}"
