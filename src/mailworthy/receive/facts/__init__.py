"""What can be held against a message: one short test for each fact.

Nothing here asks anything: the tests read the evidence, and a look-up that failed makes a fact
unknown, never true.
"""

from collections.abc import Callable

from mailworthy.dmarc.record import Policy
from mailworthy.receive.decision import Finding
from mailworthy.receive.evidence import Evidence
from mailworthy.receive.facts import client, dkim, dmarc, message, spf
from mailworthy.receive.facts.view import NO, Said, View
from mailworthy.receive.profile import Profile
from mailworthy.receive.words import Fact
from mailworthy.spf.model import Result as Spf

__all__ = ["TESTS", "View", "find", "seen"]

TESTS: dict[Fact, Callable[[View], Said]] = {
    Fact.NO_REVERSE_NAME: client.no_reverse_name,
    Fact.REVERSE_NOT_CONFIRMED: client.not_confirmed,
    Fact.GENERIC_REVERSE_NAME: client.generic_name,
    Fact.HELO_UNUSABLE: client.helo_unusable,
    Fact.HELO_ELSEWHERE: client.helo_elsewhere,
    Fact.SPF_NONE: spf.holds(Spf.NONE),
    Fact.SPF_FAIL: spf.holds(Spf.FAIL),
    Fact.SPF_FAIL_OR_SOFTFAIL: spf.holds(Spf.FAIL, Spf.SOFTFAIL),
    Fact.SPF_INVALID: spf.holds(Spf.PERMERROR),
    Fact.SPF_NOT_PASS: spf.NOT_PASS,
    Fact.DKIM_NONE: dkim.none,
    Fact.DKIM_BROKEN: dkim.broken,
    Fact.DKIM_NOT_PASS: dkim.not_pass,
    Fact.DKIM_WEAK_KEY: dkim.weak_key,
    Fact.DKIM_SHORT_KEY: dkim.short_key,
    Fact.UNAUTHENTICATED: dmarc.unauthenticated,
    Fact.UNALIGNED: dmarc.unaligned,
    Fact.DKIM_UNALIGNED: dmarc.dkim_unaligned,
    Fact.DMARC_NONE: dmarc.no_policy,
    Fact.DMARC_WITHOUT_REPORTS: dmarc.without_reports,
    Fact.DMARC_FAIL: dmarc.fail,
    Fact.DMARC_QUARANTINE: dmarc.asks(Policy.QUARANTINE),
    Fact.DMARC_REJECT: dmarc.asks(Policy.REJECT),
    Fact.AUTHOR_UNCLEAR: message.author_unclear,
    Fact.SENDER_UNREACHABLE: message.unreachable("the sender", lambda e: e.sender),
    Fact.AUTHOR_UNREACHABLE: message.unreachable("the author", lambda e: e.author_mx),
    Fact.LISTED: client.listed,
    Fact.LISTED_BY_SPAMHAUS: client.listed_by_spamhaus,
    Fact.MALFORMED: message.malformed,
    Fact.NO_MESSAGE_ID: message.no_message_id,
    Fact.DUPLICATE_FIELD: message.duplicate_field,
    Fact.NO_ONE_CLICK: message.no_one_click,
    Fact.NOT_ENCRYPTED: client.not_encrypted,
}

_NOT_HELD = {fact: Finding(fact, *NO) for fact in TESTS}  # most of them, of most messages


def find(fact: Fact, evidence: Evidence, profile: Profile) -> Finding:
    """Whether one fact holds, in the eyes of one receiver.

    `evidence` must have been gathered for `profile`; raises UsageError where its DMARC result is
    needed and was not worked out.
    """
    return seen(fact, View(evidence, profile))


def seen(fact: Fact, view: View) -> Finding:
    """The same for many facts about one message; the reason of a fact that does not hold is ""."""
    said = TESTS[fact](view)
    return _NOT_HELD[fact] if said is NO else Finding(fact, *said)
