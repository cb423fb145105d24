"""Encoded words, for people to read (RFC 2047): what a display name says."""

import base64
import binascii
import re

MAX_TEXT = 1000  # characters that are looked at
# RFC 2231 §5 adds a language, which nobody shows.
_WORD = re.compile(
    r"=\?([\w.:+-]{1,40})(?:\*[\w-]{0,20})?\?([bBqQ])\?([!->@-~]{0,200})\?=", re.ASCII
)
_BETWEEN = re.compile(r"(?<=\?=)[ \t\r\n]+(?==\?)")
_HEX = re.compile(rb"=([0-9A-Fa-f]{2})")
# What mail is written in; a codec of Python's may do more than decode text.
_CHARSETS = re.compile(
    r"us-ascii|ascii|utf-?8|iso-8859-(?:[1-9]|1[013-6])|windows-(?:874|125[0-8])|koi8-[ru]"
    r"|iso-2022-(?:jp|kr)|shift_jis|euc-(?:jp|kr)|gb2312|gbk|gb18030|big5",
    re.IGNORECASE,
)


def decoded(text: str) -> str:
    """The text with its encoded words as what they stand for (RFC 2047 §6).

    A word that cannot be decoded stays as it stands. The result is not safe to print: show it
    with `names.readable`. Never raises; linear, and at most MAX_TEXT characters are read.
    """
    shown = text[:MAX_TEXT]
    return _WORD.sub(_decoded, _BETWEEN.sub("", shown)) if "=?" in shown else shown


def _decoded(word: re.Match[str]) -> str:
    charset, encoding, content = word.groups()
    if not _CHARSETS.fullmatch(charset):
        return word[0]
    try:
        return _octets(encoding.lower(), content.encode("ascii")).decode(charset)
    except (UnicodeError, LookupError, binascii.Error):
        return word[0]


def _octets(encoding: str, content: bytes) -> bytes:
    if encoding == "b":
        return base64.b64decode(content + b"=" * (-len(content) % 4), validate=True)
    spaced = content.replace(b"_", b" ")
    return _HEX.sub(lambda found: bytes.fromhex(found[1].decode("ascii")), spaced)
