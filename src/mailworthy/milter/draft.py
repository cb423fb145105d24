"""A message while it is coming in, and how much of all of them we hold."""

from collections.abc import Mapping

import msgspec

from mailworthy.milter.mail import Client, Excess, Mail, field

MAX_RECIPIENTS = 10_000  # more are counted by nobody
_MIB = 1 << 20


class Limits(msgspec.Struct, frozen=True):
    """The most of one message that is held, in octets; `fields` are header fields."""

    body: int = 100 * _MIB
    header: int = _MIB
    fields: int = 5000


class Room:
    """Octets of messages in memory and of frames that are not whole, over all connections."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.used = 0

    def take(self, octets: int, *, always: bool = False) -> bool:
        """Whether there is room for so many more, which then is taken; `always` takes it."""
        if not always and self.used + octets > self.most:
            return False
        self.used += octets
        return True

    def give(self, octets: int) -> None:
        """Have them back."""
        self.used -= octets


class Draft:
    """What has come of one message."""

    def __init__(self, sender: str, limits: Limits, room: Room) -> None:
        self.sender, self._limits, self._room = sender, limits, room
        self.recipients: list[str] = []
        self.excess: Excess | None = None
        self._header: list[bytes] = []
        self._header_size = self._size = self._taken = self._paths = 0
        self._body = bytearray()  # pieces of one octet cost more than they hold

    def recipient(self, path: str) -> None:
        """One more recipient."""
        if self.excess is not None or len(self.recipients) == MAX_RECIPIENTS:
            return
        if self._take(len(path)):
            self._paths += len(path)
            self.recipients.append(path)

    def header(self, name: bytes, value: bytes, *, leading_space: bool) -> None:
        """One more header field."""
        if self.excess is not None:
            return
        whole = field(name, value, leading_space=leading_space)
        self._header_size += len(whole)
        large = self._header_size > self._limits.header
        if large or len(self._header) == self._limits.fields:
            self._exceed(Excess.HEADER)
        elif self._take(len(whole)):
            self._header.append(whole)

    def body(self, chunk: bytes) -> bool:
        """Some more of the body; whether more of it is of use."""
        self._size += len(chunk)
        if self.excess is None and self._size > self._limits.body:
            self._exceed(Excess.BODY)
        if self.excess is None and chunk and self._take(len(chunk)):
            self._body += chunk
        return self.excess is None

    def crowded(self) -> None:
        """There was no room for something that belongs to it."""
        if self.excess is not Excess.MEMORY:
            self._exceed(Excess.MEMORY)

    def _take(self, octets: int) -> bool:
        if self._room.take(octets):
            self._taken += octets
            return True
        self._exceed(Excess.MEMORY)
        return False

    def _exceed(self, excess: Excess) -> None:
        """The header stays where it is whole: what it forges has to go all the same."""
        self.excess = excess
        self._body.clear()
        if excess is not Excess.BODY:
            self._header.clear()
        kept = sum(map(len, self._header)) + self._paths
        self._room.give(self._taken - kept)
        self._taken = kept

    def mail(self, client: Client, macros: Mapping[str, str], *, leading_space: bool) -> Mail:
        """The message as it is now."""
        return Mail(
            client,
            self.sender,
            tuple(self.recipients),
            b"".join([*self._header, b"\r\n", self._body]),
            self._header_size + self._size,
            macros,
            self.excess,
            leading_space,
        )

    def close(self) -> None:
        """Give back what is held."""
        self._header.clear()
        self._body.clear()
        self._room.give(self._taken)
        self._taken = 0
