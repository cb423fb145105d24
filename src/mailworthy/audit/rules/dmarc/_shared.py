"""What the rules about DMARC share: which record is meant, its main fault, its repair."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from mailworthy import taglist
from mailworthy.audit.case import Case
from mailworthy.audit.evidence import DmarcEvidence, Published, Read
from mailworthy.audit.finding import Blank, Found, Remedy, Shown, cite
from mailworthy.audit.healthy import healthy
from mailworthy.audit.rules._steps import edit
from mailworthy.audit.rules._tags import QUOTES, joined, name_of, nearest, pieces, renamed
from mailworthy.dmarc.record import (
    KNOWN_TAGS,
    REMOVED_TAGS,
    DmarcRecord,
    Policy,
    is_dmarc,
    parse,
    render,
)
from mailworthy.dmarc.uri import mailto
from mailworthy.domain.intent import Domain
from mailworthy.names import printable
from mailworthy.parsed import Problem
from mailworthy.rdata.text import quote

SLOT = "<mailbox>"
MAILBOX = Blank("mailbox", "the address of a mailbox where you read DMARC reports")
STRENGTH = (Policy.NONE, Policy.QUARANTINE, Policy.REJECT)

# Faults of the text as a whole: while there is one, no other rule looks inside.
STRUCTURE = (
    "escaped-semicolon",
    "typographic-quotes",
    "html-entity",
    "quoted",
    "uri-by-semicolon",
    "missing-semicolon",
    "wrong-case-v",
    "bad-version",
    "missing-v",
    "not-first-v",
    "leading-whitespace",
    "duplicate-tag",
    "missing-equals",
    "empty-name",
    "bad-name",
    "too-many-tags",
    "bad-character",
)


def strict(dmarc: DmarcEvidence) -> list[Read[DmarcRecord]]:
    """The records that receivers take for DMARC records."""
    return [read for read in dmarc.published.found if is_dmarc(read.text)]


def candidates(dmarc: DmarcEvidence) -> list[Read[DmarcRecord]]:
    """Every text at `_dmarc` that is, or was probably meant as, a DMARC record."""
    found = [*dmarc.published.found]
    known = {read.text for read in found}
    more = [read for read in _meant(dmarc.published.texts) if read.text not in known]
    return [*found, *more]


@lru_cache(maxsize=4)  # every rule asks, and there may be thousands of texts
def _meant(texts: tuple[str, ...]) -> tuple[Read[DmarcRecord], ...]:
    return tuple(Read(text, parse(text)) for text in texts if looks_like(text))


def looks_like(text: str) -> bool:
    """Whether somebody probably meant a DMARC record."""
    policy = (taglist.parse(text, fold_case=True).get("p") or "").lower()
    return "dmarc1" in text.lower() or policy in set(Policy)


def doubled(dmarc: DmarcEvidence) -> tuple[str, ...]:
    """The policy records at `_dmarc.<domain>.<domain>`."""
    return tuple(t for t in dmarc.doubled.records if looks_like(t)) if dmarc.doubled else ()


def candidate(dmarc: DmarcEvidence) -> Read[DmarcRecord] | None:
    """The record to judge: the only valid one, else the first that was meant as one."""
    valid = strict(dmarc)
    if valid:
        return valid[0] if len(valid) == 1 else None
    return next(iter(candidates(dmarc)), None)


def main_fault(read: Read[DmarcRecord]) -> Problem | None:
    """The fault of the text as a whole, the most telling one if there are several."""
    problems = [*_extra(read.text), *(p for p in read.parsed.problems if _counts(read, p))]
    ranked = [p for p in problems if p.code in STRUCTURE]
    return min(ranked, key=lambda p: STRUCTURE.index(p.code), default=None)


def _counts(read: Read[DmarcRecord], problem: Problem) -> bool:
    """A strange character in a URI is for the rules about URIs to report."""
    if problem.code != "bad-character":
        return True
    return name_of(read.text[: problem.start].rpartition(";")[2]).lower() not in ("rua", "ruf")


def _extra(text: str) -> list[Problem]:
    found = []
    if text.strip()[:1] in tuple(QUOTES):
        found.append(Problem("quoted", "the record begins with a quotation mark", 0, 1))
    if any(p.lower().startswith("mailto:") for p in pieces(text)[1:]):
        found.append(Problem("uri-by-semicolon", "a URI stands behind a semicolon"))
    return found


def broken(dmarc: DmarcEvidence, *codes: str) -> tuple[Read[DmarcRecord], Problem] | None:
    """The record and its main fault, if that is one of these."""
    read = candidate(dmarc)
    problem = main_fault(read) if read else None
    return (read, problem) if read and problem and problem.code in codes else None


def sound(dmarc: DmarcEvidence) -> Read[DmarcRecord] | None:
    """The record to judge, if its text as a whole is in order; it may still be unusable."""
    read = candidate(dmarc)
    return read if read and main_fault(read) is None else None


def governing(dmarc: DmarcEvidence) -> tuple[Read[DmarcRecord], DmarcRecord] | None:
    """The domain's own record as text and as receivers act on it."""
    read = sound(dmarc)
    return (read, read.parsed.record) if read and read.parsed.record else None


def first_problem(read: Read[DmarcRecord], *codes: str) -> Problem | None:
    """The first problem with one of these codes."""
    return next((p for p in read.parsed.problems if p.code in codes), None)


def tag_value(text: str, name: str) -> str | None:
    """The value of a tag, its name in any case."""
    return taglist.parse(text, fold_case=True).get(name)


def second(text: str, piece: str) -> str:
    """The record with this piece right behind v=, and no other of its name."""
    kept = [p for p in pieces(text) if name_of(p).lower() != name_of(piece)]
    return joined([*kept[:1], piece, *kept[1:]])


def misspelt(text: str) -> tuple[str, str] | None:
    """A tag that does not exist and the one that was meant, if its value fits there."""
    names = [tag.name for tag in taglist.parse(text, fold_case=True)]
    absent = [name for name in KNOWN_TAGS if name not in names]
    for piece in pieces(text):
        name = name_of(piece)
        if name.lower() in KNOWN_TAGS + REMOVED_TAGS or "=" not in piece:
            continue
        meant = _SYNONYMS.get(name.lower()) or nearest(name, absent)
        if meant in absent and meant is not None and _fits(renamed(text, name, meant), meant):
            return name, meant
    return None


_SYNONYMS = {
    "policy": "p",
    "action": "p",
    "subdomain": "sp",
    "subdomain_policy": "sp",
    "report": "rua",
    "reports": "rua",
    "email": "rua",
    "aggregate": "rua",
    "forensic": "ruf",
    "dkim": "adkim",
    "spf": "aspf",
    "testing": "t",
    "test": "t",
}


def _fits(text: str, name: str) -> bool:
    """Whether a tag has a value that is valid for it."""
    parsed = parse(text)
    if name in ("rua", "ruf"):
        uris = getattr(parsed.record or DmarcRecord(), name)
        return bool(uris) and all(uri.usable for uri in uris)
    return not parsed.has(f"{name}-invalid", "fo-without-ruf")


def reports_to(wish: Domain | None) -> str:
    """The value of rua= that is wanted, or a blank."""
    addresses = [wish.reports, *wish.dmarc.rua] if wish else []
    uris = dict.fromkeys(mailto(address).uri for address in addresses if address)
    return ",".join(uris) or f"mailto:{SLOT}"


def blanks(*texts: str) -> tuple[Blank, ...]:
    """What has to be asked of the user before these records can be published."""
    return (MAILBOX,) if any(SLOT in text for text in texts) else ()


def start(wish: Domain | None, *, parked: bool) -> str:
    """The record to begin with."""
    if parked:
        return render(DmarcRecord(p=Policy.REJECT))
    policy = Policy(wish.dmarc.p) if wish and wish.dmarc.p else Policy.NONE
    return f"v=DMARC1; p={policy}; rua={reports_to(wish)}"


def uris(text: str, name: str, better: Callable[[str], str | None]) -> str:
    """The record with each URI of a tag as `better` returns it, or without it for None."""
    value = tag_value(text, name)
    if value is None:
        return text
    kept = [new for uri in value.split(",") if (new := better(uri.strip(" \t\r\n")))]
    return _with_uris(text, name, list(dict.fromkeys(kept)))


def _with_uris(text: str, name: str, kept: list[str]) -> str:
    if not kept and name == "ruf":
        return joined(p for p in pieces(text) if name_of(p).lower() not in ("ruf", "fo"))
    value = ",".join(kept) or f"mailto:{SLOT}"
    return joined(f"{name}={value}" if name_of(p).lower() == name else p for p in pieces(text))


def mended(text: str, new: str) -> str:
    """The repaired record, its addresses for reports too: who slips once slips twice."""
    whole = joined(pieces(new)) or text
    return uris(uris(whole, "rua", schemed), "ruf", schemed)


def schemed(uri: str) -> str | None:
    """A bare address with its scheme; what is no address either goes."""
    if ":" in uri:
        return uri
    return f"mailto:{uri}" if "@" in uri else None


def change(
    published: Published[DmarcRecord], text: str, new: str, message: str, *, note: str = ""
) -> Found:
    """A finding about one record, cured by another in its place."""
    return Found(
        subject=published.name,
        message=f"{printable(published.name, 200)} {message}",
        evidence=(cite(published.answer, text),),
        remedy=Remedy(edit(published.answer, text, new), note, blanks(new)),
    )


def partial(record: DmarcRecord) -> bool:
    """Whether pct= asks old receivers to enforce the policy on a share of the mail."""
    pct = dict(record.removed).get("pct", "")
    fits = pct.isascii() and pct.isdigit() and len(pct) < 3
    return fits and record.p is not Policy.NONE


def said(command: str, text: str) -> Shown:
    """An evidence line for what an answer said that was not kept whole."""
    return Shown(command, printable(text, 500))


def line(record: str) -> str:
    """A policy record of example.com as a line of zone text, for cases."""
    return f"_dmarc.example.com. TXT {quote(record)}"


def world(record: str, **more: Any) -> Case:
    """The healthy world with this policy record, for cases."""
    add = (line(record), *more.pop("add", ()))
    drop = ("_dmarc.", *more.pop("drop", ()))
    return healthy(add=add, drop=drop, **more)
