"""Ask lists about addresses and domains, and believe only what a sound list says (RFC 5782)."""

from collections.abc import Iterable, Mapping, Sequence
from ipaddress import IPv4Address, IPv6Address
from types import MappingProxyType

from mailworthy.dnsbl.model import Dnsbl, Refusal
from mailworthy.dnsbl.reading import Reading, cause, health, read
from mailworthy.dnsbl.result import MAX_TEXT, Cause, Health, Listing, Listings
from mailworthy.dnsbl.subject import Subject, probes, subject
from mailworthy.lookup.drive import gather
from mailworthy.lookup.model import Answer, Asking, Question, ask, look
from mailworthy.names import MAX_NAME, printable
from mailworthy.rdata.address import Address

MAX_TEXTS = 3
NOTHING: Mapping[str, Health] = MappingProxyType({})
# What stays so until somebody mends it: not asked again while the caller remembers it.
_LASTING = frozenset({Health.REFUSED, Health.HIJACKED, Health.WILDCARD})


def check(
    subjects: Address | str | Iterable[Address | str],
    lists: Sequence[Dnsbl],
    *,
    tested: Mapping[str, Health] = NOTHING,
) -> Asking[Listings]:
    """Ask every list about every subject (an address, a domain, or several) that it is for.

    Each list is tested in the same round, unless `tested` says that it is good; what was refused,
    hijacked or a wildcard when tested is not asked at all. `Listings.health` is what to remember,
    for an hour or so. A second round asks a blocklist why it has an entry.

    At most 4 questions for a subject and a list, two of which are the same for all subjects of a
    kind. Subjects that no list can have are left out; never raises for a subject or an answer.
    """
    found = [subject(given) for given in _several(subjects)]
    pairs = [(s, dnsbl) for s in found if s for dnsbl in lists if s.kind in dnsbl.kinds]
    return Listings(tuple((yield from gather([_one(s, d, tested) for s, d in pairs]))))


def _several(
    subjects: Address | str | Iterable[Address | str],
) -> Iterable[Address | str]:
    return (subjects,) if isinstance(subjects, str | IPv4Address | IPv6Address) else subjects


def _one(about: Subject, dnsbl: Dnsbl, tested: Mapping[str, Health]) -> Asking[Listing]:
    if dnsbl.closed is not None:
        return Listing(dnsbl, about.text, about.kind, Cause.CLOSED)
    name = f"{about.label}.{dnsbl.zone}"
    tests = probes(dnsbl, about.kind)
    before = tested.get(tests[0])
    if before in _LASTING:
        return Listing(dnsbl, about.text, about.kind, Cause(before.value))
    if len(name) > MAX_NAME:  # the labels of both are known to fit
        return Listing(dnsbl, about.text, about.kind, Cause.TOO_LONG)
    asked = (name,) if before is Health.GOOD else (name, *tests)
    answers = yield from ask(*[Question(n, "A") for n in asked])
    return (yield from _judged(about, dnsbl, answers))


def _judged(about: Subject, dnsbl: Dnsbl, answers: tuple[Answer, ...]) -> Asking[Listing]:
    reading = read(dnsbl, answers[0])
    found, refusal, state = _verdict(dnsbl, answers, reading)
    text = ""
    if found is Cause.LISTED and not dnsbl.white:
        said = yield from look(answers[0].ask.name, "TXT")
        text, answers = _text(said), (*answers, said)
    codes = reading.codes if found is Cause.LISTED else ()
    return Listing(dnsbl, about.text, about.kind, found, codes, refusal, text, state, answers)


def _verdict(
    dnsbl: Dnsbl, answers: tuple[Answer, ...], reading: Reading
) -> tuple[Cause, Refusal | None, Health | None]:
    """What decides; a refusal is told even where the tests found something else wrong."""
    state: Health | None = None
    if len(answers) > 1:
        state, refusal = health(dnsbl, answers[1], answers[2])
        if state is not Health.GOOD and not reading.refusal:
            return Cause(state.value), refusal, state
    return cause(answers[0], reading), reading.refusal, state


def _text(said: Answer) -> str:
    return printable("; ".join(said.records[:MAX_TEXTS]), MAX_TEXT)
