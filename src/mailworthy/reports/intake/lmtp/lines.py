"""Lines and mails from a client, bounded (RFC 5321 §4.1.1.4, §4.5.2)."""

import asyncio
from collections.abc import Callable
from typing import Any, cast

_PIECE = 1 << 16
_END = b"\r\n.\r\n"
_LINE, _STUFFED = b"\r\n", b"\r\n."
_CR = 13


class Closed(Exception):
    """The client has gone."""


class TooLong(Exception):
    """A command that is longer than any."""


class Lines:
    """What a client sends."""

    def __init__(self, reader: asyncio.StreamReader) -> None:
        self._reader = reader
        self._buffer = bytearray()

    @property
    def clear(self) -> bool:
        """Whether all that came has been read, also what asyncio holds for us."""
        return not self._buffer and not cast(Any, self._reader)._buffer

    async def line(self, most: int = 4096) -> bytes:
        """A line without its end. Raises Closed, TooLong."""
        while (end := self._buffer.find(b"\n")) < 0:
            if len(self._buffer) > most:
                raise TooLong
            await self._more()
        if end > most:
            raise TooLong
        line = bytes(self._buffer[:end]).removesuffix(b"\r")
        del self._buffer[: end + 1]
        return line

    async def mail(self, write: Callable[[bytes], None]) -> None:
        """Write a mail up to the line with a lone dot, without added dots, as it comes.

        Only CR LF ends a line here, so that nobody sees another end. Raises Closed.
        """
        self._buffer[:0] = b"\r\n"  # as if a line had ended, for a dot at the beginning
        ahead = 2  # octets that are none of the mail
        while (end := self._buffer.find(_END)) < 0:
            piece = self._sure()
            write(piece[ahead:])
            ahead = max(0, ahead - len(piece))
            await self._more()
        piece = bytes(memoryview(self._buffer)[: end + 2]).replace(_STUFFED, _LINE)
        del self._buffer[: end + len(_END)]
        write(piece[ahead:])

    def _sure(self) -> bytes:
        """Take what is no part of the end, whatever comes; all but a few octets."""
        sure = max(0, len(self._buffer) - len(_END) + 1)
        if sure and self._buffer[sure - 1] == _CR:
            sure -= 1  # what it ends is seen with what follows it
        piece = bytes(memoryview(self._buffer)[:sure])
        stuffed = piece.endswith(_LINE) and self._buffer[sure : sure + 1] == b"."
        del self._buffer[: sure + stuffed]
        return piece.replace(_STUFFED, _LINE)

    async def _more(self) -> None:
        data = await self._reader.read(_PIECE)
        if not data:
            raise Closed
        self._buffer += data
