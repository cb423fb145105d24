"""What a receiver does that adds up what fails."""

from mailworthy.receive.decision import Decision, Finding, Outcome
from mailworthy.receive.profile import Profile
from mailworthy.receive.weights import MARK, REFUSE, WEIGHTS, Group, counted, most, total
from mailworthy.receive.words import Disposition, DmarcReject, Fact, Held

# The enhanced status code of a failed check alone (RFC 7372 §3, RFC 3463 §3.2), without its class.
_CODES = {
    Group.SPF: "7.23",
    Group.DKIM: "7.20",
    Group.DMARC: "7.1",  # RFC 9989 has none of its own
    Group.REVERSE_DNS: "7.25",
}
_OPEN = {Group.SPF: "7.24"}
_SEVERAL = "7.26"  # more than one check of authentication
_POLICY = "7.1"
_SHOWN = 3  # reasons in one line
_ASKED = tuple(fact for fact in WEIGHTS if fact is not Fact.LISTED)  # lists are asked on demand


def weighed(
    profile: Profile, findings: dict[Fact, Finding], outcomes: tuple[Outcome, ...]
) -> Decision:
    """The disposition by weight.

    What is unknown weighs nothing, unless it could make the difference between taking the
    message and refusing it: then the answer is "later" (RFC 7489 §6.6.3, RFC 9989 §5.3.6 leave
    that to the receiver).
    """
    held = [fact for fact in WEIGHTS if findings[fact].held is Held.YES]
    unknown = [fact for fact in WEIGHTS if findings[fact].held is Held.UNKNOWN]
    always = profile.dmarc_reject is DmarcReject.ALWAYS
    weight = total(held, always=always)
    deciding = list(counted(held).values())
    if weight >= REFUSE:
        disposition, code = Disposition.REJECT, f"550 5.{_code(deciding, _CODES)}"
    elif unknown and most(held, unknown, always=always) >= REFUSE:
        deciding = list(counted(unknown).values())
        disposition, code = Disposition.DEFER, f"451 4.{_code(deciding, _CODES | _OPEN)}"
    else:
        disposition = Disposition.SPAM if weight >= MARK else Disposition.ACCEPT
        code = ""
    missing = [findings[fact].reason for fact in unknown]
    reason = _reason(disposition, [findings[fact] for fact in deciding], missing)
    if not deciding and any(findings[fact].held is Held.NOT_ASKED for fact in _ASKED):
        reason = reason.replace("nothing", "nothing that could be asked about", 1)
    return Decision(profile.name, profile.title, disposition, reason, outcomes, code, weight)


def _code(facts: list[Fact], codes: dict[Group, str]) -> str:
    """The code of the only check of authentication, or that for several (RFC 7372 §4)."""
    found = [codes[group] for fact in facts if (group := WEIGHTS[fact][0]) in codes]
    if not found:
        return _POLICY
    return found[0] if len(found) == 1 else _SEVERAL


def _reason(disposition: Disposition, deciding: list[Finding], missing: list[str]) -> str:
    if not deciding:
        known = "is known to count" if missing else "counts"
        return "; ".join([f"nothing {known} against the message", *missing[:1]])
    ordered = sorted(deciding, key=lambda finding: -WEIGHTS[finding.fact][1])
    told = "; ".join(finding.reason for finding in ordered[:_SHOWN])
    more = f"; and {len(ordered) - _SHOWN} more" if len(ordered) > _SHOWN else ""
    if disposition is Disposition.DEFER:
        return f"what could not be learned would decide: {told}{more}"
    if disposition is Disposition.ACCEPT:
        return f"too little to refuse it: {told}{more}"
    return told + more
