"""parsedmarc beside us on TLS and failure reports, real ones and made ones.

Where we differ on purpose, a line of DIFFERENT says why.
"""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailworthy import reports
from mailworthy.reports import feedback, tls
from mailworthy.reports.model import FailureRecord, Place, Report, TlsRecord

parsedmarc = pytest.importorskip("parsedmarc", reason="parsedmarc is among the oracles")
pytestmark = pytest.mark.oracle

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
SHARED = Path(__file__).parent.parent.parent.parent / "shared" / "samples"
HERE = pytest.mark.skipif(not SHARED.is_dir(), reason="the samples are not here")


def ours(records: list[TlsRecord]) -> list[dict[str, Any]]:
    """TLS records in parsedmarc's words; it leaves out what is empty."""
    found = []
    for record in records:
        policy: dict[str, Any] = {
            "policy_domain": record.domain,
            "policy_type": record.type,
            "successful_session_count": record.successful,
            "failed_session_count": record.failed,
        }
        if record.policy:
            policy["policy_strings"] = list(record.policy)
        policy["failure_details"] = [
            {
                key: value
                for key, value in {
                    "result_type": failure.result_type,
                    "failed_session_count": failure.count,
                    "sending_mta_ip": failure.sending_ip,
                    "receiving_ip": failure.receiving_ip,
                    "receiving_mx_hostname": failure.receiving_mx,
                    "receiving_mx_helo": failure.receiving_helo,
                    "additional_info_uri": failure.information,
                    "failure_reason_code": failure.reason_code,
                }.items()
                if value != ""
            }
            for failure in record.failures
        ]
        found.append(policy)
    return found


def theirs(report: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"failure_details": [], **policy} for policy in report["policies"]]


def agree(report: Report, other: dict[str, Any]) -> None:
    head = report.head
    assert head.reporter.name == other["organization_name"]
    assert head.reporter.email == other["contact_info"]
    assert head.report_id == other["report_id"]
    for ours_, theirs_ in ((head.window.begin, "begin_date"), (head.window.end, "end_date")):
        assert ours_ == datetime.fromisoformat(other[theirs_]).timestamp()
    records = [record for record in report.records if isinstance(record, TlsRecord)]
    assert ours(records) == normal(theirs(other))


def normal(policies: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """We write addresses in one way (RFC 5952), they as they came."""
    import ipaddress

    for policy in policies:
        for failure in policy["failure_details"]:
            for key in ("sending_mta_ip", "receiving_ip"):
                if key in failure:
                    failure[key] = str(ipaddress.ip_address(failure[key]))
    return policies


@HERE
def test_the_example_of_the_rfc() -> None:
    data = (SHARED / "tls" / "rfc8460.json").read_bytes()
    report = tls.read(data, Place(("x",)), now=NOW)
    assert isinstance(report, Report)
    agree(report, parsedmarc.parse_smtp_tls_report_json(data))


@HERE
def test_googles_mail() -> None:
    data = (SHARED / "tls" / "google.com_smtp_tls_report.eml").read_bytes()
    (report,) = reports.read(data, now=NOW)
    assert isinstance(report, Report)
    agree(report, parsedmarc.parse_report_email(data, offline=True)["report"])


words = st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1, max_size=12)
failures = st.fixed_dictionaries(
    {
        "result-type": st.sampled_from(["certificate-expired", "dnssec-invalid"]),
        "failed-session-count": st.integers(0, 10**9),
    },
    optional={
        "sending-mta-ip": st.ip_addresses(v=4).map(str),
        "receiving-ip": st.ip_addresses(v=4).map(str),
        "receiving-mx-hostname": words.map(lambda w: f"{w.lower()}.example.com"),
        "receiving-mx-helo": words,
        "additional-information": words,
        "failure-reason-code": words,
    },
)
policies = st.fixed_dictionaries(
    {
        "policy": st.fixed_dictionaries(
            {
                "policy-type": st.sampled_from(["sts", "tlsa", "no-policy-found"]),
                "policy-domain": words.map(lambda w: f"{w.lower()}.example"),
            },
            optional={"policy-string": st.lists(words, max_size=3)},
        ),
        "summary": st.fixed_dictionaries(
            {
                "total-successful-session-count": st.integers(0, 10**9),
                "total-failure-session-count": st.integers(0, 10**9),
            }
        ),
    },
    optional={"failure-details": st.lists(failures, max_size=3)},
)


@given(st.lists(policies, max_size=4), words, words)
def test_made_reports(found: list[Any], name: str, report_id: str) -> None:
    value = {
        "organization-name": name,
        "date-range": {
            "start-datetime": "2026-11-22T00:00:00Z",
            "end-datetime": "2026-11-22T23:59:59Z",
        },
        "contact-info": "tls@example.org",
        "report-id": report_id,
        "policies": found,
    }
    data = json.dumps(value).encode()
    report = tls.read(data, Place(("x",)), now=NOW)
    assert isinstance(report, Report)
    agree(report, parsedmarc.parse_smtp_tls_report_json(data))


# Their word for a field of ours, and why it is another.
DIFFERENT = {
    "delivery_result": "they write other for a word that they do not know; we keep what was said",
}


@HERE
@pytest.mark.parametrize("word", ["domain.de", "linkedin"])
def test_failures(word: str) -> None:
    (path,) = (p for p in (SHARED / "failure").iterdir() if word in p.name)
    data = path.read_bytes()
    other = parsedmarc.parse_report_email(data, offline=True)
    assert other["report_type"] == "failure"
    report = feedback.read(data, Place(("x",)), now=NOW, redact=False)
    assert isinstance(report, Report)
    (record,) = report.records
    assert isinstance(record, FailureRecord)
    assert record.arrival is not None
    arrival = datetime.fromtimestamp(record.arrival, UTC)
    sample = other["report"]["parsed_sample"]
    mine = {
        "feedback_type": record.feedback_type,
        "user_agent": report.head.reporter.generator,
        "reported_domain": record.domain,
        "arrival_date_utc": arrival.strftime("%Y-%m-%d %H:%M:%S"),
        "auth_failure": list(record.auth_failure),
        "authentication_results": record.authentication_results,
        "delivery_result": record.delivery_result,
        "source": record.source_ip,
        "from": record.header_from,
        "subject": record.subject,
    }
    others = {
        **{key: other["report"][key] for key in mine if key in other["report"]},
        "source": other["report"]["source"]["ip_address"],
        "from": sample["from"]["address"],
        "subject": sample["subject"],
    }
    differs = {key for key in mine if mine[key] != others[key]}
    assert differs <= DIFFERENT.keys()


def test_a_complaint_is_no_failure() -> None:
    """They store it as a failure of DMARC, which it is not (RFC 5965 §7.3)."""
    data = (
        b"From: fbl@isp.example\nDate: Sun, 22 Nov 2026 10:00:05 +0000\nMIME-Version: 1.0\n"
        b"Content-Type: multipart/report; report-type=feedback-report; boundary=b\n\n"
        b"--b\nContent-Type: text/plain\n\nx\n"
        b"--b\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\nUser-Agent: x\n"
        b"Version: 1\nSource-IP: 192.0.2.1\nArrival-Date: Sun, 22 Nov 2026 10:00:00 +0000\n"
        b"--b\nContent-Type: message/rfc822\n\nFrom: news@example.com\n\nx\n--b--\n"
    )
    assert parsedmarc.parse_report_email(data, offline=True)["report_type"] == "failure"
    report = feedback.read(data, Place(("x",)), now=NOW)
    assert isinstance(report, Report)
    assert report.head.kind == "complaint"
    (record,) = report.records
    assert isinstance(record, FailureRecord)
    assert record.auth_failure == ()
