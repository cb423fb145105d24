"""SOA records (RFC 1035 §3.3.13)."""

import msgspec

from mailworthy.names import labels
from mailworthy.parsed import Parsed, Problem
from mailworthy.rdata.fields import Reader, absolute
from mailworthy.rdata.text import unescape

_MAX = 2**32 - 1


class Soa(msgspec.Struct, frozen=True):
    """The start of a zone; names in the inside form, times in seconds."""

    mname: str
    rname: str
    serial: int
    refresh: int
    retry: int
    expire: int
    minimum: int

    @property
    def rname_mailbox(self) -> str | None:
        """The mailbox that `rname` stands for (RFC 1035 §8), None if it stands for none."""
        first, *rest = labels(self.rname) or ("",)
        local, code, _ = unescape(first)
        return f"{local}@{'.'.join(rest)}" if rest and local and not code else None


def parse(text: str) -> Parsed[Soa]:
    """Read `mname rname serial refresh retry expire minimum`.

    `rname-mailbox` marks an rname that stands for no mailbox, as one with an @ in it.
    """
    read = Reader(text)
    mname, rname = read.name("primary server"), read.name("responsible mailbox")
    numbers = (
        read.number(what, _MAX) for what in ("serial", "refresh", "retry", "expire", "minimum")
    )
    soa = Soa(mname, rname, *numbers)
    if soa.rname_mailbox is None or "@" in unescape(rname)[0]:
        return read.done(soa, _not_a_mailbox(read))
    return read.done(soa)


def _not_a_mailbox(read: Reader) -> Problem:
    field = read.fields[1] if len(read.fields) > 1 else read.span()
    message = "the responsible mailbox is written with a dot for its @"
    return Problem("rname-mailbox", message, field.start, field.end)


def render(soa: Soa) -> str:
    """Presentation text with absolute names."""
    numbers = (soa.serial, soa.refresh, soa.retry, soa.expire, soa.minimum)
    return " ".join([absolute(soa.mname), absolute(soa.rname), *map(str, numbers)])
