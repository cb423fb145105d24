"""Every check in one line: the word of RFC 8601, what it says of the message, and why."""

from collections.abc import Iterable
from typing import TypeAlias

import msgspec

from mailworthy.arc.result import Result as Arc
from mailworthy.dkim.result import DkimSignature
from mailworthy.dkim.result import Result as Dkim
from mailworthy.dmarc.result import DmarcResult
from mailworthy.dmarc.result import Result as Dmarc
from mailworthy.dnsbl.result import Result as Lists
from mailworthy.helo.result import Result as Helo
from mailworthy.iprev.engine import Result as Iprev
from mailworthy.lookup.model import NOT_ASKED, Answer, Reply, Status
from mailworthy.mx.result import MxResult
from mailworthy.mx.result import Result as Mx
from mailworthy.names import printable
from mailworthy.receive.evidence import Evidence
from mailworthy.receive.flaw import Level
from mailworthy.receive.words import Check, Held
from mailworthy.spf.model import Result as Spf
from mailworthy.spf.result import SpfResult

_SHOWN = 200  # characters of a name
_RECORDS = 5


class Deciding(msgspec.Struct, frozen=True):
    """The record that decided: its name, type and text, as published."""

    name: str
    type: str
    text: str


class CheckResult(msgspec.Struct, frozen=True):
    """One check in the words of RFC 8601.

    `result` is its result name, `reason` one printable line, `section` what decides ("RFC 7208
    §5.6"). `good` is NO where it counts against the message, YES where it speaks for it, and
    UNKNOWN or NOT_ASKED where nothing was learned. `about` is the domain or address checked,
    printable.
    """

    check: Check
    result: str
    good: Held
    about: str
    reason: str
    section: str
    record: Deciding | None = None


Records: TypeAlias = dict[tuple[str, str], tuple[str, ...]]


def checks(evidence: Evidence, replies: Iterable[Reply] = ()) -> tuple[CheckResult, ...]:
    """All checks in the order of `Check`; `replies` are those in which the key records stand."""
    texts = {(r.ask.name, r.ask.type): r.records for r in replies if isinstance(r, Answer)}
    return (
        _iprev(evidence),
        _helo(evidence),
        _spf(Check.SPF, evidence.spf),
        _spf(Check.SPF_HELO, evidence.spf_helo),
        _dkim(evidence, texts),
        _dmarc(evidence),
        _arc(evidence),
        _reachable(Check.SENDER, evidence.sender, "there is no MAIL FROM domain"),
        _reachable(Check.AUTHOR, evidence.author_mx, "From has no single author domain"),
        _listed(evidence),
        _form(evidence),
        _tls(evidence),
    )


def known(good: bool) -> Held:
    """YES or NO."""
    return Held.YES if good else Held.NO


def unlearned(reply: Reply | None) -> Held:
    """Whether this run had no way to ask, or asked in vain."""
    return Held.NOT_ASKED if reply is not None and reply.why in NOT_ASKED else Held.UNKNOWN


_SPF_GOOD = {
    Spf.PASS: Held.YES,
    Spf.FAIL: Held.NO,
    Spf.SOFTFAIL: Held.NO,
    Spf.PERMERROR: Held.NO,
    Spf.NONE: Held.NO,
    Spf.NEUTRAL: Held.NO,
}


def _spf(check: Check, spf: SpfResult) -> CheckResult:
    record = Deciding(spf.where, "TXT", spf.record) if spf.record is not None else None
    good = _SPF_GOOD.get(spf.result) or unlearned(spf.failed)
    about = printable(spf.domain, _SHOWN)
    section = f"RFC 7208 §{spf.section}"
    return CheckResult(check, spf.result, good, about, spf.reason, section, record)


def _dkim(evidence: Evidence, texts: Records) -> CheckResult:
    best = min(evidence.dkim.signatures, key=_merit, default=None)
    if best is None:
        reason = "the message has no DKIM signature"
        return CheckResult(Check.DKIM, "none", Held.NO, "", reason, "RFC 8601 §2.7.1")
    good = Held.UNKNOWN if best.result is Dkim.TEMPERROR else known(best.result is Dkim.PASS)
    about = printable(best.domain, _SHOWN)
    reason = f"{best.reason} (d={about}, s={printable(best.selector, _SHOWN)})"
    return CheckResult(
        Check.DKIM, best.result, good, about, reason, best.section, _key(best, texts)
    )


_MERIT = {Dkim.PASS: 0, Dkim.TEMPERROR: 1, Dkim.POLICY: 2, Dkim.FAIL: 3, Dkim.PERMERROR: 4}


def _merit(signature: DkimSignature) -> tuple[int, bool]:
    return _MERIT.get(signature.result, 5), not signature.counts


def _key(signature: DkimSignature, texts: Records) -> Deciding | None:
    if signature.signature is None:
        return None
    name = signature.signature.key_name
    key = signature.key.p if signature.key else ""
    found = texts.get((name, "TXT"), ())
    text = next((t for t in found if key and key in "".join(t.split())), found[0] if found else "")
    return Deciding(name, "TXT", text) if text else None


def _dmarc(evidence: Evidence) -> CheckResult:
    result = next(iter(evidence.dmarc.values()))
    good = Held.UNKNOWN if result.result is Dmarc.TEMPERROR else known(result.result is Dmarc.PASS)
    about = ", ".join(printable(j.author, _SHOWN) for j in result.judgements)
    reason = f"{result.reason}: {printable(result.fault, 100)}" if result.fault else result.reason
    section = f"RFC 9989 §{result.reason.section}"
    return CheckResult(Check.DMARC, result.result, good, about, reason, section, _policy(result))


def _policy(result: DmarcResult) -> Deciding | None:
    """The record of the strictest policy among the author domains."""
    for judgement in result.judgements:
        found = judgement.found
        step = found.walk.step(found.domain) if found.domain is not None else None
        if step is not None and step.texts and judgement.disposition is result.disposition:
            return Deciding(f"_dmarc.{step.domain}", "TXT", step.texts[0])
    return None


def _iprev(evidence: Evidence) -> CheckResult:
    found = evidence.iprev
    names = ", ".join(printable(f.name, _SHOWN) for f in found.names[:3])
    reason = {
        Iprev.PASS: f"{found.ip} is {printable(found.name, _SHOWN)}, and that name leads back",
        Iprev.FAIL: f"{found.ip} is named {names}, which does not lead back to it",
        Iprev.PERMERROR: f"{found.ip} has no name",
        Iprev.TEMPERROR: f"the name of {found.ip} could not be looked up",
    }[found.result]
    good = known(found.result is Iprev.PASS)
    if found.result is Iprev.TEMPERROR:
        good = unlearned(_first_failed((found.reverse, *(f.answer for f in found.names))))
    record = _answered(found.reverse)
    return CheckResult(
        Check.REVERSE_DNS, found.result, good, found.ip, reason, "RFC 8601 §3", record
    )


def _first_failed(replies: Iterable[Answer | None]) -> Answer | None:
    return next((r for r in replies if r is not None and r.status is Status.FAILED), None)


def _answered(answer: Answer | None) -> Deciding | None:
    if answer is None or answer.status is not Status.FOUND:
        return None
    return Deciding(answer.ask.name, answer.ask.type, ", ".join(answer.records[:_RECORDS]))


def _helo(evidence: Evidence) -> CheckResult:
    found = evidence.helo
    good = known(found.result not in (Helo.FAIL, Helo.NONE))
    if found.result is Helo.TEMPERROR:
        good = unlearned(_first_failed(found.answers))
    record = next(filter(None, map(_answered, found.answers)), None)
    about = printable(found.helo, _SHOWN)
    return CheckResult(Check.HELO, found.result, good, about, found.reason, found.section, record)


def _arc(evidence: Evidence) -> CheckResult:
    """Never bad: a broken chain is as good as none (RFC 8617 §5.2), and nobody is to rely on it."""
    arc = evidence.arc
    about = ", ".join(printable(one.domain, _SHOWN) for one in arc.instances)
    good = Held.YES if arc.result is Arc.PASS else Held.NOT_ASKED
    good = Held.UNKNOWN if arc.temporary else good
    return CheckResult(Check.ARC, arc.result, good, about, arc.reason, arc.section)


def _reachable(check: Check, found: MxResult | None, without: str) -> CheckResult:
    if found is None:
        return CheckResult(check, "none", Held.NOT_ASKED, "", without, "RFC 5321 §4.5.5")
    good = known(found.result is Mx.PASS)
    if found.result is Mx.TEMPERROR:
        good = unlearned(_first_failed(found.answers))
    record = next(filter(None, map(_answered, found.answers)), None)
    about = printable(found.domain, _SHOWN)
    return CheckResult(check, found.result, good, about, found.reason, found.section, record)


def _listed(evidence: Evidence) -> CheckResult:
    found = evidence.listings
    if found is None:
        reason = "no blocklist was asked"
        return CheckResult(Check.BLOCKLIST, "none", Held.NOT_ASKED, "", reason, "RFC 5782 §2")
    good = {Lists.PASS: Held.YES, Lists.FAIL: Held.NO}.get(found.result, Held.UNKNOWN)
    if found.result is Lists.TEMPERROR:
        good = unlearned(_first_failed(found.answers))
    about = ", ".join(dict.fromkeys(printable(e.subject, _SHOWN) for e in found.decisive))
    return CheckResult(Check.BLOCKLIST, found.result, good, about, found.reason, found.section)


def _form(evidence: Evidence) -> CheckResult:
    worst = next((f for f in evidence.form.flaws if f.level is Level.MUST), None)
    if worst is None:
        mild = next(iter(evidence.form.flaws), None)
        reason = "the message is as RFC 5322 wants it"
        reason += f", but {mild.message}" if mild is not None else ""
        return CheckResult(Check.FORM, "pass", Held.YES, "", reason, "RFC 5322 §3.6")
    reason = f"{worst.message}: {worst.detail}" if worst.detail else worst.message
    return CheckResult(Check.FORM, "fail", Held.NO, worst.field, reason, worst.section)


_TLS = {
    True: ("pass", Held.YES, "the message came encrypted"),
    False: ("fail", Held.NO, "the message came unencrypted"),
    None: ("none", Held.NOT_ASKED, "whether the message came encrypted is not known"),
}


def _tls(evidence: Evidence) -> CheckResult:
    result, good, reason = _TLS[evidence.envelope.tls]
    return CheckResult(Check.TLS, result, good, evidence.iprev.ip, reason, "RFC 3207")
