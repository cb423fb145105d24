"""What a mail server says, one value a frame."""

from typing import TypeAlias

import msgspec

from mailworthy.milter.wire.words import Command, Family


class Optneg(msgspec.Struct, frozen=True):
    """What it offers: its version, `Action` and `Step` as numbers. What follows is left out."""

    version: int
    actions: int
    steps: int


class Macro(msgspec.Struct, frozen=True):
    """Macros for the command that comes next; long names stand in braces."""

    command: Command
    values: tuple[tuple[bytes, bytes], ...]


class Connect(msgspec.Struct, frozen=True):
    """A client; `address` is empty where the family is UNKNOWN, a path where it is UNIX."""

    name: bytes
    family: Family
    port: int = 0
    address: bytes = b""


class Helo(msgspec.Struct, frozen=True):
    """What the client calls itself."""

    name: bytes


class Mail(msgspec.Struct, frozen=True):
    """The reverse-path, in angle brackets as it came, and what stands behind it."""

    sender: bytes
    parameters: tuple[bytes, ...] = ()


class Rcpt(msgspec.Struct, frozen=True):
    """A forward-path, and what stands behind it."""

    recipient: bytes
    parameters: tuple[bytes, ...] = ()


class Data(msgspec.Struct, frozen=True):
    """The client wants to send the message."""


class Header(msgspec.Struct, frozen=True):
    """One header field, its lines ended by LF alone."""

    name: bytes
    value: bytes


class Eoh(msgspec.Struct, frozen=True):
    """The header is over."""


class Body(msgspec.Struct, frozen=True):
    """Some of the body, its lines ended by CRLF."""

    chunk: bytes


class Eob(msgspec.Struct, frozen=True):
    """The message is over; some send the last of the body with it."""

    chunk: bytes = b""


class Abort(msgspec.Struct, frozen=True):
    """This message is given up; the connection stays."""


class Quit(msgspec.Struct, frozen=True):
    """The connection ends."""


class QuitNc(msgspec.Struct, frozen=True):
    """The client has gone; the next one comes over this connection."""


class Unknown(msgspec.Struct, frozen=True):
    """A command that the mail server does not know."""

    command: bytes


Frame: TypeAlias = (
    Optneg
    | Macro
    | Connect
    | Helo
    | Mail
    | Rcpt
    | Data
    | Header
    | Eoh
    | Body
    | Eob
    | Abort
    | Quit
    | QuitNc
    | Unknown
)
