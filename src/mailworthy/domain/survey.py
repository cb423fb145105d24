"""What a domain publishes today, asked in two rounds: the ground for a drafted intent."""

from collections.abc import Iterator

import msgspec

from mailworthy.dkim.selectors import COMMON
from mailworthy.domain.recordset import Record
from mailworthy.lookup.model import (
    Answer,
    Asking,
    Fetched,
    Question,
    Status,
    ask,
    fetch,
)
from mailworthy.mtasts.policy import Mode
from mailworthy.mtasts.policy import parse as parse_policy
from mailworthy.names import is_within
from mailworthy.rdata.fields import absolute
from mailworthy.rdata.mx import parse as parse_mx

MAX_EXCHANGES = 10
_NOBODY = "mailworthy-no-such-selector"  # answered only by a wildcard
_APEX = ("MX", "TXT", "A", "AAAA", "NS", "SOA", "CAA", "DNSKEY")
_POLICIES = ("_dmarc", "_mta-sts", "_smtp._tls", "default._bimi")
_WEB = ("www", "mta-sts", "autoconfig", "autodiscover")
_SERVICES = ("submissions", "submission", "imaps", "imap", "pop3s", "pop3", "autodiscover")


class Survey(msgspec.Struct, frozen=True):
    """Everything that was found, as records, and what could not be learned.

    Records outside the domain are addresses of its MX hosts. `vital` is False if something is
    unknown that a new zone might weaken. `sts_mode` is that of the MTA-STS policy file, None if
    there is none or it could not be read. `exists` is False where DNS says so (NXDOMAIN).
    """

    domain: str
    records: tuple[Record, ...]
    unknown: tuple[str, ...] = ()
    vital: bool = True
    sts_mode: Mode | None = None
    exists: bool = True


def survey(domain: str) -> Asking[Survey]:
    """Ask for what an intent is drafted from; selectors are guessed from the usual ones."""
    answers = yield from ask(*_first(domain))
    more = yield from ask(*_second(domain, answers))
    every = (*answers, *more)
    mode = None
    if any(a.ask.name == f"_mta-sts.{domain}" and a.status is Status.FOUND for a in answers):
        mode = _mode((yield from fetch(f"https://mta-sts.{domain}/.well-known/mta-sts.txt")))
    return Survey(
        domain,
        _once(_records(domain, every)),
        tuple(_unknown(every)),
        _vital(domain, every),
        mode,
        all(a.status is not Status.ABSENT for a in answers if a.ask.name == domain),
    )


def _first(domain: str) -> Iterator[Question]:
    yield from (Question(domain, type_) for type_ in _APEX)
    yield from (Question(f"{label}.{domain}", "TXT") for label in _POLICIES)
    for name in (f"{label}.{domain}" for label in _WEB):
        yield from (Question(name, type_) for type_ in ("A", "AAAA", "MX", "TXT"))
        yield Question(f"_dmarc.{name}", "TXT")
    yield from (Question(f"_{service}._tcp.{domain}", "SRV") for service in _SERVICES)
    yield from (Question(f"{s}._domainkey.{domain}", "TXT") for s in (_NOBODY, COMMON[0]))
    yield Question(f"_domainkey.{domain}", "TXT")


def _second(domain: str, answers: tuple[Answer, ...]) -> Iterator[Question]:
    """Addresses of MX hosts and of name servers in the zone; selectors unless that is in vain."""
    found = {(a.ask.name, a.ask.type): a for a in answers}
    exchanges = [parse_mx(text).record for text in found[domain, "MX"].records]
    names = [mx.exchange for mx in exchanges if mx is not None and not mx.null][:MAX_EXCHANGES]
    servers = (value.removesuffix(".") for value in found[domain, "NS"].records)
    inside = [name for name in servers if is_within(name, domain)][:MAX_EXCHANGES]
    for name in dict.fromkeys([*names, *inside]):
        yield from (Question(name, type_) for type_ in ("A", "AAAA"))
        if is_within(name, domain):
            yield Question(name, "TXT")
    wildcard = found[f"{_NOBODY}._domainkey.{domain}", "TXT"].status is Status.FOUND
    if not wildcard and found[f"_domainkey.{domain}", "TXT"].status is not Status.ABSENT:
        yield from (Question(f"{s}._domainkey.{domain}", "TXT") for s in COMMON[1:])


def _records(domain: str, answers: tuple[Answer, ...]) -> Iterator[Record]:
    for answer in answers:
        name, type_ = answer.ask.name, answer.ask.type
        if name.startswith(f"{_NOBODY}."):
            name = f"*._domainkey.{domain}"
        if answer.chain:
            yield Record(name, "CNAME", absolute(answer.chain[0]), answer.ttl)
        # What an alias leads to is the business of its own zone, but the addresses of an MX
        # host outside are wanted wherever they come from.
        if not answer.chain or not is_within(name, domain):
            yield from (Record(name, type_, value, answer.ttl) for value in answer.records)


def _once(records: Iterator[Record]) -> tuple[Record, ...]:
    """Each record once: an alias seen on the way to nothing comes with the shorter TTL of that."""
    found: dict[tuple[str, str, str], Record] = {}
    for record in sorted(records, key=lambda r: r.ttl):
        found[record.name, record.type, record.value] = record
    return tuple(found.values())


def _unknown(answers: tuple[Answer, ...]) -> Iterator[str]:
    for answer in answers:
        if answer.status is Status.FAILED:
            yield f"{answer.ask.name} {answer.ask.type} could not be learned: {answer.why}"


def _vital(domain: str, answers: tuple[Answer, ...]) -> bool:
    """Whether nothing is unknown that a new zone could weaken."""
    names = {domain, *(f"{label}.{domain}" for label in _POLICIES)}
    wanted = {(name, "TXT") for name in names} | {(domain, "MX"), (domain, "CAA")}
    failed = {(a.ask.name, a.ask.type) for a in answers if a.status is Status.FAILED}
    return not failed & wanted


def _mode(fetched: Fetched) -> Mode | None:
    if fetched.status is not Status.FOUND or fetched.code != 200:
        return None
    policy = parse_policy(fetched.body).record
    return None if policy is None else policy.mode
