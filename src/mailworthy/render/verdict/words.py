"""Checks and dispositions in the words of people who never read an RFC."""

from mailworthy.dmarc.record import Policy
from mailworthy.dmarc.result import DmarcResult
from mailworthy.dmarc.result import Result as Dmarc
from mailworthy.names import printable
from mailworthy.receive.checks import CheckResult
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
SEVERE = (Disposition.ACCEPT, Disposition.SPAM, Disposition.DEFER, Disposition.REJECT)

# What a result means; `{about}` is the domain or address, `{ip}` the client.
_MEANING = {
    (Check.REVERSE_DNS, "pass"): "{ip} is {name}, and that is {ip}",
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


def because(result: CheckResult) -> str:
    """The reason of a check, without its section."""
    return result.reason.removesuffix(f" ({result.section})")


def _dmarc(verdict: Verdict) -> str:
    dmarc = policy_result(verdict)
    author = verdict.evidence.author.domain
    if author is None:
        return ""
    shown = printable(author, 100)
    if dmarc.result is Dmarc.PASS:
        return f"{' and '.join(m.upper() for m in aligned(dmarc))} proves that it is from {shown}"
    if dmarc.result is Dmarc.NONE:
        return f"{shown} does not say what to do with forgeries"
    if dmarc.result is Dmarc.FAIL:
        return f"nothing proves that it is from {shown}{_WISHES[dmarc.disposition]}"
    return ""


_WISHES = {
    Policy.NONE: "; it wants that ignored",
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
