"""Facts of DMARC: does what was authenticated belong to the author? (RFC 9989, RFC 7489)."""

from collections.abc import Callable, Iterable

from mailworthy.dmarc.align import Check, Identifier, Method
from mailworthy.dmarc.discover import Outcome
from mailworthy.dmarc.psl import organizational_domain
from mailworthy.dmarc.record import Policy
from mailworthy.dmarc.result import Judgement, Result
from mailworthy.names import normalize
from mailworthy.receive.facts import dkim, spf
from mailworthy.receive.facts.view import NO, Said, View, shown, unknown
from mailworthy.receive.words import Held


def unauthenticated(view: View) -> Said:
    """Neither SPF nor DKIM passes; not known as long as either might."""
    said = (spf.NOT_PASS(view), dkim.not_pass(view))
    for held in (Held.NO, Held.UNKNOWN, Held.NOT_ASKED):
        found = next((s for s in said if s[0] is held), None)
        if found is not None:
            return found
    return Held.YES, f"{said[0][1]}, and {said[1][1]}"


def unaligned(view: View) -> Said:
    """Nothing that passes belongs to the author."""
    return _unaligned(view, tuple(Method))


def dkim_unaligned(view: View) -> Said:
    """No signature that passes belongs to the author."""
    return _unaligned(view, (Method.DKIM,))


def _unaligned(view: View, methods: tuple[Method, ...]) -> Said:
    author = view.evidence.author.domain
    if author is None:
        return Held.YES, "From names no single author to whom anything could belong"
    judgement = next(iter(view.dmarc.judgements), None)
    checks = _checks(view, author, judgement)
    wanted = [c for c in checks if c.identifier.method in methods]
    if any(c.aligned and c.identifier.authenticated for c in wanted):
        return NO
    for check in wanted:
        if check.aligned is None and not check.over_limit:
            return unknown(check.unknown)
        if check.aligned:
            return Held.UNKNOWN, _undecided(check.identifier)
    return Held.YES, _strangers(author, [c.identifier for c in wanted], methods) + _more(view)


def _checks(view: View, author: str, judgement: Judgement | None) -> Iterable[Check]:
    """What DMARC compared; without a policy, what the Public Suffix List says instead.

    RFC 9989 §4.10.2 has no alignment where no record applies, but receivers ask for it there too.
    """
    if judgement is not None and judgement.checks:
        return judgement.checks
    unlearned = judgement is not None and judgement.found.outcome is Outcome.UNKNOWN
    organization = organizational_domain(author)
    found = []
    for identifier in view.identifiers:
        if not (identifier.authenticated or identifier.undecided):
            continue
        domain = normalize(identifier.domain)
        same: bool | None = organizational_domain(domain) == organization
        if unlearned and judgement is not None and domain != author:
            found.append(Check(identifier, None, unknown=judgement.unknown))
        else:
            found.append(Check(identifier, same))
    return found


def _undecided(identifier: Identifier) -> str:
    what = "SPF" if identifier.method is Method.SPF else "the signature"
    return f"{what} of {shown(identifier.domain)} could not be checked for the moment"


def _strangers(author: str, found: list[Identifier], methods: tuple[Method, ...]) -> str:
    passing = [f"{i.method.upper()} for {shown(i.domain)}" for i in found if i.authenticated]
    what = "no signature" if methods == (Method.DKIM,) else "nothing that was verified"
    text = f"{what} belongs to {shown(author)}, the domain in From"
    return f"{text}; what passes is {', '.join(passing[:3])}" if passing else text


def _more(view: View) -> str:
    """Why a signature that holds proves nothing to this receiver."""
    return f"; {view.ignored}" if view.ignored else ""


def no_policy(view: View) -> Said:
    """No policy applies to any author."""
    judgements = view.dmarc.judgements
    if any(j.found.record is not None for j in judgements):
        return NO
    for judgement in judgements:
        if judgement.found.outcome is Outcome.UNKNOWN:
            return unknown(judgement.unknown)
    if not judgements:
        return Held.YES, "From names no domain that could have a DMARC policy"
    author = judgements[0]
    if author.found.outcome is Outcome.UNUSABLE:
        name = shown(author.found.domain or author.author)
        return Held.YES, f"the DMARC record at _dmarc.{name} cannot be used"
    return Held.YES, f"{shown(author.author)} has no DMARC policy (no record at _dmarc)"


def without_reports(view: View) -> Said:
    """A policy that asks for no reports."""
    for judgement in view.dmarc.judgements:
        record = judgement.found.record
        if record is not None and not record.rua:
            name = shown(judgement.found.domain or judgement.author)
            return Held.YES, f"the DMARC record at _dmarc.{name} asks for no reports (no rua)"
    return _policy_open(view)


def _policy_open(view: View) -> Said:
    for judgement in view.dmarc.judgements:
        if judgement.found.record is None and judgement.found.outcome is Outcome.UNKNOWN:
            return unknown(judgement.unknown)
    return NO


def fail(view: View) -> Said:
    """A policy applies, and nothing that passes belongs to its domain."""
    for judgement in view.dmarc.judgements:
        if judgement.result is Result.FAIL:
            text = f"nothing that was verified belongs to {shown(judgement.author)}"
            return Held.YES, text + _more(view)
    open_ = next((j for j in view.dmarc.judgements if j.result is Result.TEMPERROR), None)
    return NO if open_ is None else unknown(open_.unknown)


def asks(policy: Policy) -> Callable[[View], Said]:
    """The fact that DMARC fails and the owner asks for `policy`, and no other for more."""

    def test(view: View) -> Said:
        dmarc = view.dmarc
        if dmarc.disposition is policy:
            judgement = next(j for j in dmarc.judgements if j.disposition is policy)
            return Held.YES, _asked(judgement, policy) + _more(view)
        if dmarc.disposition is Policy.REJECT:
            return NO  # which is more than any other
        for judgement in dmarc.judgements:
            if judgement.result is Result.TEMPERROR and _might_ask(judgement, policy):
                return unknown(judgement.unknown)
        return NO

    return test


def _might_ask(judgement: Judgement, policy: Policy) -> bool:
    """Whether a judgement that is open may end so: its policy is this one, or is not known."""
    return judgement.found.effective in (None, policy)


_WISHES = {Policy.QUARANTINE: "into the spam folder", Policy.REJECT: "refused"}


def _asked(judgement: Judgement, policy: Policy) -> str:
    author = shown(judgement.author)
    name = shown(judgement.found.domain or judgement.author)
    return (
        f"nothing that was verified belongs to {author}, which wants such mail "
        f"{_WISHES[policy]} (_dmarc.{name})"
    )
