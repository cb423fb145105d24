"""Names beside the mail itself: services, bystanders, and the record sets of the intent."""

from mailworthy.audit.collect.hosts import addresses_of, mx_of
from mailworthy.audit.collect.target import Target
from mailworthy.audit.collect.texts import texts_at
from mailworthy.audit.evidence import AddressSet, Bystander, ServiceEvidence, WantedEvidence
from mailworthy.audit.part import Known, Part, every, part
from mailworthy.domain.recordset import RecordSet
from mailworthy.lookup.drive import gather, together
from mailworthy.lookup.model import Asking, look
from mailworthy.rdata.srv import Srv
from mailworthy.rdata.srv import parse as parse_srv
from mailworthy.spf.record import is_spf
from mailworthy.spf.record import parse as parse_spf

# RFC 6186 §3, RFC 8314 §5.1, and Outlook's own.
SERVICES = (
    "_submissions._tcp",
    "_submission._tcp",
    "_imaps._tcp",
    "_imap._tcp",
    "_pop3s._tcp",
    "_pop3._tcp",
    "_autodiscover._tcp",
)
MAX_TARGETS = 4
MAX_BYSTANDERS = 8


def services_of(domain: str) -> Asking[tuple[ServiceEvidence, ...]]:
    """Each SRV name and the hosts it leads to."""
    return tuple((yield from gather([_service(domain, service) for service in SERVICES])))


def _service(domain: str, service: str) -> Asking[ServiceEvidence]:
    name = f"{service}.{domain}"
    answer = yield from look(name, "SRV")
    records: Part[tuple[Srv, ...]] = part(
        answer,
        lambda: tuple(r for text in answer.records if (r := parse_srv(text).record)),
    )
    targets: Part[tuple[AddressSet, ...]] = Known(())
    if isinstance(records, Known):
        hosts = dict.fromkeys(r.target for r in records.value if r.offered)
        sets = yield from gather([addresses_of(host) for host in list(hosts)[:MAX_TARGETS]])
        targets = every(sets)
    else:
        targets = records
    return ServiceEvidence(service, name, part(answer, lambda: answer), records, targets)


def bystanders_of(target: Target) -> Asking[tuple[Bystander, ...]]:
    """Names that have an address but should have no mail."""
    names = [f"{label}.{target.domain}" for label in target.bystanders[:MAX_BYSTANDERS]]
    return tuple((yield from gather([_bystander(name) for name in names])))


def _bystander(name: str) -> Asking[Bystander]:
    addresses, mx, spf = yield from together(
        addresses_of(name), mx_of(name), texts_at(name, is_spf, parse_spf)
    )
    return Bystander(name, addresses, mx, spf)


def wanted_of(sets: tuple[RecordSet, ...]) -> Asking[tuple[WantedEvidence, ...]]:
    """What is published where the intent wants a record set."""
    return tuple((yield from gather([_wanted(s) for s in sets])))


def _wanted(wanted: RecordSet) -> Asking[WantedEvidence]:
    answer = yield from look(wanted.name, wanted.type)
    return WantedEvidence(wanted, part(answer, lambda: answer))
