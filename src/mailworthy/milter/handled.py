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


class Unsigned(StrEnum):
    """Why mail of our own bears no signature of ours."""

    KEYS = "no-keys"  # none are set up
    UNFIT = "unfit"  # what it says would not be what is signed
    DOMAIN = "no-key-of-domain"
    LOGIN = "login"  # of another domain than the author's
    UNPROVEN = "unproven"  # it has come from outside, and DMARC did not pass


class Handled(msgspec.Struct, frozen=True):
    """The replies, their last one the decision; and why.

    `judged` tells whether the message was looked at, `results` are the methods of
    Authentication-Results with their results. `signed` are the selectors that have signed,
    `unsigned` is why none has, of mail of our own.
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
    unsigned: Unsigned | None = None
    sealed: str = ""
    verdict: Verdict | None = None
