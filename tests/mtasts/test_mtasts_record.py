"""The _mta-sts TXT record."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailworthy.mtasts.record import StsRecord, is_record, parse, render

ALNUM = string.ascii_letters + string.digits
ids = st.text(ALNUM, min_size=1, max_size=32)
extension_names = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,31}", fullmatch=True).filter(
    lambda name: name not in {"v", "id"}
)
extension_values = st.text(
    [c for c in map(chr, range(0x21, 0x7F)) if c not in "=;"], min_size=1, max_size=20
)
records = st.builds(
    StsRecord,
    ids,
    st.dictionaries(extension_names, extension_values, max_size=4).map(lambda d: tuple(d.items())),
)


@given(records)
def test_what_is_rendered_is_read_back(record: StsRecord) -> None:
    assert is_record(render(record))
    assert parse(render(record)).record == record


@given(st.text() | st.text(st.sampled_from("vid=STS1; \t\x00")).map("v=STSv1;".__add__))
def test_no_text_raises(text: str) -> None:
    parsed = parse(text)
    assert parsed.record is not None or parsed.problems
    assert all(0 <= p.start <= p.end <= len(text) + 1 for p in parsed.problems)


@pytest.mark.parametrize(
    ("text", "policy_id", "codes"),
    [
        ("v=STSv1; id=20160831085700Z;", "20160831085700Z", []),
        ("v=STSv1;id=1", "1", []),
        ("v=STSv1; \t id=1 ;x=y", "1", []),
        ("v=STSv1; x=y; id=1", "1", []),
        ("v=STSv1; id=1; id=2", "1", ["duplicate-tag"]),
        ("v=STSv1; id=" + "a" * 32, "a" * 32, []),
        ("v=STSv1; id=" + "a" * 33, None, ["bad-id"]),
        ("v=STSv1; id=2026-11-23", None, ["bad-id"]),
        ("v=STSv1; id=", None, ["bad-id"]),
        ("v=STSv1; id=!; id=2", None, ["bad-id", "duplicate-tag"]),
        ("v=STSv1; ID=1", None, ["missing-id"]),
        ("v=STSv1;", None, ["missing-id"]),
        ("v=STSv1; id = 1", None, ["blank-around-equals"]),
        ("v=STSv1; id=1;;", None, ["empty-tag"]),
        ("v=STSv1; id=1; x", None, ["missing-equals"]),
        ("v=STSv1; id=1; x=", None, ["bad-extension"]),
        ("v=STSv1; id=1; x=a=b", None, ["bad-extension"]),
        ("v=STSv1; id=1; x=a b", None, ["bad-extension"]),
        ("v=STSv1; id=1; x=\xe4", None, ["bad-character", "bad-extension"]),
        ("v=STSv1; id=1; -x=a", None, ["bad-name"]),
        ("v=STSv1", None, ["not-sts"]),
        ("v=STSv1 ; id=1", None, ["not-sts"]),
        ("v=stsv1; id=1", None, ["not-sts"]),
        (" v=STSv1; id=1", None, ["not-sts"]),
        ("v=STSv10; id=1", None, ["not-sts"]),
        ("id=1; v=STSv1;", None, ["not-sts"]),
        ("v=spf1 -all", None, ["not-sts"]),
        ("", None, ["not-sts"]),
    ],
)
def test_records(text: str, policy_id: str | None, codes: list[str]) -> None:
    parsed = parse(text)
    assert (parsed.record.id if parsed.record else None) == policy_id
    assert sorted(p.code for p in parsed.problems) == codes


def test_unknown_fields_are_kept_the_first_of_each() -> None:
    parsed = parse("v=STSv1; a=1; id=1; b=2; a=3")
    assert parsed.record == StsRecord("1", (("a", "1"), ("b", "2")))


def test_a_problem_points_at_its_place() -> None:
    text = "v=STSv1; id=2026-11-23;"
    (problem,) = parse(text).problems
    assert text[problem.start : problem.end] == "id=2026-11-23"
