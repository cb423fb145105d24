"""Failure reports and complaints: every form, what is left out of them, and laws for any bytes."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailworthy.reports import feedback
from mailworthy.reports.feedback.fields import moment, parse, plain, words
from mailworthy.reports.feedback.redact import Redactor
from mailworthy.reports.model import (
    FailureRecord,
    Fault,
    Format,
    Kind,
    Place,
    Report,
    Unreadable,
    Window,
)

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
ARRIVAL = 1795341600  # 22 November 2026, 10:00
PLACE = Place(("report.eml",))
SAMPLES = Path(__file__).parent.parent.parent.parent / "shared" / "samples" / "failure"

HEADER = (
    "From: Abuse Desk <fbl@isp.example>\n"
    "Date: Sun, 22 Nov 2026 10:00:05 +0000\n"
    "Subject: FW: your order\n"
    "Message-ID: <report.1@isp.example>\n"
    "MIME-Version: 1.0\n"
)
ABUSE = (
    "Feedback-Type: abuse\n"
    "User-Agent: SomeGenerator/1.0\n"
    "Version: 1\n"
    "Original-Mail-From: <bounce-anna=isp.example@news.example.com>\n"
    "Original-Rcpt-To: <anna@isp.example>\n"
    "Arrival-Date: Sun, 22 Nov 2026 10:00:00 +0000\n"
    "Reporting-MTA: dns; mx.isp.example\n"
    "Source-IP: 192.0.2.25\n"
    "Incidents: 3\n"
    "Authentication-Results: mx.isp.example; spf=pass smtp.mailfrom=anna@news.example.com\n"
    "Reported-Domain: example.com\n"
    "Reported-URI: https://example.com/unsubscribe?who=anna@isp.example\n"
    "Removal-Recipient: anna@isp.example\n"
)
FAILURE = (
    "Feedback-Type: auth-failure\n"
    "User-Agent: SomeGenerator/1.0\n"
    "Version: 1\n"
    "Arrival-Date: Sun, 22 Nov 2026 10:00:00 +0000\n"
    "Source-IP: 192.0.2.99\n"
    "Reported-Domain: example.com\n"
    "Authentication-Results: mx.isp.example; dmarc=fail header.from=example.com\n"
    "Auth-Failure: dmarc\n"
    "Identity-Alignment: dkim, spf\n"
    "Delivery-Result: reject\n"
    "DKIM-Domain: other.example\n"
    "DKIM-Identity: carl@other.example\n"
    "DKIM-Selector: s1\n"
    'SPF-DNS: txt : other.example : "v=spf1 -all"\n'
)
SAMPLE = (
    "Return-Path: <bounce@news.example.com>\n"
    "From: News <news@example.com>\n"
    "To: anna@isp.example\n"
    "Subject: A secret =?utf-8?q?f=C3=BCr?= Anna\n"
    "Message-ID: <m1@example.com>\n"
    "List-Id: Our news <news.example.com>\n"
    "Feedback-ID: 55:spring:news:example\n"
    "DKIM-Signature: v=1; a=rsa-sha256; d=example.com; s=sel; h=from; bh=AA==; b=AA==\n"
)


def part(kind: str, body: str, *, encoding: str = "") -> str:
    transfer = f"Content-Transfer-Encoding: {encoding}\n" if encoding else ""
    return f"--b\nContent-Type: {kind}\n{transfer}\n{body}\n"


def mail(
    machine: str | None = ABUSE,
    sample: str | None = SAMPLE + "\nThe whole secret.\n",
    *,
    text: str = "This is for people.\n",
    header: str = HEADER,
    kind: str = "message/feedback-report",
    sample_kind: str = "message/rfc822",
    top: str = "multipart/report; report-type=feedback-report",
) -> bytes:
    """A report mail of these parts; those that are None are left out."""
    parts = part("text/plain", text)
    if machine is not None:
        parts += part(kind, machine)
    if sample is not None:
        parts += part(sample_kind, sample)
    return f"{header}Content-Type: {top}; boundary=b\n\n{parts}--b--\n".encode()


def whole(data: bytes, *, redact: bool = True, salt: bytes = b"") -> tuple[Report, FailureRecord]:
    report = feedback.read(data, PLACE, now=NOW, redact=redact, salt=salt)
    assert isinstance(report, Report), report
    (record,) = report.records
    assert isinstance(record, FailureRecord)
    return report, record


def codes(report: Report) -> list[str]:
    return [flaw.code for flaw in report.flaws]


def test_a_complaint() -> None:
    report, record = whole(mail())
    head = report.head
    assert (head.kind, head.format) == (Kind.COMPLAINT, Format.ARF)
    assert head.window == Window(ARRIVAL, ARRIVAL)
    assert head.report_id == "redacted@isp.example"
    assert (head.reporter.name, head.reporter.email) == ("isp.example", "fbl@isp.example")
    assert head.reporter.contact == "mx.isp.example"
    assert head.reporter.generator == "SomeGenerator/1.0"
    assert (report.flaws, report.omissions) == ([], [])
    assert record.feedback_type == "abuse"
    assert record.domain == "example.com"
    assert record.arrival == ARRIVAL
    assert record.source_ip == "192.0.2.25"
    assert record.incidents == 3
    assert record.campaign == "55:spring:news:example"
    assert record.list_id == "news.example.com"
    assert record.message_id == "redacted@example.com"
    assert (record.dkim_domain, record.dkim_selector) == ("example.com", "sel")


def test_a_failure() -> None:
    report, record = whole(mail(FAILURE))
    assert (report.head.kind, report.head.format) == (Kind.FAILURE, Format.ARF)
    assert report.flaws == []
    assert record.feedback_type == "auth-failure"
    assert record.auth_failure == ("dmarc",)
    assert record.identity_alignment == "dkim, spf"
    assert record.delivery_result == "reject"
    assert (record.dkim_domain, record.dkim_selector) == ("other.example", "s1")
    assert record.spf_dns == 'txt : other.example : "v=spf1 -all"'
    assert record.mail_from == "redacted@news.example.com"
    assert record.incidents == 1


def test_nobody_is_left_in_what_is_kept() -> None:
    for machine in (ABUSE, FAILURE):
        for salt in (b"", b"secret"):
            report, record = whole(mail(machine), salt=salt)
            kept = repr((record, report.head, report.omissions, report.flaws)).lower()
            for word in ("anna", "carl", "secret", "für", "unsubscribe"):
                assert word not in kept


NAMES = {line.partition(":")[0] for line in (ABUSE + FAILURE + SAMPLE).splitlines()}
NAMES |= {"Received-Date", "Cc", "X-Campaign", "Sender"}


@pytest.mark.parametrize("name", sorted(NAMES))
def test_no_field_lets_a_person_through(name: str) -> None:
    person = "annabella"
    line = f"{name}: <{person}@isp.example> {person}@isp.example ({person}@isp.example)\n"
    for machine in (ABUSE, FAILURE):
        rest = "".join(
            each + "\n" for each in machine.splitlines() if each.partition(":")[0] != name
        )
        sample = "".join(
            each + "\n" for each in SAMPLE.splitlines() if each.partition(":")[0] != name
        )
        odd = f"{person}@isp.example: {person}@isp.example\n"
        report = feedback.read(mail(line + rest + odd, line + sample), PLACE, now=NOW)
        if isinstance(report, Unreadable):
            assert person not in report.reason
            continue
        kept = repr((list(report.records), report.head, report.flaws, report.omissions))
        assert person not in kept


def test_what_is_kept_when_the_caller_asks_for_it() -> None:
    _, record = whole(mail(), redact=False)
    assert record.mail_from == "bounce-anna=isp.example@news.example.com"
    assert record.rcpt_to == "anna@isp.example"
    assert record.header_from == "news@example.com"
    assert record.subject == "A secret für Anna"
    assert ("Removal-Recipient", "anna@isp.example") in record.fields
    assert "whole secret" not in repr(record)


def test_fields_are_kept_in_order_without_people() -> None:
    _, record = whole(mail())
    assert [name for name, _ in record.fields] == [
        line.partition(":")[0] for line in ABUSE.splitlines()
    ]
    kept = dict(record.fields)
    assert kept["Original-Rcpt-To"] == "redacted@isp.example"
    assert kept["Reported-URI"] == "https://example.com/"
    assert kept["Removal-Recipient"] == "redacted"
    assert kept["Authentication-Results"] == (
        "mx.isp.example; spf=pass smtp.mailfrom=redacted@news.example.com"
    )


def test_a_salt_tells_people_apart_and_names_nobody() -> None:
    _, one = whole(mail(), salt=b"one")
    _, again = whole(mail(), salt=b"one")
    _, other = whole(mail(), salt=b"two")
    assert one.rcpt_to == again.rcpt_to != other.rcpt_to
    assert one.rcpt_to.endswith("@isp.example")
    _, different = whole(mail(ABUSE.replace("<anna@", "<berta@")), salt=b"one")
    assert different.rcpt_to != one.rcpt_to
    _, shouted = whole(mail(ABUSE.replace("<anna@", "<ANNA@")), salt=b"one")
    assert shouted.rcpt_to == one.rcpt_to


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("", ""),
        ("no address", "no address"),
        ("anna@example.com", "X@example.com"),
        ("<anna@example.com>, (berta@example.com)", "<X@example.com>, (X@example.com)"),
        ("smtp.mailfrom=a=b.example@example.com", "smtp.mailfrom=X@example.com"),
        ("bounce-a=b.example@example.com", "X@example.com"),
        ("header.i=@example.com", "header.i=@example.com"),
        ('envelope-from="anna b"@example.com;', "envelope-from=X@example.com;"),
        ("SMTP.MailFrom=Anna@Example.com", "SMTP.MailFrom=X@Example.com"),
        ("a@b@example.com", "X@b@example.com"),
        ("änna@example.com", "X@example.com"),
        ("anna@[192.0.2.1]", "X@[192.0.2.1]"),
        ('"anna', '"anna'),
    ],
)
def test_addresses_in_text(text: str, redacted: str) -> None:
    assert Redactor().text(text).replace("redacted", "X") == redacted
    assert Redactor(active=False).text(text) == text


@pytest.mark.parametrize(
    ("uri", "redacted"),
    [
        ("https://anna:pw@Example.com/a?b", "https://example.com/"),
        ("HTTP://example.com", "http://example.com/"),
        ("mailto:anna@example.com", "redacted@example.com"),
        ("tel:+49123", "redacted"),
        ("https://", "redacted"),
    ],
)
def test_uris(uri: str, redacted: str) -> None:
    assert Redactor().uri(uri).replace("mailto:", "") == redacted


@given(st.text(max_size=200))
def test_no_address_survives(text: str) -> None:
    local = "annabella"
    assert local not in Redactor(b"salt").text(f"{text} <{local}@example.com> {text}")


# Kinds


@pytest.mark.parametrize(
    ("type_", "kind"),
    [
        *[(word, Kind.COMPLAINT) for word in ("abuse", "fraud", "virus", "other", "not-spam")],
        *[(word, Kind.COMPLAINT) for word in ("opt-out", "spam", "ABUSE", "abuse (junk button)")],
        ("auth-failure", Kind.FAILURE),
        ("dmarc", Kind.FAILURE),
    ],
)
def test_failures_and_complaints_are_kept_apart(type_: str, kind: Kind) -> None:
    report, record = whole(mail(ABUSE.replace("abuse", type_)))
    assert report.head.kind is kind
    assert record.feedback_type == plain(type_).lower()


def test_what_tells_of_a_failure_is_one_whatever_it_is_called() -> None:
    report, _ = whole(mail(FAILURE.replace("auth-failure", "abuse")))
    assert report.head.kind is Kind.FAILURE


def test_a_complaint_invents_no_failure() -> None:
    _, record = whole(mail())
    assert record.auth_failure == ()
    assert record.identity_alignment == ""
    assert record.delivery_result == ""


# Flaws


@pytest.mark.parametrize(
    ("machine", "flaw"),
    [
        (ABUSE.replace("Feedback-Type: abuse\n", ""), "missing-feedback-type"),
        (ABUSE.replace("User-Agent: SomeGenerator/1.0\n", ""), "missing-user-agent"),
        (ABUSE.replace("Version: 1\n", ""), "missing-version"),
        (ABUSE.replace("Version: 1", "Version: 0.1"), "version"),
        (ABUSE + "Received-Date: Sun, 22 Nov 2026 10:00:00 +0000\n", "two-dates"),
        (ABUSE + "Incidents: 4\n", "field-repeated"),
        (ABUSE.replace("abuse", "spam"), "feedback-type"),
        (ABUSE.replace("Incidents: 3", "Incidents: three"), "incidents"),
        (ABUSE.replace("Arrival-Date: Sun", "Arrival-Date: Someday"), "arrival-date"),
        (FAILURE.replace("Identity-Alignment: dkim, spf\n", ""), "missing-identity-alignment"),
        (FAILURE.replace("dkim, spf", "arc"), "alignment-word"),
        (FAILURE.replace("Delivery-Result: reject", "Delivery-Result: eaten"), "delivery-result"),
        (FAILURE.replace("Auth-Failure: dmarc", "Auth-Failure: bad"), "auth-failure-word"),
        (FAILURE.replace("Auth-Failure: dmarc\n", ""), "missing-auth-failure"),
        (FAILURE.replace("Authentication-Results", "X-Results"), "missing-authentication-results"),
        (FAILURE.replace("Auth-Failure: dmarc", "Auth-Failure: bodyhash")
         .replace("DKIM-Selector: s1\n", ""), "missing-dkim-selector"),
        (FAILURE.replace("Auth-Failure: dmarc", "Auth-Failure: spf")
         .replace("SPF-DNS", "X-DNS"), "missing-spf-dns"),
    ],
)  # fmt: skip
def test_flaws(machine: str, flaw: str) -> None:
    report, _ = whole(mail(machine))
    assert codes(report) == [flaw]
    assert report.flaws[0].section.startswith("RFC ")


def test_without_the_message_itself() -> None:
    report, record = whole(mail(sample=None))
    assert codes(report) == ["no-message"]
    assert record.header_from == ""
    assert record.message_id == ""


@pytest.mark.parametrize(
    ("machine", "domain"),
    [
        (ABUSE.replace("example.com\n", "EXAMPLE.org.\n"), "example.org"),
        (ABUSE.replace("Reported-Domain: example.com\n", ""), "example.com"),
        (ABUSE.replace("Domain: example.com", "Domain: no domain"), "example.com"),
        (ABUSE.replace("Reported-Domain: example.com", "Reported-Domain: münchen.example"),
         "xn--mnchen-3ya.example"),
    ],
)  # fmt: skip
def test_whose_domain_it_is(machine: str, domain: str) -> None:
    assert whole(mail(machine))[1].domain == domain


def test_a_report_about_nobody() -> None:
    report, record = whole(mail("Feedback-Type: abuse\nVersion: 1\nUser-Agent: x\n", "\n"))
    assert record.domain == ""
    assert "no-domain" in codes(report)


@pytest.mark.parametrize(
    ("text", "ip"),
    [
        ("192.0.2.25", "192.0.2.25"),
        ("[192.0.2.25]", "192.0.2.25"),
        ("IPv6:2001:DB8::25", "2001:db8::25"),
        ("[IPv6:2001:db8:0::25]", "2001:db8::25"),
        ("::ffff:192.0.2.25", "192.0.2.25"),
        ("192.0.2.25 (mail.example.com)", "192.0.2.25"),
        ("192.0.2.25 mail.example.com", "192.0.2.25"),
    ],
)
def test_addresses_of_sources(text: str, ip: str) -> None:
    report, record = whole(mail(ABUSE.replace("192.0.2.25", text)))
    assert record.source_ip == ip
    assert not report.partial


def test_an_address_that_is_none_is_left_out() -> None:
    report, record = whole(mail(ABUSE.replace("192.0.2.25", "anna@mail.example.com")))
    assert record.source_ip == ""
    (omission,) = report.omissions
    assert omission.where == "Source-IP"
    assert omission.excerpt == "redacted@mail.example.com"


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("Incidents: 3", "Incidents: -429", Fault.NONSENSE),
        ("Incidents: 3", "Incidents: 0", Fault.NONSENSE),
        ("Incidents: 3", "Incidents: 4294967295", Fault.NONSENSE),
        ("22 Nov 2026 10:00:00", "22 Nov 2029 10:00:00", Fault.NONSENSE),
        ("Feedback-Type: abuse", "Feedback-Type: x-chess", Fault.UNKNOWN_FORMAT),
    ],
)
def test_nonsense_is_refused(old: str, new: str, fault: Fault) -> None:
    refused = feedback.read(mail(ABUSE.replace(old, new)), PLACE, now=NOW)
    assert isinstance(refused, Unreadable)
    assert refused.fault is fault


def test_without_any_date() -> None:
    machine = ABUSE.replace("Arrival-Date", "X-Date")
    report, record = whole(mail(machine))
    assert record.arrival == ARRIVAL + 5  # that of the mail
    assert codes(report) == ["arrival-date"]
    refused = feedback.read(mail(machine, header="From: a@isp.example\n"), PLACE)
    assert isinstance(refused, Unreadable)
    assert refused.fault is Fault.MISSING


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("Sun, 22 Nov 2026 10:00:00 +0000", ARRIVAL),
        ("Sun, 22 Nov 2026 11:00:00 +0100 (CET)", ARRIVAL),
        ("22 Nov 2026 10:00:00 GMT", ARRIVAL),
        ("2026-11-22T10:00:00Z", ARRIVAL),
        ("2026-11-22 10:00:00 (UTC)", ARRIVAL),
        ("1 Jan 1969 00:00:00 +0000", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_moments(text: str, seconds: int | None) -> None:
    assert moment(text) == seconds


# Forms in the wild


def test_fields_with_empty_lines_in_them() -> None:
    _, record = whole(mail("\n\n" + ABUSE.replace("\nVersion", "\n\nVersion")))
    assert record.incidents == 3


@pytest.mark.parametrize(
    "data",
    [
        mail(kind="text/plain"),
        mail(kind="application/octet-stream"),
        mail(top="multipart/mixed"),
        mail(sample_kind="text/rfc822-headers"),
        mail(sample_kind="message/global"),
        mail().replace(b"\n", b"\r\n"),
    ],
)
def test_wrong_types_and_line_ends(data: bytes) -> None:
    report, record = whole(data)
    assert report.head.kind is Kind.COMPLAINT
    assert (record.incidents, record.list_id) == (3, "news.example.com")


def test_base64_with_and_without_a_word_about_it() -> None:
    import base64

    encoded = base64.encodebytes(ABUSE.encode()).decode()
    kind = "message/feedback-report\nContent-Transfer-Encoding: base64"
    for data in (mail(encoded, kind=kind), mail(encoded)):
        assert whole(data)[1].incidents == 3


def test_more_than_one_report_in_a_mail() -> None:
    second = part("message/feedback-report", FAILURE)
    data = mail().replace(b"--b--", second.encode() + b"--b--")
    report, record = whole(data)
    assert record.feedback_type == "abuse"
    assert [omission.where for omission in report.omissions] == ["the mail"]


EXIM = """\
A message claiming to be from you has failed the published DMARC
policy for your domain.

  Sender Domain: example.com
  Sender IP Address: 192.0.2.99
  Received Date: Sun, 22 Nov 2026 10:00:00 +0000
  SPF Alignment: no
  DKIM Alignment: yes
  DMARC Results: Reject

------ This is a copy of the headers that were received before the error
       was detected.

Received: from x by y
From: Carl <carl@example.com>
Message-ID: <m2@example.com>
List-Id: <list.example.com>
"""
RFC6591 = """\
This is an authentication failure report for an email message received
from IP 192.0.2.99 on Sun, 22 Nov 2026 10:00:00 +0000.
It did not meet the sender's DMARC policy.

From: Carl <carl@example.com>
Message-ID: <m2@example.com>
"""
NETEASE = """\
This is a spf/dkim authentication-failure report for an email message received from IP
192.0.2.99 on Sun, 22 Nov 2026 10:00:00 +0000.
"""
PEOPLE = """\
This is an email abuse report for an email message received from IP 192.0.2.99 on Sun, \
22 Nov 2026 10:00:00 +0000.
"""


def told(text: str, subject: str = "x") -> bytes:
    header = HEADER.replace("FW: your order", subject)
    return f"{header}Content-Type: text/plain\n\n{text}".encode()


@pytest.mark.parametrize(
    ("data", "kind", "domain", "message_id", "failures"),
    [
        (told(EXIM), Kind.FAILURE, "example.com", "redacted@example.com", ("dmarc",)),
        (told(RFC6591), Kind.FAILURE, "example.com", "redacted@example.com", ("dmarc",)),
        (told(NETEASE), Kind.FAILURE, "", "", ()),
        (told(NETEASE, "DMARC Failure Report for example.org (ip=192.0.2.99)"), Kind.FAILURE,
         "example.org", "", ("dmarc",)),
        (told(PEOPLE), Kind.COMPLAINT, "", "", ()),
        (mail(None, text=PEOPLE), Kind.COMPLAINT, "example.com", "redacted@example.com", ()),
    ],
)  # fmt: skip
def test_reports_in_prose(
    data: bytes, kind: Kind, domain: str, message_id: str, failures: tuple[str, ...]
) -> None:
    report, record = whole(data)
    assert (report.head.kind, report.head.format) == (kind, Format.TEXT)
    assert "prose" in codes(report)
    assert record.source_ip == "192.0.2.99"
    assert record.arrival == ARRIVAL
    assert (record.domain, record.message_id) == (domain, message_id)
    assert record.auth_failure == failures


def test_what_exim_tells() -> None:
    _, record = whole(told(EXIM))
    assert record.identity_alignment == "spf"
    assert record.header_from == "redacted@example.com"
    assert record.list_id == "list.example.com"
    _, record = whole(told(EXIM.replace("SPF Alignment: no", "SPF Alignment: yes")))
    assert record.identity_alignment == "none"


def test_microsofts_old_jmrp() -> None:
    sample = "X-HmXmrOriginalRecipient: anna@hotmail.com\n" + SAMPLE
    header = HEADER.replace("FW: your order", "complaint about message from 192.0.2.25")
    report, record = whole(mail(None, sample, header=header, top="multipart/mixed"))
    assert (report.head.kind, report.head.format) == (Kind.COMPLAINT, Format.TEXT)
    assert record.feedback_type == "abuse"
    assert record.source_ip == "192.0.2.25"
    assert record.rcpt_to == "redacted@hotmail.com"
    assert record.domain == "example.com"


@pytest.mark.parametrize(
    ("field", "campaign"),
    [
        ("CFBL-Feedback-ID: 111:\n 222:3_45 6", "111:222:3_456"),
        ("X-Campaign: spring", "spring"),
        ("X-Mailgun-Tag: a\nX-Campaign: b", "b"),
        ("Feedback-ID: anna@isp.example:news", "redacted:news"),
        ("X-Other: spring", ""),
    ],
)
def test_which_mailing_it_was(field: str, campaign: str) -> None:
    sample = SAMPLE.replace("Feedback-ID: 55:spring:news:example", field)
    assert whole(mail(sample=sample))[1].campaign == campaign


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n",
        b"From: a@example.com\n\nHello\n",
        mail(None, text="Hello\n"),
        mail(None, text="Hello\n", sample=None),
        told("Version: 1\n\nhow do I write an ARF report? Feedback-Type is what I mean.\n"),
        told("Hello", "complaint about message from 192.0.2.25"),
        b"\xff" * 1000,
    ],
)
def test_what_is_no_report(data: bytes) -> None:
    refused = feedback.read(data, PLACE, now=NOW)
    assert isinstance(refused, Unreadable)
    assert refused.fault is Fault.NO_REPORT


@pytest.mark.parametrize(
    ("path", "message_id"),
    [("bounce@x.example", "redacted@x.example"), ("", "<>"), ("<>", "<>"), ("anna", "redacted")],
)
def test_reverse_paths(path: str, message_id: str) -> None:
    machine = ABUSE.replace("<bounce-anna=isp.example@news.example.com>", path)
    assert whole(mail(machine))[1].mail_from == message_id


def test_nothing_that_steers_a_terminal_comes_through() -> None:
    machine = ABUSE.replace("SomeGenerator/1.0", "a\x1b[2Jb").replace("abuse", "abuse\x9b")
    sample = SAMPLE.replace("55:spring", "55\x1b:\u202espring").replace("m1@", "m\x071@")
    for redact in (True, False):
        report = feedback.read(mail(machine, sample), PLACE, redact=redact)
        shown = report.reason if isinstance(report, Unreadable) else repr(list(report.records))
        assert shown.isprintable()
    _, record = whole(mail(ABUSE, sample), redact=False)
    for text in (record.campaign, record.message_id, *(v for _, v in record.fields)):
        assert text.isprintable()


def test_words_are_few_and_in_lower_case() -> None:
    assert words("DMARC, spf (really), dmarc,, DKIM") == ("dmarc", "spf", "dkim")
    assert len(words(",".join(map(str, range(1000))))) == 50
    assert words("(unclosed") == ()


@pytest.mark.parametrize(
    "data",
    [
        mail("A: b\n" * 100_000),
        mail(ABUSE + "X-Long: " + "a" * 1_000_000 + "\n"),
        mail(ABUSE + "X-At: " + "a@" * 30_000 + "\n"),
        mail(ABUSE + "X-Comment: " + "(" * 60_000 + "\n"),
        mail(sample=SAMPLE + "X: y\n" * 500_000),
        mail(sample="From: " + "<a@b.example>," * 50_000 + "\n"),
        mail(None, text="A message claiming to be from you has failed " + "a: b\n" * 200_000),
        mail(None, text="abuse report for an email message " * 50_000),
    ],
)
def test_large_ones_are_read_in_bounds(data: bytes) -> None:
    report = feedback.read(data, PLACE, now=NOW)
    if isinstance(report, Report):
        (record,) = report.records
        assert len(repr(record)) < 200_000


# Laws


@given(st.binary(max_size=400))
def test_reading_never_raises(data: bytes) -> None:
    feedback.read(data, PLACE, now=NOW)


@given(st.integers(0, 3000), st.binary(min_size=1, max_size=8), st.booleans())
def test_damage_anywhere_never_raises(at: int, junk: bytes, redact: bool) -> None:
    data = mail(FAILURE)
    at %= len(data)
    changed = data[:at] + junk + data[at + len(junk) :]
    report = feedback.read(changed, PLACE, now=NOW, redact=redact, salt=b"x")
    if isinstance(report, Report):
        (record,) = report.records
        assert repr(record)


names = st.text(st.characters(codec="ascii", categories=["L"]), min_size=1, max_size=12)
bodies = st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1, max_size=30)


@given(st.lists(st.tuples(names, bodies), min_size=1, max_size=20))
def test_fields_that_are_written_are_read(items: list[tuple[str, str]]) -> None:
    text = "".join(f"{name}: {value}\r\n" for name, value in items)
    assert list(parse(text.encode()).items) == items


# Real ones


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the samples are not here")
@pytest.mark.parametrize(
    ("word", "domain", "arrival", "delivery"),
    [
        ("domain.de", "domain.de", 1538385627, "smg-policy-action"),
        ("linkedin", "example.com", 1556590140, "delivered"),
    ],
)
def test_samples(word: str, domain: str, arrival: int, delivery: str) -> None:
    (path,) = (p for p in SAMPLES.iterdir() if word in p.name)
    report, record = whole(path.read_bytes())
    assert report.head.kind is Kind.FAILURE
    assert (record.domain, record.arrival) == (domain, arrival)
    assert record.source_ip == "10.10.10.10"
    assert record.auth_failure == ("dmarc",)
    assert record.delivery_result == delivery
    assert not report.partial
    for person in ("peter.pan", "sharepoint@", "sender@", "recipient@", "Subject"):
        assert person not in repr(record)
