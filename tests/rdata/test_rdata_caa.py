"""CAA: properties, issue values, what they authorise."""

import string

import dns.rdata
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailworthy.rdata.caa import (
    Caa,
    Issuer,
    authorizes,
    issue_value,
    parse,
    render,
    render_issuer,
)

words = st.text(string.ascii_lowercase + string.digits, min_size=1, max_size=10)
octets = st.text(st.characters(min_codepoint=0, max_codepoint=255), max_size=300)
caas = st.builds(Caa, st.integers(0, 255), words, octets)
value_chars = [c for c in map(chr, range(0x21, 0x7F)) if c != ";"]
parameters = st.lists(st.tuples(words, st.text(value_chars, max_size=20)), max_size=4)
issuers = st.builds(
    Issuer,
    st.just("") | st.lists(words, min_size=1, max_size=3).map(".".join),
    parameters.map(tuple),
)


@given(caas)
def test_what_is_rendered_is_read_back(caa: Caa) -> None:
    assert parse(render(caa)).record == caa


@given(caas)
def test_dnspython_reads_the_same(caa: Caa) -> None:
    theirs = dns.rdata.from_text("IN", "CAA", render(caa))
    assert (theirs.flags, theirs.tag.decode(), theirs.value.decode("latin-1")) == (
        caa.flags,
        caa.tag,
        caa.value,
    )
    assert parse(theirs.to_text()).record == caa


@given(issuers)
def test_issuers_are_read_back(issuer: Issuer) -> None:
    assert issue_value(render_issuer(issuer)).record == issuer


@given(st.text() | st.text(st.sampled_from('0128 issuew;"\\=a.-\n\xff')))
def test_no_text_raises(text: str) -> None:
    for candidate in (text, f"0 issue {text}", f'0 issue "{text}"'):
        parsed = parse(candidate)
        assert parsed.record is not None or parsed.problems
        assert all(0 <= p.start <= p.end <= len(candidate) for p in parsed.problems)


@given(st.text(st.sampled_from("a.-; =\t,"), max_size=60))
def test_no_issue_value_raises(value: str) -> None:
    parsed = issue_value(value)
    assert (parsed.record is None) is parsed.has("malformed-issue")


@pytest.mark.parametrize(
    "value", ["-" * 60_000, "a" * 60_000 + "_", "a=" * 30_000, ";" * 60_000, " " * 60_000 + "!"]
)
def test_long_hostile_values_are_malformed(value: str) -> None:
    assert issue_value(value).record is None


@pytest.mark.parametrize(
    ("value", "domain", "parameters"),
    [
        ("letsencrypt.org", "letsencrypt.org", ()),
        ("LetsEncrypt.org", "letsencrypt.org", ()),
        ("", "", ()),
        (";", "", ()),
        (" ; ", "", ()),
        ("letsencrypt.org;", "letsencrypt.org", ()),
        ("ca1.example.net; account=230123", "ca1.example.net", (("account", "230123"),)),
        ("ca.example ; a = 1 ;b=", "ca.example", (("a", "1"), ("b", ""))),
        ("; policy=ev", "", (("policy", "ev"),)),
        ("xn--bcher-kva.example", "xn--bcher-kva.example", ()),
    ],
)
def test_issue_values(value: str, domain: str, parameters: tuple[tuple[str, str], ...]) -> None:
    assert issue_value(value).record == Issuer(domain, parameters)


@pytest.mark.parametrize(
    "value",
    [
        "%%%%%",
        "https://letsencrypt.org",
        "letsencrypt.org.",
        "letsencrypt.org, digicert.com",
        "letsencrypt.org digicert.com",
        "letsencrypt.org; validationmethods",
        "letsencrypt.org; a=1;",
        "letsencrypt.org;; a=1",
        "letsencrypt.org; a=1 b=2",
        "-a.example",
        "b\xfccher.example",
    ],
)
def test_malformed_issue_values_forbid(value: str) -> None:
    assert issue_value(value).has("malformed-issue")
    assert Caa(0, "issue", value).issuer == Issuer("")
    assert not authorizes([Caa(0, "issue", value)], "letsencrypt.org")


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ('0 issue "letsencrypt.org"', []),
        ("0 issue letsencrypt.org", []),
        ('0 ISSUE "letsencrypt.org"', []),
        ('128 issue "letsencrypt.org"', []),
        ('0 issue ";"', []),
        ('0 issuemail ";"', []),
        ('0 issuevmc "digicert.com"', []),
        ('0 iodef "mailto:security@example.com"', []),
        ('0 iodef "https://iodef.example.com/"', []),
        ('0 contactemail "a@example.com"', []),
        ('0 issue "letsencrypt.org; validationmethods=dns-01,http-01"', []),
        ('0 issue "letsencrypt.org; validationmethods="', []),
        ('0 issue "letsencrypt.org; validationmethods=ca-own"', []),
        (
            '0 issue "letsencrypt.org; accounturi=https://acme-v02.api.letsencrypt.org/acme/acct/1"',
            [],
        ),
        ('1 issue "letsencrypt.org"', ["reserved-flags"]),
        ('0 isue "letsencrypt.org"', ["unknown-tag"]),
        ('128 tbs "Unknown"', ["unknown-critical-tag"]),
        ('0 issue "%%%%%"', ["malformed-issue"]),
        ('0 issuemail "%%%%%"', ["malformed-issue"]),
        ('0 issue "letsencrypt"', ["single-label-issuer"]),
        ('0 iodef "security@example.com"', ["iodef-scheme"]),
        ('0 iodef "mailto:"', ["iodef-scheme"]),
        ('0 iodef "ftp://example.com/"', ["iodef-scheme"]),
        ('0 issue "letsencrypt.org; accounturi=230123"', ["bad-accounturi"]),
        ('0 issue "l.org; accounturi=a:1; accounturi=a:2"', ["repeated-accounturi"]),
        ('0 issue "letsencrypt.org; validationmethods=dns_01"', ["bad-validationmethods"]),
        ('0 issue "letsencrypt.org; validationmethods=dns-01,"', ["bad-validationmethods"]),
        ('0 issue "letsencrypt.org; validationmethods=dns01"', ["unknown-validationmethod"]),
        ('0 issuemail "ca.example; validationmethods=dns01"', []),
    ],
)
def test_remarks_leave_the_record(text: str, codes: list[str]) -> None:
    parsed = parse(text)
    assert parsed.record is not None
    assert [p.code for p in parsed.problems] == codes


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "missing-field"),
        ("0 issue", "missing-field"),
        ('256 issue "a.example"', "bad-number"),
        ('0 is-sue "a.example"', "bad-tag"),
        ("0 issue a.example; b=1", "extra-field"),
        ('0 issue "a.example', "unterminated-quote"),
        (r'0 issue "a\"', "unterminated-quote"),
        (r'0 issue "\999"', "bad-escape"),
        ('0 issue "\u2603"', "not-octets"),
        ('0 issue "' + "a" * 65535 + '"', "oversize"),
    ],
)
def test_no_record(text: str, code: str) -> None:
    parsed = parse(text)
    assert parsed.record is None
    assert parsed.has(code)


def test_positions_inside_a_quoted_value() -> None:
    text = '0 issue "letsencrypt.org; validationmethods=dns01"'
    (problem,) = parse(text).problems
    assert text[problem.start : problem.end] == "dns01"


def test_parameters_by_name() -> None:
    issuer = issue_value("ca.example; AccountURI=a:1; x=2; accounturi=a:3").record
    assert issuer is not None
    assert issuer.values("accounturi") == ("a:1", "a:3")
    assert issuer.values("y") == ()


# RFC 8659 §4.2, §4.3, §4.5 and RFC 9495 §5: records, wildcard, mail, who may issue.
SETS = [
    ([], False, False, {"ca1.example.net", "ca2.example.org"}),
    (["0 iodef mailto:a@example.com"], False, False, {"ca1.example.net", "ca2.example.org"}),
    (["0 issue ca1.example.net"], False, False, {"ca1.example.net"}),
    (["0 issue ca1.example.net"], True, False, {"ca1.example.net"}),
    (['0 issue ";"'], False, False, set()),
    (['0 issue ";"', "0 issue ca1.example.net"], False, False, {"ca1.example.net"}),
    (["0 issue ca1.example.net", "0 issuewild ca2.example.org"], True, False, {"ca2.example.org"}),
    (["0 issue ca1.example.net", "0 issuewild ca2.example.org"], False, False, {"ca1.example.net"}),
    (["0 issuewild ca2.example.org"], False, False, {"ca1.example.net", "ca2.example.org"}),
    (['0 issue ";"', "0 issuewild ca2.example.org"], False, False, set()),
    (["0 issue ca1.example.net", "128 tbs Unknown"], False, False, set()),
    (["0 issue ca1.example.net", "0 tbs Unknown"], False, False, {"ca1.example.net"}),
    (["0 issue ca1.example.net"], False, True, {"ca1.example.net", "ca2.example.org"}),
    (['0 issuemail ";"', "0 issue ca1.example.net"], False, True, set()),
    (['0 issuemail ";"', "0 issuemail ca1.example.net"], False, True, {"ca1.example.net"}),
    (["0 issuemail %%%%%"], False, True, set()),
]


@pytest.mark.parametrize(("texts", "wildcard", "mail", "allowed"), SETS)
def test_who_may_issue(texts: list[str], wildcard: bool, mail: bool, allowed: set[str]) -> None:
    records = [caa for text in texts if (caa := parse(text).record)]
    assert len(records) == len(texts)
    cas = ("ca1.example.net", "ca2.example.org")
    found = {ca for ca in cas if authorizes(records, ca, wildcard=wildcard, mail=mail)}
    assert found == allowed


@pytest.mark.parametrize("text", ["a-", "a-.example", "example.a-", "a-;", "a.-b"])
def test_a_label_neither_begins_nor_ends_with_a_hyphen(text: str) -> None:
    assert issue_value(text).record is None


@pytest.mark.parametrize("methods", ["dns-01,", "dns-01,,http-01", ",dns-01"])
def test_a_list_of_methods_has_no_gaps(methods: str) -> None:
    assert issue_value(f"ca.example; validationmethods={methods}").problems
