"""The octets of a report as UTF-8, whatever they were written in (XML 1.0, Appendix F)."""

import codecs
import re
from collections.abc import Iterable, Iterator

from mailworthy.names import printable
from mailworthy.reports.aggregate.flaws import Flaws

DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s{0,9}=\s{0,9}[\"']([\w.:-]{1,40})[\"']")
MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# ASCII with one octet for each other letter. These are tried as UTF-8 first: what is valid there
# is never by chance, and many reporters declare what they do not write.
SINGLE = re.compile(r"ascii|iso8859-\d+|cp125\d|koi8-[ru]|mac-roman")
DOUBLE = frozenset(("gb2312", "gbk", "gb18030", "big5", "shift_jis", "euc_jp", "euc_kr"))
ENOUGH = 1024  # octets that hold any XML declaration


def utf8(chunks: Iterable[bytes], flaws: Flaws) -> Iterator[bytes]:
    """The same text in valid UTF-8, chunk by chunk, without byte order mark.

    What is no text in its encoding becomes letters of a one-octet charset, or U+FFFD.
    """
    rest = iter(chunks)
    first = _enough(rest)
    mark, name = _detect(first, flaws)
    transcode = Transcoder(name, flaws)
    yield transcode.feed(first[len(mark) :])
    for chunk in rest:
        yield transcode.feed(chunk)
    yield transcode.feed(b"", final=True)


def _enough(chunks: Iterator[bytes]) -> bytes:
    first = b""
    for chunk in chunks:
        first += chunk
        if len(first) >= ENOUGH:
            break
    return first


def _detect(data: bytes, flaws: Flaws) -> tuple[bytes, str]:
    """The byte order mark and the codec."""
    for mark, name in MARKS:
        if data.startswith(mark):
            return mark, name
    if name := _by_zeros(data[:4]):
        return b"", name
    match = DECLARED.search(data[:ENOUGH])
    label = match[1].decode("ascii", "replace") if match else "utf-8"
    if name := _codec(label):
        return b"", name
    flaws.add("encoding", printable(label, 40))
    return b"", "utf-8"


def _by_zeros(start: bytes) -> str:
    """UTF-16 and 32 without a mark, told by the zeros around the first characters."""
    zeros = "".join("0" if octet == 0 else "x" for octet in start)
    return {
        "x0x0": "utf-16-le",
        "0x0x": "utf-16-be",
        "x000": "utf-32-le",
        "000x": "utf-32-be",
    }.get(zeros, "")


def _codec(label: str) -> str:
    """The codec for a declared encoding that can be true of octets without zeros; "" for none."""
    try:
        name = codecs.lookup(label).name
    except LookupError:
        return ""
    return name if name == "utf-8" or name in DOUBLE or SINGLE.fullmatch(name) else ""


class Transcoder:
    """One codec to UTF-8, incrementally."""

    def __init__(self, name: str, flaws: Flaws) -> None:
        self._flaws = flaws
        self._strict = name not in DOUBLE and not name.startswith(("utf-16", "utf-32"))
        self._octets = name if SINGLE.fullmatch(name) and name != "ascii" else "iso8859-1"
        self._declared = name
        codec = "utf-8" if self._strict else name
        errors = "surrogateescape" if self._strict else "replace"
        self._decoder = codecs.getincrementaldecoder(codec)(errors)
        self._pending = False

    def feed(self, chunk: bytes, *, final: bool = False) -> bytes:
        """The next part of the text, as far as it is whole."""
        if self._strict and not self._pending and chunk.isascii():
            return chunk
        text = self._decoder.decode(chunk, final)
        self._pending = bool(self._decoder.getstate()[0])
        try:
            return text.encode()
        except UnicodeEncodeError:
            return self._mend(text).encode("utf-8", "replace")

    def _mend(self, text: str) -> str:
        """Octets that are not UTF-8, as letters of the charset that was declared or Latin-1."""
        if self._declared == "utf-8":
            self._flaws.add("encoding")
        octets = re.compile("[\udc80-\udcff]+")
        return octets.sub(lambda m: self._letters(m[0]), text)

    def _letters(self, escaped: str) -> str:
        octets = escaped.encode("ascii", "surrogateescape")
        return octets.decode(self._octets, "replace")
