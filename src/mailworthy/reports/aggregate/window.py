"""A text that is read in chunks, as much of it in memory as is needed at a time."""

from collections.abc import Iterator


class Window:
    """The part of a text from the octet `start` on that is in memory."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self.data = b""
        self.start = 0
        self.over = False

    @property
    def end(self) -> int:
        """The position after the last octet in memory."""
        return self.start + len(self.data)

    def more(self, keep: int) -> bool:
        """Read on and forget what is before the position `keep`; False at the end of the text."""
        for chunk in self._chunks:
            if chunk:
                self.data = self.data[keep - self.start :] + chunk
                self.start = keep
                return True
        self.over = True
        return False

    def slice(self, begin: int, end: int) -> bytes:
        """The octets between two positions."""
        return self.data[begin - self.start : end - self.start]

    def find(self, what: bytes, begin: int) -> int:
        """The position of `what` at or after `begin`; -1 if it is not in memory."""
        at = self.data.find(what, begin - self.start)
        return at + self.start if at >= 0 else -1

    def rfind(self, what: bytes, begin: int, end: int) -> int:
        """The last position of `what` between two others; -1 if it is not there."""
        at = self.data.rfind(what, begin - self.start, end - self.start)
        return at + self.start if at >= 0 else -1


class Search:
    """Finds the next place of one text, looking at no octet twice while positions only grow."""

    def __init__(self, window: Window, what: bytes) -> None:
        self._window = window
        self._what = what
        self._from = 0  # between this position and
        self._until = 0  # that there is none
        self._at = -1

    def find(self, begin: int) -> int:
        """The first place at or after `begin`; -1 if it is not in memory."""
        if begin < self._from:
            self._at = self._until = -1
        if self._at < begin:
            self._from = begin
            self._at = self._window.find(self._what, max(begin, self._until))
            none_before = self._window.end - len(self._what) + 1
            self._until = self._at if self._at >= 0 else max(begin, none_before)
        return self._at
