"""What is changed in the header of a message, in the order that every mail server understands."""

import re
from collections.abc import Iterable

import msgspec

from mailworthy.message.header import Message
from mailworthy.milter.wire.replies import ChangeHeader, InsertHeader, Reply
from mailworthy.receive.authresults import removals

RESULTS = b"Authentication-Results"

_FIELD = re.compile(rb"(?s)(.+?)\r\n(?![ \t])")


class Removed(msgspec.Struct, frozen=True):
    """A field to take out: its name in any case, and its place among those of its name, from 0."""

    name: bytes
    place: int


class Changes(msgspec.Struct, frozen=True):
    """Fields to take out, and whole fields to put on top, the topmost first, each with CRLF."""

    removed: tuple[Removed, ...] = ()
    added: bytes = b""

    def replies(self, *, leading_space: bool) -> tuple[Reply, ...]:
        """The same as replies.

        Fields of one name are counted, and some mail servers no longer count those that are gone:
        so the last goes first. What we add comes after that, or it would be counted too; the
        undermost first, each on top of the one before.
        """
        gone = sorted(self.removed, key=lambda each: each.place, reverse=True)
        out = [ChangeHeader(each.place + 1, each.name) for each in gone]
        added = [_insert(raw, leading_space) for raw in reversed(fields(self.added))]
        return (*out, *added)


def fields(raw: bytes) -> list[bytes]:
    """Header fields, each ended by CRLF, one by one and without that."""
    return _FIELD.findall(raw)


def _insert(raw: bytes, leading_space: bool) -> Reply:
    name, _, value = raw.partition(b":")
    return InsertHeader(0, name, value if leading_space else value.removeprefix(b" "))


def forgeries(message: Message, authserv_id: str) -> tuple[Removed, ...]:
    """The Authentication-Results that claim to be ours (RFC 8601 §5)."""
    return tuple(Removed(RESULTS, each.index) for each in removals(message, authserv_id))


def all_of(name: bytes, count: int) -> Iterable[Removed]:
    """All fields of a name."""
    return (Removed(name, place) for place in range(count))
