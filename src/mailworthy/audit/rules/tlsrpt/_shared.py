"""What the rules about TLS reporting records share: which record counts, and its repairs."""

from collections.abc import Callable

from mailworthy.audit.evidence import Published, Read
from mailworthy.audit.finding import Found, Remedy, cite
from mailworthy.audit.rules._reports import MAILBOX, SLOT
from mailworthy.audit.rules._steps import edit
from mailworthy.audit.rules._tags import joined, name_of, pieces
from mailworthy.mtasts.syntax import broken
from mailworthy.names import printable
from mailworthy.parsed import Problem
from mailworthy.tlsrpt.record import TlsRptRecord, is_record, parse

Record = Published[TlsRptRecord]
# What is wrong with one URI of the list, but for its scheme and an old size limit.
URI_FAULTS = (
    "uri-empty",
    "uri-space",
    "uri-no-scheme",
    "uri-bad-mailbox",
    "uri-bad-character",
    "uri-bad-host",
    "too-many-uris",
)


def counted(published: Record) -> tuple[Read[TlsRptRecord], ...]:
    """The records that senders do not discard (RFC 8460 §3)."""
    return tuple(read for read in published.found if is_record(read.text))


def single(published: Record) -> Read[TlsRptRecord] | None:
    """The record that senders read, usable or not."""
    records = counted(published)
    return records[0] if len(records) == 1 else None


def problem(read: Read[TlsRptRecord] | None, *codes: str) -> Problem | None:
    """The first problem with one of these codes; none where the grammar is broken already."""
    if read is None or broken(read.parsed.problems):
        return None
    return next((p for p in read.parsed.problems if p.code in codes), None)


def first_uri_problem(read: Read[TlsRptRecord] | None, *codes: str) -> Problem | None:
    """The first problem of any URI, if it has one of these codes."""
    found = problem(read, "uri-bad-scheme", "obsolete-size", *URI_FAULTS)
    return found if found and found.code in codes else None


def uris(text: str) -> list[str]:
    """Every URI of every rua field, as written."""
    values = [p.partition("=")[2] for p in pieces(text) if name_of(p) == "rua"]
    return [uri.strip() for value in values for uri in value.split(",")]


def with_uris(text: str, listed: list[str]) -> str:
    """The record with these URIs in one rua field, where the first one stood."""
    field = f"rua={','.join(listed)}"
    parts = pieces(text)
    places = [i for i, piece in enumerate(parts) if name_of(piece) == "rua"]
    kept = [field if i in places[:1] else p for i, p in enumerate(parts) if i not in places[1:]]
    return joined(kept if places else [*kept, field])


def usable(uri: str) -> bool:
    """Whether a URI alone makes a record without any fault."""
    parsed = parse(f"v=TLSRPTv1; rua={uri}")
    return parsed.record is not None and not parsed.problems


def repaired(text: str, better: Callable[[str], str]) -> str:
    """The record with every bad URI made better, or left out; a blank if none remains."""
    tried = [uri if usable(uri) else better(uri) for uri in uris(text)]
    kept = list(dict.fromkeys(uri for uri in tried if usable(uri)))
    return with_uris(text, kept or [f"mailto:{SLOT}"])


def replaced(published: Record, old: str, new: str, message: str) -> Found:
    """The finding about the record, cured by another in its place."""
    return Found(
        subject=published.name,
        message=f"{printable(published.name, 200)} {message}",
        evidence=(cite(published.answer, old),),
        remedy=Remedy(edit(published.answer, old, new), blanks=(MAILBOX,) if SLOT in new else ()),
    )
