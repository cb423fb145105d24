"""What a client sends, while it comes: bounded, and on the disc where it is not small."""

import tempfile
from enum import Enum, auto
from typing import IO, BinaryIO, cast

SMALL = 64 << 10  # octets that stay in memory


class Room:
    """Octets that may wait to be stored, for all clients together."""

    def __init__(self, octets: int) -> None:
        self.left = octets


class Lack(Enum):
    """Why a body is not kept."""

    SIZE = auto()  # it is larger than any may be
    ROOM = auto()  # there is none now


class Body:
    """A body of at most so many octets. Beyond a bound nothing of it is kept, and `lack` says why.

    It is to be closed, which gives its room back.
    """

    def __init__(self, room: Room, most: int) -> None:
        self.lack: Lack | None = None
        self.octets = 0
        self._room = room
        self._most = most
        self._file = tempfile.SpooledTemporaryFile(max_size=SMALL)  # noqa: SIM115 - see close

    def write(self, data: bytes) -> None:
        """Add octets."""
        if self.lack is not None:
            return
        if self.octets + len(data) > self._most:
            self._drop(Lack.SIZE)
        elif len(data) > self._room.left:
            self._drop(Lack.ROOM)
        else:
            self._add(data)

    def _add(self, data: bytes) -> None:
        self._room.left -= len(data)
        self.octets += len(data)
        try:
            self._file.write(data)
        except OSError:
            self._drop(Lack.ROOM)  # where temporary files lie

    def read(self) -> bytes | BinaryIO:
        """All of it, from its beginning."""
        self._file.seek(0)
        if self.octets <= SMALL:
            return self._file.read()
        return cast(BinaryIO, cast(IO[bytes], self._file))

    def close(self) -> None:
        """Forget it."""
        self._drop(None)

    def _drop(self, lack: Lack | None) -> None:
        self.lack = lack
        self._room.left += self.octets
        self.octets = 0
        self._file.close()
