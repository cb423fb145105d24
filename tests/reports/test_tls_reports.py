"""TLS reports: every form, what is salvaged, what is refused, and laws for any bytes."""

import io
import json
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailworthy.reports import tls
from mailworthy.reports.model import (
    Fault,
    Format,
    Kind,
    Place,
    Report,
    TlsFailure,
    TlsRecord,
    Unreadable,
    Window,
)
from mailworthy.reports.tls import Limits, values

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
BEGIN, END = 1795305600, 1795391999  # 22 November 2026
PLACE = Place(("report.json",))
SAMPLES = Path(__file__).parent.parent.parent.parent / "shared" / "samples" / "tls"

MICROSOFT: dict[str, Any] = {
    "organization-name": "Microsoft Corporation",
    "date-range": {
        "start-datetime": "2026-11-22T00:00:00Z",
        "end-datetime": "2026-11-22T23:59:59Z",
    },
    "contact-info": "tlsrpt-noreply@microsoft.com",
    "report-id": "134082432000000000+example.com",
    "policies": [
        {
            "policy": {
                "policy-type": "sts",
                "policy-string": ["version: STSv1", "mode: enforce", "mx: mail.example.com"],
                "policy-domain": "example.com",
            },
            "summary": {"total-successful-session-count": 61, "total-failure-session-count": 2},
            "failure-details": [
                {
                    "result-type": "certificate-expired",
                    "failed-session-count": 2,
                    "sending-mta-ip": "40.107.0.1",
                    "receiving-mx-hostname": "Mail.Example.com.",
                    "receiving-ip": "::ffff:192.0.2.25",
                    "failure-reason-code": "CertificateExpired",
                }
            ],
        }
    ],
}
RECORD = TlsRecord(
    "sts",
    "example.com",
    61,
    2,
    ("version: STSv1", "mode: enforce", "mx: mail.example.com"),
    (),
    (
        TlsFailure(
            "certificate-expired",
            2,
            "40.107.0.1",
            "mail.example.com",
            "",
            "192.0.2.25",
            "",
            "CertificateExpired",
        ),
    ),
)


def changed(change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    """The report with one thing done to a copy of it."""
    report: dict[str, Any] = json.loads(json.dumps(MICROSOFT))
    change(report)
    return report


def put(*path: str | int, value: Any) -> dict[str, Any]:
    """The report with one value, found by its keys, replaced; None takes it away."""

    def change(report: Any) -> None:
        for key in path[:-1]:
            report = report[key]
        report[path[-1]] = value
        if value is None:
            del report[path[-1]]

    return changed(change)


POLICY = ("policies", 0)
DETAIL = ("policies", 0, "failure-details", 0)


def load(value: Any, **limits: int) -> Report | Unreadable:
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return tls.read(data, PLACE, now=NOW, limits=Limits(**limits))


def whole(value: Any, **limits: int) -> tuple[Report, list[TlsRecord]]:
    report = load(value, **limits)
    assert isinstance(report, Report), report
    records = [record for record in report.records if isinstance(record, TlsRecord)]
    return report, records


def codes(report: Report) -> list[str]:
    return [flaw.code for flaw in report.flaws]


def test_a_report_as_microsoft_writes_it() -> None:
    report, records = whole(MICROSOFT)
    assert records == [RECORD]
    assert report.head.kind is Kind.TLS
    assert report.head.format is Format.RFC8460
    assert report.head.window == Window(BEGIN, END)
    assert report.head.report_id == "134082432000000000+example.com"
    assert report.head.reporter.name == "Microsoft Corporation"
    assert report.head.reporter.email == "tlsrpt-noreply@microsoft.com"
    assert (report.flaws, report.omissions, report.complete) == ([], [], True)
    assert report.place.octets == len(json.dumps(MICROSOFT))
    assert len(report.place.sha256) == 64


def test_a_file_object_is_read_like_bytes() -> None:
    file = io.BytesIO(json.dumps(MICROSOFT).encode())
    report = tls.read(file, PLACE, now=NOW)
    assert isinstance(report, Report)
    assert list(report.records) == [RECORD]


def test_a_file_that_gives_a_few_octets_at_a_time() -> None:
    class Slow(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            return super().read(min(7, size or 0))

    report = tls.read(Slow(json.dumps(MICROSOFT).encode()), PLACE, now=NOW)
    assert isinstance(report, Report)
    assert list(report.records) == [RECORD]


def test_a_place_that_is_known_stays() -> None:
    place = Place(("mail.eml", "part 2"), 5, "ab")
    report = tls.read(json.dumps(MICROSOFT).encode(), place, now=NOW)
    assert isinstance(report, Report)
    assert report.place is place


# What differs, the flaw that it is, and what the record has all the same.
LENIENT: list[tuple[Any, list[str], dict[str, Any]]] = [
    (put(*POLICY, "policy", "mx-host", value="*.example.com"), ["mx-host-not-array"],
     {"mx": ("*.example.com",)}),
    (put(*POLICY, "policy", "mx-host", value=["A.example.com", ["b.example.com."]]), [],
     {"mx": ("a.example.com", "b.example.com")}),
    (put(*POLICY, "policy", "policy-string", value="version: STSv1\nmode: none"),
     ["policy-string-not-array"], {"policy": ("version: STSv1", "mode: none")}),
    (put(*POLICY, "policy", "policy-string", value="3 1 1 AB; 3 1 1 CD"),
     ["policy-string-not-array"], {"policy": ("3 1 1 AB", "3 1 1 CD")}),
    (put(*POLICY, "policy", "policy-string", value=None), [], {"policy": ()}),
    (put(*POLICY, "policy", "policy-type", value="STS"), [], {"type": "sts"}),
    (put(*POLICY, "policy", "policy-type", value="pigeon"), ["unknown-policy-type"],
     {"type": "pigeon"}),
    (put(*POLICY, "policy", "policy-type", value=None), ["unknown-policy-type"], {"type": ""}),
    (put(*POLICY, "policy", "policy-domain", value="EXÄMPLE.com."), [],
     {"domain": "xn--exmple-cua.com"}),
    (put(*POLICY, "summary", "total-successful-session-count", value="61"),
     ["count-not-number"], {"successful": 61}),
    (put(*POLICY, "summary", "total-successful-session-count", value=61.0),
     ["count-not-number"], {"successful": 61}),
    (put(*POLICY, "summary", "total-failure-session-count", value=None), ["missing-count"],
     {"successful": 61, "failed": 2}),
    (put(*POLICY, "summary", value=None), ["missing-count"], {"successful": 0, "failed": 2}),
    (put(*POLICY, "failure-details", value=None), [], {"failures": ()}),
    (put(*POLICY, "failure-details", value=MICROSOFT["policies"][0]["failure-details"][0]),
     ["failures-not-array"], {"failures": RECORD.failures}),
    (put("policies", value=MICROSOFT["policies"][0]), ["policies-not-array"], {}),
    (put("organization-name", value=None), ["missing-organization-name"], {}),
    (put("report-id", value=None), ["missing-report-id"], {}),
    (put("contact-info", value=None), ["missing-contact-info"], {}),
    (put("contact-info", value="https://example.com/contact"), ["bad-contact-info"], {}),
    (put("contact-info", value="mailto:a@example.com"), [], {}),
    (put("date-range", "end-datetime", value="2026-11-22T12:00:00Z"), ["not-a-day"], {}),
    (put("date-range", "end-datetime", value="2026-11-23T00:00:00Z"), [], {}),
    (put("date-range", "end-datetime", value="2026-11-22"), ["bad-date-time"], {}),
    (put("date-range", "start-datetime", value=BEGIN), ["bad-date-time"], {}),
]  # fmt: skip


@pytest.mark.parametrize(("value", "flaws", "fields"), LENIENT)
def test_what_differs_costs_no_data(value: Any, flaws: list[str], fields: dict[str, Any]) -> None:
    report, records = whole(value)
    assert codes(report) == flaws
    assert [{key: getattr(record, key) for key in fields} for record in records] == [fields]
    assert not report.partial


def test_every_flaw_has_a_section() -> None:
    for value, _, _ in LENIENT:
        report, _ = whole(value)
        assert all(flaw.section.startswith("RFC 8460 §") for flaw in report.flaws)
        assert all(flaw.message for flaw in report.flaws)


# What is left out, where, and how many policies and failures remain.
OMITTED: list[tuple[Any, str, int, int]] = [
    (put(*DETAIL, "failed-session-count", value=-2),
     "policy 1, failure 1, failed-session-count", 1, 0),
    (put(*DETAIL, "failed-session-count", value=10**13),
     "policy 1, failure 1, failed-session-count", 1, 0),
    (put(*DETAIL, "failed-session-count", value=None),
     "policy 1, failure 1, failed-session-count", 1, 0),
    (put(*DETAIL, "failed-session-count", value=True),
     "policy 1, failure 1, failed-session-count", 1, 0),
    (put(*DETAIL, value="x"), "policy 1, failure 1", 1, 0),
    (put(*DETAIL, "sending-mta-ip", value="mail.example.com"),
     "policy 1, failure 1, sending-mta-ip", 1, 1),
    (put(*DETAIL, "receiving-ip", value=5), "policy 1, failure 1, receiving-ip", 1, 1),
    (put(*POLICY, "summary", "total-failure-session-count", value=-1),
     "policy 1, total-failure-session-count", 0, 0),
    (put(*POLICY, "summary", "total-successful-session-count", value="many"),
     "policy 1, total-successful-session-count", 0, 0),
    (put(*POLICY, "policy", "policy-domain", value="no domain"), "policy 1, policy-domain", 0, 0),
    (put(*POLICY, "policy", "policy-domain", value=None), "policy 1, policy-domain", 0, 0),
    (put(*POLICY, "policy", "policy-string", value=[{"mode": "x"}]),
     "policy 1, policy-string", 1, 1),
    (put(*POLICY, value={}), "policy 1", 0, 0),
    (put(*POLICY, value=[]), "policy 1", 0, 0),
    (put("policies", value=[{"policy": {"policy-domain": "a.example"}},
                            *MICROSOFT["policies"]]), "policy 1", 1, 1),
]  # fmt: skip


@pytest.mark.parametrize(("value", "where", "policies", "failures"), OMITTED)
def test_what_is_nonsense_costs_only_itself(
    value: Any, where: str, policies: int, failures: int
) -> None:
    report, records = whole(value)
    assert [omission.where for omission in report.omissions] == [where]
    assert all(omission.reason for omission in report.omissions)
    assert len(records) == policies
    assert sum(len(record.failures) for record in records) == failures
    assert report.partial


REFUSED: list[tuple[Any, Fault]] = [
    (b"", Fault.EMPTY),
    (b" \r\n", Fault.EMPTY),
    (b"\xef\xbb\xbf", Fault.EMPTY),
    (b"hello", Fault.SYNTAX),
    (b"<feedback/>", Fault.SYNTAX),
    (b"[1, 2]", Fault.UNKNOWN_FORMAT),
    (b"null", Fault.UNKNOWN_FORMAT),
    (b'{"a": 1}', Fault.UNKNOWN_FORMAT),
    (put("policies", value=None), Fault.MISSING),
    (put("policies", value="sts"), Fault.MISSING),
    (put("date-range", value=None), Fault.MISSING),
    (put("date-range", "end-datetime", value=None), Fault.MISSING),
    (put("date-range", "end-datetime", value="tomorrow"), Fault.MISSING),
    (put("date-range", "start-datetime", value="2026-02-30T00:00:00Z"), Fault.MISSING),
    (put("date-range", "start-datetime", value="2026-11-23T00:00:00Z"), Fault.NONSENSE),
    (put("date-range", "end-datetime", value="2026-12-24T00:00:00Z"), Fault.NONSENSE),
    (put("date-range", "end-datetime", value="9999-12-31T23:59:59Z"), Fault.NONSENSE),
    (put("date-range", "start-datetime", value="2024-11-22T00:00:00Z"), Fault.NONSENSE),
    (b"[" * 100_000, Fault.TOO_DEEP),
    (b'{"a":' * 100_000, Fault.TOO_DEEP),
    (b'{"policies": [' + b"[]," * 300_000 + b"0]}", Fault.TOO_MANY),
    (b" " * (11 << 20), Fault.TOO_LARGE),
]  # fmt: skip


@pytest.mark.parametrize(("value", "fault"), REFUSED)
def test_what_says_nothing_is_refused(value: Any, fault: Fault) -> None:
    refused = load(value)
    assert isinstance(refused, Unreadable)
    assert refused.fault is fault
    assert refused.reason
    assert refused.place.path == PLACE.path


def test_a_number_of_a_million_digits_is_no_count() -> None:
    text = json.dumps(put(*DETAIL, "failed-session-count", value=77777))
    report, (record,) = whole(text.replace("77777", "7" * 1_000_000).encode())
    assert record.failures == ()
    assert [o.where for o in report.omissions] == ["policy 1, failure 1, failed-session-count"]


@pytest.mark.parametrize("word", ["NaN", "Infinity", "-Infinity", "1e999", "-1", "1.5"])
def test_numbers_that_count_nothing(word: str) -> None:
    text = json.dumps(put(*DETAIL, "failed-session-count", value=77777))
    _, (record,) = whole(text.replace("77777", word).encode())
    assert record.failures == ()


def test_keys_that_stand_twice_are_told() -> None:
    text = json.dumps(MICROSOFT).replace('"report-id"', '"report-id": "first", "report-id"')
    report, records = whole(text.encode())
    assert codes(report) == ["duplicate-key"]
    assert report.head.report_id == MICROSOFT["report-id"]
    assert records == [RECORD]


@pytest.mark.parametrize(
    ("encoding", "flaws"),
    [("utf-8", []), ("utf-8-sig", []), ("utf-16", ["not-utf-8"]), ("utf-16-be", ["not-utf-8"]),
     ("utf-32-le", ["not-utf-8"]), ("latin-1", ["not-utf-8"])],
)  # fmt: skip
def test_encodings(encoding: str, flaws: list[str]) -> None:
    text = json.dumps(put("organization-name", value="Müller"), ensure_ascii=False)
    report, records = whole(text.encode(encoding))
    assert codes(report) == flaws
    assert report.head.reporter.name == "Müller"
    assert records == [RECORD]


def test_nothing_that_steers_a_terminal_comes_through() -> None:
    nasty = "a\x1b[2Jb\u202ec\ud800\nd"
    value = put("organization-name", value=nasty)
    value["policies"][0]["failure-details"][0]["failure-reason-code"] = nasty
    report, (record,) = whole(value)
    for text in (report.head.reporter.name, record.failures[0].reason_code):
        assert text.isprintable()
        assert text.encode()


def three() -> bytes:
    """A report of three policies, in lines."""
    policies = [put(*POLICY, "policy", "policy-domain", value=f"{n}.example") for n in "abc"]
    value = dict(MICROSOFT, policies=[one["policies"][0] for one in policies])
    return json.dumps(value, indent=1).encode()


DAMAGE = [
    (b'"mode: enforce"', b'"mode: "enforce""', ["b", "c"]),
    (b'"mode: enforce"', b'"mode: \\enforce"', ["b", "c"]),
    (b'"policy-type"', b"policy-type", ["b", "c"]),
    (b'"result-type"', b"result-type", ["a", "b", "c"]),
    (b'"CertificateExpired"', b'"Certificate"Expired"', ["a", "b", "c"]),
]


@pytest.mark.parametrize(("old", "new", "left"), DAMAGE)
def test_damage_in_the_first_policy_leaves_the_others(
    old: bytes, new: bytes, left: list[str]
) -> None:
    report, records = whole(three().replace(old, new, 1))
    assert [record.domain[0] for record in records] == left
    assert [record.failures for record in records[-2:]] == [RECORD.failures] * 2
    assert report.omissions
    assert report.head.report_id


def test_control_characters_and_what_follows_do_no_harm() -> None:
    text = json.dumps(MICROSOFT).replace("CertificateExpired", "Certificate\tExpired\n")
    report, (record,) = whole(text.encode() + b"\n\n-- \nsent by a gateway")
    assert record.failures[0].reason_code == "Certificate Expired"
    assert [omission.where for omission in report.omissions] == ["after the end"]


def test_wherever_a_report_breaks_off_its_whole_policies_are_kept() -> None:
    data = three()
    ends = [data.find(b'"policy-domain": "%c.example"' % c) for c in b"abc"]
    for cut in range(len(data) - 1):
        report = tls.read(data[:cut], PLACE, now=NOW)
        if isinstance(report, Unreadable):
            assert cut < data.find(b'"policies": [') + len(b'"policies": [')
            continue
        records = [record for record in report.records if isinstance(record, TlsRecord)]
        assert not report.complete
        whole_ones = sum(cut > end for end in ends[1:])
        assert len(records) >= whole_ones
        assert all(record.successful == 61 and record.failed == 2 for record in records)


def test_too_much_damage_ends_the_reading() -> None:
    text = json.dumps(dict(MICROSOFT, policies=MICROSOFT["policies"] * 20))
    refused = load(text.replace('"result-type"', "result-type").encode())
    assert isinstance(refused, Unreadable)
    assert refused.fault is Fault.SYNTAX


def test_notes_are_bounded() -> None:
    value = dict(MICROSOFT, policies=[0] * 5000)
    report, records = whole(value, max_notes=10)
    assert records == []
    assert len(report.omissions) == 11


def test_memory_is_bounded() -> None:
    detail = json.dumps(MICROSOFT["policies"][0]["failure-details"][0])
    text = json.dumps(put(*POLICY, "failure-details", value=["X"]))
    data = text.replace('"X"', ",".join([detail] * 12_000)).encode()
    tracemalloc.start()
    _, (record,) = whole(data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(record.failures) == 12_000
    assert peak < 50 << 20


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("2026-11-22T00:00:00Z", BEGIN),
        ("2026-11-22t00:00:00z", BEGIN),
        ("2026-11-22T01:00:00+01:00", BEGIN),
        ("2026-11-21T19:00:00-0500", BEGIN),
        ("2026-11-22T00:00:00.123456789Z", BEGIN),
        ("2026-11-22 00:00:00", BEGIN),
        ("2026-11-22 00:00:00 UTC", BEGIN),
        ("2026-11-22T00:00", BEGIN),
        ("2026-11-22", BEGIN),
        ("2026-11-21T24:00:00Z", BEGIN),
        ("2026-11-21T23:59:60Z", BEGIN - 1),
        (str(BEGIN), BEGIN),
        (BEGIN, BEGIN),
        (BEGIN + 0.5, BEGIN),
        ("2026-11-22T25:00:00Z", None),
        ("2026-11-22T00:00:00+99:00", None),
        ("2026-13-22T00:00:00Z", None),
        ("0000-01-01T00:00:00Z", None),
        ("٢٠٢٦-11-22", None),
        ("22 November 2026", None),
        ("9" * 70, None),
        (-1, None),
        (True, None),
        (None, None),
        ([], None),
        (float("inf"), None),
        (float("nan"), None),
    ],
)  # fmt: skip
def test_moments(text: object, seconds: int | None) -> None:
    assert values.moment(text) == seconds


# Laws


@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda t: t.encode("utf-8", "replace")))
def test_reading_never_raises(data: bytes) -> None:
    report = tls.read(data, PLACE, now=NOW)
    if isinstance(report, Report):
        list(report.records)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=5,
)
PATHS: list[tuple[str | int, ...]] = [
    ("organization-name",), ("date-range",), ("date-range", "start-datetime"), ("contact-info",),
    ("report-id",), ("policies",), POLICY, (*POLICY, "policy"), (*POLICY, "summary"),
    (*POLICY, "policy", "policy-domain"), (*POLICY, "policy", "policy-string"),
    (*POLICY, "policy", "mx-host"), (*POLICY, "failure-details"), DETAIL,
    (*DETAIL, "result-type"), (*DETAIL, "sending-mta-ip"), (*DETAIL, "failed-session-count"),
]  # fmt: skip


@given(st.sampled_from(PATHS), json_values)
def test_any_value_in_any_place(path: tuple[str | int, ...], value: Any) -> None:
    report = load(put(*path, value=value))
    if isinstance(report, Report):
        for record in report.records:
            assert isinstance(record, TlsRecord)
            assert record.successful >= 0
            assert record.failed >= 0
            assert record.domain


@given(st.integers(0, 2500), st.binary(min_size=1, max_size=5))
def test_damage_anywhere_never_raises(at: int, junk: bytes) -> None:
    data = three()
    at %= len(data)
    report = tls.read(data[:at] + junk + data[at + len(junk) :], PLACE, now=NOW)
    if isinstance(report, Report):
        assert len(list(report.records)) <= 4


texts = st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1, max_size=20)
failures = st.builds(
    TlsFailure,
    st.sampled_from(["certificate-expired", "dnssec-invalid", "new-result"]),
    st.integers(0, 10**12),
    st.ip_addresses(v=4).map(str),
    texts.map(lambda t: f"{t.lower()}.example.com"),
    texts,
    st.ip_addresses(v=4).map(str),
    texts,
    texts,
)
records_ = st.builds(
    TlsRecord,
    st.sampled_from(["sts", "tlsa", "no-policy-found"]),
    st.sampled_from(["example.com", "mail.example.org"]),
    st.integers(0, 10**12),
    st.integers(0, 10**12),
    st.lists(texts, max_size=3).map(tuple),
    st.lists(texts.map(str.lower), max_size=3).map(tuple),
    st.lists(failures, max_size=3).map(tuple),
)


def written(record: TlsRecord) -> dict[str, Any]:
    """A record as the JSON that says it."""
    return {
        "policy": {
            "policy-type": record.type,
            "policy-domain": record.domain,
            "policy-string": list(record.policy),
            "mx-host": list(record.mx),
        },
        "summary": {
            "total-successful-session-count": record.successful,
            "total-failure-session-count": record.failed,
        },
        "failure-details": [
            {
                "result-type": failure.result_type,
                "failed-session-count": failure.count,
                "sending-mta-ip": failure.sending_ip,
                "receiving-mx-hostname": failure.receiving_mx,
                "receiving-mx-helo": failure.receiving_helo,
                "receiving-ip": failure.receiving_ip,
                "additional-information": failure.information,
                "failure-reason-code": failure.reason_code,
            }
            for failure in record.failures
        ],
    }


@given(st.lists(records_, max_size=4))
def test_what_is_written_is_read(records: list[TlsRecord]) -> None:
    report, found = whole(dict(MICROSOFT, policies=[written(record) for record in records]))
    assert found == records
    assert not report.partial


# Real ones


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the samples are not here")
def test_the_example_of_the_rfc() -> None:
    report, (record,) = whole((SAMPLES / "rfc8460.json").read_bytes())
    assert codes(report) == ["mx-host-not-array"]  # erratum 6241
    assert (record.successful, record.failed) == (5326, 303)
    assert [(f.result_type, f.count) for f in record.failures] == [
        ("certificate-expired", 100),
        ("starttls-not-supported", 200),
        ("validation-failure", 3),
    ]
