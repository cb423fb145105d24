"""Names beside the mail itself: services, bystanders, and the record sets of the intent."""

from mailworthy.audit.collect.frugal import alias_of, below, likewise
from mailworthy.audit.collect.hosts import address_set, addresses_of, mx_set
from mailworthy.audit.collect.target import Target
from mailworthy.audit.collect.texts import published
from mailworthy.audit.evidence import AddressSet, Bystander, ServiceEvidence, WantedEvidence
from mailworthy.audit.part import Known, Part, every, part
from mailworthy.domain.recordset import RecordSet
from mailworthy.lookup.drive import gather
from mailworthy.lookup.model import Answer, Asking, look
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
    """Each SRV name and the hosts it leads to.

    Most domains have none, which one question tells: below a name that does not exist there is
    nothing (RFC 8020 §2).
    """
    above = yield from look(f"_tcp.{domain}", "SRV")
    return tuple((yield from gather([_service(domain, s, above) for s in SERVICES])))


def _service(domain: str, service: str, above: Answer) -> Asking[ServiceEvidence]:
    name = f"{service}.{domain}"
    answer = yield from below(above, name, "SRV")
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
    a = yield from look(name, "A")
    aaaa, mx, txt = yield from likewise(a, "AAAA", "MX", "TXT")
    return Bystander(name, address_set(a, aaaa), mx_set(mx), published(txt, is_spf, parse_spf))


def wanted_of(sets: tuple[RecordSet, ...]) -> Asking[tuple[WantedEvidence, ...]]:
    """What is published where the intent wants a record set."""
    return tuple((yield from gather([_wanted(s) for s in sets])))


def _wanted(wanted: RecordSet) -> Asking[WantedEvidence]:
    alias = wanted.type == "CNAME"
    answer = yield from alias_of(wanted.name) if alias else look(wanted.name, wanted.type)
    return WantedEvidence(wanted, part(answer, lambda: answer))
