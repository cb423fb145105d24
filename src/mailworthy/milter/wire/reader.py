"""Frames out of a stream that comes in pieces of any size."""

from collections.abc import Iterator

from mailworthy.milter.wire.decode import Malformed, decode
from mailworthy.milter.wire.frames import Frame

# Postfix sends a header field of `header_size_limit` (102400) octets in one frame.
MAX_FRAME = 1 << 20
_LENGTH = 4


class Reader:
    """Holds what has come of a frame that is not whole yet, and never more than `most` octets
    beyond what it is fed at once."""

    def __init__(self, most: int = MAX_FRAME) -> None:
        self._most = most
        self._buffer = bytearray()

    @property
    def pending(self) -> bool:
        """Whether a frame has begun and not ended."""
        return bool(self._buffer)

    @property
    def held(self) -> int:
        """Octets of the frame that is not whole."""
        return len(self._buffer)

    def feed(self, data: bytes) -> Iterator[Frame]:
        """The frames that are whole with `data`. Raises Malformed, after those before it."""
        self._buffer += data
        at = 0
        try:
            while (end := self._end(at)) is not None:
                payload = bytes(memoryview(self._buffer)[at + _LENGTH : end])
                at = end
                yield decode(payload)
        finally:
            del self._buffer[:at]

    def _end(self, at: int) -> int | None:
        """Where the frame ends that begins at `at`; None if that has not come yet."""
        if len(self._buffer) - at < _LENGTH:
            return None
        length = int.from_bytes(self._buffer[at : at + _LENGTH], "big")
        if not 1 <= length <= self._most:
            raise Malformed(f"a frame of {length} octets, where 1 to {self._most} are taken")
        end = at + _LENGTH + length
        return end if end <= len(self._buffer) else None
