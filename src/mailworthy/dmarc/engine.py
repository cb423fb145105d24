"""The generators behind `dmarc.evaluate` and `dmarc.discover` (RFC 9989 §5.3)."""

from collections.abc import Sequence

from mailworthy.dmarc.align import Check, Identifier, Modes, align
from mailworthy.dmarc.discover import Outcome, PolicyFound, Unknown, organizational_domain
from mailworthy.dmarc.discover import policy as discover
from mailworthy.dmarc.record import Policy
from mailworthy.dmarc.result import DmarcResult, Judgement, Reason, Result
from mailworthy.lookup.drive import gather
from mailworthy.lookup.model import Asking
from mailworthy.names import normalize

__all__ = ["MAX_AUTHORS", "conclude", "discover", "evaluate", "judge", "judgement"]

MAX_AUTHORS = 10  # Author Domains of one message that are evaluated (RFC 9989 §11.5)
_STRICTNESS = list(Policy)


def evaluate(
    domains: Sequence[str], identifiers: Sequence[Identifier], *, fault: str = ""
) -> Asking[DmarcResult]:
    """The result for a message whose From header field names `domains`.

    These are A-labels in the inside form; one domain twice is one. `fault` tells why the
    message has no single From header field that all readers understand alike: then nothing
    aligns, and the result is permerror (RFC 9989 §4.4). So it is with no domain or several;
    the disposition is then the strictest among the checks that fail (§5.3.1, §11.5). At most
    MAX_AUTHORS domains cost at most nine questions each, and each walks at most ten identifiers,
    eight questions a walk.
    """
    authors = list(dict.fromkeys(map(normalize, domains)))
    considered = [] if fault else identifiers
    founds = yield from gather([discover(author) for author in authors[:MAX_AUTHORS]])
    judged = yield from gather([judge(found, considered) for found in founds])
    return conclude(judged, tuple(authors[MAX_AUTHORS:]), fault)


def conclude(
    judgements: Sequence[Judgement], not_evaluated: tuple[str, ...] = (), fault: str = ""
) -> DmarcResult:
    """Sum up the judgements of all Author Domains of a message."""
    if len(judgements) == 1 and not fault:
        (only,) = judgements
        return DmarcResult(only.result, only.reason, only.disposition, (only,))
    reason = Reason.SEVERAL_AUTHORS if judgements else Reason.NO_AUTHOR
    if fault:
        reason = Reason.FAULTY_FROM
    asked = max((j.disposition for j in judgements), key=_STRICTNESS.index, default=Policy.NONE)
    return DmarcResult(Result.PERMERROR, reason, asked, tuple(judgements), not_evaluated, fault)


def judge(found: PolicyFound, identifiers: Sequence[Identifier]) -> Asking[Judgement]:
    """The check of one Author Domain, whose policy was found before (RFC 9989 §5.3.2 to §5.3.6).

    Discovery needs nothing of SPF and DKIM: run it beside them, and this when they are done.
    """
    organization = organizational_domain(found.walk)
    checks: Sequence[Check] = ()
    if found.record is not None:
        modes = Modes(found.record.aspf, found.record.adkim)
        checks = yield from align(found.walk, identifiers, modes)
    return judgement(found, organization, checks)


def judgement(found: PolicyFound, organization: str | None, checks: Sequence[Check]) -> Judgement:
    """What follows from the policy and from what aligns, whoever says what that is."""
    if found.record is None:
        result, reason = _WITHOUT_RECORD[found.outcome]
        unknown, asked = found.unknown, None
    else:
        result, reason, unknown = _weigh(found, checks)
        asked = found.effective if result is Result.FAIL else None
    return Judgement(
        found.author,
        result,
        reason,
        found,
        asked or Policy.NONE,
        organization,
        tuple(checks),
        unknown,
    )


_WITHOUT_RECORD = {
    Outcome.NOTHING: (Result.NONE, Reason.NO_RECORD),
    Outcome.UNUSABLE: (Result.PERMERROR, Reason.UNUSABLE_RECORD),
    Outcome.UNKNOWN: (Result.TEMPERROR, Reason.POLICY_UNKNOWN),
}


def _weigh(found: PolicyFound, checks: Sequence[Check]) -> tuple[Result, Reason, Unknown | None]:
    """Pass if anything aligns; open if anything might; else fail (RFC 9989 §5.3.5, §5.3.6).

    What the limit left out counts as not aligned: another attempt would leave it out again.
    """
    if any(c.aligned and c.identifier.authenticated for c in checks):
        return Result.PASS, Reason.ALIGNED, None
    for check in checks:
        if check.aligned is None and not check.over_limit:
            return Result.TEMPERROR, Reason.ALIGNMENT_UNKNOWN, check.unknown
        if check.aligned:
            return Result.TEMPERROR, Reason.IDENTIFIER_UNDECIDED, None
    if found.unknown is not None:
        return Result.TEMPERROR, Reason.POLICY_UNKNOWN, found.unknown
    some = any(c.identifier.authenticated for c in checks)
    return Result.FAIL, Reason.UNALIGNED if some else Reason.UNAUTHENTICATED, None
