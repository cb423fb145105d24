"""What other parties must publish for an intent to work: assumed in a rehearsal, then asked for."""

from collections.abc import Iterator

from mailworthy.domain.intent import Host, Intent
from mailworthy.domain.records.auth import REPORTS_WELCOME, SPF_HELO
from mailworthy.domain.records.plan import permissions
from mailworthy.domain.recordset import RecordSet, Section
from mailworthy.domain.reverse import ptr_sets

TITLE = """\
What other parties must publish, not you: assumed here, so that a rehearsal can see the whole.
Nothing below takes effect before they have done it."""


def others(intent: Intent) -> tuple[RecordSet, ...]:
    """PTR records, hosts outside our zones, and leave for reports that go outside."""
    return (*ptr_sets(intent), *_hosts(intent), *_permissions(intent))


def _hosts(intent: Intent) -> Iterator[RecordSet]:
    for name, host in intent.hosts.items():
        if intent.zone_of(name) is None:
            yield from _host(name, host)


def _host(name: str, host: Host) -> Iterator[RecordSet]:
    why = f"{name} lies outside the zones of this intent"
    for type_, values in (("A", host.ipv4), ("AAAA", host.ipv6)):
        if values:
            yield _assumed(name, type_, values, why, "RFC 5321 §5.1")
    comment = f"the name in EHLO; {why}"
    yield _assumed(name, "TXT", (SPF_HELO,), comment, "RFC 7208 §10.1.2")


def _permissions(intent: Intent) -> Iterator[RecordSet]:
    for domain in intent.domains:
        for name in permissions(intent, domain):
            if intent.zone_of(name) is None:
                host = name.partition("._report._dmarc.")[2]
                comment = f"{host} must agree to receive the reports about {domain}"
                yield _assumed(name, "TXT", (REPORTS_WELCOME,), comment, "RFC 9990 §4")


def _assumed(
    name: str, type_: str, values: tuple[str, ...], comment: str, reference: str
) -> RecordSet:
    return RecordSet(
        name=name,
        type=type_,
        values=values,
        comment=comment,
        references=(reference,),
        assumed=True,
        exclusive=type_ != "TXT",
        section=Section.OTHERS,
    )
