"""Authentication-Results: RFC 8601 §2.2, its App. B, and what the world makes of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailworthy.errors import UsageError
from mailworthy.message.authres import (
    AuthResults,
    MethodResult,
    Property,
    field,
    forged,
    parse,
    render,
)

# The fields of RFC 8601 App. B, unfolded: what they say, in our words.
EXAMPLES: list[tuple[str, AuthResults]] = [
    ("example.org 1; none", AuthResults("example.org", (), 1)),
    (
        "example.com; spf=pass smtp.mailfrom=example.net",
        AuthResults(
            "example.com",
            (
                MethodResult(
                    "spf", "pass", properties=(Property("smtp", "mailfrom", "example.net"),)
                ),
            ),
        ),
    ),
    (
        "example.com; auth=pass (cram-md5) smtp.auth=sender@example.net; spf=pass "
        "smtp.mailfrom=example.net",
        AuthResults(
            "example.com",
            (
                MethodResult(
                    "auth",
                    "pass",
                    comments=("cram-md5",),
                    properties=(Property("smtp", "auth", "sender@example.net"),),
                ),
                MethodResult(
                    "spf", "pass", properties=(Property("smtp", "mailfrom", "example.net"),)
                ),
            ),
        ),
    ),
    (
        'example.com; dkim=pass reason="good signature" '
        'header.i=@mail-router.example.net; dkim=fail reason="bad signature" header.i=@x.example',
        AuthResults(
            "example.com",
            (
                MethodResult(
                    "dkim",
                    "pass",
                    reason="good signature",
                    properties=(Property("header", "i", "@mail-router.example.net"),),
                ),
                MethodResult(
                    "dkim",
                    "fail",
                    reason="bad signature",
                    properties=(Property("header", "i", "@x.example"),),
                ),
            ),
        ),
    ),
]


@pytest.mark.parametrize(("text", "results"), EXAMPLES)
def test_examples_both_ways(text: str, results: AuthResults) -> None:
    assert parse(text).record == results
    assert parse(text).problems == ()
    assert render(results) == text


def test_comments_everywhere() -> None:
    """App. B.6, with the comments that its grammar allows and hardly anybody writes."""
    text = (
        "foo.example.net (foobar) 1 (baz);\r\n dkim (Because I like it) / 1 (One yay) = "
        "(wait for it) fail\r\n policy (A dot can go here) . (like that) expired (this surprised "
        "me) = (as I wasn't expecting it) 1362471462"
    )
    parsed = parse(text)
    assert parsed.problems == ()
    assert parsed.record == AuthResults(
        "foo.example.net",
        (
            MethodResult(
                "dkim",
                "fail",
                1,
                ("Because I like it", "One yay", "wait for it"),
                properties=(
                    Property(
                        "policy",
                        "expired",
                        "1362471462",
                        ("A dot can go here", "like that", "this surprised me",
                         "as I wasn't expecting it"),
                    ),
                ),
            ),
        ),
        1,
        ("foobar", "baz"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("a", "a"),
        ('"a b"', "a b"),
        (r'"a \"b\" \\ c"', r'a "b" \ c'),
        ('""', ""),
        ("local@example.com", "local@example.com"),
        ("@example.com", "@example.com"),
        ('"a b"@example.com', '"a b"@example.com'),
        ("SRS0=x=y=z.example=u@example.com", "SRS0=x=y=z.example=u@example.com"),
        ("2001:db8::1", "2001:db8::1"),
        ("ab/c+d=", "ab/c+d="),
        ("用户@例え.jp", "用户@例え.jp"),
        ("bücher.example", "bücher.example"),
        ("[192.0.2.1]", "[192.0.2.1]"),
        ("<>", "<>"),
    ],
)
def test_values(written: str, value: str) -> None:
    record = parse(f"id; spf=pass smtp.mailfrom={written} smtp.helo=x").record
    assert record is not None
    assert record.results[0].properties == (
        Property("smtp", "mailfrom", value),
        Property("smtp", "helo", "x"),
    )
    assert record.results[0].get("smtp", "mailfrom") == value
    assert record.results[0].get("smtp", "rcptto") is None
    assert parse(render(record)).record == record


@pytest.mark.parametrize(
    ("text", "codes", "results"),
    [
        ("", ["missing-authserv-id"], None),
        ("(only a comment)", ["missing-authserv-id"], None),
        ("; spf=pass", ["missing-authserv-id"], None),
        ("spf=pass smtp.mailfrom=a; dkim=pass", ["missing-authserv-id"], None),
        ("example.com 2; spf=pass", ["unsupported-version"], None),
        ("example.com one; spf=pass", ["bad-authserv-id"], None),
        ("example.com 1 1; spf=pass", ["bad-authserv-id"], None),
        ("example.com; spf=pass (no end", ["unclosed"], None),
        ('example.com; spf=pass reason="no end', ["unclosed"], None),
        ("example.com", ["no-result"], 0),
        ("example.com;", ["bad-result"], 0),
        ("example.com; spf", ["bad-result"], 0),
        ("example.com; =pass; spf=pass", ["bad-result"], 1),
        ("example.com; spf=; dkim=pass", ["bad-result"], 1),
        ("example.com; spf=pass;; dkim=pass", ["bad-result"], 2),
        ("example.com; dmarc=pass action=none header.from=a.b", ["missing-ptype"], 1),
        ("example.com; spf=pass stray smtp.helo=a", ["stray-word"], 1),
        ("example.com; spf=pass stray", ["stray-word"], 1),
        ("example.com; spf=pass smtp..helo=a", ["bad-property"], 1),
        ("example.com; spf=pass reason=a reason=b", ["reason-repeated"], 1),
        ("example.com; NONE", [], 0),
        ("example.com; SPF=Pass", [], 1),
    ],
)
def test_problems(text: str, codes: list[str], results: int | None) -> None:
    parsed = parse(text)
    assert [p.code for p in parsed.problems] == codes
    assert (None if parsed.record is None else len(parsed.record.results)) == results


def test_words_in_capitals_are_the_same_words() -> None:
    record = parse("Example.COM; SPF=Pass SMTP.MailFrom=A.B").record
    assert record is not None
    assert record.authserv_id == "Example.COM"
    assert record.results == (
        MethodResult("spf", "pass", properties=(Property("smtp", "mailfrom", "A.B"),)),
    )


def test_octets_that_are_no_utf8_survive() -> None:
    record = parse(b"id; spf=pass smtp.mailfrom=\xff\xfe (\xe9)").record
    assert record is not None
    assert b"smtp.mailfrom=\xff\xfe (\xe9)\r\n" in field(record)


def test_fields_are_folded_between_words() -> None:
    record = AuthResults(
        "mx.example.com",
        tuple(
            MethodResult("dkim", "pass", properties=(Property("header", "d", f"d{i}.example.com"),))
            for i in range(3)
        ),
    )
    assert field(record) == (
        b"Authentication-Results: mx.example.com;\r\n"
        b"\tdkim=pass header.d=d0.example.com;\r\n"
        b"\tdkim=pass header.d=d1.example.com;\r\n"
        b"\tdkim=pass header.d=d2.example.com\r\n"
    )
    assert parse(field(record).partition(b":")[2]).record == record


@pytest.mark.parametrize(
    "text", ["a\r\nBcc: victim", "a\0b", "\x1b[31m", "\u202eevil", "a\u2028b", "\x85", "a\nb"]
)
def test_nothing_injects_a_line_or_steers_a_terminal(text: str) -> None:
    record = AuthResults(
        text,
        (MethodResult("spf", "pass", None, (text,), text, (), (Property("smtp", "helo", text),)),),
    )
    written = field(record)
    assert written.count(b"\r\n") == written.count(b"\n") == written.count(b"\r")
    assert all(c in "\r\n\t" or c.isprintable() for c in written.decode())
    lines = written.removesuffix(b"\r\n").split(b"\r\n")
    assert all(line.startswith(b"\t") for line in lines[1:])


@pytest.mark.parametrize(
    "result",
    [
        MethodResult("SPF", "pass"),
        MethodResult("spf", "not a word"),
        MethodResult("", "pass"),
        MethodResult("spf", "pass; dkim=pass"),
        MethodResult("spf", "pass", properties=(Property("smtp", "mail from", "a"),)),
        MethodResult("spf", "pass", properties=(Property("", "reason", "a"),)),
        MethodResult("spf", "pass", properties=(Property("", "a.b", "a"),)),
    ],
)
def test_misuse(result: MethodResult) -> None:
    with pytest.raises(UsageError):
        render(AuthResults("id", (result,)))


keywords = st.from_regex(r"[a-z0-9_-]{1,8}", fullmatch=True)
anything = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp", "Cf"]), max_size=20)
TRICKY = ["", "a b", "(", ")", '"', "\\", ";", "=", "a=b@c", "@", "@x", "none", "\\)", "a/b", "1"]
tricky = st.sampled_from([*TRICKY, "\t", "[a]", "(a)", "a\\"])
values = anything | tricky
comments = st.lists(values, max_size=2).map(tuple)
numbers = st.none() | st.integers(0, 999_999_999)
properties = st.builds(Property, keywords, keywords, values, comments)


@st.composite
def method_results(draw: st.DrawFn) -> MethodResult:
    reason = draw(st.none() | values)
    return MethodResult(
        draw(keywords),
        draw(keywords),
        draw(numbers),
        draw(comments),
        reason,
        () if reason is None else draw(comments),
        tuple(draw(st.lists(properties, max_size=3))),
    )


records = st.builds(
    AuthResults,
    values,
    st.lists(method_results(), max_size=3).map(tuple),
    st.none() | st.just(1),
    comments,
)


@given(records)
def test_parse_gives_back_what_was_rendered(record: AuthResults) -> None:
    parsed = parse(render(record))
    assert parsed.record == record
    assert parsed.problems == ()
    assert parse(field(record).partition(b":")[2]).record == record


PIECES = st.sampled_from(
    ["example.com", " ", "1", ";", "spf", "=", "pass", "(", ")", '"', "\\", ".", "/", "\r\n ",
     "none",     "reason", "header", "@", "é", "\0", "\r", "\n", "smtp.mailfrom=a"]
)  # fmt: skip
texts = st.lists(PIECES, max_size=30).map("".join) | st.text()


@given(texts)
def test_any_text_is_read_and_written_stably(text: str) -> None:
    record = parse(text).record
    if record is not None:
        again = parse(render(record)).record
        assert again is not None
        assert render(again) == render(record)


@given(st.binary() | texts.map(lambda t: t.encode("utf-8", "surrogatepass")))
def test_any_octets_are_read(value: bytes) -> None:
    parsed = parse(value)
    if parsed.record is not None:
        assert parse(field(parsed.record).partition(b":")[2]).record is not None
    forged([value], ["example.com"])


@pytest.mark.parametrize(
    "piece", ["(", '"', "\\", ";", "=", "a=b ", "[", "a.", "((()", "x;y=z", "é"]
)
def test_long_texts_are_bounded(piece: str) -> None:
    parsed = parse("id; " + piece * (1_000_000 // len(piece)))
    assert parsed.record is None
    assert parsed.has("too-long")
    some = parse("id; " + piece * (60_000 // len(piece)))
    assert some.record is None or len(some.record.results) <= 1000


OURS = ["mx.example.com", "xn--bcher-kva.example"]


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("mx.example.com; spf=pass", "it claims to be ours"),
        ("MX.Example.COM; spf=pass", "it claims to be ours"),
        ("mx.example.com.; spf=pass", "it claims to be ours"),
        (" (hello) mx.example.com (there) 1; spf=pass", "it claims to be ours"),
        ('"mx.example.com"; spf=pass', "it claims to be ours"),
        (r'"mx.ex\ample.com"; spf=pass', "it claims to be ours"),
        ("\r\n mx.example.com\r\n ; none", "it claims to be ours"),
        ("mx.example.com", "it claims to be ours"),
        ("a.mx.example.com; spf=pass", "it claims to be ours"),
        ("mx.example.com/2; spf=pass", "it claims to be ours"),
        ("bücher.example; dkim=pass", "it claims to be ours"),
        ("xn--bcher-kva.example; dkim=pass", "it claims to be ours"),
        ("mx.example.com 2; spf=pass", "its version is not supported"),
        ("other.example 7; spf=pass", "its version is not supported"),
        ("mx.example.com spf=pass", "it cannot be read, and names us"),
        ("mx.example.com; spf=pass (no end", "it cannot be read, and names us"),
        ("x" * 70000 + "mx.example.com", "it cannot be read, and names us"),
        ('"mx".example.com; spf=pass', "it claims to be ours"),
        ('mx.example.com""; spf=pass', "it claims to be ours"),
        ("mx.example.com\0; spf=pass", "it claims to be ours"),
        ("mx.example.com\x7f.evil.test; spf=pass", "it claims to be ours"),
        ("mx.\x0bexample.com; spf=pass", "it claims to be ours"),
        ("mx\\.example.com; spf=pass", "it claims to be ours"),
        ("<mx.example.com>; spf=pass", "it claims to be ours"),
        ("mx.example.com:25; spf=pass", "it claims to be ours"),
        ("mx.(x)example.com; spf=pass", "it cannot be read, and names us"),
        ("mx.\r\n example.com; spf=pass", "it cannot be read, and names us"),
        ("notmx.example.com:25; spf=pass", None),
        ("other.example; spf=pass smtp.mailfrom=mx.example.com", None),
        ("notmx.example.com; spf=pass", None),
        ("mx.example.com.evil.test; spf=pass", None),
        ("example.com; spf=pass", None),
        ("", None),
    ],
)
def test_forged_fields_are_named(value: str, why: str | None) -> None:
    found = forged([b"other.example; none", value.encode()], OURS)
    assert [(r.index, r.why) for r in found] == ([] if why is None else [(1, why)])


def test_letters_in_pieces_are_ours_too() -> None:
    """A backslash between the octets of a letter hides it from nobody who unquotes octets."""
    assert forged([b' "b\xc3\\\xbccher.example"; spf=pass'], OURS)


def test_nobody_is_nobody() -> None:
    assert forged([b"mx.example.com; none", b"; spf=pass"], ["", " "]) == ()
