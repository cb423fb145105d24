"""What receivers make of a rehearsal: told briefly, lost in no format, and in the exit code."""

import json
from xml.etree import ElementTree

import click
import msgspec
import pytest

from mailworthy.audit.facade import Audit
from mailworthy.audit.finding import Severity
from mailworthy.audit.trial import Answer, Trial, answer
from mailworthy.receive.decision import Decision
from mailworthy.receive.words import Disposition, Fact, Held
from mailworthy.render import document
from mailworthy.render.text import trial_lines
from mailworthy.render.trials import agreed, brief, told
from render.renderkit import CLEAN, decision, trial

ACCEPT, SPAM, DEFER, REJECT = Disposition
GREEN, BLUE = decision("green"), decision("blue")
RED = decision("red", REJECT, Held.YES, code="550-5.7.25 no name")
SPAMMED = decision("spammed", SPAM, Held.YES, action=SPAM)
LATER = decision("later", DEFER, Held.YES, action=DEFER, code="421 4.7.0 later")
GREY = decision("grey", DEFER, Held.UNKNOWN)
ADVISED = decision("advised", ACCEPT, Held.YES, advice=True)
UNLISTED = decision("unlisted", ACCEPT, Held.NOT_ASKED, broken_by=(Fact.LISTED,))
OFFLINE = decision("offline", ACCEPT, Held.NOT_ASKED)
MAYBE = decision("maybe", ACCEPT, Held.UNKNOWN)
MAYBE_ADVISED = decision("unread", ACCEPT, Held.UNKNOWN, advice=True)


def audit(*trials: Trial) -> Audit:
    return msgspec.structs.replace(CLEAN, trials=trials)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (GREEN, Answer.ACCEPTED),
        (RED, Answer.REFUSED),
        (SPAMMED, Answer.REFUSED),
        (LATER, Answer.REFUSED),
        (GREY, Answer.UNDETERMINED),
        (MAYBE, Answer.UNDETERMINED),
        (MAYBE_ADVISED, Answer.ACCEPTED),
        (ADVISED, Answer.ACCEPTED),
        (OFFLINE, Answer.ACCEPTED),
    ],
    ids=lambda v: v.profile if isinstance(v, Decision) else v,
)
def test_what_a_decision_comes_to(said: Decision, expected: Answer) -> None:
    assert answer(said) is expected


@pytest.mark.parametrize(
    ("decisions", "fail_on", "code"),
    [
        ((GREEN, ADVISED, OFFLINE), Severity.ADVICE, 0),
        ((GREEN, RED), Severity.BLOCKER, 1),
        ((GREY, RED), Severity.WARNING, 1),
        ((GREEN, SPAMMED), Severity.WARNING, 1),
        ((GREEN, SPAMMED), Severity.BLOCKER, 0),
        ((GREEN, GREY), Severity.WARNING, 3),
        ((SPAMMED, GREY), Severity.BLOCKER, 3),
        ((), Severity.WARNING, 0),
    ],
)
def test_the_exit_code(decisions: tuple[Decision, ...], fail_on: Severity, code: int) -> None:
    assert audit(trial(GREEN), trial(*decisions)).exit_code(fail_on) == code


def lines(*trials: Trial) -> list[str]:
    return click.unstyle("\n".join(trial_lines(trials))).splitlines()


def test_where_all_agree_one_sentence_is_enough() -> None:
    two = (trial(GREEN, BLUE), trial(GREEN, BLUE, ip="2001:db8::25"))
    assert lines(*two) == [
        "  ✓ A signed test message from 192.0.2.25 and 2001:db8::25 is accepted under all",
        "    2 receiver profiles (published rules as of 2026-11-20)",
    ]
    assert lines() == []


@pytest.mark.parametrize(
    ("said", "partial"),
    [(OFFLINE, True), (UNLISTED, False), (MAYBE_ADVISED, False), (GREEN, False)],
    ids=lambda v: v.profile if isinstance(v, Decision) else "",
)
def test_what_could_not_be_asked_is_mentioned(said: Decision, partial: bool) -> None:
    assert ("as far as the zone files tell" in agreed([trial(said)])) is partial


@pytest.mark.parametrize(
    ("count", "shown"),
    [(1, "192.0.2.1"), (3, "192.0.2.1, 192.0.2.2 and 192.0.2.3"), (5, "5 addresses")],
)
def test_many_addresses_are_counted(count: int, shown: str) -> None:
    trials = [trial(GREEN, ip=f"192.0.2.{n + 1}") for n in range(count)]
    assert agreed(trials).startswith(f"A signed test message from {shown} is accepted under")


def test_what_differs_from_address_to_address_is_told_apart() -> None:
    trials = [trial(RED, GREEN), trial(decision("red"), GREEN, ip="192.0.2.26")]
    found = {(t.profile, t.answer): t.ips for t in told(trials)}
    assert found == {
        ("red", Answer.REFUSED): ("192.0.2.25",),
        ("red", Answer.ACCEPTED): ("192.0.2.26",),
        ("green", Answer.ACCEPTED): ("192.0.2.25", "192.0.2.26"),
    }
    assert lines(*trials) == [
        "  A signed test message from 192.0.2.25 and 192.0.2.26:",
        "  ✗ red           reject 550 5.7.25   reverse-dns from 192.0.2.25",
        "  ✓ green: accept (published rules as of 2026-11-20)",
        "    fact plain",
    ]


def test_a_reason_that_receivers_share_is_told_once() -> None:
    assert lines(trial(RED, SPAMMED, LATER, GREY)) == [
        "  A signed test message from 192.0.2.25:",
        "  ✗ red           reject 550 5.7.25   reverse-dns",
        "  ✗ spammed       spam folder         reverse-dns",
        "  ✗ later         defer 421 4.7.0     reverse-dns",
        "  ? grey          defer               reverse-dns",
        "    fact plain",
    ]


def test_each_address_has_its_own_fact() -> None:
    def bare(number: int) -> Trial:
        said = decision("red", REJECT, Held.YES, f"of {number}")
        return trial(said, ip=f"192.0.2.{number}")

    assert lines(bare(1), bare(2))[1:] == [
        "  ✗ red           reject              reverse-dns",
        "    fact of 1",
        "    fact of 2",
    ]
    (many,) = told([bare(n) for n in range(1, 10)])
    assert many.why == "because of 1; because of 2; because of 3; because of 4; and 5 more"
    assert lines(*[bare(n) for n in range(1, 10)])[-2:] == ["    fact of 6", "    and 3 more"]


def test_weighing_receivers_name_all_that_weighed() -> None:
    one, two = (decision("x", REJECT, Held.YES, f"of {n}", action=ACCEPT) for n in "ab")
    both = msgspec.structs.replace(one, outcomes=one.outcomes + two.outcomes, weight=16.0)
    assert lines(trial(both))[1:] == [
        "  ✗ x             reject              reverse-dns, reverse-dns",
        "    because of a",
    ]


def test_refusals_in_a_line() -> None:
    twin = decision("twin", REJECT, Held.YES, code="550 5.7.25 other words")
    plain_ = decision("plain", REJECT, Held.YES)
    assert brief([trial(RED, GREEN, SPAMMED, plain_), trial(RED, twin, GREY)]) == (
        "550 5.7.25 at red, twin; spam folder at spammed; reject at plain"
    )
    assert brief([trial(GREEN, GREY)]) == ""


@pytest.mark.parametrize("refused", [RED, SPAMMED, LATER, GREY], ids=lambda d: d.profile)
def test_nothing_to_do_is_not_said_of_mail_that_is_refused(refused: Decision) -> None:
    assert "Nothing to do." in click.unstyle(document("text")([audit(trial(GREEN))]))
    assert "Nothing to do." not in click.unstyle(document("text")([audit(trial(GREEN, refused))]))


def test_the_spam_folder_is_no_refusal() -> None:
    def last(*decisions: Decision) -> str:
        text = click.unstyle(document("text")([audit(trial(GREEN, *decisions))]))
        return text.strip().splitlines()[-1].strip()

    both = decision("red", SPAM, Held.YES, action=SPAM)
    assert last(SPAMMED) == "1 spam folder"
    assert last(SPAMMED, decision("s2", SPAM, Held.YES, action=SPAM)) == "2 spam folders"
    assert last(RED, SPAMMED) == "1 refusal, 1 spam folder"
    assert last(RED, both, LATER) == "2 refusals"


def test_sarif_names_the_receiver_once_and_each_refusal() -> None:
    log = json.loads(document("sarif")([audit(trial(RED, LATER, GREY, GREEN))] * 2))
    (run,) = log["runs"]
    assert [r["id"] for r in run["tool"]["driver"]["rules"]] == ["receiver-red", "receiver-later"]
    results = run["results"]
    assert [(r["ruleId"], r["level"]) for r in results] == [
        ("receiver-red", "error"),
        ("receiver-later", "warning"),
    ] * 2
    assert "550-5.7.25 no name" in results[0]["message"]["text"]
    assert results[0]["partialFingerprints"] == results[2]["partialFingerprints"]


def test_junit_has_a_case_for_each_receiver() -> None:
    root = ElementTree.fromstring(document("junit")([audit(trial(RED, GREY, GREEN))]))
    cases = {str(c.get("name")): [e.tag for e in c] for c in root.iter("testcase")}
    assert cases == {
        "receiver red from 192.0.2.25": ["failure"],
        "receiver grey from 192.0.2.25": ["skipped"],
        "receiver green from 192.0.2.25": [],
    }


@pytest.mark.parametrize("format", ["markdown", "html", "json", "jsonl"])
def test_every_document_has_the_reasons(format: str) -> None:
    text = document(format)([audit(trial(RED, GREEN))])
    assert all(words in text for words in ("The red mail", "because plain", "The green mail"))
