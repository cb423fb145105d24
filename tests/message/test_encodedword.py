"""Encoded words for people (RFC 2047)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailworthy.message.encodedword import (
    FORGERS,
    MAX_TEXT,
    PEOPLE,
    PROGRAMS,
    Reading,
    by_charset,
    decoded,
    each,
)
from mailworthy.names import readable


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("=?utf-8?q?J=C3=B6rg_M?=", "Jörg M"),
        ("=?UTF-8?B?SsO2cmc=?=", "Jörg"),
        ("=?utf-8?B?SsO2cmc?=", "Jörg"),  # without its padding
        ("=?iso-8859-1?Q?J=F6rg?= Maier", "Jörg Maier"),
        ("=?utf-8*de?q?J=C3=B6rg?=", "Jörg"),
        ("=?utf-8?q?J=C3=B6?= \r\n =?utf-8?q?rg?=", "Jörg"),  # §6.2: nothing stands between
        ("=?utf-8?q?a?= b =?utf-8?q?c?=", "a b c"),
        ("=?iso-2022-jp?B?GyRCOzNFRBsoQg==?=", "山田"),
        ("Jane Doe", "Jane Doe"),
        ("=?utf-8?q?=FF?=", "=?utf-8?q?=FF?="),
        ("=?utf-8?b?!!!?=", "=?utf-8?b?!!!?="),
        ("=?x-unknown?q?a?=", "=?x-unknown?q?a?="),
        ("=?utf-7?q?+AGE-?=", "=?utf-7?q?+AGE-?="),
        ("=?unicode_escape?q?=5Cx41?=", "=?unicode_escape?q?=5Cx41?="),
        ("=?utf-8?x?a?=", "=?utf-8?x?a?="),
    ],
)
def test_words(written: str, shown: str) -> None:
    assert decoded(written) == shown


@given(st.text(max_size=80) | st.text("=?utf-8QqbB_ aF0\r\n", max_size=80))
def test_whatever_is_written(text: str) -> None:
    assert readable(decoded(text)).isprintable()
    assert len(decoded(text)) <= MAX_TEXT
    if "=?" not in text:
        assert decoded(text) == text


WAYS = [
    ("=?iso-8859-99?q?=E4?=", "=?iso-8859-99?q?=E4?=", "ä", "\ufffd"),
    ("=?x-unknown?q?=C3=A4?=", "=?x-unknown?q?=C3=A4?=", "Ã¤", "ä"),
    ("=?utf-8?q?=FF?=", "=?utf-8?q?=FF?=", "\ufffd", "\ufffd"),
    ("=?latin1?q?=E4?=", "ä", "ä", "\ufffd"),
    ("=?utf-8?q?a b?=", "=?utf-8?q?a b?=", "=?utf-8?q?a b?=", "a b"),
    ("=?utf-8?b?!YQ=?=", "=?utf-8?b?!YQ=?=", "a", "a"),
    ("=?utf-8?b?A?=", "=?utf-8?b?A?=", "=?utf-8?b?A?=", "=?utf-8?b?A?="),
    ("=?utf-8?q?=4?=", "=4", "=4", "=4"),
]


@pytest.mark.parametrize(("written", "people", "programs", "forgers"), WAYS)
def test_three_ways_of_reading(written: str, people: str, programs: str, forgers: str) -> None:
    assert [decoded(written, how) for how in (PEOPLE, PROGRAMS, FORGERS)] == [
        people,
        programs,
        forgers,
    ]


def test_words_one_by_one() -> None:
    assert each("a =?utf-8?q?b?= =?utf-8?b?Yw==?= d") == ("b", "c")
    assert len(each("=?utf-8?q?b?=" * 100)) == 20


@given(st.text("=?utf-8QqbBiso95_ aF0\r\n", max_size=80), st.sampled_from([PROGRAMS, FORGERS]))
def test_no_way_raises(text: str, how: Reading) -> None:
    assert len(decoded(text, how)) <= len(text)
    each(text, how)


@given(st.binary(max_size=20), st.text(max_size=20) | st.sampled_from(["utf-16", "big5*de"]))
def test_octets_of_any_charset_are_text(octets: bytes, charset: str) -> None:
    by_charset(octets, charset)


def test_a_long_one_is_cut() -> None:
    assert len(decoded("=?utf-8?q?a?= " * 100_000)) <= MAX_TEXT


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("josé@例え", "josé@例え"),
        ("a\r\n\x1bb", "a\\x0d\\x0a\\x1bb"),
        ("\u202egnp", "\\u{202e}gnp"),
        ("\udce9", "\\xe9"),
        ("\ud800", "\\u{d800}"),
    ],
)
def test_readable(text: str, shown: str) -> None:
    assert readable(text) == shown


def test_readable_is_cut() -> None:
    assert readable("josé" * 10, 5) == "josé…"
    assert readable("\r\r", 5) == "\\x0d…"
