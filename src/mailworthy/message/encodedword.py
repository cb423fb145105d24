"""Encoded words: what a display name, a subject or a file name says (RFC 2047).

Everybody decodes them here, and says how: for people, who are shown nothing that is not certain;
for files and subjects, which other programs write badly; or as the laxest of readers would, to
find what somebody hides.
"""

import base64
import binascii
import re
from enum import Enum

import msgspec

MAX_TEXT = 1000  # characters that are looked at for people
_BETWEEN = re.compile(r"(?<=\?=)\s+(?==\?)")
_HEX = re.compile(rb"=([0-9A-Fa-f]{2})")
# What mail is written in; a codec of Python's may do more than decode text.
_CHARSETS = re.compile(
    r"us-ascii|ascii|utf-?8|utf-16(?:be|le)?|iso-8859-(?:[1-9]|1[013-6])|latin-?1"
    r"|windows-(?:874|125[0-8])|cp(?:874|125[0-8])|koi8-[ru]|iso-2022-(?:jp|kr)|shift_jis"
    r"|euc-(?:jp|kr)|gb2312|gbk|gb18030|big5",
    re.IGNORECASE,
)


class Unknown(Enum):
    """What becomes of a charset that nobody knows, and of octets that are not of their charset."""

    KEEP = 0  # the word stays as it stands
    LATIN = 1  # it is taken for latin-1, and such octets are replaced
    UTF8 = 2  # whatever it says, it is taken for UTF-8, and such octets are replaced


class Reading(msgspec.Struct, frozen=True):
    """How encoded words are read: the first `most` characters of a text; `word` matches one, with
    its charset, encoding and content. `unknown` says how strictly they are taken."""

    most: int
    word: re.Pattern[str]
    unknown: Unknown


# RFC 2231 §5 adds a language, which nobody shows.
PEOPLE = Reading(
    MAX_TEXT,
    re.compile(r"=\?([\w.:+-]{1,40})(?:\*[\w-]{0,20})?\?([bBqQ])\?([!->@-~]{0,200})\?=", re.ASCII),
    Unknown.KEEP,
)
PROGRAMS = Reading(10_000, re.compile(r"=\?([^?\s]{1,40})\?([bBqQ])\?([^?\s]*)\?="), Unknown.LATIN)
FORGERS = Reading(
    100_000, re.compile(r"=\?([^?\s]{1,80})\?([bBqQ])\?([^?]{0,1000})\?="), Unknown.UTF8
)
_MOST_WORDS = 20  # that are looked into one by one


def decoded(text: str, how: Reading = PEOPLE) -> str:
    """The text with its encoded words as what they stand for (RFC 2047 §6).

    A word that cannot be decoded stays as it stands. The result is not safe to print: show it
    with `names.readable`. Never raises; linear, and at most `how.most` characters are read.
    """
    shown = text[: how.most]
    if "=?" not in shown:
        return shown
    return how.word.sub(lambda word: _decoded(word, how.unknown), _BETWEEN.sub("", shown))


def each(text: str, how: Reading = FORGERS) -> tuple[str, ...]:
    """What the first 20 encoded words of a text say, one by one. Never raises."""
    found = zip(range(_MOST_WORDS), how.word.finditer(text[: how.most]), strict=False)
    return tuple(_decoded(word, how.unknown) for _, word in found)


def by_charset(octets: bytes, charset: str) -> str:
    """Text in a charset that may have a language (RFC 2231 §5), in latin-1 if it is none that is
    known. Never raises: what is not of the charset is replaced."""
    name = charset.partition("*")[0]
    try:
        return octets.decode(name if _CHARSETS.fullmatch(name) else "latin-1", "replace")
    except LookupError:  # a Python without it
        return octets.decode("latin-1")


def _decoded(word: re.Match[str], unknown: Unknown) -> str:
    charset, encoding, content = word.groups()
    try:
        octets = _octets(encoding, content.encode("utf-8", "replace"), unknown is Unknown.KEEP)
    except binascii.Error:
        return word[0]
    if unknown is Unknown.LATIN:
        return by_charset(octets, charset)
    if unknown is Unknown.UTF8:
        return octets.decode("utf-8", "replace")
    return _strictly(octets, charset, word[0])


def _strictly(octets: bytes, charset: str, instead: str) -> str:
    if not _CHARSETS.fullmatch(charset):
        return instead
    try:
        return octets.decode(charset)
    except (UnicodeError, LookupError):
        return instead


def _octets(encoding: str, content: bytes, strict: bool) -> bytes:
    """Raises binascii.Error for what is no base64."""
    if encoding in "bB":
        if strict:
            return base64.b64decode(content + b"=" * (-len(content) % 4), validate=True)
        return binascii.a2b_base64(content + b"==")  # too much of it harms nothing
    spaced = content.replace(b"_", b" ")
    return _HEX.sub(lambda found: bytes.fromhex(found[1].decode("ascii")), spaced)
