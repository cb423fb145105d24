"""Records that are written like an earlier one: the same octets mean the same values."""

import re
from collections.abc import Iterator
from functools import lru_cache

from mailworthy.reports.aggregate.values import MAX_COUNT, address
from mailworthy.reports.model import AggregateRecord

ENTRIES, LONGEST = 2048, 4096  # with these a memo takes some 10 MB at worst
Rest = tuple[object, ...]


class Memo:
    """What followed the count in records that expat has read, by its octets.

    A record from here is what expat would give, because
    - reading starts between two children of <feedback>, where expat was when it learned the rest;
    - `_head` matches only well-formed text that opens <record> and <row>, and leaves both open;
    - so expat would be at the same point of the grammar again, and be given the same octets up to
      the same end tag;
    - nothing that follows the count changes what address and count mean: the first of each counts.
    """

    def __init__(self, prefix: str) -> None:
        self._head = _head(prefix)
        self._closing = f"</{prefix}record>".encode()
        self._known: dict[bytes, Rest] = {}
        self.end = self.taken = 0

    def learn(self, text: bytes, record: AggregateRecord) -> None:
        """Keep the rest of a record; `text` is all of it, up to its first </record>."""
        head = self._head.match(text)
        if head is None or len(text) > LONGEST:
            return
        if len(self._known) >= ENTRIES:
            self._known.clear()
        self._known[text[head.end() : -len(self._closing)]] = _rest(record)

    def records(self, data: bytes, begin: int) -> Iterator[AggregateRecord]:
        """Known records from `begin` on; `taken` is how many, `end` where they end."""
        self.taken, self.end = 0, begin
        match, find, known = self._head.match, data.find, self._known
        closing = self._closing
        size = len(closing)
        while head := match(data, self.end):
            at = head.end()
            end = find(closing, at)
            rest = known.get(data[at:end]) if end > 0 else None
            ip, count = _address(head[1]), int(head[2])
            if rest is None or ip is None or not 0 < count <= MAX_COUNT:
                return
            self.taken += 1
            self.end = end + size
            yield AggregateRecord(ip, count, *rest)  # type: ignore[arg-type]


def _rest(record: AggregateRecord) -> Rest:
    """All fields but the address and the count, in order."""
    return tuple(getattr(record, name) for name in record.__struct_fields__[2:])


@lru_cache(maxsize=16384)
def _address(text: bytes) -> str | None:
    return address(text.decode("ascii"))


@lru_cache(maxsize=16)
def _head(prefix: str) -> re.Pattern[bytes]:
    """A record up to its count, as nearly everybody writes it."""
    mark = re.escape(prefix.encode())
    text = rb"_<!record>_<!row>_<!source_ip>_([0-9A-Fa-f:.]{2,45})_</!source_ip>"
    text += rb"_<!count>_([0-9]{1,11})_</!count>"
    return re.compile(text.replace(b"_<", rb"[ \t\r\n]*<").replace(b"!", mark))
