"""Work grows with the length of hostile input and not faster: calls and memory are counted here,
never seconds. What happens inside one call is held by the tests with a megabyte of anything."""

import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest

from fuzzkit import Answers
from growth import calls
from mailworthy import taglist
from mailworthy.dkim import engine, signature
from mailworthy.dkim import record as dkim_record
from mailworthy.dmarc import record as dmarc_record
from mailworthy.lookup.drive import drive
from mailworthy.message import authres
from mailworthy.message.author import author
from mailworthy.message.faults import faults
from mailworthy.message.header import read
from mailworthy.spf import record as spf_record
from mailworthy.spf.engine import check_host

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
SMALL, TIMES = 1_200, 4  # more than the texts have that are kept ready
SLACK = 1.3  # tables that double, and texts that are cut

HEADER = (
    b"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.com; s=s; h=from;"
    b" bh=AAAA; b=AAAA\r\n"
    b"DKIM-Signature: v=1; a=rsa-sha256; d=example.com; s=s; h=from; l=9; bh=AAAA; b=AAAA\r\n"
    b"From: a@example.com\r\n\r\n"
)
KEY = (
    "v=DKIM1; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDwIRP/UC3SBsEmGqZ9ZJW3/DkMoGeLnQg1fWn7/zYtIxN"
    "2SnFCjxOCKG9v3b4jYfcTNh5ijSsq631uBItLa7od+v/RtdC2UzJ1lWT947qR+Rcac2gbto/NMqJ0fzfVjH4OuKhitdY9t"
    "f6mcwGjaNBcWToIMmPSPDdQPNUYckcQ2QIDAQAB"
)


def verified(body: bytes) -> Any:
    return drive(engine.verify(HEADER + body, now=NOW), Answers([KEY]))


def header_verified(header: bytes) -> Any:
    return drive(engine.verify(header + HEADER, now=NOW), Answers([KEY]))


def looked_at(message: bytes) -> Any:
    found = read(message)
    return faults(found), list(found.fields)


def checked(text: bytes) -> Any:
    world = Answers(["v=spf1 " + text.decode("latin-1")])
    return drive(check_host("192.0.2.1", "d.example", "a@d.example", helo="h.example"), world)


def decoded(parse: Callable[[str], Any]) -> Callable[[bytes], Any]:
    return lambda text: parse(text.decode("latin-1"))


BODIES = [b" ", b"\t", b"\r\n", b" \r\n", b"\n", b"\r", b"a ", b"a\t\t\t\tb", b"\0", b"a  \r\n\r\n",
          b"\r\r\n", b"   a" * 9 + b"\r\n", b"\xff", b"=20=\r\n", b"--b\r\n"]  # fmt: skip
LINES = [b"a:b\r\n", b"X: y\r\n z\r\n", b"nothing\r\n", b"DKIM-Signature: v=1\r\n", b"X:\r\n ",
         b"From: a@b.c\r\n", b":", b"Received: a\r\n", b"\r\n\t"]  # fmt: skip
FIELDS = [b"(", b")", b'"', b"\\", b";", b"=", b"a=b ", b"[", b"a.", b"((()", b"x;y=z ",
          b"\xc3\xa9", b"<", b"@", b"a@b.c,", b":", b" ", b"=?a?q?b?=",
          b"\\\xc3", b'"a" ']  # fmt: skip
TAGS = [b";", b"=", b"a=b;", b" ", b"\\;", b"p=A", b"AAAA ", b"rua=mailto:a@b.example,", b",",
        b":", b"&amp;", b"\x93", b"v=DMARC1;"]  # fmt: skip
TERMS = [b"a ", b" ", b"%{d}", b"%%", b"include:a.b ", b"%{l1r-}", b"ip4:1.2.3.4 ", b"x", b".",
         b"\xe9", b"x=%{c} ", b"exists:%{p}.a "]  # fmt: skip
WORK: list[tuple[Callable[[bytes], Any], list[bytes]]] = [
    (verified, BODIES),
    (header_verified, LINES),
    (looked_at, BODIES + LINES),
    (signature.parse, FIELDS + TAGS),
    (lambda value: author([value]), FIELDS),
    (lambda value: author(value.split(b"@")), FIELDS),
    (authres.parse, FIELDS),
    (lambda value: authres.parse(b"id; " + value), FIELDS),
    (lambda value: authres.forged([value], ["example.com"]), FIELDS),
    (decoded(taglist.parse), TAGS),
    (decoded(dkim_record.parse), TAGS),
    (decoded(lambda text: dmarc_record.parse("v=DMARC1;" + text)), TAGS),
    (decoded(lambda text: spf_record.parse("v=spf1 " + text)), TERMS),
    (checked, TERMS),
]
NAMES = ["body", "header", "message", "signature", "from", "several-from", "results", "id-results",
         "forged", "tag-list", "key", "dmarc", "spf", "check-host"]  # fmt: skip


def memory(work: Callable[[bytes], Any], data: bytes) -> int:
    """The most octets that are held at one moment."""
    tracemalloc.start()
    try:
        work(data)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(("work", "pieces"), WORK, ids=NAMES)
def test_work_grows_no_faster_than_input(work: Callable[[bytes], Any], pieces: list[bytes]) -> None:
    for piece in pieces:
        small = piece * (SMALL // len(piece))
        large = piece * (TIMES * SMALL // len(piece))
        work(large)  # what is kept for the next time is there now
        few, many = calls(partial(work, small)), calls(partial(work, large))
        assert many <= 200 + SLACK * TIMES * few, f"{piece!r}: {few} calls, then {many}"
        little, much = memory(work, small), memory(work, large)
        assert much <= 30_000 + SLACK * TIMES * little, f"{piece!r}: {little}, then {much} octets"
        assert much <= 30_000 + 2000 * len(large), f"{piece!r}: {much} octets"


def test_a_body_costs_no_calls() -> None:
    """The octets of a body are the business of a few functions, however many there are."""
    for piece in BODIES:
        small = piece * (SMALL // len(piece))
        large = piece * (TIMES * SMALL // len(piece))
        verified(large)
        few, many = calls(partial(verified, small)), calls(partial(verified, large))
        assert many <= 20 + few, piece


@pytest.mark.parametrize(
    "square",
    [
        lambda data: [[len(data) for _ in data] for _ in data[::9]],
        lambda data: [data[:at] for at in range(0, len(data), 9)],
    ],
)
def test_a_square_is_seen(square: Callable[[bytes], Any]) -> None:
    with pytest.raises(AssertionError):
        test_work_grows_no_faster_than_input(square, [b"a"])
