"""The MTA-STS policy file."""

import string
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailworthy.errors import UsageError
from mailworthy.mtasts.policy import (
    MAX_AGE,
    MAX_BYTES,
    Mode,
    StsPolicy,
    allows,
    decode,
    is_pattern,
    matches,
    parse,
    policy_id,
    render,
)
from mailworthy.mtasts.record import parse as parse_record

label = st.text(string.ascii_lowercase + string.digits, min_size=1, max_size=10)
host = st.lists(label, min_size=1, max_size=4).map(".".join)
pattern = host | host.map("*.".__add__)
unknown = st.dictionaries(
    st.from_regex(r"x[A-Za-z0-9_.-]{0,20}", fullmatch=True),
    st.text(st.characters(min_codepoint=0xA1, max_codepoint=0x2000), min_size=1, max_size=10)
    | st.just("two words"),
    max_size=3,
).map(lambda d: tuple(d.items()))
policies = st.builds(
    StsPolicy,
    st.sampled_from(Mode),
    st.integers(0, MAX_AGE),
    st.lists(pattern, min_size=1, max_size=5, unique=True).map(tuple),
    unknown,
)

GOOD = "version: STSv1\nmode: enforce\nmx: mail.example.com\nmx: *.example.net\nmax_age: 604800\n"
GOOD_POLICY = StsPolicy(Mode.ENFORCE, 604800, ("mail.example.com", "*.example.net"))


@given(policies)
def test_what_is_rendered_is_read_back(policy: StsPolicy) -> None:
    parsed = parse(render(policy))
    assert (parsed.record, parsed.problems) == (policy, ())


@given(policies)
def test_line_ends_and_blanks_at_ends_do_not_matter(policy: StsPolicy) -> None:
    data = render(policy)
    assert parse(data.replace(b"\n", b"\r\n")).record == policy
    assert parse(data.replace(b"\n", b" \t\n")).record == policy
    assert parse(data.removesuffix(b"\n")).record == policy


@given(st.binary() | st.text(st.sampled_from("version:mdxag STS1\r\n\t*.")).map(str.encode))
def test_no_bytes_raise(data: bytes) -> None:
    for candidate in (data, GOOD.encode() + data):
        parsed = parse(candidate)
        assert parsed.record is not None or parsed.problems
        text = decode(candidate)
        assert all(0 <= p.start <= p.end <= len(text) + 1 for p in parsed.problems)


@pytest.mark.parametrize(
    "data", [b"a" * MAX_BYTES, b"a\r" * 32000, b":" * MAX_BYTES, b"\n" * MAX_BYTES, b" " * 60000]
)
def test_large_hostile_files_end_soon(data: bytes) -> None:
    assert parse(data).record is None


def test_the_example_of_the_rfc() -> None:
    parsed = parse(GOOD.encode())
    assert (parsed.record, parsed.problems) == (GOOD_POLICY, ())


LINES = {
    "version": "version: STSv1",
    "mode": "mode: enforce",
    "mx": "mx: mail.example.com",
    "max_age": "max_age: 604800",
}


def with_line(key: str, line: str | None) -> bytes:
    """The lines above with one replaced, or left out."""
    lines = {**LINES, key: line}
    return "".join(f"{text}\n" for text in lines.values() if text is not None).encode()


FATAL = [
    ("version", None, "missing-version"),
    ("mode", None, "missing-mode"),
    ("max_age", None, "missing-max-age"),
    ("mx", None, "missing-mx"),
    ("version", "version: STSv2", "bad-version"),
    ("version", "version: stsv1", "bad-version"),
    ("mode", "mode: Enforce", "bad-mode"),
    ("mode", "mode: report", "bad-mode"),
    ("mode", "mode:", "bad-mode"),
    ("mode", "Mode: enforce", "missing-mode"),
    ("max_age", "max_age: 31557601", "bad-max-age"),
    ("max_age", "max_age: -1", "bad-max-age"),
    ("max_age", "max_age: 1w", "bad-max-age"),
    ("max_age", "max_age: 00000000001", "bad-max-age"),
    ("max_age", "max_age: \u0661", "bad-max-age"),
    ("mx", "mx: mail.example.com.", "bad-mx"),
    ("mx", "mx: .example.com", "bad-mx"),
    ("mx", "mx: *", "bad-mx"),
    ("mx", "mx: mail.*.example.com", "bad-mx"),
    ("mx", "mx: *.*.example.com", "bad-mx"),
    ("mx", "mx: a.example.com, b.example.com", "bad-mx"),
    ("mx", "mx: b\u00fccher.example", "bad-mx"),
    ("mx", "mx:", "bad-mx"),
    ("mode", "mode : enforce", "bad-line"),
    ("mode", " mode: enforce", "bad-line"),
    ("mode", "mode=enforce", "bad-line"),
    ("mode", "<html>", "bad-line"),
    ("mode", "mode: enforce\rx: y", "bad-line"),
    ("mode", "mode: enforce\nx: \x01", "bad-line"),
    ("mode", "mode: enforce\nx:", "bad-value"),
    ("version", "\ufeffversion: STSv1", "byte-order-mark"),
]


@pytest.mark.parametrize(("key", "line", "code"), FATAL)
def test_what_leaves_no_policy(key: str, line: str | None, code: str) -> None:
    parsed = parse(with_line(key, line))
    assert parsed.record is None
    assert parsed.has(code)


REMARKS = [
    (GOOD + "mode: none\n", "duplicate-key", 6, GOOD_POLICY),
    (GOOD + "mode: nonsense\n", "duplicate-key", 6, GOOD_POLICY),
    (GOOD + "mx: MAIL.example.com\n", "repeated-mx", 6, GOOD_POLICY),
    (GOOD + "\n", "blank-line", 6, GOOD_POLICY),
    (GOOD + " ", "blank-line", 6, GOOD_POLICY),
    (
        GOOD + "Mode: none",
        "key-case",
        6,
        StsPolicy(Mode.ENFORCE, 604800, GOOD_POLICY.mx, (("Mode", "none"),)),
    ),
]


@pytest.mark.parametrize(("text", "code", "line", "policy"), REMARKS)
def test_what_senders_forgive(text: str, code: str, line: int, policy: StsPolicy) -> None:
    parsed = parse(text.encode())
    assert parsed.record == policy
    (problem,) = parsed.problems
    assert problem.code == code
    assert problem.message.startswith(f"line {line}: ")
    assert text.count("\n", 0, problem.start) == line - 1


def test_mode_none_needs_no_mx() -> None:
    parsed = parse(b"version: STSv1\nmode: none\nmax_age: 86400\n")
    assert (parsed.record, parsed.problems) == (StsPolicy(Mode.NONE, 86400), ())


def test_positions_count_through_crlf() -> None:
    text = GOOD.replace("\n", "\r\n").replace("enforce", "strict")
    (problem,) = parse(text.encode()).problems
    assert text[problem.start : problem.end] == "mode: strict"
    assert problem.message.startswith("line 2: ")


def test_size_and_encoding() -> None:
    filler = b"x: " + b"y" * (MAX_BYTES - len(GOOD) - 4) + b"\n"
    assert parse(GOOD.encode() + filler).record is not None
    assert parse(GOOD.encode() + filler + b" ").has("oversize")
    assert parse(GOOD.encode() + b"x: \xff\n").has("not-utf-8")
    assert parse(GOOD.encode() + "x: \u00fc\n".encode()).problems == ()


@pytest.mark.parametrize(
    ("pattern", "host", "expected"),
    [
        ("mail.example.com", "mail.example.com", True),
        ("mail.example.com", "mx.mail.example.com", False),
        ("*.example.com", "mail.example.com", True),
        ("*.example.com", "a.b.example.com", False),
        ("*.example.com", "example.com", False),
        ("*.example.com", ".example.com", False),
        ("*.example.com", "mail.example.com.evil.example", False),
        ("*.example.com", "mailexample.com", False),
    ],
)
def test_matching(pattern: str, host: str, expected: bool) -> None:
    assert matches(pattern, host) is expected


@given(label, host)
def test_a_wildcard_stands_for_one_label(first: str, rest: str) -> None:
    assert is_pattern(f"*.{rest}")
    assert matches(f"*.{rest}", f"{first}.{rest}")
    assert not matches(f"*.{rest}", f"a.{first}.{rest}")


def test_a_policy_allows_what_any_pattern_matches() -> None:
    hosts = ["mail.example.com", "mx1.example.net", "mx.example.com", "a.b.example.net"]
    assert [allows(GOOD_POLICY, host) for host in hosts] == [True, True, False, False]


def test_the_id_of_a_moment() -> None:
    moment = datetime(2026, 11, 23, 1, 2, 3, tzinfo=UTC)
    assert policy_id(moment) == "20261123T010203Z"
    assert policy_id(moment.astimezone(timezone(timedelta(hours=9)))) == "20261123T010203Z"
    with pytest.raises(UsageError, match="time zone"):
        policy_id(datetime(2026, 11, 23))


@given(st.binary(max_size=50), st.binary(max_size=50))
def test_the_id_of_a_file_changes_with_it(one: bytes, other: bytes) -> None:
    assert (policy_id(one) == policy_id(other)) is (one == other)
    assert parse_record(f"v=STSv1; id={policy_id(one)}").record is not None
