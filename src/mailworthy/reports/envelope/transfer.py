"""Content-Transfer-Encoding, undone piece by piece (RFC 2045 §6)."""

import binascii
import re

from mailworthy.reports.envelope.streams import CHUNK, Reader, Span, Stream
from mailworthy.reports.model import Fault

_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
_OTHERS = bytes(set(range(256)) - set(_ALPHABET))
# How gzip, zip, XML and JSON begin in base64: seen where the header says nothing of it.
_BARE = re.compile(rb"\s*(?:H4sI|UEsD|PD94|PGZl|eyJ)[A-Za-z0-9+/]{16}")
# What a base64 text cannot begin with, whatever the header says: XML, JSON, gzip.
_PLAIN = re.compile(rb"(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?\s*[<{\x1f]")


def decoded(data: bytes, start: int, end: int, encoding: str) -> Reader:
    """The octets of `data[start:end]` without their encoding; an unknown one counts as none.

    Where the beginning of the text shows that the header is wrong about base64, the text counts.
    """
    span = Reader(Span(data, start, end))
    head = span.peek(1)[:200]
    if encoding == "base64":
        return span if _PLAIN.match(head) else Reader(Base64(span))
    if encoding == "quoted-printable":
        return Reader(QuotedPrintable(span))
    return Reader(Base64(span)) if _BARE.match(head) else span


class _Decoding(Stream):
    """Text decoded piece by piece; `rest` is what waits for more of it."""

    def __init__(self, below: Reader) -> None:
        super().__init__(below)
        self.source = below
        self.rest = b""
        self.ready = b""
        self.over = False

    def give(self, size: int) -> bytes:
        """The next decoded octets."""
        while not self.ready and not self.over:
            self.ready = self.piece()
        octets, self.ready = self.ready[:size], self.ready[size:]
        return octets

    def piece(self) -> bytes:
        """What the next chunk gives; `over` is set with the last."""
        raise NotImplementedError


class Base64(_Decoding):
    """RFC 2045 §6.8: what is not of the alphabet is skipped, and padding ends the text."""

    def piece(self) -> bytes:
        chunk = self.source.read(CHUNK)
        text = self.rest + chunk.translate(None, _OTHERS)
        padding = text.find(b"=")
        self.over = not chunk or padding >= 0
        if padding >= 0:
            text = text[:padding]
        whole = len(text) if self.over else len(text) - len(text) % 4
        text, self.rest = text[:whole], text[whole:]
        if len(text) % 4 == 1:
            self.fail(Fault.DAMAGED, "base64 that breaks off within a character")
            text = text[:-1]
        return binascii.a2b_base64(text + b"=" * (-len(text) % 4))


class QuotedPrintable(_Decoding):
    """RFC 2045 §6.7, line by line; an escape that is none stays as it is."""

    def piece(self) -> bytes:
        chunk = self.source.read(CHUNK)
        self.over = not chunk
        text = self.rest + chunk
        cut = len(text) if self.over else _safe(text)
        text, self.rest = text[:cut], text[cut:]
        return binascii.a2b_qp(text)


def _safe(text: bytes) -> int:
    """Where a chunk can be cut without tearing an escape apart: after a line, or else anywhere
    that no escape is."""
    newline = text.rfind(b"\n") + 1
    if newline:
        return newline
    escape = text.rfind(b"=", len(text) - 3)
    return len(text) if escape < 0 else escape
