"""SPF records: every production of RFC 7208 §12, every problem, and the laws."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailworthy.spf.hints import intended
from mailworthy.spf.model import Kind, Mechanism, Modifier, Qualifier, Result, SpfRecord
from mailworthy.spf.record import (
    MAX_PROBLEMS,
    is_spf,
    parse,
    parse_terms,
    render,
    render_term,
)
from spf_values import record_texts, records, spec


def read(text: str) -> SpfRecord:
    found = parse(text).record
    assert found is not None, parse(text).problems
    return found


def only(term: str) -> Mechanism | Modifier:
    (found,) = read(f"v=spf1 {term}").terms
    return found


def codes(text: str) -> list[str]:
    return [p.code for p in parse(text).problems]


@pytest.mark.parametrize(
    ("text", "spf"),
    [
        ("v=spf1", True),
        ("v=spf1 ", True),
        ("V=sPf1 -all", True),
        ("v=spf10", False),
        ("v=spf1\t-all", False),
        ("v=spf1mx", False),
        (" v=spf1", False),
        ("v=spf1\xa0a", False),
        ("spf1 -all", False),
        ("", False),
    ],
)
def test_version_section(text: str, spf: bool) -> None:
    assert is_spf(text) is spf
    assert parse(text).has("not-spf", "almost-spf") is not spf


@pytest.mark.parametrize(
    "text",
    [
        '"v=spf1 a -all"',
        " v=spf1 -all",
        "v=spf1; a",
        "v=spf1\xc2\xa0a",
        "v = spf1 -all",
        "v=spf -all",
        "spf1 -all",
        "v=spf1include:example.com",
        "v=spf10",
        "\xef\xbb\xbfv=spf1 -all",
    ],
)
def test_texts_that_were_meant_to_be_spf(text: str) -> None:
    assert codes(text) == ["almost-spf"]
    assert parse(text).record is None
    assert parse_terms(text) == ()


@pytest.mark.parametrize("text", ["", "v=DMARC1; p=none", "spf2.0/pra mx", "v=spf2 -all", "hello"])
def test_texts_that_are_something_else(text: str) -> None:
    assert codes(text) == ["not-spf"]


M, Q = Mechanism, Qualifier
TERMS = [
    ("all", M(Kind.ALL)),
    ("+ALL", M(Kind.ALL)),
    ("-all", M(Kind.ALL, Q.FAIL)),
    ("~All", M(Kind.ALL, Q.SOFTFAIL)),
    ("?all", M(Kind.ALL, Q.NEUTRAL)),
    ("include:_spf.Example.com.", M(Kind.INCLUDE, domain=spec("_spf.example.com"))),
    ("-include:%{d}.example", M(Kind.INCLUDE, Q.FAIL, spec("%{d}.example"))),
    ("a", M(Kind.A)),
    ("a/24", M(Kind.A, prefix4=24)),
    ("a//64", M(Kind.A, prefix6=64)),
    ("a/0//0", M(Kind.A, prefix4=0, prefix6=0)),
    ("a/32//128", M(Kind.A, prefix4=32, prefix6=128)),
    ("a:foo.example/24//64", M(Kind.A, Q.PASS, spec("foo.example"), 24, 64)),
    ("a:foo:bar/baz.example.com", M(Kind.A, domain=spec("foo:bar/baz.example.com"))),
    ("a:foo/24/x.example/8", M(Kind.A, Q.PASS, spec("foo/24/x.example"), 8)),
    ("a:%{d/}/24", M(Kind.A, Q.PASS, spec("%{d/}"), 24)),
    ("a:foo.c0/24", M(Kind.A, Q.PASS, spec("foo.c0"), 24)),
    ("mx", M(Kind.MX)),
    ("?mx:%{d}/27", M(Kind.MX, Q.NEUTRAL, spec("%{d}"), 27)),
    ("mx//33", M(Kind.MX, prefix6=33)),
    ("ptr", M(Kind.PTR)),
    ("ptr:example.com", M(Kind.PTR, domain=spec("example.com"))),
    ("ip4:192.0.2.1", M(Kind.IP4, network="192.0.2.1")),
    ("IP4:192.0.2.0/24", M(Kind.IP4, network="192.0.2.0", prefix4=24)),
    ("ip4:1.1.1.1/0", M(Kind.IP4, network="1.1.1.1", prefix4=0)),
    ("ip6:2001:DB8:0:0::1", M(Kind.IP6, network="2001:db8::1")),
    ("ip6:::1.1.1.1/0", M(Kind.IP6, network="::101:101", prefix6=0)),
    ("ip6:::ffff:192.0.2.1", M(Kind.IP6, network="::ffff:192.0.2.1")),
    ("ip6:2001:db8::/32", M(Kind.IP6, network="2001:db8::", prefix6=32)),
    ("exists:%{ir}.sbl.example", M(Kind.EXISTS, domain=spec("%{ir}.sbl.example"))),
    ("redirect=_spf.example", Modifier("redirect", "_spf.example", spec("_spf.example"))),
    ("EXP=explain.%{D}", Modifier("exp", "explain.%{D}", spec("explain.%{D}"))),
    ("moo.cow-far_out=man:dog/cat", Modifier("moo.cow-far_out", "man:dog/cat")),
    ("Default=", Modifier("default", "")),
    ("x=%{c}%%", Modifier("x", "%{c}%%")),
    ("ra=postmaster", Modifier("ra", "postmaster")),
]


@pytest.mark.parametrize(("text", "term"), TERMS)
def test_every_production(text: str, term: Mechanism | Modifier) -> None:
    assert only(text) == term
    assert only(render_term(term)) == term


FATAL = [
    ("moo", "unknown-mechanism"),
    ("all.", "unknown-mechanism"),
    ("redirect:foo.example", "unknown-mechanism"),
    ("moo.cow:far_out=man", "unknown-mechanism"),
    ("ipv4:192.0.2.1", "unknown-mechanism"),
    ("-", "empty-term"),
    ("~", "empty-term"),
    ("1up=foo", "syntax"),
    ("=all", "syntax"),
    ("-redirect=foo.example", "syntax"),
    ("--all", "syntax"),
    ("192.0.2.1", "syntax"),
    ("a,mx", "syntax"),
    (":", "syntax"),
    ("all:foobar", "syntax"),
    ("all/8", "syntax"),
    ("include", "missing-domain"),
    ("include:", "missing-domain"),
    ("a:", "missing-domain"),
    ("a:/24", "missing-domain"),
    ("mx:", "missing-domain"),
    ("ptr:", "missing-domain"),
    ("exists", "missing-domain"),
    ("exists:", "missing-domain"),
    ("redirect=", "missing-domain"),
    ("exp=", "missing-domain"),
    ("a:museum", "bad-domain"),
    ("a:192.0.2.1", "bad-domain"),
    ("a:example.com:8080", "bad-domain"),
    ("include:ip5.example.com/24", "bad-domain"),
    ("exists:mail.example.com/24", "bad-domain"),
    ("exp=foo", "bad-domain"),
    ("redirect=foo.example/24", "bad-domain"),
    ("exists:%(ir).example", "bad-macro"),
    ("x=%abc", "bad-macro"),
    ("a:%{d0}.example", "bad-macro"),
    ("exp=%{r}.example", "macro-not-allowed-here"),
    ("a:%{t}.example", "macro-not-allowed-here"),
    ("ptr/0", "bad-prefix"),
    ("include/24", "bad-prefix"),
    ("a/24/64", "bad-prefix"),
    ("a/", "bad-prefix"),
    ("a//", "bad-prefix"),
    ("a/024", "bad-prefix"),
    ("a///24", "bad-prefix"),
    ("a//64/24", "bad-prefix"),
    ("mx/foo", "bad-prefix"),
    ("mx//64foo.example", "bad-prefix"),
    ("a/foo.example/24", "bad-prefix"),
    ("ip4:192.0.2.0/032", "bad-prefix"),
    ("ip4:192.0.2.0/", "bad-prefix"),
    ("ip4:192.0.2.0/x", "bad-prefix"),
    ("ip4:192.0.2.0//32", "bad-prefix"),
    ("a/33", "prefix-out-of-range"),
    ("a//129", "prefix-out-of-range"),
    ("mx/24//200", "prefix-out-of-range"),
    ("ip4:192.0.2.0/33", "prefix-out-of-range"),
    (f"ip4:192.0.2.0/{'9' * 5000}", "prefix-out-of-range"),
    ("ip6:2001:db8::/129", "prefix-out-of-range"),
    ("ip4", "bad-ip4"),
    ("ip4:", "bad-ip4"),
    ("ip4/24", "bad-ip4"),
    ("ip4:192.0.2", "bad-ip4"),
    ("ip4:192.0.2.256", "bad-ip4"),
    ("ip4:192.0.02.1", "bad-ip4"),
    ("ip4:192.0.2.1:25", "bad-ip4"),
    ("ip4:mail.example.com", "bad-ip4"),
    ("ip6", "bad-ip6"),
    ("ip6::CAFE::BABE", "bad-ip6"),
    ("ip6:fe80::1%eth0", "bad-ip6"),
    ("ip6:2001:db8::12345", "bad-ip6"),
    ("ip4:2001:db8::1", "ip4-with-v6"),
    ("ip6:192.0.2.1/24", "ip6-with-v4"),
]


@pytest.mark.parametrize(("term", "code"), FATAL)
def test_errors(term: str, code: str) -> None:
    text = f"v=spf1 mx {term} -all"
    parsed = parse(text)
    assert parsed.record is None
    assert code in codes(text)
    problem = next(p for p in parsed.problems if p.code == code)
    assert 10 <= problem.start <= problem.end <= 10 + len(term)
    # What is right is still there for a remedy.
    assert [render_term(p.term) for p in parse_terms(text)] == ["mx", "-all"]


@pytest.mark.parametrize("term", ["", "a", "mx"])
def test_errors_are_found_behind_all(term: str) -> None:
    assert parse(f"v=spf1 {term} -all moo").record is None


CHARACTERS = [
    ("\r\n", "control-character"),
    ("\t", "control-character"),
    ("\x00", "control-character"),
    ("\x7f", "control-character"),
    ("\xc3\xa9", "not-ascii"),
    ("\x80", "not-ascii"),
    ("\u4e2d", "not-ascii"),
    ("\xa0", "invisible-character"),
    ("\xc2\xa0", "invisible-character"),
    ("\u00a0", "invisible-character"),
    ("\u200b", "invisible-character"),
    ("\xe2\x80\x8b", "invisible-character"),
    ("\xef\xbb\xbf", "invisible-character"),
    ("\xe2\x80\x9c", "typographic-character"),
    ("\u201d", "typographic-character"),
    ("\xe2\x80\x93", "typographic-character"),
    ("\x96", "typographic-character"),
]


@pytest.mark.parametrize(("odd", "code"), CHARACTERS)
def test_characters_that_may_not_stand_in_a_record(odd: str, code: str) -> None:
    text = f"v=spf1 a:ex{odd}ample.com mx -all"
    parsed = parse(text)
    assert parsed.record is None
    assert [(p.code, p.start, p.end) for p in parsed.problems] == [(code, 11, 11 + len(odd))]
    assert [render_term(p.term) for p in parse_terms(text)] == ["mx", "-all"]


def test_a_control_character_alone_between_spaces_is_an_error() -> None:
    assert parse("v=spf1 a \t -all").record is None


ADVICE = [
    ("v=spf1 a -all", []),
    ("v=spf1 a redirect=x.example", []),
    ("v=spf1 a -all exp=x.example ra=a rp=10 rr=all", []),
    ("v=spf1", ["no-terminator"]),
    ("v=spf1 a", ["no-terminator"]),
    ("v=spf1 +all", ["plus-all"]),
    ("v=spf1 a ?all", ["neutral-all"]),
    ("v=spf1 -all a mx", ["terms-after-all"]),
    ("v=spf1 -all redirect=x.example", ["redirect-ignored"]),
    ("v=spf1 redirect=x.example -all", ["redirect-ignored"]),
    ("v=spf1 a A:x.example a:x.EXAMPLE. -a -all", ["duplicate-term", "duplicate-term"]),
    ("v=spf1 ip4:192.0.2.1 ip4:192.0.2.1/32 -all", ["duplicate-term"]),
    ("v=spf1 a/24 a -all", []),
    ("v=spf1 ptr -all", ["ptr-mechanism"]),
    ("v=spf1 exists:%{p}.example -all", ["ptr-macro"]),
    ("v=spf1 ip4:192.0.2.1/24 -all", ["host-bits-set"]),
    ("v=spf1 ip6:2001:db8::1/32 -all", ["host-bits-set"]),
    ("v=spf1 ip4:192.0.2.1/0 -all", ["host-bits-set"]),
    ("v=spf1 a:mail.example..com -all", ["impossible-name"]),
    ("v=spf1 a=mail.example.com -all", ["modifier-looks-like-mechanism"]),
    ("v=spf1 ipv4=192.0.2.1 -all", ["modifier-looks-like-mechanism"]),
    ("v=spf1 a v=spf1 -all", ["repeated-version"]),
    ("v=spf1 rp=10 ra=a -all", []),
    ("v=spf1 rp=10 rr=e:f -all", ["report-without-ra", "report-without-ra"]),
    ("v=spf1 ra=a@b.example -all", ["bad-ra"]),
    ("v=spf1 ra= -all", ["bad-ra"]),
    ("v=spf1 ra=a..b -all", ["bad-ra"]),
    ("v=spf1 ra=a=2Db -all", []),
    ("v=spf1 ra=a rp=101 rr=x -all", ["bad-rp", "bad-rr"]),
    ("v=spf1 ra=a rp=1/2 rr=ALL:e -all", []),
    ("v=spf1 ra=a rp=3/2 -all", ["bad-rp"]),
    ("v=spf1 ra=a rp=0/0 -all", ["bad-rp"]),
]


@pytest.mark.parametrize(("text", "expected"), ADVICE)
def test_advice_leaves_the_record_valid(text: str, expected: list[str]) -> None:
    assert codes(text) == expected
    assert parse(text).record is not None


@pytest.mark.parametrize("name", ["redirect", "exp"])
def test_redirect_and_exp_stand_once(name: str) -> None:
    text = f"v=spf1 {name}=a.example {name.upper()}=b.example"
    assert parse(text).has(f"duplicate-{name}")
    assert parse(text).record is None


JOINED = [
    ("ip4:192.0.2.1include:example.net", "include:example.net", False),
    ("include:example.net-all", "-all", True),
    ("include:example.netip4:192.0.2.1", "ip4:192.0.2.1", False),
    ("ip4:192.0.2.1-include:x.example", "-include:x.example", False),
    ("mx~all", "~all", False),
    ("redirect=_spf.exampleinclude:x.example", "include:x.example", True),
    ("-allv=spf1", "v=spf1", False),
]


@pytest.mark.parametrize(("term", "second", "valid"), JOINED)
def test_terms_that_lost_their_space(term: str, second: str, valid: bool) -> None:
    text = f"v=spf1 a {term}"
    problem = next(p for p in parse(text).problems if p.code == "looks-like-joined-terms")
    assert text[problem.start : problem.end] == second
    assert (parse(text).record is not None) is valid


@pytest.mark.parametrize(
    "term", ["include:_spf-all.example", "-include:x.example", "a:all.example"]
)
def test_terms_that_only_look_joined(term: str) -> None:
    assert "looks-like-joined-terms" not in codes(f"v=spf1 {term} -all")


@pytest.mark.parametrize(
    ("term", "meant"),
    [
        ("ipv4:192.0.2.1", "ip4:192.0.2.1"),
        ("ip:192.0.2.0/24", "ip4:192.0.2.0/24"),
        ("ip:2001:db8::1", "ip6:2001:db8::1"),
        ("-ip4:2001:db8::1", "-ip6:2001:db8::1"),
        ("a:192.0.2.1", "ip4:192.0.2.1"),
        ("mx:192.0.2.1", "ip4:192.0.2.1"),
        ("192.0.2.1", "ip4:192.0.2.1"),
        ("2001:db8::/32", "ip6:2001:db8::/32"),
        ("a=mail.example", "a:mail.example"),
        ("include=x.example", "include:x.example"),
        ("inlcude:x.example", "include:x.example"),
        ("redirect:x.example", "redirect=x.example"),
        ("ip4:192.0.2.1,", "ip4:192.0.2.1"),
        ('"-all"', "-all"),
        ("--all", "-all"),
        ("ip4:192.0.2.1include:x.example-all", "ip4:192.0.2.1 include:x.example -all"),
        ("ip4:192.0.2.1", None),
        ("include:x.example", None),
        ("moo", None),
        ("x" * 300 + ",", None),
    ],
)
def test_what_was_meant(term: str, meant: str | None) -> None:
    assert intended(term) == meant
    if meant:
        assert parse(f"v=spf1 {meant}").record is not None


def test_messages_tell_what_was_meant() -> None:
    problem = parse("v=spf1 a:192.0.2.1").problems[0]
    assert "'ip4:192.0.2.1'" in problem.message


def test_views_of_a_record() -> None:
    record = read("v=spf1 mx exp=e.example -all a moo=1 redirect=r.example ?all")
    assert [m.kind for m in record.mechanisms] == [Kind.MX, Kind.ALL, Kind.A, Kind.ALL]
    assert [m.name for m in record.modifiers] == ["exp", "moo", "redirect"]
    assert record.all == Mechanism(Kind.ALL, Qualifier.FAIL)
    assert record.redirect == spec("r.example")
    assert record.exp == spec("e.example")
    empty = read("v=spf1")
    assert (empty.all, empty.redirect, empty.exp) == (None, None, None)


def test_qualifiers_are_results() -> None:
    results = [q.result for q in Qualifier]
    assert results == [Result.PASS, Result.FAIL, Result.SOFTFAIL, Result.NEUTRAL]


def test_spaces_may_stand_twice_and_at_the_end() -> None:
    assert render(read("v=spf1  a   -all  ")) == "v=spf1 a -all"


def test_terms_have_positions() -> None:
    text = "v=spf1  a moo -all "
    assert [text[p.start : p.end] for p in parse_terms(text)] == ["a", "-all"]


def test_canonical_text() -> None:
    text = "V=SPF1 +A:Mail.Example.com./24 IP6:2001:0DB8::0/32 REDIRECT=%{D}.X.example Foo=Bar"
    canonical = "v=spf1 a:mail.example.com/24 ip6:2001:db8::/32 redirect=%{D}.x.example foo=Bar"
    assert render(read(text)) == canonical


def test_problems_are_bounded_and_never_hide_an_error() -> None:
    many = "v=spf1 " + "rr=x " * 5000
    assert len(parse(many).problems) == MAX_PROBLEMS
    assert parse(many).record is not None
    assert parse(many + "moo").record is None
    assert len(parse("v=spf1 " + "moo " * 5000).problems) == MAX_PROBLEMS
    assert len(parse("v=spf1 " + "\x00 " * 5000).problems) == MAX_PROBLEMS


@pytest.mark.parametrize(
    "piece", ["/", "%{", "a:", "ip4:", "-", "%{d/////", "a.", "9", "ra=a.", '"']
)
def test_long_texts_take_linear_time(piece: str) -> None:
    text = "v=spf1 " + piece * (60000 // len(piece))
    assert parse(text).problems
    assert parse(text.replace("v=spf1 ", "v=spf1 a:")).problems


@given(records())
def test_parsing_a_rendered_record_gives_it_back(record: SpfRecord) -> None:
    text = render(record)
    assert parse(text).record == record
    assert render(read(text)) == text


@given(record_texts)
def test_rendering_is_idempotent(text: str) -> None:
    record = parse(text).record
    if record is not None:
        assert parse(render(record)).record == record


@given(record_texts | st.text().map("v=spf1 {}".format) | st.text())
def test_parsing_never_raises(text: str) -> None:
    parsed = parse(text)
    assert parsed.record is not None or parsed.problems
    assert all(0 <= p.start <= p.end <= len(text) for p in parsed.problems)
    assert list(parsed.problems) == sorted(parsed.problems, key=lambda p: (p.start, p.end, p.code))
    placed = parse_terms(text)
    if parsed.record is not None:
        assert tuple(p.term for p in placed) == parsed.record.terms
    for item in placed:
        assert read("v=spf1 " + text[item.start : item.end]).terms == (item.term,)
