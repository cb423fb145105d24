"""Messages through dnspython: every type, and the judge of what is malformed."""

import dns.exception
import dns.flags
import dns.message
import dns.rdataclass
import dns.rdatatype
import dns.rrset

from mailworthy.lookup.nametext import label_text
from mailworthy.lookup.presentation import value
from mailworthy.lookup.wiremodel import EDE, MAX_RECORDS, NS, SOA, Message, Record, wanted


def decode_slow(data: bytes) -> Message | None:
    """Read a message; None if dnspython finds it malformed. Never raises."""
    if len(data) < 12 or sum(int.from_bytes(data[i : i + 2]) for i in (6, 8, 10)) > MAX_RECORDS:
        return None
    try:
        message = dns.message.from_wire(data, ignore_trailing=True, one_rr_per_rrset=True)
        return _message(message)
    except (dns.exception.DNSException, ValueError):
        return None


def _message(message: dns.message.Message) -> Message:
    question = None
    if message.question:
        first = message.question[0]
        question = (_name(first.name), int(first.rdtype))
    asked = question[1] if question else -1
    flags = message.flags
    return Message(
        message.id,
        int(message.rcode()),
        bool(flags & dns.flags.AA),
        bool(flags & dns.flags.TC),
        bool(flags & dns.flags.RA),
        bool(flags & dns.flags.AD),
        question,
        tuple(r for s in message.answer for r in _records(s) if wanted(r.type, asked)),
        tuple(r for s in message.authority for r in _records(s) if r.type in (NS, SOA)),
        tuple(int(o.code) for o in message.options if int(o.otype) == EDE),
    )


def _records(rrset: dns.rrset.RRset) -> list[Record]:
    if rrset.rdclass != dns.rdataclass.IN:
        return []
    name, number = _name(rrset.name), int(rrset.rdtype)
    return [Record(name, number, rrset.ttl, *value(rdata)) for rdata in rrset]


def _name(name: dns.name.Name) -> str:
    return ".".join(label_text(label) for label in name.labels if label) or "."
