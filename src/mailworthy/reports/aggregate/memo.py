"""Records that are written like an earlier one: the same octets mean the same values."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from msgspec.structs import astuple

from mailworthy.reports.aggregate.values import MAX_COUNT, address
from mailworthy.reports.model import AggregateRecord

ENTRIES, LONGEST = 2048, 4096  # with these a memo takes some 10 MB at worst


class Memo:
    """What followed the count in records that were read, by its octets.

    It learns no more when it has filled up and was of little use.

    A record from here is what expat would give, because
    - reading starts between two children of <feedback>, as it did when the rest was learned;
    - `_head` matches only well-formed text that opens <record> and <row>, and leaves both open;
    - so expat would be at the same point of the grammar again, and be given the same octets up to
      the same end tag;
    - nothing that follows the count changes what address and count mean: the first of each counts.
    """

    def __init__(self, prefix: str) -> None:
        self._head = _head(prefix)
        self._closing = f"</{prefix}record>".encode()
        self._known: dict[bytes, tuple[Any, ...]] = {}
        self._hits = 0
        self._useful = True
        self.end = self.taken = 0

    def learn(self, text: bytes, record: AggregateRecord) -> None:
        """Keep the rest of a record; `text` is all of it, up to its first </record>."""
        head = self._head.match(text) if self._useful else None
        if head is None or len(text) > LONGEST:
            return
        if len(self._known) >= ENTRIES:
            self._useful = self._hits >= ENTRIES
            self._hits = 0
            self._known.clear()
        self._known[text[head.end() : -len(self._closing)]] = astuple(record)[2:]

    def records(self, data: bytes, begin: int, most: int) -> Iterator[AggregateRecord]:
        """Known records from `begin` on; `taken` is how many, `end` where they end."""
        self.taken, self.end = 0, begin
        if not self._known:
            return
        match, find, known = self._head.match, data.find, self._known
        closing = self._closing
        size = len(closing)
        while self.taken < most and (head := match(data, self.end)):
            at = head.end()
            end = find(closing, at)
            rest = known.get(data[at:end]) if end > 0 else None
            if rest is None:
                break
            ip, count = address(head[1].decode("ascii")), int(head[2])
            if ip is None or not 0 < count <= MAX_COUNT:
                break
            self.taken += 1
            self.end = end + size
            yield AggregateRecord(ip, count, *rest)
        self._hits += self.taken


@lru_cache(maxsize=16)
def _head(prefix: str) -> re.Pattern[bytes]:
    """A record up to its count, as nearly everybody writes it."""
    mark = re.escape(prefix.encode())
    ip, count = rb"([0-9A-Fa-f:.]{2,45})", rb"([0-9]{1,11})"
    tags = [b"<!record>", b"<!row>", b"<!source_ip>", ip, b"</!source_ip>"]
    tags += [b"<!count>", count, b"</!count>"]
    return re.compile(b"".join(rb"[ \t\r\n]*" + tag.replace(b"!", mark) for tag in tags))
