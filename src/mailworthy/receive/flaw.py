"""What can be wrong with the form of a message, as values."""

from enum import StrEnum

import msgspec


class Code(StrEnum):
    """What can be wrong."""

    NO_FROM = "no-from"
    SEVERAL_FROM = "several-from"
    FAULTY_FROM = "faulty-from"
    LOOSE_FROM = "loose-from"
    NO_SENDER = "no-sender"
    NO_DATE = "no-date"
    SEVERAL_DATE = "several-date"
    BAD_DATE = "bad-date"
    OBSOLETE_DATE = "obsolete-date"
    NO_MESSAGE_ID = "no-message-id"
    SEVERAL_MESSAGE_ID = "several-message-id"
    BAD_MESSAGE_ID = "bad-message-id"
    DUPLICATE_FIELD = "duplicate-field"
    LINE_TOO_LONG = "line-too-long"
    BARE_CR = "bare-cr"
    BARE_LF = "bare-lf"
    NUL = "nul"
    CONTROL_CHARACTER = "control-character"
    EIGHT_BIT_HEADER = "8bit-header"
    INVALID_UTF8 = "invalid-utf8"
    NO_HEADER_END = "no-header-end"
    BAD_HEADER_LINE = "bad-header-line"
    SPACE_BEFORE_COLON = "space-before-colon"
    BROKEN_ONE_CLICK = "broken-one-click"


class Level(StrEnum):
    """How strongly the document asks.

    SHOULD is also for obsolete syntax, which senders may not write and receivers have to accept
    (RFC 5322 §4), and for what is wrong only in sessions of one kind where that is not known.
    """

    MUST = "MUST"
    SHOULD = "SHOULD"


class Flaw(msgspec.Struct, frozen=True):
    """One thing that is wrong.

    `message` and `detail` are printable lines, the second about this message in particular;
    `section` says who forbids it, `field` which field it is about, if one, as it is written.
    """

    code: Code
    message: str
    section: str
    level: Level = Level.MUST
    detail: str = ""
    field: str = ""
