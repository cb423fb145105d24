"""What became of one message: for the mail server, for the log, for the numbers."""

from enum import StrEnum

import msgspec

from mailworthy.milter.wire.replies import Reply
from mailworthy.receive.verdict import Verdict


class Origin(StrEnum):
    """Where a message came from."""

    OUTSIDE = "outside"
    USER = "user"  # who has logged in
    TRUSTED = "trusted"  # a network or a socket of our own
    UNKNOWN = "unknown"  # a client without an address


class Act(StrEnum):
    """What was done with it."""

    ACCEPTED = "accepted"
    MARKED = "marked"
    HELD = "held"
    REFUSED = "refused"
    DEFERRED = "deferred"


class Handled(msgspec.Struct, frozen=True):
    """The replies, their last one the decision; and why.

    `judged` tells whether the message was looked at, `results` are the methods of
    Authentication-Results with their results. `signed` are the selectors that have signed.
    """

    origin: Origin
    act: Act
    reason: str
    replies: tuple[Reply, ...]
    judged: bool = False
    code: str = ""
    author: str = ""
    results: tuple[tuple[str, str], ...] = ()
    removed: int = 0
    signed: tuple[str, ...] = ()
    sealed: str = ""
    verdict: Verdict | None = None
