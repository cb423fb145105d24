"""The numbers and letters of the milter protocol, version 6, as Postfix and Sendmail use them."""

from enum import IntEnum, IntFlag, StrEnum

VERSION = 6
OLDEST = 2  # older ones are of Sendmail 8.11, and cannot have header fields changed
CHUNK = 65535  # octets of a body that come at once


class Command(StrEnum):
    """What the mail server says (SMFIC_*)."""

    ABORT = "A"
    BODY = "B"
    CONNECT = "C"
    MACRO = "D"
    EOB = "E"
    HELO = "H"
    QUIT_NC = "K"  # the next connection comes over this one
    HEADER = "L"
    MAIL = "M"
    EOH = "N"
    OPTNEG = "O"
    QUIT = "Q"
    RCPT = "R"
    DATA = "T"
    UNKNOWN = "U"


class Response(StrEnum):
    """What a filter answers (SMFIR_*)."""

    ACCEPT = "a"
    ADDHEADER = "h"
    CHGHEADER = "m"
    CONTINUE = "c"
    DISCARD = "d"
    INSHEADER = "i"
    PROGRESS = "p"
    QUARANTINE = "q"
    REJECT = "r"
    REPLYCODE = "y"
    SKIP = "s"
    TEMPFAIL = "t"


class Family(StrEnum):
    """How a client is connected (SMFIA_*)."""

    INET = "4"
    INET6 = "6"
    UNIX = "L"
    UNKNOWN = "U"


class Action(IntFlag):
    """What a filter may ask for (SMFIF_*)."""

    ADD_HEADERS = 0x01
    CHANGE_BODY = 0x02
    ADD_RCPT = 0x04
    DELETE_RCPT = 0x08
    CHANGE_HEADERS = 0x10
    QUARANTINE = 0x20
    CHANGE_FROM = 0x40
    ADD_RCPT_PAR = 0x80
    SET_MACROS = 0x100


class Step(IntFlag):
    """What need not be sent, and what need not be answered (SMFIP_*)."""

    NO_CONNECT = 0x01
    NO_HELO = 0x02
    NO_MAIL = 0x04
    NO_RCPT = 0x08
    NO_BODY = 0x10
    NO_HEADERS = 0x20
    NO_EOH = 0x40
    QUIET_HEADER = 0x80  # "quiet": the filter does not answer
    NO_UNKNOWN = 0x100
    NO_DATA = 0x200
    SKIP = 0x400
    REJECTED_RCPT = 0x800
    QUIET_CONNECT = 0x1000
    QUIET_HELO = 0x2000
    QUIET_MAIL = 0x4000
    QUIET_RCPT = 0x8000
    QUIET_DATA = 0x10000
    QUIET_UNKNOWN = 0x20000
    QUIET_EOH = 0x40000
    QUIET_BODY = 0x80000
    LEADING_SPACE = 0x100000  # values keep the space after the colon


class Stage(IntEnum):
    """When macros are sent (SMFIM_*)."""

    CONNECT = 0
    HELO = 1
    MAIL = 2
    RCPT = 3
    DATA = 4
    EOM = 5
    EOH = 6
