"""What reporters write instead of what the standard has: read all the same, and told."""

import pytest

from aggregate_xml import (
    BEGIN,
    NAMESPACE,
    element,
    feedback,
    metadata,
    of,
    outcome,
    policy,
    read,
    record,
    row,
    whole,
)
from mailworthy.reports.aggregate import Limits
from mailworthy.reports.model import Fault, Format, Reason, Report, Unreadable, Window

SIGNED = (
    "<dkim><domain>example.com</domain><selector>s1</selector><result>{}</result></dkim>"
    "<spf><domain>example.com</domain><result>{}</result></spf>"
)


def codes(text: str | bytes) -> set[str]:
    report, _ = whole(text)
    assert report.complete
    return {flaw.code for flaw in report.flaws}


def test_a_valid_report_has_no_flaw() -> None:
    assert codes(of(record(results=SIGNED.format("pass", "pass")))) == set()


@pytest.mark.parametrize(
    ("text", "format"),
    [
        (feedback(), Format.RFC9990),
        (feedback(namespace=""), Format.RFC7489),
        (feedback(namespace="http://dmarc.org/dmarc-xml/0.1"), Format.RFC7489),
        (feedback(namespace="", version=None), Format.DRAFT),
        (
            feedback(metadata(), policy(more="<np>none</np>"), record(), namespace=""),
            Format.RFC9990,
        ),
        (
            feedback(metadata(more="<generator>x</generator>"), policy(), record(), namespace=""),
            Format.RFC9990,
        ),
    ],
)
def test_formats(text: str, format: Format) -> None:
    report, records = whole(text)
    assert report.head.format == format
    assert len(records) == 1


PREFIXED = of(record(results=SIGNED.format("pass", "fail")))
PREFIXED = PREFIXED.replace("xmlns=", "xmlns:d=").replace("</", "</d:").replace("<", "<d:")
PREFIXED = PREFIXED.replace("<d:/d:", "</d:")
PLAIN = of(record(results=SIGNED.format("pass", "fail")))
DECLARED = '<?xml version="1.0" encoding="{}"?>'


@pytest.mark.parametrize(
    "data",
    [
        PREFIXED.encode(),
        PLAIN.encode("utf-8-sig"),
        PLAIN.encode("utf-16"),
        PLAIN.encode("utf-16-le"),
        PLAIN.encode("utf-16-be"),
        PLAIN.encode("utf-32"),
        PLAIN.encode("utf-32-be"),
        (DECLARED.format("UTF-16") + PLAIN).encode("utf-16"),
        (DECLARED.format("utf8") + PLAIN).encode(),
        (DECLARED.format("ISO-8859-1") + PLAIN).encode(),
        (DECLARED.format("windows-1252") + PLAIN).encode("cp1252"),
        (DECLARED.format("GBK") + PLAIN).encode("gbk"),
        PLAIN.replace("<feedback", "<feedback\n  lang='en'").encode(),
        PLAIN.replace("<record>", '<record xmlns="">').encode(),
        PLAIN.replace("<result>", '<result lang="en">').encode(),
        PLAIN.replace("pass<", "<![CDATA[pass]]><").encode(),
        PLAIN.replace("example.com", "<!-- the domain -->example<?x?>.com").encode(),
        PLAIN.replace("example.com", "ex&#97;mple&#x2e;com").encode(),
        PLAIN.replace("><", ">\r\n\t <").encode(),
        PLAIN.replace("</", "\n</").encode(),
        PLAIN.replace(">", "\n>").encode(),
        f"<!-- <feedback> --><?x <feedback>?>{PLAIN}<!-- <x> -->".encode(),
        PLAIN.replace("<record>", "<!-- <record></record> --><record>").encode(),
    ],
)
def test_the_same_report_written_otherwise(data: bytes) -> None:
    report, records = whole(data)
    assert report.head == whole(PLAIN)[0].head
    assert records == whole(PLAIN)[1]
    assert report.complete
    assert (report.omissions, report.flaws) == ([], [])


@pytest.mark.parametrize(
    ("data", "flaws"),
    [
        (f"\n \n{DECLARED.format('UTF-8')}{PLAIN}".encode(), {"junk-before"}),
        (f"Report:\n{PLAIN}".encode(), {"junk-before"}),
        (f"<xs:schema>{PLAIN}".encode(), {"wrapped"}),
        (f"<a><b>{PLAIN}</b></a>".encode(), {"wrapped"}),
        (f"<?xml version=1.0?>{PLAIN}".encode(), {"ill-formed"}),
        ((DECLARED.format("UTF-16") + PLAIN).encode(), {"encoding"}),
        ((DECLARED.format("no-such") + PLAIN).encode(), {"encoding"}),
        (PLAIN.replace("<version>", "stray<version>").encode(), {"stray-text"}),
        (PLAIN.replace("<row>", "stray<row>").encode(), {"stray-text"}),
        (PLAIN.replace("<version>1.0<", "<version>2<").encode(), {"version"}),
        (PLAIN.replace(f' xmlns="{NAMESPACE}"', "").encode(), {"namespace"}),
    ],
)
def test_wrappings(data: bytes, flaws: set[str]) -> None:
    report, records = whole(data)
    assert records == whole(PLAIN)[1]
    assert {flaw.code for flaw in report.flaws} == flaws
    assert report.omissions == []


@pytest.mark.parametrize(
    ("declared", "octets", "name", "flaws"),
    [
        ("UTF-8", "Société".encode(), "Société", set()),
        ("UTF-8", "Société".encode("latin-1"), "Société", {"encoding"}),
        ("ISO-8859-1", "Société".encode("latin-1"), "Société", set()),
        ("ISO-8859-1", "Société".encode(), "Société", set()),
        ("windows-1251", "Почта".encode("cp1251"), "Почта", set()),
        ("Shift_JIS", "報告".encode("shift_jis"), "報告", set()),
    ],
)
def test_names_in_any_encoding(declared: str, octets: bytes, name: str, flaws: set[str]) -> None:
    text = DECLARED.format(declared) + feedback(metadata(org="ORG"), policy(), record())
    report, _ = whole(text.encode().replace(b"ORG", octets))
    assert report.head.reporter.name == name
    assert {flaw.code for flaw in report.flaws} == flaws


WINDOWS = [
    # begin, end, what is read, flaws
    (BEGIN, BEGIN + 86399, (BEGIN, BEGIN + 86399), set()),
    (f"{BEGIN}.0", f"{BEGIN}.75", (BEGIN, BEGIN), {"time-form", "window-empty"}),
    (BEGIN * 1000, BEGIN * 1000 + 86_399_999, (BEGIN, BEGIN + 86399), {"time-form"}),
    (BEGIN * 10**6, BEGIN * 10**6 + 1, (BEGIN, BEGIN), {"time-form", "window-empty"}),
    ("2026-11-30", "2026-11-30", (1_795_996_800, 1_796_083_199), {"time-form"}),
    ("2026-11-30T00:00:00Z", "2026-11-30 23:59:59", (1_795_996_800, 1_796_083_199), {"time-form"}),
    ("2026-11-30T01:00:00+01:00", "2026-12-01", (1_795_996_800, 1_796_169_599), {"time-form"}),
    (BEGIN - 86400 * 7, BEGIN, (BEGIN - 86400 * 7, BEGIN), {"window-long"}),
    (302832000, 302918399, (302832000, 302918399), {"window-old"}),
]


@pytest.mark.parametrize(("begin", "end", "window", "flaws"), WINDOWS)
def test_periods(begin: object, end: object, window: tuple[int, int], flaws: set[str]) -> None:
    report, _ = whole(feedback(metadata(begin=begin, end=end), policy(), record()))
    assert report.head.window == Window(*window)
    assert {flaw.code for flaw in report.flaws} == flaws


@pytest.mark.parametrize(
    ("begin", "end", "fault"),
    [
        (BEGIN, BEGIN - 1, Fault.NONSENSE),
        (-1, BEGIN, Fault.NONSENSE),
        (0, 0, Fault.NONSENSE),
        (BEGIN - 86400 * 367, BEGIN, Fault.NONSENSE),
        (BEGIN, BEGIN + 86400 * 10, Fault.NONSENSE),
        (BEGIN, 10**19, Fault.NONSENSE),
        ("9999-12-31T23:59:59-12:00", "9999-12-31", Fault.NONSENSE),
        ("yesterday", BEGIN, Fault.MISSING),
        (BEGIN, "", Fault.MISSING),
    ],
)
def test_periods_that_cannot_be(begin: object, end: object, fault: Fault) -> None:
    report = read(feedback(metadata(begin=begin, end=end), policy(), record()).encode())
    assert isinstance(report, Unreadable)
    assert report.fault == fault


DISORDER = {"element-order", "element-repeated"}


@pytest.mark.parametrize(
    ("line", "flaws"),
    [
        (row(disposition="Pass"), {"word-case"}),
        (row(dkim="FAIL", spf="PASS"), {"word-case"}),
        (row(disposition="bounced"), {"disposition-word"}),
        (row(dkim="temperror"), {"alignment-word"}),
        (row(ip="[192.0.2.1]"), {"ip-form"}),
        (row(ip="IPv6:2001:db8::1"), {"ip-form"}),
        (row(count="+1"), {"count-form"}),
        (row(more="<reason><type>forwarded</type></reason>"), {"reason-word"}),
        (row(more="<reason><type>other</type><comment>c</comment></reason>"), set()),
        (row(disposition="none", dkim="fail", spf="fail"), {"reason-missing"}),
        (row(disposition="reject", dkim="fail", spf="fail"), set()),
        (row().replace("<dkim>pass</dkim>", "", 1), {"element-missing", "alignment-word"}),
        (row().replace("<disposition>", "<spf>pass</spf><disposition>"), DISORDER),
        (row().replace("</spf>", "</spf><score>1</score>"), {"element-unknown"}),
        (row().replace("</count>", "</count><count>2</count>"), {"element-repeated"}),
    ],
)
def test_rows(line: str, flaws: set[str]) -> None:
    assert codes(of(record(line))) == flaws


GOOD = SIGNED.format("pass", "pass")
SPF = "<spf><domain>{}</domain><result>pass</result></spf>"
DKIM = "<dkim><domain>a.example</domain><selector>s</selector><result>fail</result></dkim>"


@pytest.mark.parametrize(
    ("results", "flaws"),
    [
        (SIGNED.format("hardfail", "pass"), {"dkim-word"}),
        (SIGNED.format("pass", "HardFail"), {"spf-word"}),
        (SIGNED.format("Pass", "SoftFail"), {"word-case"}),
        (GOOD.replace("<selector>s1</selector>", ""), {"selector-missing"}),
        (GOOD.replace("</spf>", "<scope>helo</scope></spf>"), {"scope"}),
        (SPF.format("a.example") * 2, {"spf-repeated"}),
        (GOOD + GOOD, {"element-order", "spf-repeated"}),
        (SPF.format("joe@a.example"), {"address"}),
        (SPF.format("not a name"), {"domain-form"}),
        ("<spf><domain>a.example</domain></spf>", {"element-missing", "spf-word"}),
        (GOOD.replace("<spf>", "<x:a xmlns:x='u'/><spf>"), {"element-unknown"}),
        (DKIM * 100, set()),
        (DKIM * 101, {"signatures-many"}),
    ],
)
def test_results(results: str, flaws: set[str]) -> None:
    assert codes(of(record(results=results))) == flaws


def test_words_are_kept_but_for_their_case() -> None:
    results = SIGNED.format("hardfail", "Best_Guess")
    _, (found,) = whole(of(record(row(disposition="Bounced\x85", dkim="PASS"), results=results)))
    assert (found.disposition, found.dkim) == ("bounced", "pass")
    assert found.dkim_auth[0].result == "fail"
    assert found.spf_auth[0].result == "best_guess"


@pytest.mark.parametrize(
    ("text", "ip"),
    [
        ("192.0.2.1", "192.0.2.1"),
        (" 192.0.2.1\n", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("::FFFF:C000:0201", "192.0.2.1"),
        ("2001:DB8:0:0::0001", "2001:db8::1"),
        ("[IPv6:2001:db8::1]", "2001:db8::1"),
    ],
)
def test_addresses(text: str, ip: str) -> None:
    _, records = whole(of(record(row(ip=text))))
    assert [found.ip for found in records] == [ip]


@pytest.mark.parametrize(
    ("names", "header", "sender", "recipient"),
    [
        ("<header_from>example.com</header_from>", "example.com", None, None),
        (
            "<header_from>EXAMPLE.com.</header_from><envelope_from/>"
            "<envelope_to>b.example</envelope_to>",
            "example.com",
            "",
            "b.example",
        ),
        (
            "<header_from>joe@example.com</header_from>"
            "<envelope_from>&lt;Joe+x@Bounce.example.com&gt;</envelope_from>",
            "example.com",
            "bounce.example.com",
            None,
        ),
        ("<header_from>bücher.example</header_from>", "xn--bcher-kva.example", None, None),
        ("", "", None, None),
    ],
)
def test_identifiers(names: str, header: str, sender: str | None, recipient: str | None) -> None:
    _, (found,) = whole(of(record(names=names)))
    assert (found.header_from, found.envelope_from, found.envelope_to) == (
        header,
        sender,
        recipient,
    )


@pytest.mark.parametrize(
    "text",
    [
        record().replace("<auth_results></auth_results>", ""),
        record().replace("<auth_results></auth_results>", "<auth_results/>"),
        f"<record>{row()}<auth_results/></record>",
        "<record><row><source_ip>192.0.2.1</source_ip><count>1</count></row></record>",
        "<record><auth_results/><row><count>1</count><source_ip>192.0.2.1</source_ip></row></record>",
        record().replace("identifiers", "identities"),
    ],
)
def test_what_is_missing_is_empty(text: str) -> None:
    report, records = whole(of(text))
    assert [(found.ip, found.count) for found in records] == [("192.0.2.1", 1)]
    assert records[0].dkim_auth == records[0].spf_auth == ()
    assert report.omissions == []


def test_everything_about_the_reporter() -> None:
    more = element("extra_contact_info", "https://reporter.example/") + element("error", "one")
    more += element("error", "two") + element("generator", "software 1.0")
    text = feedback(metadata(id="<1@reporter.example>", more=more), policy(), record())
    report, _ = whole(text)
    about = report.head.reporter
    assert (about.name, about.email) == ("Reporter", "dmarc@reporter.example")
    assert (about.contact, about.generator) == ("https://reporter.example/", "software 1.0")
    assert report.head.errors == ("one", "two")
    assert report.head.report_id == "1@reporter.example"
    assert {flaw.code for flaw in report.flaws} == {"element-repeated"}


FLAT = metadata().replace("<date_range>", "").replace("</date_range>", "")


@pytest.mark.parametrize(
    ("above", "flaws"),
    [
        (metadata(org=""), {"org-name-empty"}),
        (metadata(email="nobody"), {"email"}),
        (metadata(id=""), {"report-id"}),
        (metadata(id="a b"), {"report-id"}),
        (FLAT, {"element-missing", "element-unknown"}),
    ],
)
def test_metadata(above: str, flaws: set[str]) -> None:
    assert codes(feedback(above, policy(), record())) == flaws


@pytest.mark.parametrize(
    ("asked", "flaws"),
    [
        (policy(more="<pct>100</pct>"), {"pct-present"}),
        (policy(p="Reject"), {"word-case"}),
        (policy(p="monitor"), {"policy-word"}),
        (policy(more="<testing>yes</testing>"), {"policy-word"}),
        (policy().replace("<p>reject</p>", ""), {"element-missing", "policy-word"}),
    ],
)
def test_policies(asked: str, flaws: set[str]) -> None:
    assert codes(feedback(metadata(), asked, record())) == flaws


def test_a_policy_in_full() -> None:
    tags = {"sp": "none", "np": "reject", "fo": "1:d:s", "adkim": "s", "aspf": "r", "testing": "y"}
    more = "".join(element(name, text) for name, text in tags.items())
    more += element("discovery_method", "treewalk")
    report, _ = whole(feedback(metadata(), policy("Example.COM", more=more), record()))
    asked = report.head.policy
    assert asked is not None
    assert {name: getattr(asked, name) for name in tags} == tags
    assert (asked.domain, asked.p, asked.pct, asked.discovery) == (
        "example.com",
        "reject",
        "",
        "treewalk",
    )
    assert report.flaws == []


def test_the_policy_may_come_after_the_records() -> None:
    report, records = whole(feedback(record(), record(), policy(), metadata(), record()))
    assert len(records) == 3
    assert {flaw.code for flaw in report.flaws} == {"element-order"}
    early = Limits(early=1)
    assert isinstance(
        read(feedback(record() * 3, policy(), metadata()).encode(), early), Unreadable
    )


def test_extensions_are_no_fault() -> None:
    extension = "<extension><a:b xmlns:a='urn:a'><a:record/></a:b></extension>"
    extended = record().replace("</record>", "<a:b xmlns:a='urn:a'><a:row/></a:b></record>")
    assert codes(feedback(metadata(), policy(), extension, extended)) == set()


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"", Fault.EMPTY),
        (b"no report", Fault.UNKNOWN_FORMAT),
        (b"<html><body>hello</body></html>", Fault.UNKNOWN_FORMAT),
        (b"<html><p>hello</html>", Fault.SYNTAX),
        (b"<feedback/>", Fault.MISSING),
        (b"<feedback", Fault.UNKNOWN_FORMAT),
        (b"<feedback><version>1.0</version></feedback>", Fault.MISSING),
        (feedback(metadata(), record()).encode(), Fault.MISSING),
        (feedback(policy(), record()).encode(), Fault.MISSING),
        (feedback(metadata(), policy(domain=""), record()).encode(), Fault.MISSING),
        (feedback()[:300].encode(), Fault.MISSING),
        (feedback().replace("</date_range>", "</daterange>").encode(), Fault.SYNTAX),
    ],
)
def test_what_is_no_report(data: bytes, fault: Fault) -> None:
    report = read(data)
    assert isinstance(report, Unreadable)
    assert report.fault == fault
    assert report.reason


def test_no_record_is_a_flaw() -> None:
    report, records = whole(feedback(metadata(), policy()))
    assert records == []
    assert report.complete
    assert [flaw.code for flaw in report.flaws] == ["no-record"]


def test_texts_are_bounded_and_printable() -> None:
    comment = "a\u202e" + "b" * 5000
    reason = f"<reason><type>other</type>{element('comment', comment)}</reason>"
    report, (found,) = whole(of(record(row(more=reason))))
    assert found.reasons[0] == Reason("other", found.reasons[0].comment)
    assert found.reasons[0].comment.startswith("a\\u{202e}bbb")
    assert len(found.reasons[0].comment) == 1000
    assert [flaw.code for flaw in report.flaws] == ["too-long"]


def test_reading_twice_gives_the_same() -> None:
    assert outcome(PLAIN.encode()) == outcome(PLAIN.encode())
    assert isinstance(read(PLAIN.encode()), Report)
