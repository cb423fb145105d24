"""What the lists say of an address or a domain, and why they are believed or not."""

from collections.abc import Callable
from enum import StrEnum
from functools import cached_property
from typing import NoReturn, TypeAlias

import msgspec

from mailworthy.dnsbl.model import Code, Dnsbl, Kind, Refusal, Severity
from mailworthy.dnsbl.subject import probes
from mailworthy.lookup import model
from mailworthy.lookup.model import Answer
from mailworthy.names import printable

MAX_TEXT = 300  # characters of what a list says about an entry
SHOWN = 100


class Result(StrEnum):
    """The words of RFC 8601 that fit."""

    PASS = "pass"  # at least one list could be believed, and none has an entry
    FAIL = "fail"  # an entry that is more than informational
    TEMPERROR = "temperror"  # no such entry, and a look-up failed
    NONE = "none"  # nothing was asked, or no list could be believed


class Status(StrEnum):
    """What is known of one entry. Only LISTED counts against anybody."""

    LISTED = "listed"
    NOT_LISTED = "not-listed"
    UNKNOWN = "unknown"  # nothing was learned
    REFUSED = "refused"  # the list does not answer this resolver
    INVALID = "invalid"  # this is no list, or none any more


class Health(StrEnum):
    """What the test entries say of a list (RFC 5782 §5)."""

    GOOD = "good"
    REFUSED = "refused"
    HIJACKED = "hijacked"
    WILDCARD = "wildcard"
    SILENT = "silent"
    UNDEFINED = "undefined"
    FAILED = "failed"


class Cause(StrEnum):
    """What decided."""

    LISTED = "listed"
    NOT_LISTED = "not-listed"
    REFUSED = "refused"
    HIJACKED = "hijacked"  # an answer outside 127.0.0.0/8
    WILDCARD = "wildcard"  # has an entry that must not exist, so it has all
    CLOSED = "closed"
    SILENT = "silent"  # lacks the entry that must exist
    UNDEFINED = "undefined"  # an answer that the list does not define
    FAILED = "failed"  # a look-up failed
    TOO_LONG = "too-long"  # the name does not fit into DNS


STATUS = {
    Cause.LISTED: Status.LISTED,
    Cause.NOT_LISTED: Status.NOT_LISTED,
    Cause.REFUSED: Status.REFUSED,
    Cause.HIJACKED: Status.INVALID,
    Cause.WILDCARD: Status.INVALID,
    Cause.CLOSED: Status.INVALID,
}  # the others leave it unknown
_SECTIONS = {
    Cause.REFUSED: "2.3",
    Cause.HIJACKED: "7",
    Cause.CLOSED: "7",
    Cause.UNDEFINED: "2.3",
    Cause.FAILED: "6",
    Cause.WILDCARD: "5",
    Cause.SILENT: "5",
}
_ENTRIES = {Kind.IP4: "2.1", Kind.IP6: "2.4", Kind.DOMAIN: "3"}


class Listing(msgspec.Struct, frozen=True):
    """What one list says of one subject, an address or a domain.

    `codes` are the sublists with an entry. `text` is what the list itself says about it: a text
    of a third party, printable ASCII and bounded. `health` is what its test entries said, None
    where they were not asked for. `answers` are all that were used, and hold the key of a
    subscriber's zone.
    """

    dnsbl: Dnsbl
    subject: str
    kind: Kind
    cause: Cause
    codes: tuple[Code, ...] = ()
    refusal: Refusal | None = None
    text: str = ""
    health: Health | None = None
    answers: tuple[Answer, ...] = ()

    def __bool__(self) -> NoReturn:
        raise TypeError("a listing has no truth value: compare its .status")

    @property
    def status(self) -> Status:
        """What is known; only `listed` counts."""
        return STATUS.get(self.cause, Status.UNKNOWN)

    @property
    def severity(self) -> Severity:
        """The gravest of the codes; that of the list where there are none."""
        found = {code.severity or self.dnsbl.severity for code in self.codes}
        return next((s for s in Severity if s in found), self.dnsbl.severity)

    @property
    def section(self) -> str:
        """Where the rule is written that decided."""
        return f"RFC 5782 §{_SECTIONS.get(self.cause) or _ENTRIES[self.kind]}"

    @property
    def reason(self) -> str:
        """One printable line for people."""
        return _WORDING[self.cause](self)


class Listings(msgspec.Struct, frozen=True, dict=True):
    """What all lists say of all subjects, in the order in which they were given."""

    entries: tuple[Listing, ...] = ()

    def __bool__(self) -> NoReturn:
        raise TypeError("listings have no truth value: compare their .result")

    @cached_property
    def listed(self) -> tuple[Listing, ...]:
        """The entries in blocklists, informational ones too."""
        return tuple([e for e in self.entries if e.cause is Cause.LISTED and not e.dnsbl.white])

    @cached_property
    def whitelisted(self) -> tuple[Listing, ...]:
        """The entries in whitelists."""
        return tuple([e for e in self.entries if e.cause is Cause.LISTED and e.dnsbl.white])

    @cached_property
    def result(self) -> Result:
        """All blocklists in one word; whitelists have no part in it."""
        if any(e.severity is not Severity.INFORMATIONAL for e in self.listed):
            return Result.FAIL
        causes = {e.cause for e in self.entries if not e.dnsbl.white}
        if Cause.FAILED in causes:
            return Result.TEMPERROR
        return Result.PASS if causes & {Cause.NOT_LISTED, Cause.LISTED} else Result.NONE

    @property
    def decisive(self) -> tuple[Listing, ...]:
        """The entries of blocklists that the result rests on."""
        if self.result is Result.FAIL:
            return tuple(e for e in self.listed if e.severity is not Severity.INFORMATIONAL)
        wanted = {
            Result.TEMPERROR: {Cause.FAILED},
            Result.PASS: {Cause.NOT_LISTED, Cause.LISTED},
        }.get(self.result, set(Cause))
        return tuple(e for e in self.entries if e.cause in wanted and not e.dnsbl.white)

    @property
    def reason(self) -> str:
        """One printable line for people."""
        found = self.decisive
        if not found:
            return "no blocklist was asked"
        if self.result is Result.PASS:
            return f"no entry that counts in {', '.join(_titles(found))}"
        more = f", and {len(found) - 1} more" if len(found) > 1 else ""
        return found[0].reason + more

    @property
    def section(self) -> str:
        """Where the rule is written that decided; empty if nothing was asked."""
        return next((e.section for e in self.decisive), "")

    @property
    def answers(self) -> tuple[Answer, ...]:
        """All answers that were used, list by list."""
        return tuple(answer for entry in self.entries for answer in entry.answers)

    @property
    def health(self) -> dict[str, Health]:
        """What was learned of the lists, in the form that `check` takes as `tested`.

        The keys are the names of the test entries; failed look-ups are not in it.
        """
        return {
            probes(e.dnsbl, e.kind)[0]: e.health
            for e in self.entries
            if e.health is not None and e.health is not Health.FAILED
        }


Wording: TypeAlias = Callable[[Listing], str]


def _titles(entries: tuple[Listing, ...]) -> list[str]:
    return list(dict.fromkeys(printable(e.dnsbl.title, SHOWN) for e in entries))


def _entry(listing: Listing) -> str:
    sublists = "; ".join(f"{code.name}, {code.means}" for code in listing.codes)
    return f"{_names(listing)} has an entry for {_subject(listing)}: {printable(sublists, 300)}"


def _names(listing: Listing) -> str:
    return printable(listing.dnsbl.title, SHOWN)


def _subject(listing: Listing) -> str:
    return printable(listing.subject, SHOWN)


def _refused(listing: Listing) -> str:
    if listing.refusal is None:
        return f"{_names(listing)} does not answer this resolver"
    said = f"{listing.refusal.means}; {listing.refusal.fix}"
    return f"{_names(listing)} does not answer this resolver: {printable(said, 300)}"


def _failed(listing: Listing) -> str:
    failed = next((a for a in listing.answers if a.status is model.Status.FAILED), None)
    why = f": {failed.why}" if failed is not None and failed.why else ""
    return f"a look-up at {_names(listing)} failed{why}"


def _closed(listing: Listing) -> str:
    return f"{_names(listing)} was closed on {listing.dnsbl.closed}; ask it no more"


def _list(text: str) -> Wording:
    """About the list."""
    return lambda listing: f"{_names(listing)} {text}"


_WORDING: dict[Cause, Wording] = {
    Cause.LISTED: _entry,
    Cause.NOT_LISTED: lambda e: f"{_names(e)} has no entry for {_subject(e)}",
    Cause.REFUSED: _refused,
    Cause.HIJACKED: _list(
        "answers with an address outside 127.0.0.0/8: its domain has a new owner, or a resolver "
        "answers for names that do not exist"
    ),
    Cause.WILDCARD: _list("lists what no list may have: it says so of everything"),
    Cause.CLOSED: _closed,
    Cause.SILENT: _list(
        "lacks the entry that every list has for tests: it is closed, or ignores this resolver"
    ),
    Cause.UNDEFINED: _list("gives an answer that means nothing"),
    Cause.FAILED: _failed,
    Cause.TOO_LONG: lambda e: f"{_subject(e)} is too long to be asked for at {_names(e)}",
}
