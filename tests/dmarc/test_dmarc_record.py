"""DMARC Policy Records: what counts, what falls to a default, and what is worth a word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from mailworthy.dmarc import (
    Alignment,
    DmarcRecord,
    Policy,
    Psd,
    ReportUri,
    is_dmarc,
    mailto,
    parse,
    render,
)
from mailworthy.dmarc.record import psd_of
from mailworthy.errors import UsageError

RUA = "rua=mailto:d@example.com"
NONE, QUARANTINE, REJECT = Policy.NONE, Policy.QUARANTINE, Policy.REJECT


@pytest.mark.parametrize(
    ("text", "yes"),
    [
        ("v=DMARC1", True),
        ("v=DMARC1;", True),
        ("v = DMARC1 ; p=none", True),
        (" v=DMARC1; p=none", True),
        ("V=DMARC1; p=none", True),
        ("v=DMARC1; garbage", True),
        ("v=dmarc1; p=none", False),
        ("v=DMARC1x; p=none", False),
        ("v=DMARC1 p=none", False),
        ("v=DMARC1.0; p=none", False),
        ("p=none; v=DMARC1", False),
        ("; v=DMARC1", False),
        ('"v=DMARC1; p=none"', False),
        ("v=spf1 -all", False),
        ("", False),
    ],
)
def test_is_dmarc(text: str, yes: bool) -> None:
    assert is_dmarc(text) is yes
    if not yes:
        assert parse(text).record is None


# text (v=DMARC1 before it), the policies or None, the codes of problems
TABLE: list[tuple[str, tuple[Policy | None, ...] | None, set[str]]] = [
    (f"p=none; {RUA}", (NONE, None, None), set()),
    (f"p=reject; sp=quarantine; np=reject; {RUA}", (REJECT, QUARANTINE, REJECT), set()),
    (f"p=Reject; sp=NONE; {RUA}", (REJECT, NONE, None), set()),
    (f"P=reject; {RUA}", (REJECT, None, None), {"uppercase-tag"}),
    ("p=reject", (REJECT, None, None), {"no-rua"}),
    ("p=reject;;", (REJECT, None, None), {"no-rua", "empty-tag"}),
    (f"{RUA}; p=reject", (REJECT, None, None), {"p-not-second"}),
    # RFC 9989 §4.10.1
    (RUA, (NONE, None, None), {"p-missing"}),
    (f"sp=reject; {RUA}", (NONE, REJECT, None), {"p-missing"}),
    ("", None, {"p-missing", "no-rua"}),
    ("rua=d@example.com", None, {"p-missing", "no-rua", "uri-no-scheme"}),
    (f"p=rejct; sp=reject; {RUA}", (NONE, None, None), {"p-invalid"}),
    ("p=rejct", None, {"p-invalid", "no-rua"}),
    ("p=; rua=", None, {"p-invalid", "uri-empty", "no-rua"}),
    (f"p=reject; sp=monitor; np=reject; {RUA}", (NONE, None, None), {"sp-invalid"}),
    ("p=reject; sp=monitor", None, {"sp-invalid", "no-rua"}),
    (f"p=reject; np=bad; {RUA}", (NONE, None, None), {"np-invalid"}),
    ("p=reject; np=bad", None, {"np-invalid", "no-rua"}),
    ("p=rejct; rua=https://r.example/", (NONE, None, None), {"p-invalid", "uri-bad-scheme"}),
    # the rest falls to its default
    (f"p=reject; adkim=x; aspf=; {RUA}", (REJECT, None, None), {"adkim-invalid", "aspf-invalid"}),
    (f"p=reject; psd=x; t=yes; {RUA}", (REJECT, None, None), {"psd-invalid", "t-invalid"}),
    (f"p=none; fo=1; {RUA}", (NONE, None, None), {"fo-without-ruf"}),
    (f"p=none; pct=50; rf=afrf; ri=86400; {RUA}", (NONE, None, None),
     {"removed-pct", "removed-rf", "removed-ri"}),
    (f"p=none; x=1; {RUA}", (NONE, None, None), {"unknown-tag"}),
    (f"p=none; {RUA}; nonsense", (NONE, None, None), {"missing-equals"}),
    (f"p=none; p=reject; {RUA}", (NONE, None, None), {"duplicate-tag", "p-not-second"}),
    (f"p=none; P=reject; {RUA}", (NONE, None, None),
     {"duplicate-tag", "uppercase-tag", "p-not-second"}),
    (f"p=none sp=none; {RUA}", (NONE, None, None), {"p-invalid", "missing-semicolon"}),
    (f"p=\u201cnone\u201d; {RUA}", (NONE, None, None),
     {"p-invalid", "typographic-quotes", "bad-character"}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "policies", "codes"), TABLE)
def test_table(text: str, policies: tuple[Policy | None, ...] | None, codes: set[str]) -> None:
    found = parse(f"v=DMARC1; {text}")
    assert {p.code for p in found.problems} == codes
    record = found.record
    assert (None if record is None else (record.p, record.sp, record.np)) == policies


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("p=none; v=DMARC1", {"not-first-v"}),
        ("v=dmarc1; p=none", {"wrong-case-v"}),
        ("v=DMARC2; p=none", {"bad-version"}),
        ("v=DMARC1 p=none", {"bad-version", "missing-semicolon"}),
        ("p=none", {"missing-v"}),
        ("", {"missing-v"}),
        (" v=DMARC1; p=none", {"leading-whitespace", "no-rua"}),
        ("V=DMARC1; p=none", {"uppercase-tag", "no-rua"}),
    ],
)
def test_the_version(text: str, codes: set[str]) -> None:
    assert {p.code for p in parse(text).problems} == codes


def record(text: str) -> DmarcRecord:
    found = parse(f"v=DMARC1; p=reject; {text}").record
    assert found is not None
    return found


def test_all_fields() -> None:
    found = record("sp=none; np=quarantine; adkim=S; aspf=s; fo=1:d:s; psd=Y; t=Y; x=1; pct=5")
    assert found == DmarcRecord(
        p=REJECT,
        sp=NONE,
        np=QUARANTINE,
        adkim=Alignment.STRICT,
        aspf=Alignment.STRICT,
        fo=("1", "d", "s"),
        psd=Psd.YES,
        t=True,
        removed=(("pct", "5"),),
        unknown=(("x", "1"),),
    )


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("0", ("0",)),
        ("1:D", ("1", "d")),
        ("d:s:1", ("d", "s", "1")),
        ("s", ("s",)),
        ("0:1", None),
        ("d:d", None),
        ("2", None),
        ("", None),
        ("d:s:1:0:d", None),
        ("1;", ("1",)),
    ],
)
def test_fo(value: str, words: tuple[str, ...] | None) -> None:
    found = parse(f"v=DMARC1; p=none; ruf=mailto:f@example.com; fo={value}")
    assert found.record is not None
    assert found.record.fo == (words or ("0",))
    assert found.has("fo-invalid") is (words is None)


POLICIES = [
    ("", "p", REJECT, "p", REJECT, "p", REJECT),
    ("sp=none", "p", REJECT, "sp", NONE, "sp", NONE),
    ("np=none", "p", REJECT, "p", REJECT, "np", NONE),
    ("sp=none; np=quarantine", "p", REJECT, "sp", NONE, "np", QUARANTINE),
]


@pytest.mark.parametrize(
    ("text", "own_tag", "own", "sub_tag", "sub", "ghost_tag", "ghost"), POLICIES
)
def test_fallbacks(  # noqa: PLR0917
    text: str, own_tag: str, own: Policy, sub_tag: str, sub: Policy, ghost_tag: str, ghost: Policy
) -> None:
    found = record(text)
    for subdomain, exists, tag, policy in (
        (False, True, own_tag, own),
        (False, False, own_tag, own),
        (True, True, sub_tag, sub),
        (True, False, ghost_tag, ghost),
    ):
        assert found.tag_for(subdomain=subdomain, exists=exists) == tag
        assert found.policy_for(subdomain=subdomain, exists=exists) is policy


def test_testing_is_one_level_lower() -> None:
    on, off = record("t=y"), record("t=n")
    assert [on.effective(p) for p in (REJECT, QUARANTINE, NONE)] == [QUARANTINE, NONE, NONE]
    assert [off.effective(p) for p in Policy] == list(Policy)


@pytest.mark.parametrize(
    ("text", "psd"),
    [
        ("v=DMARC1; psd=y", Psd.YES),
        ("v=DMARC1; p=bad; psd=N", Psd.NO),
        ("v=DMARC1; psd=u", Psd.UNKNOWN),
        ("v=DMARC1; psd=q", Psd.UNKNOWN),
        ("v=DMARC1", Psd.UNKNOWN),
    ],
)
def test_psd_counts_without_a_policy(text: str, psd: Psd) -> None:
    assert psd_of(text) is psd


URIS: list[tuple[str, list[tuple[str, str, int | None]], list[str]]] = [
    ("mailto:a@example.com", [("a@example.com", "example.com", None)], []),
    ("MAILTO:A@Example.COM", [("A@Example.COM", "example.com", None)], []),
    ("mailto:a@x.example , mailto:b@y.example",
     [("a@x.example", "x.example", None), ("b@y.example", "y.example", None)], []),
    ("mailto:a%21b@x.example", [("a!b@x.example", "x.example", None)], []),
    ("mailto:a@x.example?subject=hi", [("a@x.example", "x.example", None)], []),
    ("mailto:a@x.example!10m", [("a@x.example", "x.example", 10 << 20)], ["obsolete-size"]),
    ("mailto:a@x.example!5", [("a@x.example", "x.example", 5)], ["obsolete-size"]),
    ("mailto:a@x.example!2K", [("a@x.example", "x.example", 2048)], ["obsolete-size"]),
    ("mailto:a@x.example!1t", [("a@x.example", "x.example", 1 << 40)], ["obsolete-size"]),
    ("mailto:a@x.example!" + "9" * 5000, [("a@x.example", "x.example", 10**15 - 1)],
     ["obsolete-size"]),
    ("mailto:a!b@x.example", [], ["uri-bad-character"]),
    ("a@x.example", [], ["uri-no-scheme"]),
    ("x.example", [], ["uri-no-scheme"]),
    ("mailto: a@x.example", [], ["uri-space"]),
    ("mailto:a@x.example mailto:b@x.example", [], ["uri-space"]),
    ("mailto:a@x.example,", [("a@x.example", "x.example", None)], ["uri-empty"]),
    ("", [], ["uri-empty"]),
    ("mailto:", [], ["uri-bad-mailbox"]),
    ("mailto:a", [], ["uri-bad-mailbox"]),
    ("mailto:@x.example", [], ["uri-bad-mailbox"]),
    ("mailto:a@b@x.example", [], ["uri-bad-mailbox"]),
    ("mailto:a..b@x.example", [], ["uri-bad-mailbox"]),
    ("mailto:a@localhost", [], ["uri-bad-mailbox"]),
    ("mailto:a@x_y.example", [], ["uri-bad-mailbox"]),
    ("mailto:a@192.0.2.1", [], ["uri-bad-mailbox"]),
    ("mailto:a@x.example%2Cb@x.example", [], ["uri-bad-mailbox"]),
    ("mailto:%00@x.example", [], ["uri-bad-mailbox"]),
    ("mailto:%zz@x.example", [], ["uri-bad-character"]),
    ("mailto:" + "a" * 65 + "@x.example", [], ["uri-bad-mailbox"]),
    ("mailto:\xe4@x.example", [], ["uri-bad-character"]),
    ("https://u:p@Reports.example:8443/x?y#z", [("", "reports.example", None)],
     ["uri-bad-scheme"]),
    ("https://[2001:db8::1]/", [("", "[2001:db8::1]", None)], ["uri-bad-scheme"]),
    ("mailto:a@" + "a." * 130 + "example", [], ["uri-bad-mailbox"]),
    ("https://" + "a." * 130 + "example/", [("", "", None)], ["uri-bad-scheme"]),
    ("https:///x", [("", "", None)], ["uri-bad-scheme"]),
    ("tel:+1", [("", "", None)], ["uri-bad-scheme"]),
    ("mailto:a@x.example,mailto:a@x.example", [("a@x.example", "x.example", None)],
     ["uri-duplicate"]),
]  # fmt: skip


@pytest.mark.parametrize(("value", "wanted", "codes"), URIS)
def test_uris(value: str, wanted: list[tuple[str, str, int | None]], codes: list[str]) -> None:
    text = f"v=DMARC1; p=none; rua={value}"
    found = parse(text)
    assert found.record is not None
    assert [(u.address, u.host, u.size) for u in found.record.rua] == wanted
    assert [p.code for p in found.problems if p.code.startswith(("uri", "obs"))] == codes
    for uri in found.record.rua:
        assert text[uri.start : uri.end] == uri.text
        assert uri.usable is bool(uri.address)


def test_uris_point_at_their_place() -> None:
    text = "v=DMARC1; p=none; rua=mailto:a@x.example,  nobody , mailto:b@x.example!1k"
    found = parse(text)
    places = {p.code: text[p.start : p.end] for p in found.problems}
    assert places == {"uri-no-scheme": "nobody", "obsolete-size": "mailto:b@x.example!1k"}


def test_uris_are_bounded() -> None:
    many = ",".join(f"mailto:a{i}@x.example" for i in range(101))
    found = parse(f"v=DMARC1; p=none; rua={many}")
    assert found.record is not None
    assert len(found.record.rua) == 100
    assert found.has("too-many-uris")


@pytest.mark.parametrize("address", ["a@example.com", "a!b+c@x.example", "a/b?c#d%e&f=g@x.example"])
def test_mailto_is_read_back(address: str) -> None:
    made = mailto(address)
    (read,) = record(f"rua={made.uri}").rua
    assert (read.address, read.host, read.uri) == (address, made.host, made.uri)


@pytest.mark.parametrize(
    "address", ["", "a", "a@b", "a b@x.example", "ä@x.example", "a@x.example\n"]
)
def test_mailto_refuses_what_is_no_address(address: str) -> None:
    with pytest.raises(UsageError):
        mailto(address)


def test_rendered_order() -> None:
    made = DmarcRecord(p=REJECT, sp=NONE, t=True, rua=(mailto("a@x.example"),), fo=("1",))
    assert render(made) == "v=DMARC1; p=reject; sp=none; t=y; rua=mailto:a@x.example; fo=1"
    assert render(DmarcRecord()) == "v=DMARC1; p=none"


policies = st.sampled_from(Policy)
uris = st.lists(
    st.sampled_from(["a@x.example", "b!c@y.example", "d+e@z.example"]).map(mailto),
    unique=True,
    max_size=3,
).map(tuple)
value = st.text(
    st.characters(min_codepoint=0x20, max_codepoint=0x7E, exclude_characters=";"), max_size=20
).map(str.strip)
records = st.builds(
    DmarcRecord,
    p=policies,
    sp=st.none() | policies,
    np=st.none() | policies,
    adkim=st.sampled_from(Alignment),
    aspf=st.sampled_from(Alignment),
    fo=st.sampled_from([("0",), ("1",), ("d", "s"), ("1", "d")]),
    psd=st.sampled_from(Psd),
    t=st.booleans(),
    rua=uris,
    ruf=uris,
    removed=st.sampled_from([(), (("pct", "5"),), (("rf", ""), ("ri", "1"))]),
    unknown=st.dictionaries(st.sampled_from(["x", "yy", "z1"]), value).map(lambda d: (*d.items(),)),
)


def placeless(found: DmarcRecord) -> DmarcRecord:
    def bare(uri: ReportUri) -> ReportUri:
        return replace(uri, start=0, end=0)

    return replace(
        found, rua=tuple(bare(u) for u in found.rua), ruf=tuple(bare(u) for u in found.ruf)
    )


@given(records)
def test_round_trip(made: DmarcRecord) -> None:
    found = parse(render(made)).record
    assert found is not None
    assert placeless(found) == made


@given(st.text())
def test_any_text(text: str) -> None:
    for tried in (text, f"v=DMARC1;{text}", f"v=DMARC1;rua={text}"):
        found = parse(tried)
        assert all(0 <= p.start <= p.end <= len(tried) + 1 for p in found.problems)


@given(st.lists(st.sampled_from(
    ["p=none", "sp=reject", "np=x", "P=reject", "rua=mailto:a@x.example!1m", "ruf=https:x", "fo=1",
     "t=y", "psd=n", "pct=1", "zz=1", "İ=1", "adkim=s", "garbage", "", "b b=c"])))  # fmt: skip
def test_what_was_read_is_read_again(pieces: list[str]) -> None:
    text = "; ".join(["v=DMARC1", *pieces])
    found = parse(text).record
    if found is not None:
        again = parse(render(found)).record
        assert again is not None
        assert placeless(again) == placeless(found)
    else:
        assert parse(text).has("p-missing", "p-invalid", "sp-invalid", "np-invalid")
