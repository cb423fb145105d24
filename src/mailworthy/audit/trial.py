"""What receivers would make of a signed message of a domain that is not published yet."""

from datetime import date
from enum import StrEnum

import msgspec

from mailworthy.receive.decision import Decision
from mailworthy.receive.words import Check, Disposition, Fact, Held

_LISTS = {Fact.LISTED, Fact.LISTED_BY_SPAMHAUS}


class Answer(StrEnum):
    """What one receiver says of a trial."""

    ACCEPTED = "accepted"
    REFUSED = "refused"  # rejected, deferred or put aside for something that is known
    UNDETERMINED = "undetermined"


class Trial(msgspec.Struct, frozen=True):
    """One message of `domain`, signed with its keys, as it would come from one address of a host.

    `checks` are the words of RFC 8601. `decisions` are those of the receivers whose rules are
    known; their `outcomes` are only the requirements that are not met or could not be judged.
    `as_of` is the day up to which all rules that count were seen to be published.
    """

    domain: str
    host: str
    ip: str
    checks: dict[Check, str]
    decisions: tuple[Decision, ...]
    as_of: date

    @property
    def partial(self) -> bool:
        """Whether this run had no way to ask for something that may be held against the mail.

        Blocklists are never asked about mail that was not sent.
        """
        return any(
            o.broken is Held.NOT_ASKED and not o.line.advice and not _LISTS & {*o.line.broken_by}
            for decision in self.decisions
            for o in decision.outcomes
        )

    def exit_code(self, *, mild: bool = True) -> int:
        """1 where a receiver refuses, 3 where one might; with `mild` unset the spam folder is
        no refusal."""
        counting = (d for d in self.decisions if mild or d.disposition is not Disposition.SPAM)
        answers = set(map(answer, counting))
        if Answer.REFUSED in answers:
            return 1
        return 3 if Answer.UNDETERMINED in answers else 0


def answer(decision: Decision) -> Answer:
    """Whether the message gets into the inbox, as far as published rules tell."""
    if decision.disposition in (Disposition.REJECT, Disposition.SPAM) or _defers(decision):
        return Answer.REFUSED
    unknown = any(o.broken is Held.UNKNOWN and not o.line.advice for o in decision.outcomes)
    if unknown or decision.disposition is Disposition.DEFER:
        return Answer.UNDETERMINED
    return Answer.ACCEPTED


def _defers(decision: Decision) -> bool:
    """Whether a requirement is broken whose breach is answered by "later"."""
    return decision.disposition is Disposition.DEFER and any(
        o.line.action is Disposition.DEFER and not o.line.advice for o in decision.broken
    )
