"""Lines and mails from a client, bounded (RFC 5321 §4.1.1.4, §4.5.2)."""

import asyncio

_PIECE = 1 << 16
_END = b"\r\n.\r\n"


class Closed(Exception):
    """The client has gone."""


class TooLong(Exception):
    """A command that is longer than any."""


class Lines:
    """What a client sends."""

    def __init__(self, reader: asyncio.StreamReader) -> None:
        self._reader = reader
        self._buffer = bytearray()

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

    async def mail(self, most: int) -> bytes | None:
        """A mail up to the line with a lone dot, without added dots; None if it has more octets
        than `most`, and nothing of it is held then. Only CR LF ends a line here. Raises Closed."""
        mail = bytearray()
        large = False
        self._buffer[:0] = b"\r\n"  # as if a line had ended, for a dot at the beginning
        while (end := self._buffer.find(_END)) < 0:
            sure = max(0, len(self._buffer) - len(_END) + 1)
            large = large or len(mail) + sure > most
            if large:
                mail.clear()
            else:
                mail += memoryview(self._buffer)[:sure]
            del self._buffer[:sure]
            await self._more()
        mail += memoryview(self._buffer)[: end + 2]
        del self._buffer[: end + len(_END)]
        if large or len(mail) > most + 2:
            return None
        return bytes(mail.replace(b"\r\n.", b"\r\n")[2:])

    async def _more(self) -> None:
        data = await self._reader.read(_PIECE)
        if not data:
            raise Closed
        self._buffer += data
