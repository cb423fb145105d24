"""What is kept of a DNS message."""

from typing import NamedTuple

import msgspec

MAX_MESSAGE = 65535
MAX_RECORDS = 2048
CNAME, SOA, NS, DS, OPT, IN = 5, 6, 2, 43, 41, 1
EDE = 15  # RFC 8914
MAX_TTL = 2**31 - 1


class Record(NamedTuple):
    """One record; `name` in the inside form, `text` and `splits` as in Answer."""

    name: str
    type: int
    ttl: int
    text: str
    splits: tuple[int, ...] = ()


class Message(msgspec.Struct, frozen=True):
    """The parts of a message that answers are made of; authority keeps NS and SOA only."""

    id: int
    rcode: int
    aa: bool
    tc: bool
    ra: bool
    ad: bool
    question: tuple[str, int] | None
    answer: tuple[Record, ...]
    authority: tuple[Record, ...]
    ede: tuple[int, ...]


# Stands for an answer that cannot be read: this server has failed, so another may be asked.
UNREADABLE = Message(0, 2, False, False, False, False, None, (), (), ())


def sane_ttl(ttl: int) -> int:
    """RFC 2181 §8: a TTL with its highest bit set counts as zero."""
    return ttl if ttl <= MAX_TTL else 0


def wanted(type_: int, asked: int) -> bool:
    """Whether a record of the answer section matters to a question."""
    return type_ in (asked, CNAME)
