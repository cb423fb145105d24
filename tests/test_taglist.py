"""The tag-list syntax: tags, positions, and everything that people get wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailworthy import taglist
from mailworthy.taglist import Tag

READ = [
    ("", []),
    (" \t\r\n ", []),
    ("a=b", [("a", "b")]),
    ("a=b;", [("a", "b")]),
    ("a=b ; ", [("a", "b")]),
    ("a=b; c=d", [("a", "b"), ("c", "d")]),
    (" a =\tb ;\r\n c = d d ;", [("a", "b"), ("c", "d d")]),
    ("a=;b=1", [("a", ""), ("b", "1")]),
    ("a=b=c==", [("a", "b=c==")]),
    ("p=AB\r\n CD", [("p", "AB\r\n CD")]),
    ("A=1;a=2", [("A", "1"), ("a", "2")]),
]


@pytest.mark.parametrize(("text", "pairs"), READ)
def test_good_lists(text: str, pairs: list[tuple[str, str]]) -> None:
    found = taglist.parse(text)
    assert [(t.name, t.value) for t in found] == pairs
    assert found.problems == ()


PROBLEMS = [
    ("a=b;;c=d", [("empty-tag", ";", 4)]),
    (";a=b", [("empty-tag", ";", 0)]),
    ("a=b; foo", [("missing-equals", "foo", 5)]),
    ("a=b; =c", [("empty-name", "=c", 5)]),
    ("a=b; 1x=c", [("bad-name", "1x", 5)]),
    ("a=b; a b=c", [("bad-name", "a b", 5)]),
    ('"v=DKIM1"', [("bad-name", '"v', 0)]),
    ("a=b; a=c", [("duplicate-tag", "a=c", 5)]),
    ("a=b\x00c", [("bad-character", "\x00", 3)]),
    ("a=é", [("bad-character", "é", 2)]),
    ("a=b\nc", [("bad-character", "\n", 3)]),
    ("a=b\r\nc", [("bad-character", "\r", 3)]),
    ("v=DMARC1 p=none", [("missing-semicolon", "p=", 9)]),
    ("v=DMARC1,p=none; q=1", [("missing-semicolon", "p=", 9)]),
    ("p=AAAA BB=", []),
    ("p=AAAA bb==", []),
    ("v=DKIM1\\; k=rsa", [("escaped-semicolon", "\\;", 7)]),
    ("n=Tom &amp; Ann", [("missing-equals", "Ann", 12), ("html-entity", "&amp;", 6)]),
    ("a=b&#59;", [("html-entity", "&#59;", 3)]),
]


@pytest.mark.parametrize(("text", "wanted"), PROBLEMS)
def test_problems_point_at_the_place(text: str, wanted: list[tuple[str, str, int]]) -> None:
    found = taglist.parse(text)
    assert sorted((p.code, text[p.start : p.end], p.start) for p in found.problems) == sorted(
        wanted
    )


@pytest.mark.parametrize("quote", ["\u201c", "\u2019", "\u201c".encode().decode("latin-1"), "\x93"])
def test_typographic_quotes(quote: str) -> None:
    found = taglist.parse(f"v=DMARC1; p={quote}none{quote}")
    assert found.has("typographic-quotes")
    (problem,) = [p for p in found.problems if p.code == "typographic-quotes"]
    assert problem.start == 12


def test_positions() -> None:
    text = " v = DKIM1 ; p = A B "
    assert taglist.parse(text).tags == (
        Tag("v", "DKIM1", 1, 10, 5, 10),
        Tag("p", "A B", 13, 20, 17, 20),
    )


def test_the_first_of_two_is_found() -> None:
    found = taglist.parse("a=1; a=2")
    assert found.get("a") == "1"
    assert found.get("b") is None
    assert found.get("b", "x") == "x"
    assert len(found) == 2


def test_case_can_be_folded() -> None:
    found = taglist.parse("V=1; v=2", fold_case=True)
    assert [t.name for t in found] == ["v", "v"]
    assert found.has("duplicate-tag")


def test_other_names_can_be_allowed() -> None:
    assert taglist.parse("my-ext=1").has("bad-name")
    assert not taglist.parse("my-ext=1", names=taglist.EXTENSION_NAME).problems


def test_tags_are_bounded() -> None:
    exact = ";".join(f"a{i}=1" for i in range(64))
    assert not taglist.parse(exact).problems
    assert not taglist.parse(exact + "; ").problems
    found = taglist.parse(exact + ";z=1")
    assert len(found) == 64
    assert [p.code for p in found.problems] == ["too-many-tags"]


NASTY = [
    "a=" + " " * 50000 + "b",
    ";" * 50000,
    "a=" + " b" * 30000,
    "&" * 50000,
    "a=" + ",a" * 9999,
]


@pytest.mark.parametrize("text", NASTY)
def test_problems_stay_few(text: str) -> None:
    assert len(taglist.parse(text).problems) <= 3 * taglist.MAX_TAGS + 4


@given(st.text())
def test_never_raises_and_points_inside(text: str) -> None:
    found = taglist.parse(text)
    for tag in found:
        assert text[tag.value_start : tag.value_end] == tag.value
        assert text[tag.start : tag.start + len(tag.name)] == tag.name
        assert tag.end <= len(text)
    for problem in found.problems:
        assert 0 <= problem.start < problem.end <= len(text) + 1


names = st.from_regex(taglist.DKIM_NAME, fullmatch=True)
values = st.text(
    st.characters(min_codepoint=0x20, max_codepoint=0x7E, exclude_characters=";"), max_size=30
).map(str.strip)


@given(st.lists(st.tuples(names, values), max_size=20))
def test_round_trip(pairs: list[tuple[str, str]]) -> None:
    found = taglist.parse(taglist.render(pairs))
    assert [(t.name, t.value) for t in found] == pairs


@given(st.text(alphabet="ab=; \t\r\n"))
def test_whole_tags_survive_a_round_trip(text: str) -> None:
    pairs = [(t.name, t.value) for t in taglist.parse(text)]
    again = taglist.parse(taglist.render(pairs))
    assert [(t.name, t.value) for t in again] == pairs
