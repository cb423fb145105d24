"""Very large TLS reports: their sums are what counts, so that some details may be left out."""

import re
from collections.abc import Iterator
from itertools import islice

# A string that does not end is all of the rest: nothing in it is taken for structure.
_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*+(?:"|\Z)|[{}\[\]]', re.DOTALL)
_LIST = b"{[{["  # failure-details: of the report its policies, of one of them a list
_ONE = _LIST + b"{"
_DEEP = 64  # what is nested deeper is refused anyway
_TOKENS = 4_000_000  # strings and brackets that are looked at: those of 60 MB, as reporters write


def thin(data: bytes | bytearray, octets: int, values: int) -> tuple[bytes | bytearray, int]:
    """JSON without the failure details beyond so many `octets` and `values`, and how many those
    are (RFC 8460 §4.3). Never raises; linear, and nothing but the result is held besides."""
    cutting = _Cutting(data, octets, values)
    pieces = list(cutting.pieces())
    return (b"".join(pieces), cutting.left) if cutting.left else (data, 0)


class _Cutting:
    def __init__(self, data: bytes | bytearray, octets: int, values: int) -> None:
        self.data, self.octets, self.values = data, octets, values
        self.left = 0

    def pieces(self) -> Iterator[bytes | bytearray]:
        """The text between what is left out."""
        data, begun = self.data, 0
        cut: int | None = None  # where what is left out begins
        start = end = 0  # of the object in a list, and of all those before it that are kept
        stack = bytearray()
        for found in islice(_TOKEN.finditer(data), _TOKENS):
            token, at = found[0], found.start()
            if token in b"{[":
                stack += token
                if stack == _LIST:
                    end = found.end()
                elif stack == _ONE:
                    start = at
            elif token in b"}]":
                if stack == _ONE and not self.fits(start, found.end()):
                    cut = end if cut is None else cut
                    self.left += 1
                elif stack == _ONE:
                    end = found.end()
                elif stack == _LIST and cut is not None:
                    yield data[begun:cut]
                    begun, cut = at, None
                del stack[-1:]
            if len(stack) > _DEEP:
                break
        yield data[begun : len(data) if cut is None else cut]

    def fits(self, start: int, end: int) -> bool:
        """Whether there is room for one object more; once there is none, there is none."""
        if self.left:
            return False
        self.octets -= end - start
        self.values -= self.data.count(b",", start, end) + 2
        return self.octets >= 0 and self.values >= 0
