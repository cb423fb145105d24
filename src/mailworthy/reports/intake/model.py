"""What comes in by whatever way, and what became of it."""

from enum import StrEnum
from typing import Any, NoReturn

import msgspec

from mailworthy.reports.model import Unreadable
from mailworthy.reports.trust import Trust
from mailworthy.store import Saved


class Incoming(msgspec.Struct, frozen=True):
    """One file or mail as it came.

    `raw` is bytes, or a binary file that can be sought in. `name` is shown to people, `origin`
    says which intake it came by. `received` is when, in seconds since 1970. `vouched` names an
    intake that the user answers for. `mail` says that it is exactly one mail; otherwise it may be
    anything, an mbox file too. `shared` says that other mail lies in the same place, which is none
    of our business. `delivered` says that our own server put it there, so that the header above it
    is our server's work; of a file that anybody may have made, nothing of the kind is known.
    """

    raw: Any
    name: str
    origin: str
    received: int
    vouched: str = ""
    mail: bool = False
    shared: bool = False
    delivered: bool = False


class What(StrEnum):
    """What became of something that came in."""

    STORED = "stored"
    DUPLICATE = "duplicate"  # all of it had been here before
    PARTIAL = "partial"  # stored, but something is missing
    PROBLEM = "problem"  # nothing in it could be read; the store has the reason
    OTHER = "other"  # a mail that is no report, where other mail lies too: not kept
    FAILED = "failed"  # it could not be had from where it lies, and stays there


class Trouble(msgspec.Struct, frozen=True):
    """Something that a source could not do; the next try is in `wait` seconds, 0 if none is."""

    reason: str
    wait: float = 0.0


class Done(msgspec.Struct, frozen=True):
    """What became of one `Incoming`, or of one mail of an mbox file; it has been committed.

    `reason` is one line about what FAILED. `trust` is None where nothing had to be judged.
    """

    name: str
    what: What
    saved: tuple[Saved, ...] = ()
    problems: tuple[Unreadable, ...] = ()
    trust: Trust | None = None
    reason: str = ""

    @property
    def ours(self) -> bool:
        """Whether it is in the store now; what is not is left as it is."""
        return self.what not in (What.OTHER, What.FAILED)

    def __bool__(self) -> NoReturn:
        raise TypeError("an outcome has no truth value: look at .what")
