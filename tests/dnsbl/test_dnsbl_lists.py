"""The lists as data: they are sound, and so is what they say of each other."""

import pytest

from mailworthy.dnsbl import engine
from mailworthy.dnsbl.lists import UnknownList, default, find, load, parse, with_key
from mailworthy.dnsbl.model import Dnsbl, Kind, Severity
from mailworthy.dnsbl.reading import read
from mailworthy.dnsbl.result import Cause, Result, Status
from mailworthy.errors import UsageError
from mailworthy.lookup import model
from mailworthy.lookup.drive import drive
from mailworthy.lookup.memory import Memory
from mailworthy.lookup.model import Answer, Question

LIVE = [dnsbl for dnsbl in load().values() if dnsbl.closed is None]


@pytest.mark.parametrize("dnsbl", LIVE, ids=lambda d: d.id)
def test_a_list_says_all_about_itself(dnsbl: Dnsbl) -> None:
    assert dnsbl.title
    assert dnsbl.terms
    assert dnsbl.source.startswith("http")
    assert dnsbl.kinds
    texts = [code.means for code in dnsbl.codes] + [r.fix for r in dnsbl.refused]
    assert all(text and text.isascii() and not text.endswith(".") for text in texts)
    assert "{key}" in dnsbl.keyed or not dnsbl.keyed


def test_zones_are_distinct() -> None:
    zones = [dnsbl.zone for dnsbl in load().values()]
    assert len(set(zones)) == len(zones)


def test_what_is_asked_by_default() -> None:
    assert {dnsbl.id for dnsbl in default()} == {
        "spamhaus-zen",
        "spamhaus-dbl",
        "spamcop",
        "mailspike",
        "psbl",
        "sem",
        "sem-ipv6",
        "uribl",
        "surbl",
        "dnswl",
    }
    assert {kind for dnsbl in default() for kind in dnsbl.kinds} == set(Kind)


@pytest.mark.parametrize(
    ("id_", "answers", "codes", "refused"),
    [
        ("spamhaus-zen", ["127.0.0.2"], ["SBL"], False),
        ("spamhaus-zen", ["127.0.0.9", "127.0.0.2"], ["SBL", "DROP"], False),
        ("spamhaus-zen", ["127.0.0.10"], ["PBL"], False),
        ("spamhaus-zen", ["127.0.0.5"], [], False),
        ("spamhaus-zen", ["127.255.255.252"], [], True),
        ("spamhaus-zen", ["127.255.255.250"], [], True),
        ("spamhaus-dbl", ["127.0.1.2"], ["spam"], False),
        ("spamhaus-dbl", ["127.0.1.255"], [], True),
        ("spamhaus-dbl", ["127.0.0.2"], [], False),
        ("mailspike", ["127.0.0.11"], ["L4"], False),
        ("mailspike", ["127.0.0.18"], [], False),
        ("uribl", ["127.0.0.14"], ["black", "grey", "red"], False),
        ("uribl", ["127.0.0.1"], [], True),
        ("surbl", ["127.0.0.80"], ["MW", "ABUSE"], False),
        ("surbl", ["127.0.0.254"], ["PH", "MW", "ABUSE", "CR"], False),
        ("surbl", ["127.0.0.1"], [], True),
        ("dnswl", ["127.0.5.0"], ["none"], False),
        ("dnswl", ["127.0.15.3"], ["high"], False),
        ("dnswl", ["127.0.0.255"], [], True),
        ("psbl", ["127.0.0.3"], [], False),
    ],
)
def test_published_codes(id_: str, answers: list[str], codes: list[str], refused: bool) -> None:
    question = Question("x.test", "A")
    found = read(find(id_), Answer(question, model.Status.FOUND, records=tuple(answers)))
    assert [code.name for code in found.codes] == codes
    assert (found.refusal is not None) == refused
    assert not found.foreign


def test_severities_are_those_of_receivers() -> None:
    zen = {
        code.name: code.severity or find("spamhaus-zen").severity
        for code in find("spamhaus-zen").codes
    }
    assert zen["SBL"] is zen["XBL"] is zen["CSS"] is Severity.HIGH
    assert zen["PBL"] is Severity.POLICY
    assert find("uceprotect-1").severity is Severity.INFORMATIONAL


@pytest.mark.parametrize(
    ("word", "id_"),
    [
        ("spamhaus-zen", "spamhaus-zen"),
        ("ZEN.spamhaus.org.", "spamhaus-zen"),
        ("dnsbl.sorbs.net", "sorbs"),
        ("dul.dnsbl.sorbs.net", "sorbs"),
    ],
)
def test_find(word: str, id_: str) -> None:
    assert find(word).id == id_


def test_find_suggests() -> None:
    with pytest.raises(UnknownList, match=r"did you mean zen\.spamhaus\.org"):
        find("zin.spamhaus.org")
    with pytest.raises(UnknownList, match=r"no list that is known here$"):
        find("\x1b")


def test_closed_lists_are_told() -> None:
    closed = [dnsbl for dnsbl in load().values() if dnsbl.closed]
    found = drive(engine.check(["192.0.2.1", "a.example"], closed), Memory.from_zone(ZONE))
    assert {e.status for e in found.entries} == {Status.INVALID}
    assert len(found.entries) == len(closed) >= 9
    assert found.answers == ()


def test_keys() -> None:
    keyed = with_key(find("spamhaus-zen"), "ABCdef123")
    assert keyed.zone == "abcdef123.zen.dq.spamhaus.net"
    assert keyed.codes == find("spamhaus-zen").codes
    for key in ("", "a.b", "a b", "x" * 64, "ключ"):
        with pytest.raises(UsageError):
            with_key(find("spamhaus-zen"), key)
    with pytest.raises(UsageError, match="no zone for subscribers"):
        with_key(find("psbl"), "abc")


ONE = """
[lists.one]
title = "One"
zone = "one.test"
kinds = ["ip4"]
source = "https://one.test/"
checked = 2026-11-23
"""


@pytest.mark.parametrize(
    "text",
    [
        "lists = 1",
        "[",
        ONE,  # no codes
        ONE + 'codes = [{ answer = "10.0.0.1", name = "x", means = "x" }]',
        ONE + 'codes = [{ answer = "127.0.0.02", name = "x", means = "x" }]',
        ONE + 'codes = [{ answer = "127.0.0.2", bit = 2, name = "x", means = "x" }]',
        ONE + 'codes = [{ name = "x", means = "x" }]',
        ONE + 'codes = [{ bit = 3, name = "x", means = "x" }]',
        ONE + 'colour = "black"',
        ONE.replace("one.test", "One Test") + "closed = 2024-01-01",
    ],
)
def test_malformed_tables_are_misuse(text: str) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        parse(text)


ZONE = """
$ORIGIN .
$TTL 60
spamhaus.org. SOA ns.test. root.test. 1 1 1 1 60
2.0.0.127.zen.spamhaus.org. A 127.0.0.2
2.0.0.127.zen.spamhaus.org. A 127.0.0.4
2.0.0.127.zen.spamhaus.org. A 127.0.0.10
9.2.0.192.zen.spamhaus.org. A 127.0.0.3
9.2.0.192.zen.spamhaus.org. TXT "https://check.spamhaus.org/?192.0.2.9"
dnswl.org. SOA ns.test. root.test. 1 1 1 1 60
*.list.dnswl.org. A 127.0.10.3
"""


def test_a_zone() -> None:
    memory = Memory.from_zone(ZONE)
    lists = [find("spamhaus-zen"), find("dnswl")]
    found = drive(engine.check("192.0.2.9", lists), memory)
    assert found.result is Result.FAIL
    assert [e.text for e in found.listed] == ["https://check.spamhaus.org/?192.0.2.9"]
    # DNSWL answers everything with the best of marks where it is asked too much
    assert [e.cause for e in found.entries] == [Cause.LISTED, Cause.WILDCARD]
    assert found.whitelisted == ()
    assert drive(engine.check("192.0.2.10", lists), memory).result is Result.PASS
