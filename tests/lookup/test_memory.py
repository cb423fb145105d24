"""The resolver on zone text: RFC 1034, RFC 4592, RFC 6672, and what is outside."""

from pathlib import Path

import pytest

from mailworthy.errors import UsageError
from mailworthy.lookup.memory import Memory
from mailworthy.lookup.model import (
    Answer,
    Dial,
    Dialled,
    Fetch,
    Fetched,
    Question,
    Said,
    Status,
    Why,
)
from mailworthy.lookup.zonetext import ZoneError

# RFC 4592 §2.2.1
WILDCARDS = """
$ORIGIN example.
@ 3600 SOA ns hostmaster 1 3600 900 604800 300
@ NS ns.example.com.
@ NS ns.example.net.
* TXT "this is a wildcard"
* MX 10 host1
sub.* TXT "this is not a wildcard"
host1 A 192.0.2.1
_ssh._tcp.host1 SRV 0 1 22 host1
_ssh._tcp.host2 SRV 0 1 22 host1
subdel NS ns.example.com.
subdel NS ns.example.net.
"""


def look(memory: Memory, name: str, type_: str) -> Answer:
    answer = memory.instant(Question(name, type_))
    assert isinstance(answer, Answer)
    assert answer.ask == Question(name, type_)
    return answer


@pytest.mark.parametrize(
    ("name", "type_", "status", "records"),
    [
        ("host3.example", "MX", "found", ("10 host1.example.",)),
        ("host3.example", "A", "empty", ()),
        ("foo.bar.example", "TXT", "found", ("this is a wildcard",)),
        ("*.example", "MX", "found", ("10 host1.example.",)),
        ("host1.example", "MX", "empty", ()),
        ("sub.*.example", "MX", "empty", ()),
        ("_telnet._tcp.host1.example", "SRV", "absent", ()),
        ("_tcp.host2.example", "SRV", "empty", ()),
        ("host2.example", "MX", "empty", ()),
        ("host.subdel.example", "A", "outside", ()),
        ("subdel.example", "NS", "outside", ()),
        ("subdel.example", "DS", "empty", ()),
        ("ghost.*.example", "MX", "absent", ()),
        ("a.b.c.d.example", "MX", "found", ("10 host1.example.",)),
    ],
)
def test_wildcards(name: str, type_: str, status: str, records: tuple[str, ...]) -> None:
    answer = look(Memory.from_zone(WILDCARDS), name, type_)
    assert (answer.why or answer.status, answer.records) == (status, records)


WORLD = """
$TTL 600
$ORIGIN example.com.
@ SOA ns hostmaster 1 3600 900 604800 300
@ NS ns
ns A 192.0.2.53
@ MX 10 mail
@ MX 5 mail.example.net.
@ TXT "v=spf1 " "a -all"
@ TXT "v=spf1 a -all"
mail 60 A 192.0.2.25
a CNAME b
b 30 CNAME mail
dangling CNAME nowhere
leaving CNAME host.example.org.
missing CNAME other.invalid.
loop1 CNAME loop2
loop2 CNAME loop1
self CNAME self
twice CNAME mail
twice CNAME b
mixed CNAME mail
mixed MX 1 mail
*.wild CNAME mail
deep.er A 192.0.2.9
moved DNAME target
x.target A 192.0.2.7
x.moved A 192.0.2.99
away DNAME example.net.
sub NS ns.sub
sub DS 1 13 2 ABCD
ns.sub A 192.0.2.54
child NS ns.example.net.
child DS 2 13 2 ABCD
$ORIGIN child.example.com.
@ SOA ns hostmaster 1 3600 900 604800 20
@ A 192.0.2.77
$ORIGIN .
host.example.org A 198.51.100.1
mail.example.net A 198.51.100.2
25.2.0.192.in-addr.arpa PTR mail.example.com.
alias.invalid CNAME mail.example.com.
"""


@pytest.mark.parametrize(
    ("name", "type_", "result", "records", "chain", "ttl"),
    [
        ("Example.COM.", "mx", "found", ("10 mail.example.com.", "5 mail.example.net."), (), 600),
        ("example.com", "TXT", "found", ("v=spf1 a -all", "v=spf1 a -all"), (), 600),
        ("example.com", "A", "empty", (), (), 300),
        ("nowhere.example.com", "A", "absent", (), (), 300),
        (
            "a.example.com",
            "A",
            "found",
            ("192.0.2.25",),
            ("b.example.com", "mail.example.com"),
            30,
        ),
        ("a.example.com", "TXT", "empty", (), ("b.example.com", "mail.example.com"), 30),
        ("a.example.com", "CNAME", "found", ("b.example.com.",), (), 600),
        ("dangling.example.com", "A", "absent", (), ("nowhere.example.com",), 300),
        ("leaving.example.com", "A", "found", ("198.51.100.1",), ("host.example.org",), 600),
        ("missing.example.com", "A", "outside", (), ("other.invalid",), 0),
        ("loop1.example.com", "A", "loop", (), ("loop2.example.com", "loop1.example.com"), 0),
        ("self.example.com", "A", "loop", (), ("self.example.com",), 0),
        (
            "twice.example.com",
            "A",
            "found",
            ("192.0.2.25",),
            ("b.example.com", "mail.example.com"),
            30,
        ),
        ("twice.example.com", "CNAME", "found", ("b.example.com.", "mail.example.com."), (), 600),
        ("mixed.example.com", "MX", "found", ("1 mail.example.com.",), (), 600),
        ("mixed.example.com", "TXT", "empty", (), ("mail.example.com",), 300),
        ("q.wild.example.com", "A", "found", ("192.0.2.25",), ("mail.example.com",), 60),
        ("er.example.com", "A", "empty", (), (), 300),
        ("x.moved.example.com", "A", "found", ("192.0.2.7",), ("x.target.example.com",), 600),
        ("y.moved.example.com", "A", "absent", (), ("y.target.example.com",), 300),
        ("moved.example.com", "A", "empty", (), (), 300),
        ("moved.example.com", "DNAME", "found", ("target.example.com.",), (), 600),
        ("mail.away.example.com", "A", "found", ("198.51.100.2",), ("mail.example.net",), 600),
        ("sub.example.com", "A", "outside", (), (), 0),
        ("ns.sub.example.com", "A", "outside", (), (), 0),
        ("sub.example.com", "DS", "found", ("1 13 2 abcd",), (), 600),
        ("child.example.com", "A", "found", ("192.0.2.77",), (), 600),
        ("child.example.com", "TXT", "empty", (), (), 20),
        ("child.example.com", "DS", "found", ("2 13 2 abcd",), (), 600),
        ("x.child.example.com", "DS", "absent", (), (), 20),
        ("example.com", "DS", "outside", (), (), 0),
        ("com", "NS", "outside", (), (), 0),
        ("host.example.org", "MX", "empty", (), (), 0),
        ("example.org", "MX", "outside", (), (), 0),
        ("mail.example.org", "A", "outside", (), (), 0),
        ("25.2.0.192.in-addr.arpa", "PTR", "found", ("mail.example.com.",), (), 600),
        ("26.2.0.192.in-addr.arpa", "PTR", "outside", (), (), 0),
        ("alias.invalid", "A", "found", ("192.0.2.25",), ("mail.example.com",), 60),
        (
            "ex\\097mple.com",
            "MX",
            "found",
            ("10 mail.example.com.", "5 mail.example.net."),
            (),
            600,
        ),
        ("a" * 64 + ".example.com", "A", "bad_name", (), (), 0),
        ("a..example.com", "A", "bad_name", (), (), 0),
        (".example.com", "A", "bad_name", (), (), 0),
        ("example.com..", "A", "bad_name", (), (), 0),
        ("", "NS", "outside", (), (), 0),
        ("\u2603.example.com", "A", "bad_name", (), (), 0),
        ("\xe4.example.com", "A", "absent", (), (), 300),
        (".".join(["a" * 60] * 5), "A", "bad_name", (), (), 0),
        ("example.com", "ANY", "refused", (), (), 0),
        ("example.com", "NOSUCHTYPE", "refused", (), (), 0),
        (
            "example.com",
            "TYPE15",
            "found",
            ("10 mail.example.com.", "5 mail.example.net."),
            (),
            600,
        ),
    ],
)
def test_answers(
    name: str,
    type_: str,
    *,
    result: str,
    records: tuple[str, ...],
    chain: tuple[str, ...],
    ttl: int,
) -> None:
    answer = look(Memory.from_zone(WORLD), name, type_)
    assert (answer.why or answer.status) == result
    assert (answer.records, answer.chain, answer.ttl) == (records, chain, ttl)
    assert (answer.status is Status.FAILED) == (answer.why is not None)
    assert (answer.status is Status.ABSENT) == (answer.rcode == "NXDOMAIN")


def test_splits_lie_beside_their_records() -> None:
    assert look(Memory.from_zone(WORLD), "example.com", "TXT").splits == ((), (7,))
    assert look(Memory.from_zone(WORLD), "example.com", "MX").splits == ()


def test_a_dname_at_an_alias_that_grows_too_long() -> None:
    label = "a" * 60
    zone = f"$ORIGIN example.\n@ SOA a b 1 2 3 4 5\nd DNAME {label}.{label}.{label}.\n"
    memory = Memory.from_zone(zone)
    assert look(memory, f"{label}.d.example", "A").status is Status.FAILED
    assert look(memory, f"{label}.{label}.d.example", "A").why is Why.BAD_NAME
    assert look(memory, f"{label}.d.example", "A").why is Why.OUTSIDE


@pytest.mark.parametrize(("aliases", "result"), [(16, "found"), (17, "loop")])
def test_chains_are_followed_for_sixteen_aliases(aliases: int, result: str) -> None:
    lines = [f"n{i}. CNAME n{i + 1}." for i in range(aliases)]
    memory = Memory.from_zone("\n".join([*lines, f"n{aliases}. A 192.0.2.1"]))
    answer = look(memory, "n0", "A")
    assert (answer.why or answer.status) == result
    assert len(answer.chain) == 16


@pytest.mark.parametrize(
    ("name", "type_", "ad"),
    [
        ("example.com", "MX", True),
        ("nowhere.example.com", "MX", True),
        ("a.example.com", "A", True),
        ("leaving.example.com", "A", False),
        ("child.example.com", "A", False),
        ("child.example.com", "DS", True),
        ("host.example.org", "A", False),
        ("mail.example.net", "A", True),
        ("mail.away.example.com", "A", True),
        ("missing.example.com", "A", False),
        ("alias.invalid", "A", False),
    ],
)
def test_signed_zones_are_authentic(name: str, type_: str, ad: bool) -> None:
    signed = Memory.from_zone(WORLD, signed=["Example.com.", "example.net"])
    assert look(signed, name, type_).ad is ad
    assert look(Memory.from_zone(WORLD), name, type_).ad is False


def test_names_can_be_made_to_fail() -> None:
    memory = Memory.from_zone(
        WORLD, fail={"Mail.example.com": Why.TIMEOUT, ("example.com.", "TXT"): Why.SERVFAIL}
    )
    assert look(memory, "mail.example.com", "A").why is Why.TIMEOUT
    assert look(memory, "example.com", "TXT").why is Why.SERVFAIL
    assert look(memory, "example.com", "MX").status is Status.FOUND
    broken = look(memory, "a.example.com", "A")
    assert (broken.why, broken.chain) == (Why.TIMEOUT, ("b.example.com", "mail.example.com"))


def test_fetches_are_answered_and_bounded() -> None:
    given = Fetched(Fetch(""), Status.FOUND, code=404, content_type="text/html")
    memory = Memory([], fetches={"https://a/": b"body", "https://b/": given})
    fetched = memory.instant(Fetch("https://a/"))
    assert isinstance(fetched, Fetched)
    assert (fetched.status, fetched.code, fetched.body) == (Status.FOUND, 200, b"body")
    missing = memory.instant(Fetch("https://b/"))
    assert isinstance(missing, Fetched)
    assert (missing.ask, missing.code) == (Fetch("https://b/"), 404)
    assert memory.instant(Fetch("https://a/", max_bytes=3)).why is Why.OVERSIZE
    assert memory.instant(Fetch("https://c/")).why is Why.NO_MEANS
    assert memory.instant(Dial("mail.example.com")).why is Why.NO_MEANS


def test_conversations_are_answered_at_one_address_or_at_any() -> None:
    anywhere = Dialled(Dial("mail.example.com"), Status.FOUND, banner=Said(220, ("hello",)))
    here = Dialled(Dial("mail.example.com", "192.0.2.1"), Status.FAILED, Why.BUSY)
    memory = Memory.from_zone("", dials=[anywhere, here])
    assert memory.instant(here.ask) == here
    other = memory.instant(Dial("mail.example.com", "192.0.2.2"))
    assert isinstance(other, Dialled)
    assert (other.ask.ip, other.banner) == ("192.0.2.2", Said(220, ("hello",)))
    assert memory.instant(Dial("mail.example.com", port=587)).why is Why.NO_MEANS


def test_extensions_are_the_keywords_of_a_good_reply() -> None:
    ehlo = Said(250, ("mail.example.com", "SIZE 1000", "starttls", ""))
    reply = Dialled(Dial("a"), Status.FOUND, ehlo=ehlo, ehlo_tls=Said(502, ("a", "SIZE")))
    assert reply.extensions == {"SIZE", "STARTTLS"}
    assert reply.extensions_tls == frozenset()


def test_files_make_one_world(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_text("$ORIGIN a.test.\n@ SOA ns h 1 2 3 4 5\nwww CNAME www.b.test.\n")
    two.write_text("www.b.test. A 192.0.2.1\n")
    memory = Memory.from_files([one, str(two)])
    assert look(memory, "www.a.test", "A").records == ("192.0.2.1",)
    assert [r.line for r in memory.records] == [2, 3, 1]
    two.write_text("bad")
    with pytest.raises(ZoneError, match=f"{two}:1: "):
        Memory.from_files([two])
    with pytest.raises(UsageError, match="No such file"):
        Memory.from_files([tmp_path / "none"])


def test_a_wildcard_delegation_is_outside() -> None:
    """RFC 4592 §4.2 leaves it undefined."""
    zone = "$ORIGIN example.\n@ SOA a b 1 2 3 4 5\n*.w NS ns.other.\n"
    assert look(Memory.from_zone(zone), "x.w.example", "A").why is Why.OUTSIDE


def test_a_root_zone() -> None:
    memory = Memory.from_zone(". SOA a. b. 1 2 3 4 5\n. NS a.\na. A 192.0.2.1\n* TXT x", origin=".")
    assert look(memory, ".", "NS").records == ("a.",)
    assert look(memory, "a", "A").records == ("192.0.2.1",)
    assert look(memory, "b.c", "TXT").records == ("x",)
    assert look(memory, ".", "DS").status is Status.EMPTY
