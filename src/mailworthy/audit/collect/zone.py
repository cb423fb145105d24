"""The zone itself: SOA, NS, DNSSEC, CAA."""

import msgspec

from mailworthy.audit.collect.hosts import addresses_of
from mailworthy.audit.evidence import (
    Certification,
    Dnssec,
    Existence,
    NameserverEvidence,
    Nameservers,
    Read,
)
from mailworthy.audit.part import Known, NotAsked, Part, missing, part
from mailworthy.lookup.drive import gather
from mailworthy.lookup.model import Answer, Asking, Question, Status, ask, look
from mailworthy.names import ancestors, normalize
from mailworthy.rdata.caa import parse as parse_caa
from mailworthy.rdata.ds import parse_dnskey, parse_ds
from mailworthy.rdata.soa import Soa
from mailworthy.rdata.soa import parse as parse_soa

MAX_NAMESERVERS = 8


def existence(soa: Answer) -> Part[Existence]:
    """Whether the domain exists, and is an apex."""
    apex = soa.status is Status.FOUND and not soa.chain
    return part(soa, lambda: Existence(soa, soa.status is not Status.ABSENT, apex))


def soa_of(soa: Answer) -> Part[Soa]:
    """The SOA values, NotAsked where the domain is inside another zone."""
    if soa.status is Status.FAILED:
        return missing(soa)
    record = parse_soa(soa.records[0]).record if soa.records else None
    if record is None or soa.chain:
        return NotAsked(f"{soa.ask.name} SOA", "the domain is no zone of its own")
    return Known(record)


def ns_of(
    domain: str,
) -> Asking[tuple[Part[Nameservers], Part[tuple[NameserverEvidence, ...]]]]:
    """The name servers and their addresses."""
    answer = yield from look(domain, "NS")
    if answer.status is Status.FAILED:
        return missing(answer), missing(answer)
    names = tuple(normalize(text) for text in answer.records)
    sets = yield from gather([addresses_of(name) for name in names[:MAX_NAMESERVERS]])
    found = tuple(NameserverEvidence(n, s) for n, s in zip(names, sets, strict=False))
    return Known(Nameservers(answer, names)), Known(found)


def dnssec_of(domain: str) -> Asking[Part[Dnssec]]:
    """DS at the parent; DNSKEY, NSEC3PARAM and the AD bit here."""
    ds, dnskey, soa = yield from ask(
        Question(domain, "DS"), Question(domain, "DNSKEY"), Question(domain, "SOA")
    )
    question = Question(domain, "NSEC3PARAM")
    if dnskey.records:
        (nsec3param,) = yield from ask(question)
    else:  # it stands at the apex of a signed zone and nowhere else (RFC 5155 §4)
        nsec3param = msgspec.structs.replace(dnskey, ask=question)
    for answer in (ds, dnskey, nsec3param, soa):
        if answer.status is Status.FAILED:
            return missing(answer)
    delegated = (parse_ds(text).record for text in ds.records)
    keys = (parse_dnskey(text).record for text in dnskey.records)
    return Known(
        Dnssec(
            ds=ds,
            dnskey=dnskey,
            nsec3param=nsec3param,
            delegated=tuple(d for d in delegated if d),
            keys=tuple(k for k in keys if k),
            ad=soa.ad,
        )
    )


def caa_of(domain: str) -> Asking[Part[Certification]]:
    """Climb to the first name with CAA records (RFC 8659 §3), all levels above in one round.

    The top-level domain is asked too, as a certification authority would.
    """
    own, *above = ancestors(domain)
    answers = yield from ask(Question(own, "CAA"))
    if answers[0].status is not Status.FAILED and not answers[0].records:
        answers += yield from ask(*(Question(name, "CAA") for name in above))
    for answer in answers:
        if answer.status is Status.FAILED:
            return missing(answer)
        if answer.records:
            return Known(_certification(answer))
    return Known(Certification(None, answers[0], ()))


def _certification(answer: Answer) -> Certification:
    records = tuple(Read(text, parse_caa(text)) for text in answer.records)
    return Certification(answer.ask.name, answer, records)
