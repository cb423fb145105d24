"""Verdicts in every format: narrow, harmless whatever the message holds, and never advice that
would let a forger in."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailworthy.dnsbl.lists import find
from mailworthy.lookup.memory import Memory
from mailworthy.lookup.model import Answer, Ask, Reply, Status, Why, failed
from mailworthy.receive.engine import Options
from mailworthy.receive.envelope import Envelope
from mailworthy.receive.facade import verify
from mailworthy.receive.verdict import Verdict
from mailworthy.receive.words import Check, Disposition, Fact
from mailworthy.render.verdict import advice, document
from mailworthy.render.verdict.deciding import _shown, checks_of, records
from mailworthy.render.verdict.words import NAMES, VERDICTS
from render.renderkit import NASTY

CASES = Path(__file__).parent.parent / "cases" / "messages"
NOW = datetime(2026, 3, 2, 9, 0, 10, tzinfo=UTC)
FORMATS = ("text", "json", "markdown", "html")
WORLD = (CASES / "world.zone").read_text()
JANE = Envelope("192.0.2.25", "mail.example.com", "jane@example.com", tls=True)
CLEAN = (CASES / "clean.eml").read_bytes()
UNSIGNED = re.sub(rb"DKIM-Signature:.*\r\n([\t ].*\r\n)+", b"", CLEAN)
NO_ID = re.sub(rb"Message-ID: .*\r\n", b"", UNSIGNED)
PTR = "25.2.0.192.in-addr.arpa. 3600 IN PTR mx.example.org.\n; mail"


def judged(
    message: bytes = CLEAN,
    envelope: Envelope = JANE,
    change: Callable[[str], str] = str,
    profile: str = "strict",
) -> Verdict:
    resolver = Memory.from_zone(change(WORLD))
    return verify(message, envelope, resolver=resolver, now=NOW, profile=profile)


class Says:
    """A resolver whose every record is the same text, or that fails."""

    def __init__(self, text: str | None) -> None:
        self.text = text

    def instant(self, ask: Ask) -> Reply:
        if self.text is None:
            return failed(ask, Why.TIMEOUT)
        return Answer(ask, Status.FOUND, records=(self.text,))  # type: ignore[arg-type]


def plain(verdict: Verdict, format: str = "text") -> str:
    return click.unstyle(document(format)(verdict, trace=True))


# Nothing of the message steers a terminal or breaks a format


def nasty(text: str) -> Verdict:
    octets = text.encode("utf-8", "surrogatepass")
    field = octets.replace(b"\r", b"").replace(b"\n", b"\r\n ")
    message = b"\r\n".join(
        (
            b'From: "' + field + b'" <' + field + b"@" + field + b">",
            b"From: " + field,
            b"Message-ID: " + field,
            b"List-Unsubscribe: <" + field + b">",
            b"DKIM-Signature: v=1; a=rsa-sha256; d="
            + field
            + b"; s="
            + field
            + b"; h=from; b=; bh=",
            b"DKIM-Signature: v=1; a=rsa-sha256; d=example.com; s=x; h=from; b=aa; bh=aa; i="
            + field,
            b"ARC-Seal: i=1; cv=" + field + b"; d=" + field,
            b"Subject: " + field,
            b"",
            octets,
        )
    )
    envelope = Envelope("192.0.2.25", text, f"{text}@{text}", (text,))
    records = text.encode("utf-8", "surrogatepass").decode("latin-1")
    return verify(
        message, envelope, resolver=Says(f"v=spf1 {records} ?all"), now=NOW, profile="all"
    )


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("name", NASTY)
def test_nothing_steers_a_terminal(name: str, format: str) -> None:
    shown = plain(nasty(NASTY[name]), format)
    assert [c for c in shown if not c.isprintable() and c != "\n"] == []


@pytest.mark.parametrize("name", NASTY)
def test_only_commands_are_wider_than_the_screen(name: str) -> None:
    """And names that have no place where they could be broken."""
    wide = [line for line in plain(nasty(NASTY[name])).splitlines() if len(line) > 80]
    assert [w for w in wide if not w.startswith("    $ ") and " " in w[30:].strip()] == []


@pytest.mark.parametrize("name", NASTY)
def test_json_is_json(name: str) -> None:
    found = json.loads(plain(nasty(NASTY[name]), "json"))
    assert list(found) == ["verdict"]


@pytest.mark.parametrize("name", NASTY)
def test_markdown_tables_keep_their_columns(name: str) -> None:
    lines = plain(nasty(NASTY[name]), "markdown").splitlines()
    width = 0
    for line in lines:
        if line.startswith("```"):
            break
        if line.startswith("|"):
            cells = len(re.findall(r"(?<!\\)\|", line))
            width = width or cells
            assert cells == width, line
        else:
            width = 0


@given(st.binary(max_size=300), st.text(max_size=40), st.text(max_size=40) | st.none())
def test_whatever_comes_is_shown(message: bytes, name: str, answer: str | None) -> None:
    octets = None if answer is None else answer.encode("utf-8", "replace").decode("latin-1")
    verdict = verify(
        message,
        Envelope("2001:db8::25", name, name),
        resolver=Says(octets),
        now=NOW,
        profile="all",
    )
    for format in FORMATS:
        shown = plain(verdict, format)
        assert shown.endswith("\n")
        assert all(c.isprintable() or c == "\n" for c in shown)


# Advice


def without(*parts: str) -> Callable[[str], str]:
    def change(zones: str) -> str:
        kept = [line for line in zones.splitlines() if not any(p in line for p in parts)]
        assert len(kept) < len(zones.splitlines())
        return "\n".join(kept) + "\n"

    return change


def swapped(old: str, new: str) -> Callable[[str], str]:
    def change(zones: str) -> str:
        assert old in zones
        return zones.replace(old, new)

    return change


def generic(zones: str) -> str:
    name = "192-0-2-25.dyn.example.com."
    zones = swapped("IN PTR mail.example.com.", f"IN PTR {name}")(zones)
    return f"{zones}\n{name} 3600 IN A 192.0.2.25\n"


def lost(zones: str) -> str:
    zones = swapped("v=spf1 ip4:192.0.2.25", "v=spf1 ipv4:192.0.2.25")(zones)
    return without("_domainkey.example.com")(zones).replace("p=reject", "p=none")


NAMELESS = Envelope("192.0.2.25", "localhost", "jane@example.com", tls=True)
STRANGER = Envelope("192.0.2.25", "mail.example.com", "bounce@lists.example.org", tls=True)


@pytest.mark.parametrize(
    ("message", "envelope", "change", "profile", "steps"),
    [
        (
            UNSIGNED,
            JANE,
            without("PTR mail.example.com", "ip4:192.0.2.25", "_dmarc."),
            "strict",
            (
                "sign it with a key of example.com; mailworthy init makes keys and configuration",
                "ask whoever gave you 192.0.2.25 to set its reverse name to mail.example.com",
            ),
        ),
        (
            UNSIGNED,
            NAMELESS,
            swapped("ip4:192.0.2.25 -all", "ip4:192.0.2.99 ~all"),
            "strict",
            (
                "sign it with a key of example.com; mailworthy init makes keys and configuration",
                "if 192.0.2.25 is a server of yours, add ip4:192.0.2.25 to the SPF record of "
                "example.com",
                "let the server introduce itself by its own full name, which must lead to its "
                "address (in Postfix: myhostname)",
            ),
        ),
        (
            CLEAN,
            STRANGER,
            without("_domainkey.example.com"),
            "gmail",
            (
                "publish the key that it is signed with, at r2026._domainkey.example.com",
                "if 192.0.2.25 is a server of yours, add ip4:192.0.2.25 to the SPF record of "
                "lists.example.org",
            ),
        ),
        (
            CLEAN.replace(b"Dear Ruth", b"Dear John"),
            STRANGER,
            swapped(
                'lists.example.org. 3600 IN TXT "v=spf1 mx',
                'lists.example.org. 3600 IN TXT "v=spf1 +all',
            ),
            "strict",
            ("sign last: something changed the message after it was signed (a footer, a filter)",),
        ),
        (
            (CASES / "forwarded.eml").read_bytes(),
            Envelope("198.51.100.7", "mx.example.org", "jane@example.com", tls=True),
            str,
            "gmail-bulk",
            (
                "if 198.51.100.7 forwards mail, let it use a return path of its own (SRS)",
                "if 198.51.100.7 is a server of yours, add ip4:198.51.100.7 to the SPF record of "
                "example.com",
            ),
        ),
        (
            UNSIGNED,
            JANE,
            without("_dmarc."),
            "gmail-bulk",
            (
                "sign it with a key of example.com; mailworthy init makes keys and configuration",
                "publish a DMARC policy for example.com; mailworthy init writes one",
            ),
        ),
        (
            NO_ID,
            JANE,
            str,
            "gmail",
            ("mend the message: there is no Message-ID field",),
        ),
        (
            CLEAN,
            JANE,
            generic,
            "gmx",
            ("ask whoever gave you 192.0.2.25 to set its reverse name to a name of your own",),
        ),
    ],
)
def test_what_the_owner_can_do(
    message: bytes,
    envelope: Envelope,
    change: Callable[[str], str],
    profile: str,
    steps: tuple[str, ...],
) -> None:
    verdict = judged(message, envelope, change, profile)
    assert verdict.disposition is not Disposition.ACCEPT
    assert tuple(advice.steps(verdict)) == steps


LISTED = """
zen.spamhaus.org. 60 IN SOA a. b. 1 2 3 4 5
2.0.0.127.zen.spamhaus.org. 60 IN A 127.0.0.2
25.2.0.192.zen.spamhaus.org. 60 IN A 127.0.0.2
25.2.0.192.zen.spamhaus.org. 60 IN TXT "https://check.spamhaus.org/sbl/query/SBL1"
"""


def test_a_listing_with_the_way_out_of_it() -> None:
    resolver = Memory.from_zone(WORLD + LISTED)
    options = Options(lists=(find("spamhaus-zen"),))
    verdict = verify(CLEAN, JANE, resolver=resolver, now=NOW, profile="gmx", options=options)
    assert [(s.command.split()[3:], s.said) for s in records(verdict)] == [
        (["25.2.0.192.zen.spamhaus.org", "A"], "127.0.0.2"),
        (
            ["25.2.0.192.zen.spamhaus.org", "TXT"],
            "https://check.spamhaus.org/sbl/query/SBL1",
        ),
    ]
    (step,) = advice.steps(verdict)
    assert step.startswith("find out why Spamhaus ZEN lists 192.0.2.25, end the cause, ")


def test_a_form_that_is_only_recommended_is_told() -> None:
    shown = " ".join(plain(judged(NO_ID, profile="gmail")).split())
    assert "the message is as RFC 5322 wants it, but there is no Message-ID field" in shown


def test_a_reverse_name_that_is_not_confirmed_is_only_alleged() -> None:
    verdict = judged(change=swapped("25.2.0.192.in-addr.arpa. 3600 IN PTR mail", PTR))
    shown = " ".join(plain(verdict).split())
    claimed = "(alleged name: mx.example.org), calling itself mail.example.com"
    assert f"It really came from 192.0.2.25 {claimed}" in shown


def test_what_decided_is_about_the_receiver_in_the_headline() -> None:
    verdict = judged(CLEAN, NAMELESS, lost, "all")
    assert verdict.decisions[0].disposition is Disposition.SPAM
    headline = " ".join(plain(verdict).split()).partition("It says")[0]
    assert "gmail: the SPF record of example.com is broken" in headline
    commands = [shown.command.split()[3:] for shown in records(verdict)]
    assert ["example.com", "TXT"] in commands
    assert any(step.startswith("mend the SPF record") for step in advice.steps(verdict))


def test_a_forgery_that_somebody_takes_is_not_done_with() -> None:
    forged = (CASES / "spoofed.eml").read_bytes()
    stranger = Envelope("203.0.113.66", "mail.example.com", "jane@example.com")
    refused = judged(forged, stranger)
    assert "If it is not: nothing is to be done, it is refused." in plain(refused)
    watched = judged(forged, stranger, swapped("p=reject", "p=none"), "all")
    kinds = {decision.disposition for decision in watched.decisions}
    assert {Disposition.REJECT, Disposition.ACCEPT} <= kinds
    shown = " ".join(plain(watched).split())
    assert "its policy (p=none) asks for nothing to be done" in shown
    assert "nothing is to be done, it is refused" not in shown


def test_what_was_not_learned_is_no_fault() -> None:
    verdict = verify(CLEAN, JANE, resolver=Says(None), now=NOW)
    assert verdict.disposition is Disposition.DEFER
    assert advice.steps(verdict) == [
        "ask again later, or elsewhere with --dns: nothing is known to be wrong"
    ]


# Words


def test_why_nothing_was_learned_is_told_in_words() -> None:
    lost = Envelope("203.0.113.9", "mail.elsewhere.example", "jane@elsewhere.example")
    shown = " ".join(plain(judged(CLEAN, lost)).partition("Every question")[0].split())
    assert "mail.elsewhere.example could not be looked up: not in the zone file" in shown
    assert "the look-up of TXT at elsewhere.example failed: not in the zone file" in shown
    assert "outside" not in shown


def test_every_word_has_its_name() -> None:
    assert set(NAMES) == set(Check)
    assert set(VERDICTS) == set(Disposition)
    assert max(map(len, NAMES.values())) <= 12


@pytest.mark.parametrize("fact", Fact)
def test_every_fact_rests_on_checks(fact: Fact) -> None:
    assert checks_of(fact)


def test_the_time_was_used_up() -> None:
    answers = {("example.com", "TXT"): Why.DEADLINE}

    class Late:
        def instant(self, ask: Ask) -> Reply:
            why = answers.get((getattr(ask, "name", ""), getattr(ask, "type", "")), Why.TIMEOUT)
            return failed(ask, why)

    shown = plain(verify(CLEAN, JANE, resolver=Late(), now=NOW))
    assert "\n  The time was used up before these were done: SPF.\n" in shown


# What it says beside the reason


def test_how_little_was_looked_at_is_told() -> None:
    verdict = judged(change=without(".arpa"))
    assert verdict.disposition is Disposition.ACCEPT
    for format in ("text", "markdown"):
        shown = " ".join(plain(verdict, format).split())
        assert "Nothing that could be asked about counts against the message" in shown
        assert re.search(r"Only 7 of 8 checks in DNS could be made\.", shown)
    whole = plain(judged())
    assert "Nothing counts against the message" in whole
    assert "could be made" not in whole


def test_where_something_failed_stricter_receivers_are_named() -> None:
    forwarded = (CASES / "forwarded.eml").read_bytes()
    stranger = Envelope("198.51.100.7", "mx.example.org", "jane@example.com", tls=True)
    said = "Other receivers are stricter: --profile all"
    assert said in plain(judged(forwarded, stranger))
    assert said in plain(judged(forwarded, stranger), "markdown")
    for verdict in (judged(), judged(forwarded, stranger, profile="all")):
        assert said not in plain(verdict)
    assert said not in plain(judged(forwarded, stranger, profile="gmail"))


def test_a_helo_name_that_leads_elsewhere_speaks_for_nobody() -> None:
    stranger = Envelope("203.0.113.66", "mail.example.com", "jane@example.com")
    assert "  – HELO         pass  " in plain(judged(envelope=stranger))
    assert "  ✓ HELO         pass  " in plain(judged())


def test_names_are_shown_as_people_read_them() -> None:
    name = b"=?utf-8?q?J=C3=B6rg_=E2=80=AEgnp?= <jos\xc3\xa9@example.com>"
    message = re.sub(rb"From: [^\r]*", b"From: " + name, CLEAN)
    path = Envelope("192.0.2.25", "mail.example.com", "josé\r@example.com")
    shown = " ".join(plain(judged(message, path)).split())
    assert 'It says it is from "Jörg gnp" <josé@example.com>' in shown
    assert "Bounces go to josé\\x0d@example.com" in shown


def test_several_records_stand_on_a_line_each() -> None:
    more = "25.2.0.192.in-addr.arpa. 3600 IN PTR "
    verdict = judged(change=lambda text: f"{text}\n{more}a.example.net.\n{more}b.example.net.\n")
    (found,) = _shown(next(c for c in verdict.checks if c.check is Check.REVERSE_DNS), [])
    assert sorted(found.said.split("\n")) == [
        "a.example.net.",
        "b.example.net.",
        "mail.example.com.",
    ]


def test_markdown_has_the_sentences_of_the_text() -> None:
    verdict = judged((CASES / "spoofed.eml").read_bytes(), NOBODY)
    shown = plain(verdict, "markdown")
    assert "| ✗ | SPF | fail | example.com does not let 203.0.113.66 send its mail; " in shown
    assert "RFC 7208 §5.1" in shown


NOBODY = Envelope("203.0.113.66", "mail.example.com", "jane@example.com")


@pytest.mark.parametrize(
    ("change", "step"),
    [
        (without("r2026"), "publish the key that it is signed with, at r2026._domainkey."),
        (
            lambda text: re.sub(r"(r2026.*p=).*", r'\1"', text),
            "sign with another key: the one at r2026._domainkey.example.com is revoked",
        ),
    ],
)
def test_a_key_that_the_largest_receivers_need(change: Callable[[str], str], step: str) -> None:
    """Ed25519 holds, and Gmail does not verify it."""
    verdict = judged(CLEAN, NOBODY, change, "gmail")
    assert verdict.disposition is Disposition.REJECT
    assert "Gmail does not verify Ed25519" in verdict.decision.reason
    said = "To gmail it is not signed: Ed25519 is not verified there."
    assert said in plain(verdict)
    assert said in plain(judged(CLEAN, JANE, change, "gmail"))
    assert "not verified there" not in plain(judged(CLEAN, JANE, str, "gmail"))
    assert "not verified there" not in plain(judged(CLEAN, JANE, change, "icloud"))
    assert any(each.startswith(step) for each in advice.steps(verdict))
