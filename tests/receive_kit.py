"""Evidence made by hand: a clean message, and one thing wrong with it at a time."""

from collections.abc import Mapping, Sequence
from typing import Any

from mailworthy.arc.result import ArcResult
from mailworthy.arc.result import Result as Arc
from mailworthy.dkim.record import DkimKey
from mailworthy.dkim.result import DkimResults, DkimSignature, Length, outcome
from mailworthy.dkim.result import Result as Dkim
from mailworthy.dmarc import engine, rfc7489
from mailworthy.dnsbl.lists import load as blocklists
from mailworthy.dnsbl.result import Cause as Listed
from mailworthy.dnsbl.result import Listing, Listings
from mailworthy.dnsbl.subject import Kind
from mailworthy.helo.result import Cause as Helo
from mailworthy.helo.result import HeloResult
from mailworthy.iprev.engine import Forward, IprevResult
from mailworthy.iprev.engine import Result as Iprev
from mailworthy.lookup.drive import drive
from mailworthy.lookup.model import Answer, Ask, Question, Reply, Status, Why, failed
from mailworthy.message.author import Author, Fault
from mailworthy.mx.result import Cause as Mx
from mailworthy.mx.result import MxResult
from mailworthy.rdata.address import address, reverse_name
from mailworthy.receive.envelope import Envelope
from mailworthy.receive.evidence import Evidence
from mailworthy.receive.flaw import Code, Flaw, Level
from mailworthy.receive.form import Form
from mailworthy.receive.identifiers import identifiers
from mailworthy.receive.oneclick import OneClick, OneClickProblem
from mailworthy.receive.verifier import Algorithm, Verifier
from mailworthy.receive.words import Fact
from mailworthy.spf.model import Result as Spf
from mailworthy.spf.result import Cause, SpfResult

IP, IP6 = "192.0.2.25", "2001:db8::25"
AUTHOR, HOST, OTHER = "example.com", "mail.example.com", "other.example"
NONE = "v=DMARC1; p=none; rua=mailto:d@example.com"
QUARANTINE = "v=DMARC1; p=quarantine; rua=mailto:d@example.com"
REJECT = "v=DMARC1; p=reject; rua=mailto:d@example.com"
VERIFIERS = [
    Verifier(length, algorithms)
    for algorithms in (tuple(Algorithm), (Algorithm.RSA,))
    for length in Length
]


def answer(name: str, type_: str, *records: str, status: Status = Status.FOUND) -> Answer:
    return Answer(Question(name, type_), status if not records else Status.FOUND, records=records)


def lost(name: str, type_: str, why: Why = Why.TIMEOUT) -> Answer:
    reply = failed(Question(name, type_), why)
    assert isinstance(reply, Answer)
    return reply


class Zone:
    """TXT records by name; a `Why` where the look-up fails, and nothing elsewhere."""

    def __init__(self, records: Mapping[str, Sequence[str] | Why]) -> None:
        self.records = records
        self.asked: list[Ask] = []

    def instant(self, ask: Ask) -> Reply:
        assert isinstance(ask, Question)
        self.asked.append(ask)
        found = self.records.get(ask.name, ())
        if isinstance(found, Why):
            return failed(ask, found)
        return answer(ask.name, "TXT", *found, status=Status.ABSENT)


def spf(result: Spf, domain: str = AUTHOR, why: Why = Why.TIMEOUT, ip: str = IP) -> SpfResult:
    made = SpfResult(result, Cause.MATCH, "5.1", ip, domain, f"a@{domain}", HOST, where=domain)
    if result is not Spf.TEMPERROR:
        return made
    cut = {"cause": Cause.RECORD_LOOKUP, "failed": lost(domain, "TXT", why)}
    return SpfResult(**{f: cut.get(f, getattr(made, f)) for f in made.__struct_fields__})


def signed(
    code: str = "good",
    domain: str = AUTHOR,
    *,
    bits: int = 2048,
    length: int | None = None,
    uncovered: int = 0,
    k: str = "rsa",
) -> DkimSignature:
    result, section = outcome(code)
    return DkimSignature(
        0,
        result,
        code,
        f"{code} it is",
        section,
        domain,
        "s1",
        algorithm="" if k == "rsa" else f"{k}-sha256",
        key=DkimKey("AAAA", k, bits=bits),
        length=length,
        uncovered=uncovered,
        counts=result is Dkim.PASS,
    )


def iprev(
    result: Iprev = Iprev.PASS, ip: str = IP, name: str = HOST, why: Why | None = None
) -> Any:
    owner = reverse_name(address(ip) or ip)  # type: ignore[arg-type]
    if result is Iprev.TEMPERROR:
        return IprevResult(ip, result, lost(owner, "PTR", why or Why.TIMEOUT))
    if result is Iprev.PERMERROR:
        return IprevResult(ip, result, answer(owner, "PTR", status=Status.ABSENT))
    matches = result is Iprev.PASS
    forward = Forward(name, (ip,) if matches else (), matches, answer(name, "A"))
    found = answer(owner, "PTR", f"{name}.")
    return IprevResult(ip, result, found, name if matches else "", (forward,))


def helo(cause: Helo, ip: str = IP) -> HeloResult:
    answers = (lost(HOST, "A"), lost(HOST, "AAAA")) if cause is Helo.LOOKUP else ()
    return HeloResult(HOST, ip, cause, HOST, cause is Helo.MATCHES, answers=answers)


def mx(cause: Mx = Mx.MX, domain: str = AUTHOR) -> MxResult:
    return MxResult(domain, cause, answers=(lost(domain, "MX"),) if cause is Mx.LOOKUP else ())


ANSWERABLE = mx()


def listings(cause: Listed, name: str = "spamhaus-zen") -> Listings:
    dnsbl = blocklists()[name]
    codes = dnsbl.codes[:1] if cause is Listed.LISTED else ()
    answers = (lost(f"25.2.0.192.{dnsbl.zone}", "A"),) if cause is Listed.FAILED else ()
    return Listings((Listing(dnsbl, IP, Kind.IP4, cause, codes, answers=answers),))


def form(*codes: Code, level: Level = Level.MUST, click: OneClick | None = None) -> Form:
    flaws = tuple(Flaw(code, f"{code} found", "RFC 5322 §3.6", level) for code in codes)
    return Form(flaws, OneClick(("https://example.com/u",), True, True) if click is None else click)


def unclicked(problem: OneClickProblem) -> OneClick:
    return OneClick(problems=(problem,))


def author(*domains: str, fault: Fault | None = None) -> Author:
    return Author(domains, fault=fault)


def evidence(
    *,
    ip: str = IP,
    who: Author | None = None,
    sender: SpfResult | None = None,
    signatures: Sequence[DkimSignature] = (signed(),),
    record: str | Why | None = NONE,
    zone: Mapping[str, Sequence[str] | Why] | None = None,
    tls: bool | None = True,
    sender_mx: MxResult | None = ANSWERABLE,
    **changes: Any,
) -> Evidence:
    """A clean message, changed; DMARC is worked out from SPF, DKIM and the records.

    `sender` is what SPF says, `sender_mx` whether that domain can be answered.
    """
    who = author(AUTHOR) if who is None else who
    sender = spf(Spf.PASS, ip=ip) if sender is None else sender
    world = Zone(_zone(record) if zone is None else zone)
    results = DkimResults(tuple(signatures))
    fault = who.fault.value if who.fault else ""
    dmarc, old = {}, None
    for verifier in VERIFIERS:
        found = identifiers(sender, results, verifier)
        dmarc[verifier] = drive(engine.evaluate(who.domains, found, fault=fault), world)
        if verifier == Verifier(Length.HONOUR):
            old = drive(rfc7489.evaluate(who.domains, found, fault=fault), world)
    parts: dict[str, Any] = {
        "form": form(),
        "iprev": iprev(ip=ip),
        "helo": helo(Helo.MATCHES, ip),
        "spf_helo": spf(Spf.NONE, HOST, ip=ip),
        "arc": ArcResult(Arc.NONE, "none", "no chain", "RFC 8617 §5.2"),
        "dmarc_rfc7489": old,
        "sender": sender_mx,
        "author_mx": mx(),
        "listings": listings(Listed.NOT_LISTED),
    }
    envelope = Envelope(ip, HOST, "a@example.com", tls=tls)
    return Evidence(
        envelope=envelope, author=who, spf=sender, dkim=results, dmarc=dmarc, **(parts | changes)
    )


def _zone(record: str | Why | None) -> dict[str, Sequence[str] | Why]:
    if record is None:
        return {}
    return {f"_dmarc.{AUTHOR}": record if isinstance(record, Why) else (record,)}


# One way in which each fact can hold, of a message that is clean otherwise.
_FAILS: dict[str, Any] = {"sender": spf(Spf.FAIL, OTHER), "signatures": ()}
_STRANGER: dict[str, Any] = {
    "sender": spf(Spf.PASS, OTHER),
    "signatures": (signed(domain=OTHER),),
}
FIRING: dict[Fact, dict[str, Any]] = {
    Fact.NO_REVERSE_NAME: {"iprev": Iprev.PERMERROR},
    Fact.REVERSE_NOT_CONFIRMED: {"iprev": Iprev.FAIL},
    Fact.GENERIC_REVERSE_NAME: {"iprev": "pool-7.dyn.isp.example.net"},
    Fact.HELO_UNUSABLE: {"helo": helo(Helo.SINGLE_LABEL)},
    Fact.HELO_ELSEWHERE: {"helo": helo(Helo.ELSEWHERE)},
    Fact.SPF_NONE: {"sender": spf(Spf.NONE)},
    Fact.SPF_FAIL: {"sender": spf(Spf.FAIL)},
    Fact.SPF_FAIL_OR_SOFTFAIL: {"sender": spf(Spf.SOFTFAIL)},
    Fact.SPF_INVALID: {"sender": spf(Spf.PERMERROR)},
    Fact.SPF_NOT_PASS: {"sender": spf(Spf.NEUTRAL)},
    Fact.DKIM_NONE: {"signatures": ()},
    Fact.DKIM_BROKEN: {"signatures": (signed("body-changed"),)},
    Fact.DKIM_NOT_PASS: {"signatures": (signed("no-key"),)},
    Fact.DKIM_WEAK_KEY: {"signatures": (signed("key-too-small", bits=512),)},
    Fact.DKIM_SHORT_KEY: {"signatures": (signed(bits=1024),)},
    Fact.UNAUTHENTICATED: _FAILS,
    Fact.UNALIGNED: _STRANGER,
    Fact.DKIM_UNALIGNED: {"signatures": (signed(domain=OTHER),)},
    Fact.DMARC_NONE: {"record": None},
    Fact.DMARC_WITHOUT_REPORTS: {"record": "v=DMARC1; p=none"},
    Fact.DMARC_FAIL: _STRANGER,
    Fact.DMARC_QUARANTINE: {**_STRANGER, "record": QUARANTINE},
    Fact.DMARC_REJECT: {**_STRANGER, "record": REJECT},
    Fact.AUTHOR_UNCLEAR: {"who": author(AUTHOR, OTHER)},
    Fact.SENDER_UNREACHABLE: {"sender_mx": mx(Mx.NO_DOMAIN)},
    Fact.AUTHOR_UNREACHABLE: {"author_mx": mx(Mx.NULL_MX)},
    Fact.LISTED: {"listings": listings(Listed.LISTED, "psbl")},
    Fact.LISTED_BY_SPAMHAUS: {"listings": listings(Listed.LISTED)},
    Fact.MALFORMED: {"form": form(Code.NO_DATE)},
    Fact.NO_MESSAGE_ID: {"form": form(Code.NO_MESSAGE_ID)},
    Fact.DUPLICATE_FIELD: {"form": form(Code.DUPLICATE_FIELD)},
    Fact.NO_ONE_CLICK: {"form": form(click=unclicked(OneClickProblem.ABSENT))},
    Fact.NOT_ENCRYPTED: {"tls": False},
}


def firing(fact: Fact, ip: str = IP) -> Evidence:
    """Evidence in which a fact holds, of a client with this address."""
    changes = dict(FIRING[fact])
    wanted = changes.get("iprev")
    if isinstance(wanted, Iprev):
        changes["iprev"] = iprev(wanted, ip)
    elif wanted:
        changes["iprev"] = iprev(ip=ip, name=wanted)
    return evidence(ip=ip, **changes)
