"""check_host(): whether a client may send for a domain (RFC 7208 §4)."""

from collections.abc import Callable
from typing import TypeAlias

from mailworthy.lookup.model import Answer, Asking, Status
from mailworthy.names import printable
from mailworthy.rdata.address import Address
from mailworthy.spf.check import (
    Check,
    Decision,
    Page,
    client,
    matched,
    questions,
    record_questions,
    stopped,
)
from mailworthy.spf.identity import MAX_TEXT, a_labels, complete, domain_of
from mailworthy.spf.macro import MAX_EXPLANATION, Explanation, explain
from mailworthy.spf.mechanisms import a, exists, mx_, ptr, target, validated_name
from mailworthy.spf.model import LIMITS, Kind, Limits, Result
from mailworthy.spf.plan import Fault, Plan, Step, explanation, select
from mailworthy.spf.result import SECTIONS, Cause, SpfResult

Evaluate: TypeAlias = Callable[[Check, Page, Step, str], Asking[Decision | None]]


def check_host(
    ip: Address | str,
    domain: str,
    sender: str,
    *,
    helo: str,
    receiver: str = "unknown",
    now: int = 0,
    limits: Limits = LIMITS,
) -> Asking[SpfResult]:
    """Evaluate the SPF record of `domain` for a client (RFC 7208 §4, RFC 8616 §4).

    `ip` is the address of the client; `domain` and `sender` are an identity (see `identity`) and
    `helo` is the HELO name, all as the client gave them. `receiver` and `now`, in seconds since
    1970, appear in explanations alone. Asks no more than `limits` allow, whatever it is answered:
    11 questions a term, 11 for %{p}, one for the record and one for the explanation. Raises
    NotAnAddress, and nothing for what the world says.
    """
    who = client(ip)
    name = domain_of(domain)
    check = Check(who, complete(sender, domain), a_labels(helo), receiver, now, limits)
    if name is None:
        page = Page(domain[:MAX_TEXT])
        return _result(check, page.domain, _decided(Result.NONE, Cause.MALFORMED_DOMAIN, page))
    decision = yield from _record(check, name)
    if decision.result is not Result.FAIL:
        return _result(check, name, decision)
    text = yield from _explanation(check, decision.page)
    return _result(check, name, decision, text)


def _result(check: Check, domain: str, decision: Decision, text: str = "") -> SpfResult:
    page = decision.where or decision.page
    fault = page.found if isinstance(page.found, Fault) else None
    return SpfResult(
        decision.result,
        decision.cause,
        decision.section,
        check.client.ip,
        domain,
        check.sender,
        check.helo,
        decision.path,
        page.domain,
        page.found.text if page.found else None,
        text,
        check.lookups,
        check.voids,
        tuple(check.answers),
        decision.failed,
        fault.problems if fault else (),
    )


def _record(check: Check, domain: str) -> Asking[Decision]:
    """check_host() for one domain, the first or one that a term leads to (§4.3-§4.7).

    Mechanisms from left to right, then `redirect`, else neutral.
    """
    batch = record_questions(domain)
    if not batch:
        return _decided(Result.NONE, Cause.MALFORMED_DOMAIN, Page(domain))
    (answer,) = check.note((yield batch))
    if answer.status is not Status.FOUND:
        return _unread(domain, answer)
    plan = select(answer.records, check.limits.octets - check.octets)
    check.octets += len(plan.text or "")
    page = Page(domain, plan)
    if isinstance(plan, Fault):
        return _decided(plan.result, plan.cause, page)
    number = check.client.number
    for step in plan.steps4 if check.client.type == "A" else plan.steps6:
        if step.asks:
            decision = yield from _ask(check, page, step)
            if decision is not None:
                return decision
        elif number >> step.bits == step.low:
            return matched(page, step)
    return (yield from _redirect(check, page, plan.redirect))


def _unread(domain: str, answer: Answer) -> Decision:
    page = Page(domain)
    if answer.status is Status.FAILED:
        return _decided(Result.TEMPERROR, Cause.RECORD_LOOKUP, page, answer)
    absent = answer.status is Status.ABSENT
    return _decided(Result.NONE, Cause.NO_DOMAIN if absent else Cause.NO_RECORD, page)


def _decided(result: Result, cause: Cause, page: Page, failed: Answer | None = None) -> Decision:
    return Decision(result, cause, SECTIONS[cause], page, (), None, failed)


def _ask(check: Check, page: Page, step: Step) -> Asking[Decision | None]:
    """A mechanism that looks something up, within the limits (§4.6.4).

    What is void counts once a term, as the text has it, and only if the term does not match.
    """
    if _is_over(check):
        return stopped(Result.PERMERROR, Cause.TOO_MANY_LOOKUPS, page, step)
    start, name = len(check.answers), step.name or page.domain
    if step.target is not None:
        expanded = yield from target(check, page, step.target)
        if expanded is None:
            return None
        name = expanded
    if step.kind is Kind.INCLUDE:
        return (yield from _include(check, page, step, name))
    decision = yield from _MECHANISMS[step.kind](check, page, step, name)
    if decision is None and check.was_void(start):
        check.voids += 1
        if check.voids > check.limits.voids:
            return stopped(Result.PERMERROR, Cause.TOO_MANY_VOIDS, page, step)
    return decision


def _is_over(check: Check) -> bool:
    check.lookups += 1
    return check.lookups > check.limits.lookups


_MECHANISMS: dict[Kind | None, Evaluate] = {
    Kind.A: a,
    Kind.MX: mx_,
    Kind.PTR: ptr,
    Kind.EXISTS: exists,
}


def _include(check: Check, page: Page, step: Step, name: str) -> Asking[Decision | None]:
    """The table of §5.2. The `exp` of the included record is never used (§6.2)."""
    inner = yield from _record(check, name)
    if inner.result in _NO_MATCH:
        return None
    result, cause, section = inner.result, inner.cause, inner.section
    if result is Result.PASS:
        result = step.result
    elif result is Result.NONE:
        result, cause, section = Result.PERMERROR, Cause.INCLUDE_WITHOUT_RECORD, "5.2"
    path, where = (step.text, *inner.path), inner.where or inner.page
    return Decision(result, cause, section, page, path, where, inner.failed)


_NO_MATCH = frozenset({Result.FAIL, Result.SOFTFAIL, Result.NEUTRAL})


def _redirect(check: Check, page: Page, step: Step | None) -> Asking[Decision]:
    """Another record takes the place of this one, its `exp` included (§6.1, §6.2)."""
    if step is None:
        return _decided(Result.NEUTRAL, Cause.DEFAULT, page)
    if _is_over(check):
        return stopped(Result.PERMERROR, Cause.TOO_MANY_LOOKUPS, page, step)
    name = step.name
    if step.target is not None:
        name = yield from target(check, page, step.target)
    if name is None:
        return _decided(Result.NEUTRAL, Cause.DEFAULT, page)
    inner = yield from _record(check, name)
    result, cause, section = inner.result, inner.cause, inner.section
    if result is Result.NONE:
        result, cause, section = Result.PERMERROR, Cause.REDIRECT_WITHOUT_RECORD, "6.1"
    path = (step.text, *inner.path)
    return Decision(result, cause, section, inner.page, path, inner.where, inner.failed)


def _explanation(check: Check, page: Page) -> Asking[str]:
    """What `exp` points at; empty where that is wrong in any way (§6.2).

    It costs no look-up in the sense of the limits (§4.6.4). What macros bring in is made
    printable ASCII: the text ends up in an SMTP reply.
    """
    exp = page.found.exp if isinstance(page.found, Plan) else None
    name = (yield from target(check, page, exp)) if exp else None
    batch = questions(name, "TXT") if name else ()
    if not batch:
        return ""
    (answer,) = check.note((yield batch))
    if answer.status is not Status.FOUND or len(answer.records) != 1:
        return ""
    text = explanation(answer.records[0])
    return "" if text is None else (yield from _expanded(check, page, text))


def _expanded(check: Check, page: Page, text: Explanation) -> Asking[str]:
    context = check.context(page.domain)
    if any(not isinstance(part, str) and part.letter == "p" for part in text.parts):
        context = check.context(page.domain, (yield from validated_name(check, page.domain)))
    shown = explain(text, context)
    return shown if shown.isascii() and shown.isprintable() else printable(shown)[:MAX_EXPLANATION]
