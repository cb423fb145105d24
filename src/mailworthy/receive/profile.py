"""A receiver's rules as data: what it requires, since when, where that is written."""

from datetime import date
from enum import StrEnum
from functools import cached_property

import msgspec

from mailworthy.dkim.result import Length
from mailworthy.receive.verifier import Algorithm, Verifier
from mailworthy.receive.words import Disposition, DmarcReject, Fact


class Alignment(StrEnum):
    """How the Organizational Domain is found."""

    TREE_WALK = "tree walk"  # RFC 9989 §4.10
    PUBLIC_SUFFIX_LIST = "public suffix list"  # RFC 7489 §3.2


class Line(msgspec.Struct, frozen=True, rename="kebab", forbid_unknown_fields=True):
    """One requirement.

    It is broken as soon as one fact of `broken_by` holds. `requirement` says in words what is
    required; `action` is what the receiver does where it is broken, and `code` what it then says
    over SMTP ("550 5.7.26", empty where it publishes none); `deferral` is what it says as long
    as DNS leaves that open. `source` is the address of the page and `date` when it was last seen
    to say so. `advice` lines change no disposition. `ipv6_only` lines are for clients that come
    over IPv6.
    """

    id: str
    requirement: str
    broken_by: tuple[Fact, ...]
    action: Disposition
    source: str
    date: date
    code: str = ""
    deferral: str = ""
    advice: bool = False
    ipv6_only: bool = False


class Algorithms(msgspec.Struct, frozen=True, rename="kebab", forbid_unknown_fields=True):
    """The signature algorithms that a receiver verifies, and who says so; a signature of another
    is to it as good as none (RFC 6376 §6.1.1)."""

    verified: tuple[Algorithm, ...]
    source: str
    date: date


class Profile(msgspec.Struct, frozen=True, dict=True, rename="kebab", forbid_unknown_fields=True):
    """A receiver. `weighed` receivers add up what fails (see `weights`); others act by lines.

    `dmarc_reject` is for those that weigh: whether p=reject alone refuses.

    `extends` names the profile whose lines apply too, unless one of the same id stands here, and
    whose algorithms do, unless some stand here. Without any, all are verified.
    """

    name: str
    title: str
    note: str = ""
    length: Length = Length.IGNORE_FOR_DMARC
    discovery: Alignment = Alignment.TREE_WALK
    weighed: bool = False
    dmarc_reject: DmarcReject = DmarcReject.INDEPENDENT
    extends: str = ""
    algorithms: Algorithms | None = None
    lines: tuple[Line, ...] = ()

    @cached_property
    def verifier(self) -> Verifier:
        """What it makes of signatures."""
        if self.algorithms is None:
            return Verifier(self.length)
        return Verifier(self.length, self.algorithms.verified)

    @cached_property
    def facts(self) -> tuple[Fact, ...]:
        """The facts that the lines name, each once."""
        return tuple(dict.fromkeys(fact for line in self.lines for fact in line.broken_by))
