"""How much each failed check weighs: the arithmetic of the strict profile, and of Rspamd's.

The law: one failed check never refuses a message, three do; a failure under `p=reject` marks,
and refuses together with one independent fact (RFC 9989 §7.4: a receiver must not reject on
`p=reject` alone); a failure under `p=none` changes nothing.

Chosen so: `ONE` is under `MARK` and three times `ONE` is over `REFUSE`, with 0.7 to spare on
both sides for what else a filter adds; `REJECT` is over `MARK`, under `REFUSE`, and over it with
`ONE` added.
"""

from collections.abc import Iterable
from enum import StrEnum

from mailworthy.receive.words import Fact

MARK = 6.0
REFUSE = 15.0
ONE = 5.3
QUARANTINE = 6.5
REJECT = 10.5


class Group(StrEnum):
    """What counts as one check, however many of its facts hold."""

    SPF = "spf"
    DKIM = "dkim"
    DMARC = "dmarc"
    REVERSE_DNS = "reverse-dns"
    HELO = "helo"
    BLOCKLIST = "blocklist"
    REACHABLE = "reachable"
    FORM = "form"


# A form that is wrong, a sender who cannot be answered: beyond what Rspamd is told to weigh.
WEIGHTS: dict[Fact, tuple[Group, float]] = {
    Fact.SPF_FAIL_OR_SOFTFAIL: (Group.SPF, ONE),
    Fact.DKIM_NONE: (Group.DKIM, ONE),
    Fact.DKIM_BROKEN: (Group.DKIM, ONE),
    Fact.DMARC_QUARANTINE: (Group.DMARC, QUARANTINE),
    Fact.DMARC_REJECT: (Group.DMARC, REJECT),
    Fact.REVERSE_NOT_CONFIRMED: (Group.REVERSE_DNS, ONE),
    Fact.HELO_UNUSABLE: (Group.HELO, ONE),
    Fact.LISTED: (Group.BLOCKLIST, ONE),
    Fact.SENDER_UNREACHABLE: (Group.REACHABLE, ONE),
    Fact.AUTHOR_UNREACHABLE: (Group.REACHABLE, ONE),
    # Whoever hides the author escapes the author's policy: marked by itself (RFC 9989 §11.5).
    Fact.AUTHOR_UNCLEAR: (Group.FORM, QUARANTINE),
    Fact.MALFORMED: (Group.FORM, ONE),
    Fact.DUPLICATE_FIELD: (Group.FORM, ONE),
}


def counted(held: Iterable[Fact]) -> dict[Group, Fact]:
    """Of the facts that hold, the one that counts for each check.

    A list that adds a footer breaks signatures and fails DMARC by it: beside `p=reject` a broken
    signature is no independent fact, and does not count.
    """
    facts = set(held)
    if not facts:
        return {}
    if Fact.DMARC_REJECT in facts:
        facts.discard(Fact.DKIM_BROKEN)
    found: dict[Group, Fact] = {}
    for fact, (group, weight) in WEIGHTS.items():
        if fact in facts and (group not in found or weight > WEIGHTS[found[group]][1]):
            found[group] = fact
    return found


def total(held: Iterable[Fact], *, always: bool = False) -> float:
    """The weight of all facts that hold, each check once; `always` lets p=reject refuse alone."""
    found = counted(held).values()
    extra = REFUSE - REJECT if always and Fact.DMARC_REJECT in found else 0.0
    return round(sum(WEIGHTS[fact][1] for fact in found) + extra, 1)


def most(held: Iterable[Fact], unknown: Iterable[Fact], *, always: bool = False) -> float:
    """What the weight would be at most, were any of `unknown` to hold as well."""
    known, every = set(held), {*held, *unknown}
    whole = total(every, always=always)
    if Fact.DMARC_REJECT in known:
        return whole
    return max(whole, total(every - {Fact.DMARC_REJECT}))
