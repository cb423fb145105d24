"""Messages as the servers on their way saw them."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailworthy.message import read
from mailworthy.receive.envelope import Envelope
from mailworthy.receive.hops import MAX_HOPS, Reason, Seen, Unseen, boundary, hops, seen_at

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
DATE = "Mon, 23 Nov 2026 12:00:00 +0000"

LMTP = f"Received: from mx.example.net\n\tby mx.example.net with LMTP\n\tid oC8; {DATE}\n"
FILTER = (
    "Received: from mx.example.net ([127.0.0.1])\n"
    f"\tby localhost (mx.example.net [127.0.0.1]) (port 10024) with ESMTP id F1; {DATE}\n"
)
OUTSIDE = (
    "Received: from mail.example.com (rdns.example.com [192.0.2.1])\n"
    "\tby mx.example.net (Postfix) with ESMTPS id P1\n"
    f"\tfor <jane@example.net>; {DATE}\n"
)
EARLIER = (
    "Received: from laptop (home.example.com [198.51.100.4])\n"
    f"\tby mail.example.com with ESMTPSA id S1; {DATE}\n"
)
PATH = "Return-Path: <joe@example.com>\n"
REST = "DKIM-Signature: v=1\nFrom: joe@example.com\n\nbody\n"

TRUST_1 = "Received number 1 is taken to be written by trusted servers."
TRUST_2 = "Received numbers 1 to 2 are taken to be written by trusted servers."
NO_PATH = "No return path is recorded; the null one is assumed, and SPF looks at HELO alone."
OTHER_PATH = (
    "The return path is that of the last delivery; a list or forwarder may have used another."
)


def below(number: int, first: int) -> str:
    return (
        f"Received number {number} stands below number {first}, which took the message from "
        "outside: whoever sent it may have made it up."
    )


def seen(text: str, hop: int) -> Seen:
    found = seen_at(read(text.replace("\n", "\r\n").encode()), hop)
    assert isinstance(found, Seen)
    return found


JOE = Envelope(
    ip="192.0.2.1",
    helo="mail.example.com",
    mail_from="joe@example.com",
    rcpt_to=("jane@example.net",),
    tls=True,
    received_at=NOON,
)

VIEWS: list[tuple[str, int, str, tuple[str, ...]]] = [
    # message, hop, the reverse-path, what is assumed
    (PATH + OUTSIDE + REST, 1, "joe@example.com", ()),
    (PATH + "Delivered-To: jane@example.net\n" + LMTP + OUTSIDE + REST, 2, "joe@example.com",
     (TRUST_1,)),
    (PATH + LMTP + FILTER + OUTSIDE + EARLIER + REST, 3, "joe@example.com", (TRUST_2,)),
    (LMTP + PATH + OUTSIDE + REST, 2, "joe@example.com", (TRUST_1,)),  # as Gmail has it
    ("Return-Path: <>\n" + OUTSIDE + REST, 1, "", ()),
    ("X-Envelope-From: <joe@example.com>\n" + OUTSIDE + REST, 1, "joe@example.com", ()),
    ("X-Envelope-From: <x@example.org>\n" + PATH + OUTSIDE + REST, 1, "joe@example.com", ()),
    (OUTSIDE + REST, 1, "", (NO_PATH,)),
    # below the field the sender wrote it
    (OUTSIDE + PATH + REST, 1, "", (NO_PATH,)),
    (OUTSIDE.replace("by mx", "by mx (envelope-from <a@b.example>)") + PATH + REST, 1,
     "a@b.example", ()),
    (PATH + OUTSIDE.replace("by mx", "by mx (envelope-from <>)") + REST, 1, "", ()),
    (PATH + EARLIER + OUTSIDE + REST, 2, "joe@example.com", (below(2, 1), OTHER_PATH)),
]  # fmt: skip


@pytest.mark.parametrize(("text", "hop", "mail_from", "assumptions"), VIEWS)
def test_views(text: str, hop: int, mail_from: str, assumptions: tuple[str, ...]) -> None:
    found = seen(text, hop)
    expected = Envelope(JOE.ip, JOE.helo, mail_from, JOE.rcpt_to, JOE.tls, JOE.received_at)
    assert found.envelope == expected
    assert found.assumptions == assumptions
    place = found.hop.index
    assert list(found.message.lines) == list(read(text.encode()).lines)[place + 1 :]
    assert found.message.body == b"body\r\n"


def test_gaps_are_told() -> None:
    found = seen("Received: from [192.0.2.1] by mx.example.net\n" + REST, 1)
    assert found.assumptions == (
        "Received number 1 has an address only where the client's own name belongs.",
        "Received number 1 has no date that can be read; the moment of judging is taken.",
        NO_PATH,
    )
    found = seen(OUTSIDE.replace("mail.example.com", "a(b [198.51.100.4])") + REST, 1)
    assert found.envelope.ip == "192.0.2.1"
    assert found.assumptions[0] == (
        "Received number 1 has several addresses of the client; the last is taken, since the "
        "client may have written the others."
    )
    found = seen(f"{PATH}Received: from unknown (192.0.2.1) by mx.example.net; {DATE}\n{REST}", 1)
    assert found.envelope.helo == ""
    assert found.assumptions == ("Received number 1 names no HELO; it is taken to be empty.",)


def test_a_client_without_address_above_is_told() -> None:
    nameless = f"Received: from mail.example.com by mx.example.net with ESMTP id 1; {DATE}\n"
    found = seen(PATH + nameless + OUTSIDE + REST, 2)
    assert found.assumptions == (
        TRUST_1,
        "Received number 1 has no address; its client is taken for a trusted one.",
    )


def test_no_line_of_the_sender_is_taken_for_one_of_an_mbox_file() -> None:
    found = seen(OUTSIDE + "From bank: a@bank.example\n" + REST, 1)
    assert found.message.lines[0] == b"From bank: a@bank.example"


UNSEEN = [
    (REST, 1, Reason.NO_RECEIVED, "The message has no Received field."),
    (OUTSIDE + REST, 0, Reason.NO_SUCH_HOP,
     "The message has one Received field; the topmost is number 1."),
    (OUTSIDE + REST, 2, Reason.NO_SUCH_HOP,
     "The message has one Received field; the topmost is number 1."),
    (OUTSIDE + EARLIER + REST, -1, Reason.NO_SUCH_HOP,
     "The message has 2 Received fields; the topmost is number 1."),
    (LMTP + OUTSIDE + REST, 1, Reason.NO_ADDRESS,
     "Received number 1 does not say from which address the message came."),
]  # fmt: skip


@pytest.mark.parametrize(("text", "hop", "reason", "message"), UNSEEN)
def test_what_cannot_be_seen(text: str, hop: int, reason: Reason, message: str) -> None:
    assert seen_at(read(text.encode()), hop) == Unseen(reason, message)


def received(client: str, protocol: str = "ESMTP") -> str:
    return f"Received: from {client} by mx.example.net with {protocol} id 1; {DATE}\n"


BOUNDARIES: list[tuple[str, int | None]] = [
    ("", None),
    (OUTSIDE, 1),
    (LMTP + FILTER + OUTSIDE + EARLIER, 3),
    (received("x by y with LMTP (unknown [203.0.113.66])") + OUTSIDE, 1),  # HELO of spaces
    (LMTP + FILTER, None),
    *((received(f"a (b [{ip}])") + OUTSIDE, 2)
      for ip in ("10.1.2.3", "172.16.0.1", "192.168.1.1", "127.0.0.1", "169.254.1.1", "100.64.0.1",
                 "IPv6:::1", "IPv6:fe80::1", "IPv6:fd00::1", "IPv6:::ffff:10.0.0.1", "0.0.0.0",
                 "224.0.0.1", "unix socket")),
    *((received(f"a (b [{ip}])") + OUTSIDE, 1)
      for ip in ("8.8.8.8", "IPv6:2a00:1450::1", "IPv6:2001:db8::1", "IPv6:::ffff:192.0.2.7")),
    *((received("a (b [192.0.2.9])", word) + OUTSIDE, 2)
      for word in ("LMTP", "lmtps", "UTF8LMTP", "local", "POP3", "IMAP", "HTTPS", "mapi")),
    ("Received: (qmail 12 invoked by uid 89); " + DATE + "\n" + OUTSIDE, 2),
    ("Received: by 2002:a05:1:: with SMTP id a1; " + DATE + "\n" + OUTSIDE, 2),
    ("Received: \n" + OUTSIDE, 2),
]  # fmt: skip


@pytest.mark.parametrize(("text", "number"), BOUNDARIES)
def test_the_boundary(text: str, number: int | None) -> None:
    assert boundary(read((text + REST).encode())) == number


def test_hops_from_the_top() -> None:
    found = hops(read((PATH + LMTP + OUTSIDE + EARLIER + REST).encode()))
    assert [hop.number for hop in found] == [1, 2, 3]
    assert [hop.index for hop in found] == [1, 2, 3]
    assert [hop.inside for hop in found] == [True, False, False]
    assert [hop.received.ip for hop in found] == ["", "192.0.2.1", "198.51.100.4"]
    assert all(hop.problems == () for hop in found)


def test_only_so_many_hops() -> None:
    message = read((OUTSIDE * 50_000 + REST).encode())
    assert len(hops(message)) == MAX_HOPS
    assert isinstance(seen_at(message, MAX_HOPS), Seen)
    assert isinstance(seen_at(message, MAX_HOPS + 1), Unseen)


LINES = st.sampled_from(
    [
        *(OUTSIDE, LMTP, FILTER, EARLIER, PATH, "X-Envelope-From: a\n", "From: a@b.example\n"),
        *("\n", "no field\n", "Subject: x\r y\n", "Received: from a\n", "From joe today\n"),
        *(" folded\n", "Subject:\r\n b\r\n", "a: b\r\n"),
    ]
)
TEXTS = st.tuples(
    st.lists(LINES, max_size=12).map("".join), st.sampled_from(["", "\r\nx\r\n", "x"])
)


@given(TEXTS, st.integers(-1, 8), st.booleans())
def test_what_is_below_is_untouched(pieces: tuple[str, str], hop: int, wire: bool) -> None:
    text = "".join(pieces)
    given_bytes = (
        text.replace("\r\n", "\n").replace("\n", "\r\n").encode() if wire else text.encode()
    )
    message = read(given_bytes)
    found = seen_at(message, hop)
    if isinstance(found, Unseen):
        assert found.message.isprintable()
        return
    rest = found.message.given
    assert given_bytes.endswith(rest)
    cut = message.named(b"received")[hop - 1]
    kept = message.data[cut.end + 2 :]
    assert read(rest).data == kept
    assert all(line.isprintable() for line in found.assumptions)


@given(st.binary(max_size=200))
def test_nothing_raises(value: bytes) -> None:
    message = read(b"Return-Path: " + value + b"\r\nReceived: " + value + b"\r\n\r\n")
    assert [hop.number for hop in hops(message)] == list(range(1, message.count(b"received") + 1))
    for hop in hops(message):
        found = seen_at(message, hop.number)
        assert isinstance(found, Seen) == bool(hop.received.ip)
