"""Nobody is found in what is kept of failure reports and complaints, wherever they were named."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailworthy.reports import feedback
from mailworthy.reports.feedback.people import People
from mailworthy.reports.feedback.redact import Redactor
from mailworthy.reports.feedback.results import results, spf_dns
from mailworthy.reports.feedback.roles import is_role
from mailworthy.reports.model import FailureRecord, Place, Report

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
PLACE = Place(("report.eml",))
SALT = b"a secret"
SAMPLES = Path(__file__).parent.parent.parent.parent / "shared" / "samples" / "failure"

OUTER = {
    "From": "Reports <noreply@isp.example>",
    "Date": "Sun, 22 Nov 2026 10:00:05 +0000",
    "Message-ID": "<1@isp.example>",
    "Subject": "FW",
    "Reply-To": "desk@isp.example",
}
MACHINE = {
    "Feedback-Type": "auth-failure",
    "User-Agent": "Generator/1.0",
    "Version": "1",
    "Original-Mail-From": "<bounce@news.example.com>",
    "Original-Rcpt-To": "<{local}@isp.example>",
    "Arrival-Date": "Sun, 22 Nov 2026 10:00:00 +0000",
    "Source-IP": "192.0.2.99",
    "Reported-Domain": "example.com",
    "Reporting-MTA": "dns; mx.isp.example",
    "Authentication-Results": "mx.isp.example; dkim=fail header.i=@example.com header.s=s1; "
    "spf=pass smtp.mailfrom=news.example.com",
    "Auth-Failure": "dmarc",
    "Identity-Alignment": "none",
    "Delivery-Result": "reject",
    "DKIM-Domain": "example.com",
    "DKIM-Identity": "@example.com",
    "DKIM-Selector": "s1",
    "DKIM-Canonicalized-Header": "c3Vi",
    "SPF-DNS": 'txt : example.com : "v=spf1 ip4:192.0.2.0/24 include:x.example -all"',
    "Reported-URI": "https://x.example/",
    "Incidents": "2",
    "Source-Port": "25",
    "Original-Envelope-Id": "1",
    "X-Other": "1",
}
MESSAGE = {
    "Return-Path": "<bounce@news.example.com>",
    "From": '"{name}" <{local}@example.com>',
    "To": '"{name}" <{local}@isp.example>',
    "Cc": "x@isp.example",
    "Subject": "s",
    "Message-ID": "<m1@example.com>",
    "List-Id": "News <news.example.com>",
    "Feedback-ID": "55:spring:news:example",
    "DKIM-Signature": "v=1; d=example.com; s=sel; b=AA==",
    "Authentication-Results": "mx.isp.example; spf=pass smtp.mailfrom=news.example.com",
    "X-Job": "7",
    "Received": "from a.example by b.example",
}
# How somebody may be named beside what a field says, or in place of it.
FORMS = (
    "{old} ({local})",
    "{old} ({name})",
    '"{name}" <{local}@victim.example>',
    "{old} {local}@victim.example",
    "{local}",
    "{name}",
    "{local}:c:d",
    "{old}/{local}",
    "{old}; x={local}",
    "x-{local}-y",
    "bounce+{local}=victim.example@example.com",
    "{old} reason={local}",
    "{old} header.s={local} header.i={local}@example.com",
    'x="{name}"',
    "{local}@{local}@example.com",
)
PLACES = [*((OUTER, n) for n in OUTER), *((MACHINE, n) for n in MACHINE)]
PLACES += [(MESSAGE, name) for name in MESSAGE]
# A domain is kept whatever it is called.
DOMAINS = {"Reported-Domain", "DKIM-Domain", "Reporting-MTA"}
BARE = ("{local}", "x-{local}-y")
WORDS = st.text("abcdefghijklmnoprstuvw", min_size=4, max_size=8).map(lambda word: f"zq{word}")


def told(part: dict[str, str], changed: dict[int, str], local: str, name: str) -> str:
    lines = []
    for field, text in part.items():
        at = next(i for i, place in enumerate(PLACES) if place[0] is part and place[1] == field)
        form = changed.get(at, "{old}")
        form = "{old}" if field in DOMAINS and form in BARE else form
        old = text.format(local=local, name=name)
        lines.append(f"{field}: {form.format(old=old, local=local, name=name)}\n")
    return "".join(lines)


def mail(changed: dict[int, str], local: str, name: str) -> bytes:
    outer, machine, message = (told(p, changed, local, name) for p in (OUTER, MACHINE, MESSAGE))
    return (
        f"{outer}MIME-Version: 1.0\n"
        "Content-Type: multipart/report; report-type=feedback-report; boundary=b\n\n"
        f"--b\nContent-Type: text/plain\n\nFor {name}, {local}\n"
        f"--b\nContent-Type: message/feedback-report\n\n{machine}{name}: x\n\n"
        f"--b\nContent-Type: message/rfc822\n\n{message}\nHello {name}\n--b--\n"
    ).encode()


def read(data: bytes, salt: bytes = SALT) -> tuple[str, FailureRecord | None]:
    """All that is known of a report as text, and its record if it has one."""
    report = feedback.read(data, PLACE, now=NOW, salt=salt)
    if not isinstance(report, Report):
        return repr(report), None
    (record,) = report.records
    assert isinstance(record, FailureRecord)
    return repr((report.head, record, report.flaws, report.omissions)), record


@given(
    WORDS,
    WORDS,
    st.sampled_from(["{0}.{1}", "{0}", "{0}_{1}7"]),
    st.dictionaries(st.integers(0, len(PLACES) - 1), st.sampled_from(FORMS), max_size=12),
    st.sampled_from([SALT, b""]),
)
def test_nobody_comes_out(
    first: str, last: str, form: str, changed: dict[int, str], salt: bytes
) -> None:
    local, name = form.format(first, last), f"{first.title()} {last.title()}"
    data = mail(changed, local, name)
    kept = feedback.retold(data, salt)
    shown, _ = read(data, salt)
    for text in (shown.lower(), kept.decode().lower(), read(kept, salt)[0].lower()):
        assert first not in text
        assert last not in text or last == first


@pytest.mark.parametrize("at", range(len(PLACES)), ids=lambda at: PLACES[at][1])
@pytest.mark.parametrize("form", FORMS)
def test_nobody_comes_out_of_a_field(at: int, form: str) -> None:
    data = mail({at: form}, "zqanna.zqsmith", "Zqanna Zqsmith")
    for text in (read(data)[0], feedback.retold(data, SALT).decode()):
        assert "zqanna" not in text.lower()
        assert "zqsmith" not in text.lower()


@given(st.dictionaries(st.integers(0, len(PLACES) - 1), st.sampled_from(FORMS), max_size=6))
def test_what_is_kept_reads_as_what_came(changed: dict[int, str]) -> None:
    data = mail(changed, "anna.smith", "Anna Smith")
    kept = feedback.retold(data, SALT)
    first, again = read(data)[1], read(kept)[1]
    if first is not None:
        assert again == first
    assert feedback.retold(kept, SALT) == kept


def test_what_an_operator_needs_stays() -> None:
    _, record = read(feedback.retold(mail({}, "anna", "Anna"), SALT))
    assert record is not None
    assert record.source_ip == "192.0.2.99"
    assert record.authentication_results == (
        "mx.isp.example; dkim=fail header.i=@example.com header.s=s1; "
        "spf=pass smtp.mailfrom=news.example.com"
    )
    assert record.spf_dns == MACHINE["SPF-DNS"]
    assert (record.dkim_domain, record.dkim_selector) == ("example.com", "s1")
    assert (record.campaign, record.list_id) == ("55:spring:news:example", "news.example.com")
    assert record.rcpt_to.endswith("@isp.example")
    assert record.header_from.endswith("@example.com")
    assert record.message_id.endswith("@example.com")
    assert (record.delivery_result, record.incidents) == ("reject", 2)
    _, other = read(mail({}, "anna", "Anna").replace(b"Source-Port: 25", b"Source-Port: 26"))
    assert other is not None
    assert other.rcpt_to == record.rcpt_to


@given(st.binary(max_size=2000))
def test_any_octets_are_told_anew(data: bytes) -> None:
    assert feedback.retold(data, SALT).endswith(b"\r\n")


@given(st.text("0123456789abcdef", min_size=20, max_size=20))
def test_nobody_else_makes_our_words(word: str) -> None:
    redactor = Redactor(SALT)
    assert not redactor.is_own(word) or redactor.name(word) == word
    own = redactor.name("anna")
    assert redactor.name(own) == own
    assert Redactor(b"other").name(own) != own


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the samples are not here")
def test_samples() -> None:
    for path in SAMPLES.iterdir():
        kept = feedback.retold(path.read_bytes(), SALT)
        assert read(kept)[1] == read(path.read_bytes())[1]
        assert b"sharepoint@" not in kept
        assert len(kept) < 4000


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("mx.example; dkim=fail (anna) header.i=anna@a.example", "mx.example; dkim=fail "
         "header.i=redacted@a.example"),
        ("dmarc=fail (p=none) header.from=a.example", "dmarc=fail header.from=a.example"),
        ("mx.example; spf=pass reason=anna smtp.helo=a.example", "mx.example; spf=pass "
         "smtp.helo=a.example"),
        ("mx.example; anna=pass; spf=anna", "mx.example"),
        ("mx.example; none", "mx.example"),
        ("anna smith; dkim=pass header.s=x header.b=abc", "dkim=pass header.s=x"),
        ("anna smith", "redacted"),
        ("mx.example; iprev=pass policy.iprev=192.0.2.1", "mx.example; iprev=pass "
         "policy.iprev=192.0.2.1"),
        ("((((", "redacted"),
        ("", ""),
    ],
)  # fmt: skip
def test_authentication_results(text: str, kept: str) -> None:
    assert results(text, Redactor()) == kept


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ('txt : a.example : "v=spf1 a mx ~all"', 'txt : a.example : "v=spf1 a mx ~all"'),
        ('txt : a.example : "v=spf1 exp=anna.x a:b.example/24 anna"',
         'txt : a.example : "v=spf1 redacted a:b.example/24 redacted"'),
        ("anna", "redacted"),
        ('txt : a.example : "anna"', "redacted"),
        ("", ""),
    ],
)  # fmt: skip
def test_spf_records(text: str, kept: str) -> None:
    assert spf_dns(text, Redactor()) == kept


@pytest.mark.parametrize(
    ("local", "role"),
    [
        ("noreply", True),
        ("no-reply", True),
        ("dmarc-noreply", True),
        ("staff", True),
        ("noreply-dmarc-support", True),
        ("anna", False),
        ("anna.dmarc", False),
        ("123", False),
        ("", False),
    ],
)
def test_roles(local: str, role: bool) -> None:
    assert is_role(local) is role


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("annabella", True),
        ("x-annabella-y", True),
        ("bob", True),
        ("x-bob.7", True),
        ("bobsleigh", False),
        ("miller", True),
        ("spring", False),
        ("support", False),
    ],
)
def test_who_is_named(text: str, named: bool) -> None:
    people = People(Redactor())
    people.add(['"Miller, Bob" <annabella@x.example>', "support@x.example"], parts=True)
    assert people.named(text) is named
