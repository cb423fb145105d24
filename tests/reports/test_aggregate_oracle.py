"""parsedmarc beside us on aggregate reports, real ones and made ones."""

import warnings
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregate_strategies import HEADS, RECORDS
from aggregate_xml import FILES, octets, render, whole
from agreement import Agreement, Difference
from mailworthy.reports.model import AggregateRecord, Head, Report, Window

parsedmarc = pytest.importorskip("parsedmarc", reason="parsedmarc is not installed")
pytestmark = pytest.mark.oracle


def _is(field: str, theirs: Any = ...) -> Any:
    """A field that they fill in where the reporter said nothing."""

    def fits(name: str, mine: Any, other: Any) -> bool:
        return name == field and not mine and theirs in (..., other)

    return fits


AGREEMENT = Agreement(
    "parsedmarc, aggregate",
    Difference("no selector is none for them", "§3.1.1.12", _is("selector", "none")),
    Difference("no scope is mfrom for them", "§3.1.1.13", _is("scope", "mfrom")),
    Difference("sp that is not there is p for them", "§3.1.1.5: defaults", _is("sp")),
    Difference("alignment that is not there is r for them", "§3.1.1.5: defaults", _is("mode", "r")),
    Difference("SPF tells them the sender", "§3.1.1.10: may be absent", _is("envelope_from")),
    Difference(
        "a name of the reporter that looks like a domain is cut to its registered part",
        "§3.1.1.3: a name",
        lambda name, mine, other: name == "org" and other is not None,
    ),
    Difference(
        "a report id is cut at @",
        "§3.5.1: dot-atom [@ dot-atom]",
        lambda name, mine, other: name == "report_id" and mine.partition("@")[0] == other,
    ),
    Difference(
        "that XML had to be repaired is an error of the reporter",
        "§3.1.5: errors with the record",
        lambda name, mine, other: name == "errors" and other[0].startswith("Invalid XML"),
    ),
    Difference(
        "results without domain are left out",
        "§3.1.1.13: kept, as the reporter said so",
        lambda name, mine, other: name in ("dkim", "spf") and "" in mine and other == [],
    ),
)  # fmt: skip


@pytest.fixture(autouse=True, scope="module")
def counted(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    AGREEMENT.tell(request.config)


def theirs(data: bytes) -> dict[str, Any]:
    """What parsedmarc makes of a report, without network."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found: dict[str, Any] = parsedmarc.parse_aggregate_report_xml(
            data, offline=True, always_use_local_files=True
        )
    return found


def hold(data: bytes, report: Report, records: list[AggregateRecord]) -> None:
    """Compare every field that both have."""
    peer = theirs(data)
    for name, mine, other in [
        *_head(report.head, peer),
        ("records", len(records), len(peer["records"])),
    ]:
        AGREEMENT.hold(mine, other, name, mine, other)
    for mine_, other_ in zip(records, peer["records"], strict=True):
        for name, mine, other in _record(mine_, other_):
            AGREEMENT.hold(mine, other, name, mine, other)


Compared = Iterator[tuple[str, Any, Any]]


def _head(head: Head, peer: dict[str, Any]) -> Compared:
    asked, about, above = head.policy, peer["policy_published"], peer["report_metadata"]
    assert asked is not None
    yield "org", head.reporter.name, above["org_name"]
    yield "email", head.reporter.email, above["org_email"]
    yield "contact", head.reporter.contact, above["org_extra_contact_info"] or ""
    yield "generator", head.reporter.generator, above["generator"] or ""
    yield "report_id", head.report_id, above["report_id"]
    yield "errors", list(head.errors), above["errors"]
    yield "begin", datetime.fromtimestamp(head.window.begin), _time(above["begin_date"])
    yield "end", datetime.fromtimestamp(head.window.end), _time(above["end_date"])
    for name in ("domain", "p", "sp", "np", "fo", "pct", "testing"):
        yield name, getattr(asked, name), about[name] or ""
    yield "mode", asked.adkim, about["adkim"]
    yield "mode", asked.aspf, about["aspf"]
    yield "discovery", asked.discovery, about["discovery_method"] or ""


def _time(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S")


def _record(mine: AggregateRecord, peer: dict[str, Any]) -> Compared:
    evaluated, names, results = (
        peer[key] for key in ("policy_evaluated", "identifiers", "auth_results")
    )
    yield "ip", mine.ip, peer["source"]["ip_address"]
    yield "count", mine.count, peer["count"]
    for name in ("disposition", "dkim", "spf"):
        yield name, getattr(mine, name), evaluated[name]
    reasons = [
        (each["type"], each["comment"] or "") for each in evaluated["policy_override_reasons"]
    ]
    yield "reasons", [(reason.type, reason.comment) for reason in mine.reasons], reasons
    yield "header_from", mine.header_from, names["header_from"]
    yield "envelope_from", mine.envelope_from, names["envelope_from"]
    yield "envelope_to", mine.envelope_to, names["envelope_to"]
    for kind, third in (("dkim", "selector"), ("spf", "scope")):
        here, there = getattr(mine, f"{kind}_auth"), results[kind]
        yield kind, [each.domain for each in here], [each["domain"] for each in there]
        for one, other in zip(here, there, strict=False):
            yield "result", one.result, other["result"]
            yield third, getattr(one, third), other[third]
            yield "human_result", one.human_result, other["human_result"] or ""


@pytest.mark.parametrize("name", FILES)
def test_samples(name: str) -> None:
    hold(octets(name), *whole(octets(name)))


DAYS = st.builds(
    lambda begin, size: Window(begin, begin + size),
    st.integers(1_300_000_000, 1_790_000_000),
    st.integers(0, 86400),  # longer ones they spread over days
)


@given(HEADS, DAYS, st.lists(RECORDS, min_size=1, max_size=3))
def test_made_reports(head: Head, window: Window, records: list[AggregateRecord]) -> None:
    data = render(msgspec.structs.replace(head, window=window), records).encode()
    hold(data, *whole(data))
