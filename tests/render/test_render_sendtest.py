"""What came of tests, in every format, whatever the receiver said."""

import json
import re
from datetime import UTC, date, datetime
from typing import Any

import click
import msgspec
import pytest

from mailworthy.lookup.memory import Memory
from mailworthy.receive.envelope import Envelope
from mailworthy.receive.facade import verify
from mailworthy.render.sendtest import document
from mailworthy.sendtest.follow import State, Trail
from mailworthy.sendtest.maillog import Step
from mailworthy.sendtest.meaning import Meaning
from mailworthy.sendtest.model import (
    Comparison,
    Found,
    Judged,
    Outcome,
    Place,
    Sent,
    Submission,
)
from mailworthy.sendtest.reply import Reply
from render.renderkit import NASTY

FORMATS = ("text", "json", "markdown")
AT = datetime(2026, 11, 23, 18, tzinfo=UTC)
TAKEN = Submission("/usr/sbin/sendmail", True)
GOOD = Comparison("dmarc", "pass", "pass", True)
ZONE = '$ORIGIN a.example.\n@ 60 SOA ns a 1 2 3 4 5\n@ 60 TXT "v=spf1 ip4:192.0.2.1 -all"\n'


def trail(state: State, said: str = "250 ok") -> Trail:
    step = Step("4AAAA", "smtp", "b@b.example", "", "mx.b", "192.0.2.9", 25, "", "sent", said, 0.4)
    return Trail(state, ("4AAAA",), (step,), step)


def made(state: State = State.DELIVERED, **more: Any) -> Sent:
    reply = Reply(250, "2.0.0", "ok", "", "mx.b", "192.0.2.9")
    test = Sent("a@a.example", "b@b.example", "<m@a.example>", AT, TAKEN, trail(state), reply)
    return msgspec.structs.replace(test, **more)


def found(place: Place, *rows: Comparison) -> Found:
    return Found(place, "INBOX", 2.0, Judged("mx.b", rows, None, "no Received field"))


def shown(test: Sent, format: str = "text") -> str:
    return click.unstyle(document(format)([test]))


@pytest.mark.parametrize(
    ("test", "outcome", "words"),
    [
        (made(), Outcome.PASSED, "delivered"),
        (made(State.DEFERRED), Outcome.UNDETERMINED, "put off"),
        (made(State.QUEUED), Outcome.UNDETERMINED, "still in the queue"),
        (made(State.HELD), Outcome.UNDETERMINED, "held in the queue"),
        (made(State.UNSEEN), Outcome.UNDETERMINED, "not seen in the log"),
        (made(State.BOUNCED), Outcome.FAILED, "refused"),
        (
            made(State.BOUNCED, trail=Trail(State.BOUNCED, expired=True)),
            Outcome.FAILED,
            "waited too long",
        ),
        (made(submission=Submission("x", False)), Outcome.FAILED, "not taken by your own server"),
        (made(State.UNSEEN, log="no log"), Outcome.UNDETERMINED, "what came of it is not known"),
        (made(looked=True), Outcome.UNDETERMINED, "not seen in the mailbox"),
        (
            made(looked=True, mailbox="no connection"),
            Outcome.UNDETERMINED,
            "delivered; the mailbox could not be searched",
        ),
        (made(looked=True, mailbox="no connection"), Outcome.UNDETERMINED, "stands at Mailbox"),
        (made(looked=True, found=found(Place.INBOX, GOOD)), Outcome.PASSED, "in the inbox"),
        (made(looked=True, found=found(Place.OTHER, GOOD)), Outcome.PASSED, "in a folder"),
        (made(looked=True, found=found(Place.SPAM, GOOD)), Outcome.FAILED, "in the spam folder"),
        (
            made(found=found(Place.INBOX, Comparison("dmarc", "fail", "pass", False))),
            Outcome.FAILED,
            "differs",
        ),
        # Found without any log.
        (made(State.UNSEEN, found=found(Place.INBOX), log="x"), Outcome.PASSED, "in the inbox"),
    ],
)
def test_what_it_comes_to(test: Sent, outcome: Outcome, words: str) -> None:
    assert test.outcome is outcome
    assert words in " ".join(shown(test).split())
    assert json.loads(shown(test, "json"))["tests"][0]["outcome"] == outcome


def test_in_the_spam_folder_without_a_reason_it_is_reputation() -> None:
    text = " ".join(shown(made(found=found(Place.SPAM, GOOD))).split())
    assert "it is reputation" in text


def test_the_whole_verdict_is_in_json() -> None:
    zone = Memory.from_zone(ZONE)
    envelope = Envelope("192.0.2.1", "mail.a.example", "a@a.example")
    verdict = verify(b"From: a@a.example\r\n\r\nx", envelope, resolver=zone, now=AT)
    test = made(found=Found(Place.INBOX, "INBOX", 2.0, Judged("mx.b", (GOOD,), verdict)))
    (one,) = json.loads(shown(test, "json"))["tests"]
    assert one["found"]["verdict"]["spf"]["result"] == "pass"
    assert "By us, as strict" in shown(test)


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("name", NASTY)
def test_nothing_that_a_server_says_steers_a_terminal_or_a_page(name: str, format: str) -> None:
    evil = NASTY[name]
    reply = Reply(550, "5.7.1", evil, evil, evil, evil)
    meaning = Meaning("x", evil, "m", "t", "https://x.example", date(2026, 11, 23))
    rows = (Comparison("spf", evil, evil, None),)
    at = Found(Place.SPAM, evil, 2.0, Judged(evil, rows, None, evil))
    text = shown(
        made(State.BOUNCED, reply=reply, meaning=meaning, found=at, mailbox=evil, log=evil), format
    )
    assert [c for c in text if not c.isprintable() and c != "\n"] == []
    if format == "markdown":
        outside = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
        assert not re.search(r"(?<!\\)[`\[\]*<>]|!\[", outside)
    if format == "json":
        json.loads(text)
