"""Words of IMAP: strings to send, and numbers that are read from responses."""

import base64
import re

from mailworthy.errors import UsageError
from mailworthy.reports.shown import shown

_PLAIN = re.compile(r"[\x20-\x7e]*\Z")
_ENCODED = re.compile(r"[^\x20-\x7e]+")
_MOST = 2**32 - 1


def quoted(text: str) -> bytes:
    """A quoted string (RFC 9051 §4.3). Raises UsageError for what none can hold."""
    if not _PLAIN.match(text):
        raise UsageError(f"{shown(text, 60)} has letters that cannot be sent here")
    return b'"%s"' % text.replace("\\", "\\\\").replace('"', '\\"').encode("ascii")


def folder(name: str) -> bytes:
    """The name of a folder, in the modified UTF-7 of RFC 3501 §5.1.3."""
    if any(ord(letter) < 0x20 or ord(letter) == 0x7F for letter in name):
        raise UsageError(f"{shown(name, 60)} is no name of a folder")
    return quoted(_ENCODED.sub(_base64, name.replace("&", "&-")))


def _base64(found: re.Match[str]) -> str:
    coded = base64.b64encode(found[0].encode("utf-16-be", "surrogatepass")).decode()
    return "&" + coded.rstrip("=").replace("/", ",") + "-"


def number(text: bytes) -> int | None:
    """A number from 1 that fits into 32 bits, as UIDs do; None for anything else."""
    if not text.isdigit() or len(text) > 10:
        return None
    found = int(text)
    return found if 1 <= found <= _MOST else None


def sequence(uids: list[int]) -> bytes:
    """Numbers in ascending order as a set (RFC 9051 §9, sequence-set)."""
    parts: list[bytes] = []
    at = 0
    while at < len(uids):
        end = at
        while end + 1 < len(uids) and uids[end + 1] == uids[end] + 1:
            end += 1
        parts.append(b"%d" % uids[at] if at == end else b"%d:%d" % (uids[at], uids[end]))
        at = end + 1
    return b",".join(parts)
