"""The addresses in an SPF record that are no known mail host's, where that might be a fault."""

from mailworthy.audit.evidence import AddressEvidence, HostEvidence, Listed, Ptr, Published
from mailworthy.audit.part import Known, Part, every, part
from mailworthy.lookup.model import Answer, Asking, Question, ask
from mailworthy.names import normalize
from mailworthy.rdata.address import reverse_name
from mailworthy.spf.authorise import Standing
from mailworthy.spf.model import Mechanism, Qualifier, SpfRecord

MAX_LISTED = 4  # who names more hosts than this did not just forget to change one
MAX_NAMES = 10  # RFC 7208 §4.6.4
_REFUSED = frozenset({Standing.FAIL, Standing.SOFTFAIL, Standing.NEUTRAL})


def listed_of(
    spf: Part[Published[SpfRecord]],
    hosts: Part[tuple[HostEvidence, ...]],
    addresses: Part[tuple[AddressEvidence, ...]],
) -> Asking[Part[tuple[Listed, ...]]]:
    """The reverse names of the single addresses that the record names; nothing is asked unless
    a mail host with a name in the domain is refused by all its addresses."""
    if not (isinstance(spf, Known) and isinstance(hosts, Known) and isinstance(addresses, Known)):
        return Known(())
    if not any(h.within and left_out(h, addresses.value) for h in hosts.value):
        return Known(())
    known = {a.ip for a in addresses.value}
    ips = [ip for ip in named(spf.value.record) if ip not in known][:MAX_LISTED]
    if not ips:
        return Known(())
    answers = yield from ask(*(Question(reverse_name(ip), "PTR") for ip in ips))
    return every([_listed(ip, answer) for ip, answer in zip(ips, answers, strict=True)])


def left_out(host: HostEvidence, addresses: tuple[AddressEvidence, ...]) -> bool:
    """Whether mail of the host surely fails SPF, whichever of its addresses it leaves from."""
    said = [a.authorisation for a in addresses if host.name in a.hosts]
    return bool(said) and all(isinstance(s, Known) and s.value.result in _REFUSED for s in said)


def named(record: SpfRecord | None) -> list[str]:
    """The single addresses that a record lets pass."""
    terms = record.mechanisms if record else ()
    return [m.network for m in terms if m.network and _is_single(m)]


def _is_single(term: Mechanism) -> bool:
    whole = term.prefix4 in (None, 32) and term.prefix6 in (None, 128)
    return whole and term.qualifier is Qualifier.PASS


def _listed(ip: str, answer: Answer) -> Part[Listed]:
    names = tuple(normalize(text) for text in answer.records[:MAX_NAMES])
    return part(answer, lambda: Listed(ip, Ptr(answer, names)))
