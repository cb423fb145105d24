"""Checks and dispositions in the words of people who never read an RFC."""

import re

from mailworthy.dmarc.record import Policy
from mailworthy.dmarc.result import DmarcResult
from mailworthy.dmarc.result import Result as Dmarc
from mailworthy.lookup.model import Why
from mailworthy.names import printable
from mailworthy.receive.authresults import Stale
from mailworthy.receive.checks import CheckResult
from mailworthy.receive.load import load
from mailworthy.receive.load import names as profiles
from mailworthy.receive.verdict import Verdict
from mailworthy.receive.words import Check, Disposition, Held

NAMES = {
    Check.REVERSE_DNS: "Reverse DNS",
    Check.HELO: "HELO",
    Check.SPF: "SPF",
    Check.SPF_HELO: "SPF of HELO",
    Check.DKIM: "DKIM",
    Check.DMARC: "DMARC",
    Check.ARC: "ARC",
    Check.SENDER: "Return path",
    Check.AUTHOR: "From domain",
    Check.BLOCKLIST: "Blocklists",
    Check.FORM: "Form",
    Check.TLS: "Encryption",
}
VERDICTS = {
    Disposition.ACCEPT: "Accepted",
    Disposition.SPAM: "Spam folder",
    Disposition.DEFER: "Try again later",
    Disposition.REJECT: "Refused",
}
COLOURS = {
    Disposition.ACCEPT: "green",
    Disposition.SPAM: "yellow",
    Disposition.DEFER: "yellow",
    Disposition.REJECT: "red",
}
MARKS = {
    Held.YES: ("✓", "green"),
    Held.NO: ("✗", "red"),
    Held.UNKNOWN: ("?", "yellow"),
    Held.NOT_ASKED: ("–", "bright_black"),
}
SEVERE = tuple(Disposition)  # from mild to severe

# What a result means; `{about}` is the domain or address, `{ip}` the client.
_MEANING = {
    (Check.REVERSE_DNS, "pass"): "{ip} and {name} lead to each other",
    (Check.REVERSE_DNS, "fail"): "the reverse name of {ip} does not lead back to it",
    (Check.REVERSE_DNS, "permerror"): "{ip} has no reverse name",
    (Check.SPF, "pass"): "{about} lets {ip} send its mail",
    (Check.SPF, "fail"): "{about} does not let {ip} send its mail",
    (Check.SPF, "softfail"): "{about} does not expect mail from {ip}",
    (Check.SPF, "neutral"): "{about} does not say whether {ip} may send its mail",
    (Check.SPF, "none"): "{about} does not say who may send its mail",
    (Check.SPF, "permerror"): "the SPF record of {about} is broken",
    (Check.DKIM, "pass"): "signed by {about}, and not changed since",
    (Check.DKIM, "fail"): "the signature of {about} does not fit the message",
    (Check.DKIM, "permerror"): "the signature of {about} cannot be checked",
    (Check.DKIM, "none"): "nobody signed it",
    (Check.ARC, "none"): "no server on the way vouches for it",
    (Check.TLS, "pass"): "it came encrypted",
}
# Sentences that say all that the reason says.
_CLEAR = frozenset(((Check.DKIM, "none"), (Check.REVERSE_DNS, "permerror"), (Check.SPF, "none")))
_MOST = 3
# Reasons why nothing was learned that are no words of people.
WHYS = {
    Why.OUTSIDE.value: "not in the zone file",
    Why.NOT_RECORDED.value: "not in the recording",
    Why.NO_MEANS.value: "not asked",
}
_WHY = re.compile(rf"(?:(?<=: )|(?<=\())(?:{'|'.join(WHYS)})(?=\)|$)")
_MEANING |= {
    (Check.SPF_HELO, word): text for (check, word), text in _MEANING.items() if check is Check.SPF
}


def meaning(result: CheckResult, verdict: Verdict) -> str:
    """A check in one plain sentence, printable."""
    if result.check is Check.DMARC and (text := _dmarc(verdict)):
        return text
    template = _MEANING.get((result.check, result.result))
    if template is None or ("{about}" in template and not result.about):
        return because(result)
    iprev = verdict.evidence.iprev
    return template.format(about=result.about, ip=iprev.ip, name=printable(iprev.name, 100))


def told(result: CheckResult, verdict: Verdict) -> list[str]:
    """A check in a plain sentence, and what lies behind it where it does not speak for the
    message: the reason with its section, and signatures beside the best."""
    sentence, why = meaning(result, verdict), because(result)
    if result.good not in (Held.NO, Held.UNKNOWN):
        return [sentence, *_others(result, verdict)]
    if why == sentence or (result.check, result.result) in _CLEAR:
        return [f"{sentence} ({result.section})", *_others(result, verdict)]
    return [sentence, f"{why} ({result.section})", *_others(result, verdict)]


def _others(result: CheckResult, verdict: Verdict) -> list[str]:
    """The signatures of other domains than the one that is told, each once."""
    if result.check is not Check.DKIM:
        return []
    found = {
        f"the signature of {printable(s.domain, 100) or 'nobody'}: {s.result} ({s.reason})": None
        for s in verdict.evidence.dkim.signatures
        if printable(s.domain, 200) != result.about
    }
    return list(found)[:_MOST]


def told_stale(stale: Stale) -> str:
    """A field that has to go before ours is added, in a sentence."""
    who = f" of {stale.authserv_id}" if stale.authserv_id else ""
    return f"first remove the Authentication-Results{who} on line {stale.line}: {stale.why}"


def mark(result: CheckResult, verdict: Verdict) -> tuple[str, str]:
    """The mark of a check and its colour. A HELO name that leads elsewhere, or nobody knows
    where, is allowed (RFC 5321 §4.1.4), and speaks for nobody."""
    elsewhere = verdict.evidence.helo.matches is not True and result.result == "pass"
    if result.check is Check.HELO and elsewhere:
        return MARKS[Held.NOT_ASKED]
    return MARKS[result.good]


def blind(verdict: Verdict) -> list[str]:
    """The profiles asked for that verify no signature of those that hold, which are Ed25519."""
    passed = verdict.evidence.dkim.passed
    known = [d.profile for d in verdict.decisions if passed and d.profile in profiles()]
    return [name for name in known if all(map(load(name).verifier.ignores, passed))]


def remarks(verdict: Verdict) -> list[str]:
    """What to know beside the reason: how little was looked at, and that others may refuse."""
    results = verdict.checks
    asked = [r for r in results if r.check in _IN_DNS and r.result != "none"]
    made = [r for r in asked if r.result != "temperror"]
    found = []
    if len(made) < len(asked):
        found.append(f"Only {len(made)} of {len(asked)} checks in DNS could be made.")
    if names := blind(verdict):
        found.append(f"To {', '.join(names)} it is not signed: Ed25519 is not verified there.")
    (first, *others) = verdict.decisions
    accepted = first.disposition is Disposition.ACCEPT and first.weight is not None
    if accepted and not others and any(r.good is Held.NO for r in results):
        found.append("Other receivers are stricter: --profile all shows what they would do.")
    return found


_IN_DNS = frozenset(Check) - {Check.ARC, Check.BLOCKLIST, Check.FORM, Check.TLS}


def capital(text: str) -> str:
    """A sentence of its own; a name or an address keeps its letters."""
    word = text.split(" ", 1)[0]
    return text[:1].upper() + text[1:] if word.isalpha() else text


def because(result: CheckResult) -> str:
    """The reason of a check, without its section."""
    reason = result.reason.removesuffix(f" ({result.section})")
    return _WHY.sub(lambda found: WHYS[found[0]], reason)


def _dmarc(verdict: Verdict) -> str:
    dmarc = policy_result(verdict)
    author = verdict.evidence.author.domain
    if author is None:
        return ""
    shown = printable(author, 100)
    if dmarc.result is Dmarc.PASS:
        by = [method.upper() for method in aligned(dmarc)]
        return f"{' and '.join(by)} prove{'s' * (len(by) == 1)} that it is from {shown}"
    if dmarc.result is Dmarc.NONE:
        return f"{shown} does not say what to do with forgeries"
    if dmarc.result is Dmarc.FAIL:
        return f"nothing proves that it is from {shown}{_WISHES[dmarc.disposition]}"
    return ""


_WISHES = {
    Policy.NONE: "; its policy (p=none) asks for nothing to be done",
    Policy.QUARANTINE: ", which wants such mail in quarantine",
    Policy.REJECT: ", which wants such mail rejected",
}


def policy_result(verdict: Verdict) -> DmarcResult:
    """The DMARC result that is told."""
    return next(iter(verdict.evidence.dmarc.values()))


def aligned(dmarc: DmarcResult) -> list[str]:
    """The mechanisms that prove the author, each once."""
    found = [
        check.identifier.method.value
        for judgement in dmarc.judgements
        for check in judgement.checks
        if check.aligned and check.identifier.authenticated
    ]
    return list(dict.fromkeys(found))
