"""Aggregate reports as text: a small writer, and how to read what it writes."""

import gzip
import io
import zipfile
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO
from xml.sax.saxutils import escape

from mailworthy.reports import aggregate
from mailworthy.reports.model import (
    AggregateRecord,
    DkimAuth,
    Head,
    Place,
    Reason,
    Report,
    SpfAuth,
    Unreadable,
)

NOW = datetime(2026, 12, 1, tzinfo=UTC)
BEGIN = 1_795_996_800  # a week before NOW
HERE = Place(("report.xml",))
SAMPLES = Path(__file__).parents[2] / "shared/samples/aggregate"
FILES = sorted(path.name for path in SAMPLES.iterdir()) if SAMPLES.is_dir() else []
NAMESPACE = "urn:ietf:params:xml:ns:dmarc-2.0"


def octets(name: str) -> bytes:
    """A sample, unpacked."""
    data = (SAMPLES / name).read_bytes()
    if name.endswith(".gz"):
        return gzip.decompress(data)
    if name.endswith(".zip"):
        archive = zipfile.ZipFile(io.BytesIO(data))
        return archive.read(archive.namelist()[0])
    return data


def read(data: bytes | BinaryIO, limits: aggregate.Limits | None = None) -> Report | Unreadable:
    """What the reader makes of octets, a week after most reports here."""
    return aggregate.read(data, HERE, now=NOW, limits=limits or aggregate.Limits())


def whole(
    data: bytes | str, limits: aggregate.Limits | None = None
) -> tuple[Report, list[AggregateRecord]]:
    """A report that can be read, and all its records."""
    report = read(data.encode() if isinstance(data, str) else data, limits)
    assert isinstance(report, Report), report
    return report, [record for record in report.records if isinstance(record, AggregateRecord)]


def outcome(data: bytes, limits: aggregate.Limits | None = None) -> object:
    """All that reading some octets gives, as one value, whatever flaw was noticed first."""
    report = read(io.BytesIO(data), limits)
    if isinstance(report, Unreadable):
        return report
    records = list(report.records)
    codes = sorted(flaw.code for flaw in report.flaws)
    return report.head, records, report.omissions, codes, report.complete


def element(name: str, text: str | None) -> str:
    """An element with text; nothing for None."""
    return "" if text is None else f"<{name}>{escape(text)}</{name}>"


def metadata(
    *,
    org: str = "Reporter",
    email: str = "dmarc@reporter.example",
    id: str = "2026-11-24.1",
    begin: object = BEGIN,
    end: object = BEGIN + 86399,
    more: str = "",
) -> str:
    """<report_metadata>"""
    return (
        f"<report_metadata>{element('org_name', org)}{element('email', email)}"
        f"{element('report_id', id)}<date_range>{element('begin', str(begin))}"
        f"{element('end', str(end))}</date_range>{more}</report_metadata>"
    )


def policy(domain: str = "example.com", p: str = "reject", more: str = "") -> str:
    """<policy_published>"""
    return (
        f"<policy_published>{element('domain', domain)}{element('p', p)}{more}</policy_published>"
    )


def row(
    *,
    ip: str = "192.0.2.1",
    count: object = 1,
    disposition: str = "pass",
    dkim: str = "pass",
    spf: str = "pass",
    more: str = "",
) -> str:
    """<row>"""
    return (
        f"<row>{element('source_ip', ip)}{element('count', str(count))}<policy_evaluated>"
        f"{element('disposition', disposition)}{element('dkim', dkim)}{element('spf', spf)}"
        f"{more}</policy_evaluated></row>"
    )


def record(
    line: str = "", names: str = "<header_from>example.com</header_from>", results: str = ""
) -> str:
    """<record>"""
    return (
        f"<record>{line or row()}<identifiers>{names}</identifiers>"
        f"<auth_results>{results}</auth_results></record>"
    )


def feedback(*parts: str, namespace: str = NAMESPACE, version: str | None = "1.0") -> str:
    """A report of these parts, or of the usual head and one record."""
    inner = "".join(parts) or metadata() + policy() + record()
    return f'<feedback xmlns="{namespace}">{element("version", version)}{inner}</feedback>'


def of(*records: str) -> str:
    """A report with the usual head."""
    return feedback(metadata(), policy(), *records)


def render(head: Head, records: Iterable[AggregateRecord]) -> str:
    """A report as RFC 9990 has it, from values."""
    about, asked = head.reporter, head.policy
    assert asked is not None
    above = metadata(
        org=about.name,
        email=about.email,
        id=head.report_id,
        begin=head.window.begin,
        end=head.window.end,
        more=element("extra_contact_info", about.contact or None)
        + "".join(element("error", text) for text in head.errors)
        + element("generator", about.generator or None),
    )
    tags = ("sp", "np", "adkim", "aspf", "fo", "pct", "testing")
    more = "".join(element(tag, getattr(asked, tag) or None) for tag in tags)
    more += element("discovery_method", asked.discovery or None)
    return feedback(above, policy(asked.domain, asked.p, more), *map(rendered, records))


def rendered(value: AggregateRecord) -> str:
    """One record from its value."""
    line = row(
        ip=value.ip,
        count=value.count,
        disposition=value.disposition,
        dkim=value.dkim,
        spf=value.spf,
        more="".join(map(_reason, value.reasons)),
    )
    names = element("header_from", value.header_from)
    names += element("envelope_from", value.envelope_from)
    names += element("envelope_to", value.envelope_to)
    results = "".join(map(_dkim, value.dkim_auth)) + "".join(map(_spf, value.spf_auth))
    return record(line, names, results)


def _reason(value: Reason) -> str:
    inner = element("type", value.type) + element("comment", value.comment or None)
    return f"<reason>{inner}</reason>"


def _dkim(value: DkimAuth) -> str:
    inner = element("domain", value.domain) + element("selector", value.selector)
    inner += element("result", value.result) + element("human_result", value.human_result or None)
    return f"<dkim>{inner}</dkim>"


def _spf(value: SpfAuth) -> str:
    inner = element("domain", value.domain) + element("scope", value.scope or None)
    inner += element("result", value.result) + element("human_result", value.human_result or None)
    return f"<spf>{inner}</spf>"
