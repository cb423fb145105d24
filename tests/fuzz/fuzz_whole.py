"""Targets: a receiver's whole judgement of a message, and everything that is sent as a report."""

from collections.abc import Callable
from typing import Any

import msgspec

import report_wraps as wraps
from fuzz_arc import CHAIN, chain_of
from fuzz_dkim import NOW, VERIFY, P
from fuzz_message import AUTHOR, AUTHRES, LINES, RECEIVED
from fuzzkit import Answers, Target, bounded, plain
from mailworthy import reports
from mailworthy.receive import Envelope, Verdict, evaluate
from mailworthy.receive.words import Check
from mailworthy.reports.model import Report

# The verdict


def check_verdict(data: bytes) -> None:
    """HELO, reverse-path and the answers are a line each; an empty line, then the message."""
    session, _, message = data.partition(b"\n\n")
    lines = [line.decode("latin-1").replace("|", "\n") for line in session.split(b"\n")]
    helo, path, *answers = [*lines, "", ""][: max(2, len(lines))]
    for ip in ("192.0.2.1", "2001:db8::1"):
        envelope = Envelope(ip, helo, path)
        world = Answers(answers)
        found = evaluate(message, envelope, resolver=world, now=NOW, profile="all")
        assert world.asks <= 2000
        assert [check.check for check in found.checks] == list(Check)
        shown(found)
        bounded(found.evidence, len(data), 60_000)
        again = evaluate(message, envelope, resolver=Answers(answers), now=NOW, profile="all")
        assert again.decisions == found.decisions, "not the same twice"


def shown(verdict: Verdict) -> None:
    """What people are told."""
    for check in verdict.checks:
        plain(check.reason, check.check, 5000)
        plain(check.about, check.check, 5000)
    for decision in verdict.decisions:
        plain(decision.reason, "decision", 2000)
    for sentence in verdict.assumptions:
        plain(sentence, "assumption", 2000)


MAIL = (
    b"Received: from mx.a.test (mx.a.test [192.0.2.1]) by mx.b.test; 23 Nov 2026 12:00:00 +0000\r\n"
    b"DKIM-Signature: v=1; a=rsa-sha256; d=a.test; s=s; h=from; bh=AAAA; b=AAAA\r\n"
    b"Authentication-Results: mx.b.test; spf=pass\r\n"
    b"From: Joe <joe@a.test>\r\nTo: <b@b.test>\r\nDate: Mon, 23 Nov 2026 12:00:00 +0000\r\n"
    b"Message-ID: <1@a.test>\r\nList-Unsubscribe: <https://a.test/u>\r\n\r\nbody\r\n"
)
VERDICT = Target(
    "verdict",
    check_verdict,
    (
        b"mx.a.test\njoe@a.test\nv=spf1 a -all|v=DMARC1; p=reject\n192.0.2.1\n\n" + MAIL,
        b"mx.a.test\n<>\nv=DKIM1; p=" + P + b"\n!:\n\n" + chain_of(1, "none") + MAIL,
        b"\n\n?:\n\nFrom: a@a.test, b@b.test\r\nFrom: x\r\n\r\n",
    ),
    (*AUTHOR.words, *AUTHRES.words, *RECEIVED.words, *CHAIN.words, *VERIFY.words, b"Date:",
     b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n", b"v=DMARC1; p=none", b"v=spf1 "),
)  # fmt: skip


# Reports


def check_reports(data: bytes) -> None:
    for found in reports.read(data, filename="fuzz", now=NOW):
        told(found.place)
        if not isinstance(found, Report):
            plain(found.reason)
            continue
        told(found.head)
        for number, record in enumerate(found.records):
            assert number <= len(data) * 1000
            told(record)
        for note in (*found.omissions, *found.flaws):
            told(note)


def told(value: Any) -> None:
    """Every text in a value is printable and short."""
    if isinstance(value, str):
        plain(value, limit=20_000)
    elif isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            told(getattr(value, name))
    elif isinstance(value, tuple | list):
        for item in value:
            told(item)


WRAPS: dict[str, Callable[[bytes], bytes]] = wraps.WRAPS
REPORTS = Target(
    "reports",
    check_reports,
    (
        wraps.XML,
        wraps.report(2),
        wraps.JSON,
        wraps.COMPLAINT,
        wraps.PLAIN,
        *(wrap(wraps.XML) for wrap in WRAPS.values()),
        wraps.mail(wraps.part(wraps.JSON)),
        wraps.zipped({"a.xml": wraps.XML, "b.json": wraps.JSON}),
    ),
    (*LINES, b"<record>", b"</record>", b"<row>", b"<count>", b"</count>", b"<!DOCTYPE a [", b"]>",
     b"<![CDATA[", b"&amp;", b"&#0;", b"<?xml version='1.0' encoding='utf-16'?>", b"{", b"}", b"[",
     b'":', b"null", b"1e999", b"PK\3\4", b"PK\1\2", b"PK\5\6", b"\x1f\x8b\x08", b"BZh9", b"--b",
     b"Content-Type: multipart/mixed; boundary=b", b"Content-Transfer-Encoding: base64",
     b"Feedback-Type: abuse", b"message/rfc822", b"From ", b"xmlns=", b"\xff\xfe", b"\xef\xbb\xbf"),
)  # fmt: skip

TARGETS = (VERDICT, REPORTS)
