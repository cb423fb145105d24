"""The records that decided, each with the command that asks for it again."""

from collections.abc import Iterable, Iterator

from mailworthy.audit.finding import Shown, cite, dig
from mailworthy.dnsbl.subject import probes
from mailworthy.lookup.model import Answer, Question, Status
from mailworthy.names import printable
from mailworthy.receive.checks import CheckResult
from mailworthy.receive.decision import Decision, Outcome
from mailworthy.receive.verdict import Verdict
from mailworthy.receive.weights import WEIGHTS
from mailworthy.receive.words import Check, Disposition, Fact, Held
from mailworthy.render.verdict.words import SEVERE, aligned, policy_result

MOST = 3  # records
_SHOWN = 500
_KEY = 70  # characters of a key, which says nothing to people

_AUTHENTICATION = (Check.SPF, Check.DKIM)
# The checks that a fact rests on.
_CHECKS: dict[Fact, tuple[Check, ...]] = {
    Fact.NO_REVERSE_NAME: (Check.REVERSE_DNS,),
    Fact.REVERSE_NOT_CONFIRMED: (Check.REVERSE_DNS,),
    Fact.GENERIC_REVERSE_NAME: (Check.REVERSE_DNS,),
    Fact.HELO_UNUSABLE: (Check.HELO,),
    Fact.HELO_ELSEWHERE: (Check.HELO,),
    Fact.UNAUTHENTICATED: _AUTHENTICATION,
    Fact.UNALIGNED: (Check.DMARC, *_AUTHENTICATION),
    Fact.AUTHOR_UNCLEAR: (Check.FORM,),
    Fact.SENDER_UNREACHABLE: (Check.SENDER,),
    Fact.AUTHOR_UNREACHABLE: (Check.AUTHOR,),
    Fact.MALFORMED: (Check.FORM,),
    Fact.NO_MESSAGE_ID: (Check.FORM,),
    Fact.DUPLICATE_FIELD: (Check.FORM,),
    Fact.NO_ONE_CLICK: (Check.FORM,),
    Fact.NOT_ENCRYPTED: (Check.TLS,),
}
# Of the others the first word tells.
_FAMILIES = {
    "spf": Check.SPF,
    "dkim": Check.DKIM,
    "dmarc": Check.DMARC,
    "listed": Check.BLOCKLIST,
}


def checks_of(fact: Fact) -> tuple[Check, ...]:
    """The checks whose results make a fact hold."""
    if fact in _CHECKS:
        return _CHECKS[fact]
    return (_FAMILIES[fact.value.partition("-")[0]],)


def decisive(decision: Decision) -> list[Outcome]:
    """The lines that made this decision, heaviest first where they were weighed: broken ones,
    or for a deferral those not known."""
    held = Held.UNKNOWN if decision.disposition is Disposition.DEFER else Held.YES
    found = [o for o in decision.outcomes if o.broken is held and not o.line.advice]
    return found if decision.weight is None else sorted(found, key=_lightness)


def _lightness(outcome: Outcome) -> float:
    fact = outcome.finding.fact if outcome.finding is not None else None
    return -WEIGHTS[fact][1] if fact in WEIGHTS else 0


def decider(verdict: Verdict) -> Decision:
    """The decision that is told."""
    return max(verdict.decisions, key=_weight)


def deciding(verdict: Verdict) -> list[CheckResult]:
    """The checks that decided, the one that weighs most first."""
    told = decider(verdict)
    if told.disposition is Disposition.ACCEPT:
        wanted: Iterable[Check] = map(Check, aligned(policy_result(verdict)))
    else:
        facts = [o.finding.fact for o in decisive(told) if o.finding is not None]
        wanted = (check for fact in facts for check in checks_of(fact))
    by_check = {result.check: result for result in verdict.checks}
    return [by_check[check] for check in dict.fromkeys(wanted)]


def _weight(decision: Decision) -> int:
    """Which of several decisions is told: the first of the most severe, but one that was made
    before one that was put off."""
    if decision.disposition is Disposition.DEFER:
        return 1
    return 2 * SEVERE.index(decision.disposition)


def records(verdict: Verdict) -> list[Shown]:
    """At most three lines of evidence, each with its command."""
    found: dict[str, Shown] = {}
    for result in deciding(verdict):
        for shown in _shown(result, _answers(verdict, result.check)):
            found.setdefault(shown.command, shown)
    return list(found.values())[:MOST]


def _answers(verdict: Verdict, check: Check) -> list[Answer]:
    """The answers of a check; of blocklists those about the message, without their test
    entries."""
    listings = verdict.evidence.listings
    if check is Check.BLOCKLIST and listings is not None:
        return [
            answer
            for entry in listings.decisive
            for answer in entry.answers
            if answer.ask.name not in probes(entry.dnsbl, entry.kind)
        ]
    replies = (r for heard in verdict.heard if heard.check is check for r in heard.replies)
    return [reply for reply in replies if isinstance(reply, Answer)]


def _shown(result: CheckResult, answers: list[Answer]) -> Iterator[Shown]:
    if result.record is not None:
        question = Question(result.record.name, result.record.type)
        text = printable(result.record.text, _KEY if result.check is Check.DKIM else _SHOWN)
        several = text.replace(", ", "\n")  # hosts and addresses, which have no commas
        yield Shown(dig(question), f'"{text}"' if result.record.type == "TXT" else several)
    elif result.good is Held.UNKNOWN:
        yield from (cite(a) for a in answers if a.status is Status.FAILED)
    elif result.check is Check.BLOCKLIST:
        yield from (_lines(cite(a)) for a in answers if a.status is Status.FOUND)
    elif answers and not (result.check is Check.DKIM and result.result == "none"):
        yield _lines(cite(answers[0]))


def _lines(shown: Shown) -> Shown:
    """Several records on a line each."""
    return Shown(shown.command, shown.said.replace(" | ", "\n"))
