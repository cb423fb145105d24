"""Rules about MTA-STS, TLS reports, DANE, DNSSEC, CAA and BIMI beyond their own cases."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casekit import applied, evidence, outcome
from mailworthy.audit.case import Case
from mailworthy.audit.finding import AskOther, Configure, Finding, Publish, Withdraw
from mailworthy.audit.healthy import POLICY, POLICY_URL, healthy
from mailworthy.audit.part import NotAsked
from mailworthy.audit.rule import load
from mailworthy.audit.rules._intent import INTENT
from mailworthy.lookup.model import Fetch, Fetched, Status, Why
from mailworthy.rdata.text import escape, quote

FAMILIES = ("mtasts", "tlsrpt", "dane", "dnssec", "caa", "bimi")
RULES = tuple(r for r in load() if r.family in FAMILIES)
KEY = "35b730f28a25edb6e26cf2244627b5cd973a6515442d80d14f413c6212b5d144"
TLSA = "_25._tcp.mail.example.com."
SIGNED = ("example.com. DS", "example.com. DNSKEY", "example.com. NSEC3PARAM")
ENFORCED = POLICY.replace("testing", "enforce").replace("86400", "1209600")
SOA = "SOA ns1.example.net. hostmaster.example.com. 1 14400 3600 1209600 3600"
LOGO = "v=BIMI1; l=https://www.example.com/logo.svg; a=https://www.example.com/vmc.pem"


def sts(*texts: str, **more: Any) -> Case:
    return healthy(drop=("_mta-sts.",), add=_at("_mta-sts", texts), **more)


def tlsrpt(*texts: str, **more: Any) -> Case:
    return healthy(drop=("_smtp._tls.",), add=_at("_smtp._tls", texts), **more)


def bimi(*texts: str, **more: Any) -> Case:
    return healthy(drop=("default._bimi.",), add=_at("default._bimi", texts), **more)


def caa(*values: str, **more: Any) -> Case:
    lines = tuple(f"example.com. CAA {value}" for value in values)
    return healthy(drop=("example.com. CAA",), add=lines, **more)


def tlsa(*values: str, **more: Any) -> Case:
    return healthy(drop=(TLSA,), add=tuple(f"{TLSA} TLSA {value}" for value in values), **more)


def served(body: str | bytes, code: int = 200, type_: str = "text/plain", **more: Any) -> Case:
    data = body if isinstance(body, bytes) else body.encode()
    answer = Fetched(Fetch(POLICY_URL), Status.FOUND, code=code, content_type=type_, body=data)
    return healthy(fetches={POLICY_URL: answer}, **more)


def _at(name: str, texts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"{name}.example.com. TXT {quote(text)}" for text in texts)


def found(case: Case) -> tuple[Finding, ...]:
    return outcome(case, RULES).findings


def one(case: Case) -> Finding:
    (finding,) = found(case)
    return finding


GOOGLE = (
    "example.com. MX 1 smtp.google.com.",
    f"google.com. {SOA}",
    "smtp.google.com. A 142.250.27.26",
)
NO_STS = ("_mta-sts.", "mta-sts.")


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(
            healthy(
                drop=("example.com. MX", TLSA),
                add=GOOGLE,
                fetches={POLICY_URL: ENFORCED.replace("mail.example", "*.google")},
            ),
            id="hosted by Google, enforced with a pattern",
        ),
        pytest.param(
            healthy(
                add=(*GOOGLE[1:], "example.com. MX 20 smtp.google.com."),
                fetches={POLICY_URL: POLICY + "mx: smtp.google.com\n"},
            ),
            id="a backup elsewhere without TLSA",
        ),
        pytest.param(
            healthy(
                add=(
                    *GOOGLE[1:],
                    "example.com. MX 20 smtp.google.com.",
                    f"_25._tcp.smtp.google.com. TLSA 1 1 1 {KEY}",
                ),
                fetches={POLICY_URL: POLICY + "mx: smtp.google.com\n"},
            ),
            id="strange TLSA records of somebody else's host",
        ),
        pytest.param(
            healthy(
                drop=NO_STS,
                add=(
                    "_mta-sts.example.com. CNAME _mta-sts.example.net.",
                    '_mta-sts.example.net. TXT "v=STSv1; id=1"',
                    "mta-sts.example.com. CNAME mta-sts.example.net.",
                    "mta-sts.example.net. A 198.51.100.80",
                ),
            ),
            id="MTA-STS by a provider's aliases",
        ),
        pytest.param(
            healthy(
                drop=NO_STS,
                add=("*.example.com. A 192.0.2.80",),
                fetches={POLICY_URL: "<!doctype html><title>Welcome</title>"},
            ),
            id="a wildcard web site without MTA-STS",
        ),
        pytest.param(healthy(signed=()), id="signed, but the resolver does not validate"),
        pytest.param(
            healthy(
                domain="dept.example.com",
                add=("dept.example.com. MX 10 mail.example.com.",),
                fetches={},
                selectors=(),
            ),
            id="a sub-domain in the zone",
        ),
        pytest.param(tlsa(f"3 1 1 {KEY}", f"3 1 1 {KEY[::-1]}"), id="the next key beside this one"),
        pytest.param(tlsa(f"2 0 1 {KEY}"), id="an authority of one's own"),
        pytest.param(tlsa(f"2 0 0 {KEY}"), id="an authority known from DNS alone"),
        pytest.param(
            healthy(drop=(*SIGNED, "_25._tcp."), signed=(), intent=INTENT.replace("true", "false")),
            id="DNSSEC not wanted",
        ),
        pytest.param(caa(), id="no CAA at all"),
        pytest.param(
            caa(
                '0 issue "letsencrypt.org; validationmethods=dns-01,http-01"',
                '0 issuewild ";"',
                '0 issuemail ";"',
                '0 iodef "mailto:security@example.com"',
            ),
            id="CAA as generated",
        ),
        pytest.param(
            healthy(
                drop=NO_STS,
                add=('www.example.com. CAA 0 issue ";"',),
                fetches={},
            ),
            id="CAA of another name",
        ),
        pytest.param(
            sts(
                "v=STSv1; id=1",
                "v=spf1 -all",
                intent=INTENT + 'mta_sts = "none"\n',
                fetches={POLICY_URL: POLICY.replace("testing", "none")},
            ),
            id="leaving MTA-STS on purpose",
        ),
        pytest.param(bimi(), id="no BIMI"),
        pytest.param(bimi(LOGO), id="a logo with everything"),
        pytest.param(bimi("v=BIMI1; l=; a=; lps=news-"), id="logos for some senders only"),
        pytest.param(served(POLICY, type_="text/plain; charset=us-ascii"), id="with a charset"),
        pytest.param(served(POLICY + "\n"), id="an empty line at the end"),
    ],
)
def test_legitimate_worlds_are_silent(case: Case) -> None:
    assert [(f.rule, f.message) for f in found(case)] == []


@pytest.mark.parametrize(
    ("case", "rule"),
    [
        (sts("v=STSv1 id=1"), "mtasts-version-misspelt"),
        (sts("v=STSv2; id=1"), "mtasts-version-misspelt"),
        (sts("v=STSv1; id=1; x = y"), "mtasts-record-malformed"),
        (sts("v=STSv1; id=\xe2\x80\x9c1\xe2\x80\x9d"), "mtasts-record-malformed"),
        (sts("v=STSv1; id="), "mtasts-id-invalid"),
        (sts("v=STSv1; id=" + "a" * 33), "mtasts-id-invalid"),
        (sts("v=STSv1; ID=1"), "mtasts-id-missing"),
        (sts("v=STSv1; id=1", "v=STSv1;"), "mtasts-several-records"),
        (served(b"\xef\xbb\xbf" + POLICY.encode()), "mtasts-policy-malformed"),
        (served(b"note: \xe9\n" + POLICY.encode()), "mtasts-policy-malformed"),
        (served("<html></html>"), "mtasts-policy-malformed"),
        (served(""), "mtasts-policy-key-missing"),
        (served(POLICY.replace("mode", "Mode")), "mtasts-policy-key-missing"),
        (served(POLICY.replace("86400", "1d")), "mtasts-policy-max-age-invalid"),
        (served(POLICY.replace("86400", "86400.5")), "mtasts-policy-max-age-invalid"),
        (served(POLICY.replace("mail", "*.*")), "mtasts-policy-mx-invalid"),
        (served("", 302), "mtasts-policy-redirected"),
        (served("", 503), "mtasts-policy-unavailable"),
        (served("", 204), "mtasts-policy-unavailable"),
        (served(POLICY, type_=""), "mtasts-content-type-wrong"),
        (served(POLICY, type_="text/html"), "mtasts-content-type-wrong"),
        (tlsrpt("v=TLSRPTv1; rua="), "tlsrpt-rua-malformed"),
        (tlsrpt("v=TLSRPTv1; rua=mailto:a@example.com b@example.com"), "tlsrpt-rua-malformed"),
        (tlsrpt("v=TLSRPTv1; rua=ftp://example.com/"), "tlsrpt-rua-scheme-unsupported"),
        (tlsrpt("v=TLSRPTv1 rua=mailto:a@example.com"), "tlsrpt-version-misspelt"),
        (tlsrpt("v=TLSRPTv1;; rua=mailto:a@example.com"), "tlsrpt-record-malformed"),
        (tlsa("3 1 1 abcd"), "dane-digest-length-wrong"),
        (tlsa(f"0 0 1 {KEY}"), "dane-usage-pkix"),
        (healthy(drop=("example.com. DNSKEY",)), "dnssec-ds-without-key"),
        (caa('0 issue "letsencrypt.org, pki.goog"'), "caa-issue-malformed"),
        (caa('0 issue "letsencrypt.org; validationmethods"'), "caa-issue-malformed"),
        (caa('128 isue "letsencrypt.org"'), "caa-critical-tag-unknown"),
        (caa('0 isue "letsencrypt.org"'), "caa-tag-misspelt"),
        (caa('0 issue ";"'), "caa-issue-forbids-all"),
        (caa('0 issue ""'), "caa-issue-forbids-all"),
        (bimi("v=BIMI1; l=ftp://example.com/logo.svg; a="), "bimi-location-not-https"),
        (bimi("v=BIMI1;; l=; a="), "bimi-record-malformed"),
        (bimi("v=BIMI1;"), "bimi-location-missing"),
    ],
)
def test_each_fault_has_one_finding(case: Case, rule: str) -> None:
    assert one(case).rule == rule


@pytest.mark.parametrize(
    ("case", "value"),
    [
        (sts("v=STSV1; id=7; x=y"), "v=STSv1; id=7; x=y"),
        (sts("v=STSv1; id = 7"), "v=STSv1; id=7"),
        (sts("v=STSv1; id=2026-11-23"), "v=STSv1; id=20261123"),
        (
            tlsrpt("v=TLSRPTv1; rua=a@example.com,https://example.net/r"),
            "v=TLSRPTv1; rua=mailto:a@example.com,https://example.net/r",
        ),
        (
            tlsrpt("v=TLSRPTv1; rua=http://example.net/r; rua=mailto:a@example.com; x=y"),
            "v=TLSRPTv1; rua=mailto:a@example.com; x=y",
        ),
        (
            tlsrpt("v=TLSRPTv1; rua=mailto:a@example.com", "v=TLSRPTv1; rua=mailto:b@example.com"),
            "v=TLSRPTv1; rua=mailto:a@example.com,mailto:b@example.com",
        ),
        (tlsa(f"1 0 2 {KEY}{KEY}", f"3 1 1 {KEY}"), f"3 0 2 {KEY}{KEY}"),
        (caa('0 issue "https://letsencrypt.org/; policy=ev"', '0 issuewild ";"'),
         '0 issue "letsencrypt.org; policy=ev"'),
        (caa('129 issue "letsencrypt.org"'), '128 issue "letsencrypt.org"'),
        (bimi("v=BIMI1; l=http://www.example.com/a,b.svg; a=https://www.example.com/c.pem"),
         "v=BIMI1; l=https://www.example.com/a%2Cb.svg; a=https://www.example.com/c.pem"),
    ],
)  # fmt: skip
def test_the_smallest_repair(case: Case, value: str) -> None:
    steps = one(case).remedy.steps
    assert [s.record.value for s in steps if isinstance(s, Publish)] == [value]


def test_a_usable_tlsa_record_needs_no_other() -> None:
    steps = one(tlsa(f"3 1 1 {KEY}", "3 1 1 abcd")).remedy.steps
    assert [s.record.value for s in steps if isinstance(s, Withdraw)] == ["3 1 1 abcd"]
    assert not any(isinstance(s, Publish) for s in steps)


def test_records_behind_a_foreign_alias_are_asked_for() -> None:
    case = healthy(
        drop=("_smtp._tls.",),
        add=(
            "_smtp._tls.example.com. CNAME tlsrpt.example.net.",
            'tlsrpt.example.net. TXT "v=TLSRPTv1; rua=a@example.com"',
        ),
    )
    (step,) = one(case).remedy.steps
    assert isinstance(step, AskOther)
    assert {c.record.name for c in step.changes} == {"tlsrpt.example.net"}


def test_a_repaired_policy_keeps_what_was_good() -> None:
    body = f"{ENFORCED}mx: old.example.com.\nnote: x\n"
    step = one(served(body)).remedy.steps[0]
    assert isinstance(step, Configure)
    assert step.line == (
        "version: STSv1\nmode: enforce\nmx: mail.example.com\nmx: old.example.com\n"
        "max_age: 1209600\n"
    )


def test_a_changed_policy_has_a_new_id() -> None:
    case = served(ENFORCED.replace("mail.", "mx."))
    finding = next(f for f in found(case) if f.rule == "mtasts-mx-not-covered")
    old, new = (s.record.value for s in finding.remedy.steps if isinstance(s, Publish | Withdraw))
    assert old != new


def test_nothing_is_fetched_without_a_host() -> None:
    case = healthy(drop=("mta-sts.",))
    assert isinstance(evidence(case).mta_sts_policy, NotAsked)


@pytest.mark.parametrize(("drop", "undetermined"), [((), True), (("_mta-sts.",), False)])
def test_a_failed_fetch_matters_only_with_a_record(
    drop: tuple[str, ...], undetermined: bool
) -> None:
    lost = Fetched(Fetch(POLICY_URL), Status.FAILED, Why.TIMEOUT)
    result = outcome(healthy(drop=drop, fetches={POLICY_URL: lost}), RULES)
    assert bool(result.undetermined) is undetermined
    assert result.findings == ()


BLANKS = {
    "mailbox": "tls@ns1.example.net",
    "digest": KEY,
    "ca": "letsencrypt.org",
    "logo-url": "https://www.example.com/logo.svg",
    "certificate-url": "https://www.example.com/vmc.pem",
    "account-uri": "https://acme.example/1",
}
JUNK = ("; ", ";", " ", "=", ",", "\\;", "\xe2\x80\x9c", '"', "\t", "%", "!", "\x1b[2J", "\xff")


def pieces(*words: str) -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from([*words, *JUNK]), max_size=8).map("".join)


STS = pieces("v=STSv1;", "v=STSv1", "v=stsv1;", "id=", "20261123", "id=a-b", "x=y")
RPT = pieces("v=TLSRPTv1;", "rua=", "mailto:", "a@example.com", "https://x.example.com/", "!10m")
MARK = pieces("v=BIMI1;", "v=bimi1;", "l=", "a=", "https://x.example.com/l.svg", "http://x/l.png",
              "lps=", "avp=", "brand", "news*")  # fmt: skip
FILE = pieces("version: STSv1\n", "mode: ", "enforce", "none", "\n", "mx: ", "mail.example.com",
              "max_age: ", "86400", POLICY, "\ufeff", "<html>")  # fmt: skip
ISSUER = pieces("letsencrypt.org", "letsencrypt", "https://", "; accounturi=", "dns-01", "dns01",
                "; validationmethods=", "mailto:a@example.com")  # fmt: skip
TAG = st.sampled_from(["issue", "issuewild", "issuemail", "iodef", "isue", "tbs"])
FLAGS = st.sampled_from([0, 1, 128, 255])
DIGEST = st.sampled_from(["ab", "cd" * 32, "ef" * 64, KEY])
NUMBER = st.sampled_from([0, 1, 2, 3, 9])


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    records=st.lists(STS, max_size=2),
    reports=st.lists(RPT, max_size=2),
    marks=st.lists(MARK, max_size=2),
    file=FILE,
    issuers=st.lists(st.tuples(FLAGS, TAG, ISSUER), max_size=3),
    keys=st.lists(st.tuples(NUMBER, NUMBER, NUMBER, DIGEST), max_size=3),
)
def test_every_remedy_cures_whatever_was_published(
    *,
    records: list[str],
    reports: list[str],
    marks: list[str],
    file: str,
    issuers: list[tuple[int, str, str]],
    keys: list[tuple[int, int, int, str]],
) -> None:
    case = healthy(
        drop=("_mta-sts.", "_smtp._tls.", "default._bimi.", "example.com. CAA", TLSA),
        add=(
            *_at("_mta-sts", tuple(records)),
            *_at("_smtp._tls", tuple(reports)),
            *_at("default._bimi", tuple(marks)),
            *(f'example.com. CAA {flags} {tag} "{escape(v)}"' for flags, tag, v in issuers),
            *(f"{TLSA} TLSA {u} {s} {m} {data}" for u, s, m, data in keys),
        ),
        fetches={POLICY_URL: file},
        blanks=BLANKS,
    )
    for _ in range(30):
        if not (findings := found(case)):
            return
        case = applied(case, findings[0].remedy)
        assert findings[0] not in found(case)
    pytest.fail(f"no end of findings: {[f.rule for f in found(case)]}")
