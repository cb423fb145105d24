"""What came of a test, step by step."""

from datetime import datetime
from enum import StrEnum

import msgspec

from mailworthy.receive.verdict import Verdict
from mailworthy.sendtest.follow import State, Trail
from mailworthy.sendtest.meaning import Meaning
from mailworthy.sendtest.reply import Reply


class Submission(msgspec.Struct, frozen=True):
    """How the user's own server took the message: `accepted` or not, and the reply where there
    was one. `via` names the way, `queue_id` is what the server told."""

    via: str
    accepted: bool
    reply: Reply | None = None
    queue_id: str = ""


class Place(StrEnum):
    """Where a message was found."""

    INBOX = "inbox"
    SPAM = "spam"
    OTHER = "other"


class Comparison(msgspec.Struct, frozen=True):
    """One method in their words and in ours; empty where a side says nothing of it. `agree` is
    None where one side did not or could not tell."""

    method: str
    theirs: str
    ours: str
    agree: bool | None


class Judged(msgspec.Struct, frozen=True):
    """The message as it arrived: who judged it there, what they say and what we say.

    `verdict` is None where it could not be judged here, and `why` says why. `authserv_id` is empty
    where the receiver wrote no results.
    """

    authserv_id: str = ""
    comparisons: tuple[Comparison, ...] = ()
    verdict: Verdict | None = None
    why: str = ""


class Found(msgspec.Struct, frozen=True):
    """The message in a mailbox: `folder` is its name there, `seconds` how long it took from
    sending it, None where nobody can tell."""

    place: Place
    folder: str
    seconds: float | None
    judged: Judged


class Outcome(StrEnum):
    """What a test comes to."""

    PASSED = "passed"
    FAILED = "failed"
    UNDETERMINED = "undetermined"
    RELAYED = "relayed"  # a relay has it; whether that delivers it is not known here


class Sent(msgspec.Struct, frozen=True):
    """One message to one address, from sending to reading.

    `looked` tells that a mailbox was searched, `log` why there is no log to follow (empty where
    there is one), `mailbox` why it could not be searched.
    """

    sender: str
    recipient: str
    message_id: str
    sent_at: datetime
    submission: Submission
    trail: Trail
    reply: Reply | None = None
    meaning: Meaning | None = None
    looked: bool = False
    found: Found | None = None
    log: str = ""
    mailbox: str = ""

    @property
    def outcome(self) -> Outcome:
        """Whether all is well, something is not, or nobody knows."""
        if not self.submission.accepted or self.trail.state is State.BOUNCED:
            return Outcome.FAILED
        if self.found is not None:
            return _of_mail(self.found)
        if self.trail.state is State.RELAYED:
            return Outcome.RELAYED
        if self.looked or self.mailbox or self.trail.state is not State.DELIVERED:
            return Outcome.UNDETERMINED
        return Outcome.PASSED


def _of_mail(found: Found) -> Outcome:
    """Spam folder and failed authentication are failures, whoever found them."""
    said = {each.theirs for each in found.judged.comparisons if each.method == "dmarc"}
    if found.place is Place.SPAM or "fail" in said:
        return Outcome.FAILED
    return Outcome.PASSED
