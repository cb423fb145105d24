"""A message in a test mailbox by IMAP: found by its Message-ID, in whichever folder it is.

Folders are only looked at (EXAMINE), and nothing is marked as read (RFC 9051 §6.3.3).
"""

import re
import ssl
from collections.abc import Iterator
from typing import BinaryIO

import msgspec

from mailworthy.message.header import read
from mailworthy.reports.intake.imap.address import Address
from mailworthy.reports.intake.imap.errors import Refused
from mailworthy.reports.intake.imap.sasl import Secret
from mailworthy.reports.intake.imap.session import Session, connect
from mailworthy.reports.intake.imap.wire import Bounds
from mailworthy.reports.intake.imap.words import number, quoted
from mailworthy.reports.shown import shown
from mailworthy.sendtest.model import Place

MOST_FOLDERS = 40
MOST_LIKE_IT = 3  # messages of a folder that are looked at
_BOUNDS = Bounds(read=20.0, command=60.0, line=1 << 20)
# RFC 9051 §7.3.1; a name is an atom, a quoted string, or a literal that follows.
_LIST = re.compile(
    rb'\* LIST \(([^()]{0,500})\) (?:NIL|"(?:[^"\\]|\\.)") '
    rb'(?:("(?:[^"\\]|\\.)*"|[^\s"(){]+)|\{\d+\}\Z)',
    re.IGNORECASE,
)
_SPAM_FLAG = b"\\junk"  # RFC 6154 §2
_SPAM_NAMES = frozenset(
    ("junk", "spam", "junk e-mail", "junk email", "bulk mail", "bulk", "spamverdacht")
)
_NOT_THERE = frozenset((b"\\noselect", b"\\nonexistent"))
_COPIES = frozenset((b"\\all", b"\\flagged", b"\\sent", b"\\drafts", b"\\important"))


class Folder(msgspec.Struct, frozen=True):
    """A folder: `name` as it is sent, and what it is for."""

    name: bytes
    place: Place

    def __str__(self) -> str:
        return shown(self.name.strip(b'"').decode("utf-8", "replace"), 100)


class Mail(msgspec.Struct, frozen=True):
    """A message as it lies there; `arrived` in seconds since 1970, None where that is unclear."""

    folder: Folder
    data: bytes
    arrived: int | None


def find(
    address: Address,
    secret: Secret,
    message_id: str,
    *,
    most: int = 1 << 20,
    context: ssl.SSLContext | None = None,
) -> Mail | None:
    """The message with this Message-ID; None where it is in no folder yet.

    Raises ImapError where the server cannot be reached, does not let us in, or lies.
    """
    with connect(address, secret, bounds=_BOUNDS, context=context) as session:
        for folder in _folders(session):
            found = _in_folder(session, folder, message_id, most)
            if found is not None:
                return found
    return None


def _folders(session: Session) -> list[Folder]:
    """The inbox first, then folders for spam, then others; at most MOST_FOLDERS."""
    wanted = b'LIST "" "*"'
    if b"SPECIAL-USE" in session.capabilities and b"LIST-EXTENDED" in session.capabilities:
        wanted += b" RETURN (SPECIAL-USE)"
    found = [Folder(b"INBOX", Place.INBOX)]
    for each in session.command(wanted, keep=b"* LIST "):
        found += _listed(each.text, each.literals)
    order = (Place.INBOX, Place.SPAM, Place.OTHER)
    return sorted(dict.fromkeys(found), key=lambda f: order.index(f.place))[:MOST_FOLDERS]


def _listed(text: bytes, literals: tuple[object, ...]) -> Iterator[Folder]:
    match = _LIST.match(text)
    if match is None:
        return
    flags = frozenset(match[1].lower().split())
    name = match[2]
    if name is None:  # a literal; only one that can be sent in quotes is taken
        given = literals[0] if literals and isinstance(literals[0], bytes) else b""
        if not given or not given.isascii() or not given.decode("ascii").isprintable():
            return
        name = quoted(given.decode("ascii"))
    plain = name.strip(b'"')
    if flags & (_NOT_THERE | _COPIES) or not plain or plain.upper() == b"INBOX":
        return
    last = re.split(rb"[/.]", plain)[-1].decode("utf-8", "replace").lower()
    spam = _SPAM_FLAG in flags or last in _SPAM_NAMES
    yield Folder(name, Place.SPAM if spam else Place.OTHER)


def _in_folder(session: Session, folder: Folder, message_id: str, most: int) -> Mail | None:
    try:
        session.command(b"EXAMINE " + folder.name)
        wanted = b"UID SEARCH HEADER Message-ID " + quoted(message_id)
        found = session.command(wanted, keep=b"* SEARCH")
    except Refused:
        if folder.place is Place.INBOX:
            raise
        return None
    uids = [uid for each in found for word in each.text.split()[2:] if (uid := number(word))]
    for uid in uids[:MOST_LIKE_IT]:
        listed = session.listed([uid]).get(uid)
        data = _octets(session.body(uid, most))
        if _is_it(data, message_id):
            return Mail(folder, data, listed.arrived if listed else None)
    return None


def _is_it(data: bytes, message_id: str) -> bool:
    """Whether a message bears this Message-ID: some servers find what only resembles it."""
    wanted = message_id.encode()
    return any(value.strip() == wanted for value in read(data).values(b"message-id"))


def _octets(body: bytes | BinaryIO | None) -> bytes:
    if body is None or isinstance(body, bytes):
        return body or b""
    with body:
        return body.read()
