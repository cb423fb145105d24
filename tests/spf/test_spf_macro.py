"""Macros: grammar, the examples of RFC 7208 §7.4, names of any octets, bounds."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailworthy.names import too_long
from mailworthy.spf.macro import (
    MAX_EXPLANATION,
    Context,
    DomainSpec,
    Explanation,
    Macro,
    expand,
    explain,
    never_matches,
    parse_domain_spec,
    parse_explanation,
    parse_macro_string,
    render_parts,
)
from spf_values import domain_specs, exp_macros, macros, spec

V4 = Context(
    ip="192.0.2.3",
    domain="email.example.com",
    sender="strong-bad@email.example.com",
    helo="mx.example.org",
    validated="mx.example.org",
    receiver="mail.receiver.example",
    now=1396310400,
)
V6 = msgspec.structs.replace(V4, ip="2001:db8::cb01")


def text_of(source: str, context: Context) -> str:
    parsed = parse_explanation(source)
    assert parsed.record is not None
    return explain(parsed.record, context)


# RFC 7208 §7.4, word for word.
EXAMPLES = [
    ("%{s}", "strong-bad@email.example.com"),
    ("%{o}", "email.example.com"),
    ("%{d}", "email.example.com"),
    ("%{d4}", "email.example.com"),
    ("%{d3}", "email.example.com"),
    ("%{d2}", "example.com"),
    ("%{d1}", "com"),
    ("%{dr}", "com.example.email"),
    ("%{d2r}", "example.email"),
    ("%{l}", "strong-bad"),
    ("%{l-}", "strong.bad"),
    ("%{lr}", "strong-bad"),
    ("%{lr-}", "bad.strong"),
    ("%{l1r-}", "strong"),
    ("%{ir}.%{v}._spf.%{d2}", "3.2.0.192.in-addr._spf.example.com"),
    ("%{lr-}.lp._spf.%{d2}", "bad.strong.lp._spf.example.com"),
    (
        "%{lr-}.lp.%{ir}.%{v}._spf.%{d2}",
        "bad.strong.lp.3.2.0.192.in-addr._spf.example.com",
    ),
    (
        "%{ir}.%{v}.%{l1r-}.lp._spf.%{d2}",
        "3.2.0.192.in-addr.strong.lp._spf.example.com",
    ),
    ("%{d2}.trusted-domains.example.net", "example.com.trusted-domains.example.net"),
]


@pytest.mark.parametrize(("source", "expanded"), EXAMPLES)
def test_the_examples_of_the_rfc(source: str, expanded: str) -> None:
    assert text_of(source, V4) == expanded
    if "@" not in expanded:  # in names it is escaped, as dnspython does
        assert expand(spec(source), V4) == expanded


def test_the_ipv6_example_of_the_rfc() -> None:
    nibbles = "1.0.b.c.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2"
    assert expand(spec("%{ir}.%{v}._spf.%{d2}"), V6) == f"{nibbles}.ip6._spf.example.com"


@pytest.mark.parametrize(
    ("source", "expanded"),
    [
        ("%{c} %{r} %{t} %{h} %{p}", "192.0.2.3 mail.receiver.example 1396310400 mx.example.org "),
        ("100%% of%_it%-x", "100% of it%20x"),
        ("%{S}", "strong-bad%40email.example.com"),
        ("%{L-}", "strong.bad"),
        ("%{D1}.%{I}", "com.192.0.2.3"),
        ("%{d127}", "email.example.com"),
        ("%{d00002}", "example.com"),
        (f"%{{d{'9' * 5000}}}", "email.example.com"),
        ("%{dR}", "com.example.email"),
        ("", ""),
    ],
)
def test_explanations(source: str, expanded: str) -> None:
    assert text_of(source, V4).startswith(expanded)


def test_readable_address_of_an_ipv6_client() -> None:
    assert text_of("%{c}", V6) == "2001:db8::cb01"


def test_url_escape_leaves_the_unreserved_characters() -> None:
    sender = "~jack&jill=up-a_b3.c@e8.example.com"
    context = msgspec.structs.replace(V4, sender=sender)
    assert text_of("?l=%{L}", context) == "?l=~jack%26jill%3Dup-a_b3.c"


def test_delimiters_split_and_dots_join() -> None:
    context = msgspec.structs.replace(V4, sender="foo-bar+zip+quux@example.org")
    assert text_of("%{l2r+-}", context) == "bar.foo"
    assert text_of("%{l+}", context) == "foo-bar.zip.quux"
    # Neighbouring delimiters leave empty parts (§7.3).
    assert text_of("%{l-}", msgspec.structs.replace(V4, sender="a--b@example.org")) == "a..b"


def test_a_sender_without_local_part_is_postmaster() -> None:
    assert text_of("%{l}", msgspec.structs.replace(V4, sender="@example.org")) == "postmaster"


GOOD = [
    "example.com",
    "example.com.",
    "_spf.example.com",
    "foo:bar/baz.example.com",
    "example.xn--zckzah",
    "example.1-2",
    "example.c0m",
    ".example",
    "a.%{d}",
    "%{d}",
    "%{d}.com",
    "x%%",
    "x%_",
    "x%-",
    "macro%%percent%_%_space%-url-space.example.com",
    "%{ir}.%{i2r.-+,/_=}.example",
    "%{S}.EXAMPLE",
]


@pytest.mark.parametrize("text", GOOD)
def test_good_domain_specs(text: str) -> None:
    found = parse_domain_spec(text).record
    assert found is not None
    assert parse_domain_spec(str(found)).record == found


BAD = [
    ("", "missing-domain"),
    ("museum", "bad-domain"),
    ("museum.", "bad-domain"),
    (".", "bad-domain"),
    ("foo-bar", "bad-domain"),
    ("192.0.2.1", "bad-domain"),
    ("abc.123", "bad-domain"),
    ("example.-com", "bad-domain"),
    ("example.com-", "bad-domain"),
    ("example.com:8080", "bad-domain"),
    ("example.com/24", "bad-domain"),
    ("example.c_m", "bad-domain"),
    ("example.com..", "bad-domain"),
    ("%{d}com", "bad-domain"),
    ("%{d}.", "bad-domain"),
    ("x%%20", "bad-domain"),
    ("%(ir).example.com", "bad-macro"),
    ("foo%.example.com", "bad-macro"),
    ("%{a}.example.com", "bad-macro"),
    ("%{d0}.example.com", "bad-macro"),
    ("%{d000}.example.com", "bad-macro"),
    ("%{dr2}.example.com", "bad-macro"),
    ("%{d*}.example.com", "bad-macro"),
    ("%{d", "bad-macro"),
    ("%{}.example.com", "bad-macro"),
    ("%{ d}.example.com", "bad-macro"),
    ("a.example.com%", "bad-macro"),
    ("%{c}.example.com", "macro-not-allowed-here"),
    ("%{R}.example.com", "macro-not-allowed-here"),
    ("%{t2}.example.com", "macro-not-allowed-here"),
    ("a b.example.com", "bad-character"),
    ("a.exa\x00mple.com", "bad-character"),
    ("\xe9.example.com", "bad-character"),
    ("a.example.com\n", "bad-character"),
]


@pytest.mark.parametrize(("text", "code"), BAD)
def test_bad_domain_specs(text: str, code: str) -> None:
    parsed = parse_domain_spec(text)
    assert parsed.record is None
    assert [p.code for p in parsed.problems] == [code]
    assert 0 <= parsed.problems[0].start <= parsed.problems[0].end <= len(text)


@pytest.mark.parametrize(
    ("text", "found"),
    [("%{d}.x%{c0}y.com", "%{c0}"), ("a.b.123", "123"), ("a%(i).com", "%("), ("x.y.1.", "1")],
)
def test_problems_point_at_their_place(text: str, found: str) -> None:
    problem = parse_domain_spec(text).problems[0]
    assert text[problem.start : problem.end] == found


@pytest.mark.parametrize(
    "text",
    ["mail.example...com", f"{'a' * 64}.example", ".example", ".".join(["abcdefg"] * 40)],
)
def test_legal_specs_that_are_no_possible_names(text: str) -> None:
    parsed = parse_domain_spec(text)
    assert parsed.record is not None
    assert parsed.has("impossible-name")


def test_a_literal_spec_is_a_name() -> None:
    assert spec("_SPF.Example.com.").literal == "_spf.example.com"
    assert spec("%{d}.example.com").literal is None
    assert spec("a%_b.example").literal == "a\\032b.example"


@pytest.mark.parametrize(
    ("source", "sender", "name"),
    [
        ("%{l}.example", "a b@x.y", "a\\032b.example"),
        ("%{l}.example", 'a\\b"(;)$@x.y', '\\a\\\\b\\"\\(\\;\\)\\$.example'[1:]),
        ("%{s}.example", "A@x.y", "a\\@x.y.example"),
        ("%{l}.example", "\x00\xff@x.y", "\\000\\255.example"),
        ("%{l}.example", "a..b.@x.y", "a..b..example"),
        ("x.%{o}", "a@x.y.", "x.x.y"),
    ],
)
def test_names_of_any_octets(source: str, sender: str, name: str) -> None:
    assert expand(spec(source), msgspec.structs.replace(V4, sender=sender)) == name


def test_escapes_of_the_current_domain_are_not_escaped_again() -> None:
    context = msgspec.structs.replace(V4, domain="a\\032b\\.c.example")
    assert expand(spec("x.%{d}"), context) == "x.a\\032b.c.example"


def test_names_lose_labels_from_the_left() -> None:
    long = ".".join(["abcdefghi"] * 30)
    context = msgspec.structs.replace(V4, domain="example.com", sender=f"{long}@example.org")
    name = expand(spec("%{l}.%{d}"), context)
    assert name == ".".join(["abcdefghi"] * 24) + ".example.com"
    assert len(name) <= 253 < len(name) + 10


def test_exactly_253_characters_stay() -> None:
    name = ".".join(["a" * 63] * 3 + ["b" * 57, "com"])
    assert len(name) == 253
    context = msgspec.structs.replace(V4, sender=f"{name}@example.org")
    assert expand(spec("%{l}"), context) == name
    assert expand(spec("x.%{l}"), context) == name


def test_one_endless_label_stays_and_is_no_possible_name() -> None:
    context = msgspec.structs.replace(V4, sender=f"{'a' * 300}@example.org")
    assert too_long(expand(spec("%{l}"), context))


def test_a_record_cannot_make_us_build_megabytes() -> None:
    context = msgspec.structs.replace(V4, sender=f"{'a' * 60}.b@example.org")
    assert len(expand(spec("%{s}." * 9999 + "example"), context)) <= 256
    assert len(text_of("%{s}" * 9999, context)) == MAX_EXPLANATION


def test_a_local_part_that_is_not_ascii_never_matches() -> None:
    context = msgspec.structs.replace(V4, sender="jörg@example.org")
    assert never_matches(spec("%{l}.example"), context)
    assert never_matches(spec("%{s}.example"), context)
    assert not never_matches(spec("%{o}.example"), context)
    assert not never_matches(spec("%{l}.example"), V4)


def test_what_explanations_may_hold() -> None:
    assert parse_explanation("a b  %{c}").record == Explanation(("a b  ", Macro("c")))
    assert parse_explanation("tab\there").has("bad-character")
    assert parse_explanation("caf\xc3\xa9").has("bad-character")
    assert parse_explanation("%{q}").record is None
    assert parse_macro_string("%{c}").record == (Macro("c"),)
    assert parse_macro_string("%abc").record is None


@given(domain_specs())
def test_parsing_a_rendered_spec_gives_it_back(value: DomainSpec) -> None:
    assert parse_domain_spec(str(value)).record == value


@given(st.lists(macros | exp_macros | st.text("ab% 20", min_size=1), max_size=5))
def test_rendering_an_explanation_is_idempotent(parts: list[str | Macro]) -> None:
    text = render_parts(tuple(parts))
    again = parse_explanation(text).record
    assert again is not None
    assert str(again) == text
    assert explain(again, V4) == explain(Explanation(tuple(parts)), V4)


@given(st.text() | st.text("%{}dirc09.-_ ab"))
def test_parsing_never_raises(text: str) -> None:
    for parsed in (parse_domain_spec(text), parse_explanation(text), parse_macro_string(text)):
        assert (parsed.record is None) <= bool(parsed.problems)
        assert all(0 <= p.start <= p.end <= len(text) for p in parsed.problems)


@given(domain_specs(), st.text(), st.text(), st.sampled_from(["192.0.2.3", "2001:db8::1"]))
def test_expansion_never_raises(value: DomainSpec, sender: str, helo: str, ip: str) -> None:
    context = Context(ip, "d.example", sender, helo)
    name = expand(value, context)
    assert name.isascii()
    assert name.isprintable()
    assert expand(value, context) == name
