"""Addresses and conversations of the test inbox."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailworthy.inbox.boxes import Box, Boxes, folder
from mailworthy.inbox.talk import Manner, Talk
from mailworthy.reports.intake.lmtp.reply import Next

TOKEN = "abcdefgh234567aa"
BOXES = Boxes(("me@a.example",), ("t.example",), lambda token, _domain: token == TOKEN)


@pytest.mark.parametrize(
    ("recipient", "name"),
    [
        ("me@a.example", "box-me-at-a.example"),
        ("ME+tag@A.example.", "box-me-at-a.example"),
        (f"{TOKEN}@t.example", TOKEN),
        (f"{TOKEN.upper()}@T.EXAMPLE", TOKEN),
        (f"{TOKEN}@a.example", None),
        ("zzzzzzzzzzzzzzzz@t.example", None),
        ("me@t.example", None),
        ("you@a.example", None),
        ("../../etc/passwd@t.example", None),
        ("given@t.example", None),
        ("", None),
        ("@", None),
        ("me", None),
        ("a" * 400 + "@t.example", None),
    ],
)
def test_whose_mail_is_taken(recipient: str, name: str | None) -> None:
    box = BOXES.find(recipient)
    assert (box.name if box else None) == name


@given(st.text(max_size=60))
def test_a_folder_is_a_name_and_no_path(text: str) -> None:
    BOXES.find(text)
    name = folder(text)
    assert name.startswith("box-")
    assert "/" not in name
    assert "\0" not in name


def talk(*, lmtp: bool = False, tls: bool = False, trusted: bool = False) -> Talk:
    return Talk(Manner("in.example", 1000, lmtp, tls, trusted), BOXES)


def said(talking: Talk, *lines: str) -> list[str]:
    """The last line of each reply."""
    return [talking.command(line.encode()).lines[-1] for line in lines]


def codes(talking: Talk, *lines: str) -> list[int]:
    return [int(line[:3]) for line in said(talking, *lines)]


GOOD = ("EHLO client.example", "MAIL FROM:<a@b.example> SIZE=10", "RCPT TO:<me@a.example>", "DATA")


def test_a_mail_is_handed_over() -> None:
    talking = talk()
    assert codes(talking, *GOOD) == [250, 250, 250, 354]
    assert (talking.helo, talking.sender) == ("client.example", "a@b.example")
    assert talking.recipients == [Box("me@a.example", "box-me-at-a.example")]
    assert talking.ended("250 2.0.0 ok").lines == ("250 2.0.0 ok",)
    assert (talking.sender, talking.recipients) == (None, [])


def test_lmtp_answers_for_each_recipient() -> None:
    talking = talk(lmtp=True)
    lines = (
        "LHLO x",
        "MAIL FROM:<>",
        "RCPT TO:<me@a.example>",
        f"RCPT TO:<{TOKEN}@t.example>",
        "DATA",
    )
    assert codes(talking, *lines) == [250, 250, 250, 250, 354]
    assert talking.sender == ""
    assert len(talking.ended("250 ok").lines) == 2


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        (("MAIL FROM:<a@b>",), 503),
        (("EHLO",), 501),
        (("EHLO x", "RCPT TO:<me@a.example>"), 503),
        (("EHLO x", "MAIL FROM:<a@b>", "RCPT TO:<you@elsewhere.example>"), 550),
        (("EHLO x", "MAIL FROM:<a@b>", "RCPT TO:<@evil,@x:me@a.example>"), 550),
        (("EHLO x", "MAIL FROM:<a@b>", "RCPT TO:<me%elsewhere.example@a.example>"), 550),
        (("EHLO x", "MAIL FROM:<a@b>", "DATA"), 503),
        (("EHLO x", "MAIL FROM:<a@b>", "MAIL FROM:<a@b>"), 503),
        (("EHLO x", "MAIL FROM:<a@b> SIZE=1001"), 552),
        (("EHLO x", "MAIL TO:<a@b>"), 501),
        (("EHLO x", "STARTTLS"), 503),
        (("EHLO x", "XCLIENT ADDR=192.0.2.1"), 550),
        (("LHLO x",), 500),
        (("BDAT 5",), 500),
        (("HELO x",), 250),
        (("VRFY me",), 252),
        (("NOOP",), 250),
        (("RSET",), 250),
        (("QUIT",), 221),
    ],
)
def test_what_is_answered(lines: tuple[str, ...], code: int) -> None:
    assert codes(talk(), *lines)[-1] == code


def test_too_many_errors_end_it() -> None:
    talking = talk()
    replies = [talking.command(b"NONSENSE") for _ in range(12)]
    assert replies[-1].next is Next.END


def test_too_many_mails_end_it() -> None:
    talking = talk()
    for _ in range(20):
        assert codes(talking, *GOOD)[-1] == 354
        talking.ended("250 ok")
    assert codes(talking, "EHLO x", "MAIL FROM:<a@b>") == [250, 421]


def test_too_many_recipients_are_put_off() -> None:
    talking = talk()
    said(talking, "EHLO x", "MAIL FROM:<a@b>", *["RCPT TO:<me@a.example>"] * 20)
    assert codes(talking, "RCPT TO:<me@a.example>") == [452]


def test_after_tls_everything_begins_anew() -> None:
    talking = talk(tls=True)
    assert "250-STARTTLS" in talking.command(b"EHLO x").lines
    said(talking, "MAIL FROM:<a@b>")
    assert talking.command(b"STARTTLS").next is Next.TLS
    talking.secured()
    assert (talking.helo, talking.sender, talking.encrypted) == ("", None, True)
    assert "250-STARTTLS" not in talking.command(b"EHLO x").lines


@pytest.mark.parametrize("verb", ["XCLIENT", "XFORWARD"])
@pytest.mark.parametrize(
    ("told", "client", "helo"),
    [
        ("ADDR=192.0.2.1 HELO=mail.b.example", "192.0.2.1", "mail.b.example"),
        ("addr=IPV6:2001:db8::1", "2001:db8::1", ""),
        ("NAME=x ADDR=192.0.2.1 PORT=25 HELO=a+20b", "192.0.2.1", "a"),
        ("ADDR=[UNAVAILABLE] HELO=[UNAVAILABLE]", "", ""),
        ("ADDR=nonsense", "", ""),
        ("ADDR=IPV6:fe80::1%25", "", ""),
        ("ADDR=IPV6:::FFFF:192.0.2.1", "::ffff:192.0.2.1", ""),
    ],
)
def test_a_trusted_peer_says_for_whom_it_speaks(
    verb: str, told: str, client: str, helo: str
) -> None:
    talking = talk(trusted=True)
    assert codes(talking, "EHLO x", f"{verb} {told}") == [250, 250]
    assert (talking.client, talking.client_helo) == (client, helo)


def test_the_client_of_the_last_mail_is_not_that_of_the_next() -> None:
    talking = talk(lmtp=True, trusted=True)
    said(talking, "LHLO x", "XFORWARD ADDR=192.0.2.1 HELO=mail.b.example")
    said(talking, "XFORWARD ADDR=[UNAVAILABLE] HELO=[UNAVAILABLE]")
    assert (talking.client, talking.client_helo) == ("", "")


@given(st.lists(st.binary(max_size=80), max_size=30))
def test_no_line_is_too_odd(lines: list[bytes]) -> None:
    talking = talk(lmtp=True, tls=True, trusted=True)
    for line in lines:
        reply = talking.command(line)
        assert all(text.isprintable() for text in reply.lines)
