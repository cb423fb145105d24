"""What the rules about SRV records share."""

from collections.abc import Iterable, Iterator

from mailworthy.audit.case import Case
from mailworthy.audit.evidence import AddressSet, ServiceEvidence
from mailworthy.audit.finding import Found, Remedy, Shown, Step, cite, replace, withdraw
from mailworthy.audit.healthy import healthy
from mailworthy.audit.part import Known
from mailworthy.audit.rules._dots import undoubled
from mailworthy.audit.rules._records import mend
from mailworthy.lookup.model import Answer
from mailworthy.names import printable
from mailworthy.rdata.srv import Srv, parse, render

# Each service whose TLS begins with the connection, and its twin with STARTTLS.
TWINS = {
    "_submissions._tcp": "_submission._tcp",
    "_imaps._tcp": "_imap._tcp",
    "_pop3s._tcp": "_pop3._tcp",
}
PORTS = {
    "_submissions._tcp": 465,
    "_submission._tcp": 587,
    "_imaps._tcp": 993,
    "_imap._tcp": 143,
    "_pop3s._tcp": 995,
    "_pop3._tcp": 110,
}


def instead(*records: str, blanks: dict[str, str] | None = None) -> Case:
    """The healthy world with these SRV records, `_imaps._tcp 0 1 993 mail.example.com.`, in
    place of those of the same services."""
    services = tuple(dict.fromkeys(f"{r.split()[0]}.example.com." for r in records))
    lines = (r.split(" ", 1) for r in records)
    add = tuple(f"{service}.example.com. SRV {value}" for service, value in lines)
    return healthy(drop=services, add=add, blanks=blanks or {})


def beside(*records: str) -> Case:
    """The healthy world with these SRV records besides."""
    lines = (r.split(" ", 1) for r in records)
    return healthy(add=tuple(f"{s}.example.com. SRV {v}" for s, v in lines))


def offered(records: Iterable[Srv]) -> tuple[Srv, ...]:
    """The records that name a server, preferred first."""
    return tuple(sorted((r for r in records if r.offered), key=lambda r: (r.priority, -r.weight)))


def pairs(
    services: tuple[ServiceEvidence, ...],
) -> Iterator[tuple[ServiceEvidence, ServiceEvidence]]:
    """Each service with implicit TLS and its twin, where both answers are known."""
    known = {s.service: s for s in services if isinstance(s.answer, Known)}
    for secure, plain in TWINS.items():
        if secure in known and plain in known:
            yield known[secure], known[plain]


def of(service: ServiceEvidence) -> tuple[Srv, ...]:
    """The readable records of a service whose answer is known."""
    return service.records.value if isinstance(service.records, Known) else ()


def answer_of(service: ServiceEvidence) -> tuple[Answer, ...]:
    """The answer, if it is known."""
    return (service.answer.value,) if isinstance(service.answer, Known) else ()


def text_of(answer: Answer, record: Srv) -> str:
    """The record as it was published."""
    usual = render(record)
    if usual in answer.records:
        return usual
    return next((t for t in answer.records if parse(t).record == record), usual)


def evidence(answer: Answer, record: Srv) -> Shown:
    """The line for one record."""
    return cite(answer, text_of(answer, record))


def changed(answer: Answer, domain: str, old: Srv, *new: Srv) -> tuple[Step, ...]:
    """Steps that put other records, or none, in the place of one; what is there stays there."""
    add = (render(r) for r in new)
    lacking = tuple(text for text in add if text not in answer.records)
    return mend(answer, domain, remove=(text_of(answer, old),), add=lacking)


def dangling(alias: AddressSet, domain: str) -> Found | None:
    """The finding about an alias that leads to no address; None if it does, or is none."""
    if not alias.chain or alias.ips:
        return None
    name, target = alias.name, f"{alias.chain[0]}."
    meant = undoubled(alias.chain[0], domain)
    cause = ": its final dot is missing" if meant else ""
    end = printable(alias.chain[-1], 100)
    return Found(
        subject=name,
        message=f"{printable(name)} is an alias of {end}, which has no address{cause}",
        evidence=(cite(alias.a), cite(alias.aaaa)),
        remedy=Remedy(
            replace(name, "CNAME", target, f"{meant}.")
            if meant
            else (withdraw(name, "CNAME", target),)
        ),
    )


def withdrawn(answer: Answer, domain: str, record: Srv) -> Remedy:
    """Take one server out; the last one leaves word that the service is not offered."""
    others = [r for t in answer.records if (r := parse(t).record) and r != record]
    return Remedy(changed(answer, domain, record, *(() if others else (NOT_OFFERED,))))


NOT_OFFERED = Srv(0, 0, 0, ".")
