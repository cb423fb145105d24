"""What is asked of a server, and what comes back."""

from collections.abc import Generator
from enum import StrEnum
from typing import TypeAlias, TypeVar

import msgspec

T = TypeVar("T")


class Command(msgspec.Struct, frozen=True):
    """A program to run, without a shell; it reads and changes nothing."""

    argv: tuple[str, ...]


class File(msgspec.Struct, frozen=True):
    """A text to read."""

    path: str


class Certificates(msgspec.Struct, frozen=True):
    """The certificates in a file, which may hold a private key too: that is not told."""

    path: str


class Key(msgspec.Struct, frozen=True):
    """A private key, of which only the public half, the mode and the owner are told."""

    path: str


class Outcome(StrEnum):
    """How a request ended."""

    DONE = "done"
    MISSING = "missing"  # no such program, no such file
    DENIED = "denied"
    LATE = "late"
    LARGE = "large"
    FAILED = "failed"  # it ran and failed, or the file is not what it should be


class Told(msgspec.Struct, frozen=True):
    """What came back.

    `out` is standard output, the text of a file, or the TXT value of a key (`k=rsa; p=…`);
    `err` what a program complained of, or why there is nothing. `mode` holds the permission bits
    of a key file, `owner` the user and group that it belongs to.
    """

    outcome: Outcome
    out: str = ""
    err: str = ""
    mode: int | None = None
    owner: str = ""

    @property
    def done(self) -> bool:
        """Whether there is an answer."""
        return self.outcome is Outcome.DONE


Request: TypeAlias = Command | File | Certificates | Key
Requesting: TypeAlias = Generator[tuple[Request, ...], tuple[Told, ...], T]
