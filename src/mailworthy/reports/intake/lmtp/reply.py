"""What a server of SMTP or LMTP answers, and what it does then."""

from enum import Enum, auto

import msgspec


class Next(Enum):
    """What comes after a reply."""

    COMMAND = auto()
    MAIL = auto()
    TLS = auto()
    END = auto()


class Reply(msgspec.Struct, frozen=True):
    """What to answer, in lines, and what comes then."""

    lines: tuple[str, ...]
    next: Next = Next.COMMAND
