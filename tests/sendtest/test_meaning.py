"""Replies of receivers, explained by who said them and in which words."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailworthy.errors import UsageError
from mailworthy.receive.load import names as profiles
from mailworthy.sendtest.meaning import ANY, NOBODY, Table, explain, load, parse
from mailworthy.sendtest.reply import Reply, read

OUTLOOK = "outlook-com.olc.protection.outlook.com"
OFFICE = "example-com.mail.protection.outlook.com"
CASES = [
    tuple(part.strip() for part in line.split(" | "))
    for line in (Path(__file__).parents[1] / "cases/replies/said.txt").read_text().splitlines()
    if not line.startswith("#")
]


def said(host: str, text: str, command: str = "RCPT TO") -> Reply:
    """As Postfix writes it."""
    return read(f"host {host}[192.0.2.1] said: {text} (in reply to {command} command)")


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        (
            "host mx.b[192.0.2.1] said: 550-5.7.26 Line one 550-5.7.26 line two. 550 5.7.26 three "
            "(in reply to end of DATA command)",
            Reply(550, "5.7.26", "Line one line two. three", "end of DATA", "mx.b", "192.0.2.1"),
        ),
        (
            "host mx.b[2001:db8::1] refused to talk to me: 554 IP=192.0.2.1 - none",
            Reply(554, "", "IP=192.0.2.1 - none", "the greeting", "mx.b", "2001:db8::1"),
        ),
        (
            "delivery temporarily suspended: host mx.b[192.0.2.1] said: 421 4.7.0 later",
            Reply(421, "4.7.0", "later", "", "mx.b", "192.0.2.1"),
        ),
        ("250 2.0.0 OK 1700 - gsmtp", Reply(250, "2.0.0", "OK 1700 - gsmtp", "", "h", "i")),
        (
            "host mx.b[192.0.2.1] said: 554 delivery error: 5.1.1 no such user",
            Reply(554, "5.1.1", "delivery error: 5.1.1 no such user", "", "mx.b", "192.0.2.1"),
        ),
        ("connect to mx.b[192.0.2.1]:25: Connection timed out", None),
        ("Host or domain name not found. Name service error for name=x type=MX", None),
    ],
)
def test_what_was_replied(text: str, reply: Reply | None) -> None:
    assert read(text, "h", "i") == (reply or Reply(0, "", text, "", "h", "i"))


def test_the_code_that_postfix_noted_stands_in() -> None:
    assert read("host mx.b[192.0.2.1] said: 550 no", dsn="5.0.0").enhanced == "5.0.0"


@given(st.text(max_size=200))
def test_no_reply_is_too_odd(text: str) -> None:
    for each in (text, f"host {text}[{text}] said: {text}", f"550 {text}"):
        explain(read(each, text, text, "5.7.1"))


@pytest.mark.parametrize(("host", "text", "provider", "phrase"), CASES)
def test_what_it_means(host: str, text: str, provider: str, phrase: str) -> None:
    found = explain(said(host, text))
    assert found is not None
    assert (found.provider, phrase in found.meaning) == (provider, True), found


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("connect to mx.b[192.0.2.1]:25: Connection timed out", "port 25"),
        ("connect to mx.b[192.0.2.1]:25: Connection refused", "nobody listens"),
        (
            "Host or domain name not found. Name service error for name=x type=MX: Host not found",
            "does not exist",
        ),
        (
            "Host or domain name not found. Name service error for name=x type=MX: "
            "Host not found, try again",
            "DNS did not answer",
        ),
        ("Server certificate not verified", "DANE"),
        ("TLS is required, but was not offered by host mx.b[192.0.2.1]", "encryption is required"),
        ("mail for b.example loops back to myself", "leads to this server"),
        ("Domain b.example does not accept mail (nullMX)", "null MX"),
        ('unknown user: "bob"', "no such mailbox"),
    ],
)
def test_what_postfix_says_where_nobody_replied(text: str, phrase: str) -> None:
    found = explain(read(text, dsn="4.4.1"))
    assert found is not None
    assert phrase in found.meaning


def test_what_nobody_has_described_is_told_as_that() -> None:
    assert explain(Reply(250, "2.0.0", "ok")) is None


ENTRIES = [(owner, entry) for owner, entries in load().replies.items() for entry in entries]


def test_there_are_enough() -> None:
    assert len(ENTRIES) >= 200
    assert set(load().replies) <= {*load().providers, ANY, NOBODY}


@pytest.mark.parametrize(("owner", "entry"), ENTRIES)
def test_every_entry_is_whole(owner: str, entry: object) -> None:
    from mailworthy.sendtest.meaning import Entry

    assert isinstance(entry, Entry)
    assert entry.codes or entry.text
    assert all(each == each.lower() and each.isprintable() for each in (*entry.text, *entry.codes))
    assert entry.source.startswith("https://")
    assert date(2026, 1, 1) <= entry.date <= date(2026, 11, 23)
    assert entry.meaning[-1] not in ".!"
    assert entry.todo[-1] not in ".!"


def test_providers_are_whole() -> None:
    hosts = [host for provider in load().providers.values() for host in provider.hosts]
    assert len(hosts) == len(set(hosts))
    assert {p.profile for p in load().providers.values()} - {""} <= set(profiles())


def test_the_nearest_provider_is_meant() -> None:
    table = load()
    assert table.provider(OUTLOOK) == "outlook"
    assert table.provider(OFFICE) == "microsoft365"
    assert table.provider("") == ""


@pytest.mark.parametrize("text", ["[", "[provider.x]\nname = 1", "[[replies.x]]\nmeaning = 'a'"])
def test_a_table_of_another_form_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="table of replies"):
        parse(text)


def test_a_table_of_ones_own() -> None:
    assert explain(Reply(550, "5.1.1", "x"), Table({}, {})) is None
