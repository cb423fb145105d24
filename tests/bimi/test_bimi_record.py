"""BIMI assertion records."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailworthy.bimi.record import Avatar, Bimi, is_record, parse, render

word = st.text(string.ascii_lowercase + string.digits, min_size=1, max_size=8)
locations = st.just("") | st.tuples(word, word).map(lambda p: f"https://{p[0]}.example/{p[1]}.svg")
prefixes = st.text(string.ascii_letters + string.digits + "-", min_size=1, max_size=63)
bimis = st.builds(
    Bimi,
    locations,
    locations,
    st.none() | st.lists(prefixes, max_size=4).map(tuple),
    st.sampled_from(Avatar),
)


@given(bimis)
def test_what_is_rendered_is_read_back(bimi: Bimi) -> None:
    assert is_record(render(bimi))
    assert parse(render(bimi)).record == bimi


@given(st.text() | st.text(st.sampled_from("lavps=htp:/.,; x")).map("v=BIMI1;".__add__))
def test_no_text_raises(text: str) -> None:
    parsed = parse(text)
    assert parsed.record is not None or parsed.problems
    assert parsed.has("not-bimi") is not is_record(text)


SVG, PEM = "https://example.com/logo.svg", "https://example.com/vmc.pem"
RECORDS = [
    (f"v=BIMI1; l={SVG}; a={PEM}", Bimi(SVG, PEM), []),
    (f"v=BIMI1;l={SVG}", Bimi(SVG), []),
    (f"v = BIMI1 ; a = {PEM} ; l = {SVG} ;", Bimi(SVG, PEM), []),
    ("v=BIMI1; l=; a=;", Bimi(""), []),
    ("v=BIMI1; l=", Bimi(""), []),
    ("v=BIMI1; l=; a=; lps=brand-indicators-;", Bimi("", "", ("brand-indicators-",)), []),
    (f"v=BIMI1; l={SVG}; lps=", Bimi(SVG, "", ()), []),
    (f"v=BIMI1; l={SVG}; lps= one , two", Bimi(SVG, "", ("one", "two")), []),
    (f"v=BIMI1; l={SVG}; avp=personal", Bimi(SVG, "", None, Avatar.PERSONAL), []),
    (f"v=BIMI1; l={SVG}; avp=brand", Bimi(SVG), []),
    (f"v=BIMI1; l={SVG}; avp=Personal", Bimi(SVG), ["bad-avp"]),
    (f"v=BIMI1; l={SVG}; x=y", Bimi(SVG), ["unknown-tag"]),
    (f"v=BIMI1; l=; a={PEM}", Bimi("", PEM), ["evidence-only"]),
    ("v=BIMI1; l=https://example.com/logo", Bimi("https://example.com/logo"), []),
    (
        "v=BIMI1; l=https://example.com/a.svgz?b=c.png",
        Bimi("https://example.com/a.svgz?b=c.png"),
        [],
    ),
    ("v=BIMI1", None, ["missing-l"]),
    (f"v=BIMI1; L={SVG}", None, ["missing-l", "unknown-tag"]),
    ("v=BIMI1; l=http://example.com/logo.svg", None, ["bad-l"]),
    ("v=BIMI1; l=https://localhost/logo.svg", None, ["bad-l"]),
    ("v=BIMI1; l=https://192.0.2.1/logo.svg", None, ["bad-l"]),
    (f"v=BIMI1; l={SVG},{SVG}", None, ["bad-l"]),
    ("v=BIMI1; l=https://example.com/a,b.svg", None, ["bad-l"]),
    ("v=BIMI1; l=https://user@example.com/a.svg", None, ["bad-l"]),
    ("v=BIMI1; l=https://example.com/logo.PNG", None, ["bad-format"]),
    (f"v=BIMI1; l={SVG}; a=vmc.pem", None, ["bad-a"]),
    (f"v=BIMI1; l={SVG}; lps=a_b", None, ["bad-lps"]),
    (f"v=BIMI1; l={SVG}; lps=a,,b", None, ["bad-lps"]),
    (f"v=BIMI1; l={SVG}; lps={'a' * 64}", None, ["bad-lps"]),
    (f"v=BIMI1; l={SVG}; l={SVG}", None, ["duplicate-tag"]),
    (f"v=BIMI1; l={SVG};;", None, ["empty-tag"]),
    (f"v=BIMI1; l={SVG}; x", None, ["missing-equals"]),
    (f"v=bimi1; l={SVG}", None, ["not-bimi"]),
    (f"V=BIMI1; l={SVG}", None, ["not-bimi"]),
    (f"v=BIMI12; l={SVG}", None, ["not-bimi"]),
    (f"l={SVG}; v=BIMI1", None, ["not-bimi"]),
    ("", None, ["not-bimi"]),
]


@pytest.mark.parametrize(("text", "record", "codes"), RECORDS)
def test_records(text: str, record: Bimi | None, codes: list[str]) -> None:
    parsed = parse(text)
    assert parsed.record == record
    assert sorted(p.code for p in parsed.problems) == codes


@pytest.mark.parametrize(
    ("bimi", "declined"), [(Bimi(""), True), (Bimi(SVG), False), (Bimi("", PEM), False)]
)
def test_declination(bimi: Bimi, declined: bool) -> None:
    assert bimi.declined is declined


def test_a_problem_points_at_the_value() -> None:
    text = "v=BIMI1; l=http://example.com/a.svg; a="
    (problem,) = parse(text).problems
    assert text[problem.start : problem.end] == "http://example.com/a.svg"
