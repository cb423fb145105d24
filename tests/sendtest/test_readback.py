"""A message that was read back: where it came in, what they say of it, and what we say."""

import pytest

from mailworthy.lookup.memory import Memory
from mailworthy.message.header import Message, read
from mailworthy.receive.envelope import Envelope
from mailworthy.receive.facade import verify
from mailworthy.receive.hops import Seen
from mailworthy.sendtest.model import Comparison
from mailworthy.sendtest.readback import arrival, compare, theirs

OURS = (
    "Received: from localhost (localhost [127.0.0.1])\r\n\tby mail.a.example (Postfix) with ESMTP "
    "id 4AAAA;\r\n\tMon, 23 Nov 2026 18:00:00 +0000 (UTC)\r\n"
)
FROM_US = (
    "Received: from mail.a.example (mail.a.example [192.0.2.1])\r\n\tby mx.b.example (Postfix) "
    "with ESMTPS id 4THEIR;\r\n\tMon, 23 Nov 2026 18:00:01 +0000 (UTC)\r\n"
)
INNER = (
    "Received: from mx.b.example ([10.0.0.1])\r\n\tby store.b.example with LMTP id x;\r\n"
    "\tMon, 23 Nov 2026 18:00:02 +0000 (UTC)\r\n"
)
AR = (
    "Authentication-Results: mx.b.example; spf=pass smtp.mailfrom=a.example; dkim=fail; "
    "dmarc=pass\r\n"
)
FORGED = "Authentication-Results: mx.b.example; dmarc=pass\r\n"
SIGNED = "DKIM-Signature: v=1; d=a.example; s=x; h=from; bh=; b=\r\n"
REST = "From: a@a.example\r\nTo: b@b.example\r\nSubject: x\r\n\r\nx\r\n"


def mail(*parts: str) -> Message:
    return read("".join((*parts, REST)).encode())


@pytest.mark.parametrize(
    ("parts", "number"),
    [
        ((INNER, FROM_US, OURS), 2),
        ((FROM_US, OURS), 1),
        # A filter of ours hands it back first.
        ((INNER, FROM_US, OURS.replace("4AAAA", "4BBBB"), OURS), 2),
        # Nothing of ours is there: the first that came from outside.
        ((INNER, FROM_US), 2),
    ],
)
def test_where_it_came_in(parts: tuple[str, ...], number: int) -> None:
    seen = arrival(mail(*parts), ["4BBBB", "4AAAA"])
    assert isinstance(seen, Seen)
    assert (seen.hop.number, seen.envelope.ip) == (number, "192.0.2.1")


def test_a_forwarder_in_between_is_not_the_one_that_we_handed_it_to() -> None:
    on = FROM_US.replace("192.0.2.1", "198.51.100.9").replace("mail.a.example", "fwd.c.example")
    seen = arrival(mail(on, FROM_US, OURS), ["4AAAA"])
    assert isinstance(seen, Seen)
    assert (seen.hop.number, seen.envelope.ip) == (2, "192.0.2.1")


@pytest.mark.parametrize(
    ("parts", "why"),
    [((), "no Received field"), ((OURS,), "has not left"), ((INNER, OURS), "has not left")],
)
def test_what_cannot_be_judged(parts: tuple[str, ...], why: str) -> None:
    seen = arrival(mail(*parts), ["4AAAA"])
    assert isinstance(seen, str)
    assert why in seen


@pytest.mark.parametrize(
    ("parts", "hop", "who"),
    [
        ((AR, FROM_US, OURS), 1, "mx.b.example"),
        ((FROM_US, AR, SIGNED, OURS), 1, "mx.b.example"),  # as a milter adds it
        ((FROM_US, SIGNED, FORGED, OURS), 1, ""),  # below our own signature
        ((FROM_US, OURS, FORGED), 1, ""),
        (("Authentication-Results: spf=pass (sender IP is 192.0.2.1)\r\n", FROM_US), 1, "unnamed"),
        ((FROM_US,), 1, ""),
    ],
)
def test_whose_results_count(parts: tuple[str, ...], hop: int, who: str) -> None:
    said = theirs(mail(*parts), hop)
    assert said.authserv_id == who
    assert bool(said.results) == bool(who)


def test_both_verdicts_side_by_side() -> None:
    zone = '$ORIGIN a.example.\n@ 60 SOA ns a 1 2 3 4 5\n@ 60 TXT "v=spf1 ip4:192.0.2.1 -all"\n'
    verdict = verify(
        mail(),
        Envelope("192.0.2.1", "mail.a.example", "a@a.example"),
        resolver=Memory.from_zone(zone),
    )
    found = compare(theirs(mail(AR, FROM_US), 1), verdict)
    assert found[:3] == (
        Comparison("spf", "pass", "pass", True),
        Comparison("dkim", "fail", "none", None),
        Comparison("dmarc", "pass", "none", None),
    )


@pytest.mark.parametrize(
    ("results", "ours", "agree"),
    [("spf=fail", "pass", False), ("spf=softfail", "pass", False), ("spf=temperror", "pass", None)],
)
def test_where_they_differ(results: str, ours: str, agree: bool | None) -> None:
    zone = '$ORIGIN a.example.\n@ 60 SOA ns a 1 2 3 4 5\n@ 60 TXT "v=spf1 ip4:192.0.2.1 -all"\n'
    envelope = Envelope("192.0.2.1", "mail.a.example", "a@a.example")
    verdict = verify(mail(), envelope, resolver=Memory.from_zone(zone))
    said = theirs(mail(f"Authentication-Results: b; {results}\r\n", FROM_US), 1)
    (spf, *_) = compare(said, verdict)
    assert (spf.ours, spf.agree) == (ours, agree)


def test_the_helo_name_is_another_matter() -> None:
    text = (
        "Authentication-Results: b; spf=none smtp.helo=mail.a.example; spf=fail smtp.mailfrom=a\r\n"
    )
    (spf,) = compare(theirs(mail(text, FROM_US), 1), None)
    assert spf.theirs == "fail"
