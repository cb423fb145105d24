"""Verification of every signature of a message (RFC 6376 §6.1)."""

from datetime import datetime

from mailworthy.dkim.evaluate import Work
from mailworthy.dkim.result import POLICY, DkimResults, DkimSignature, Policy, outcome
from mailworthy.dkim.signature import parse
from mailworthy.lookup.model import Asking
from mailworthy.message.header import Message, read

FIELD = b"dkim-signature"


def verify(
    message: bytes | Message, *, now: datetime, policy: Policy = POLICY
) -> Asking[DkimResults]:
    """Evaluate the DKIM signatures of a message; one round of questions.

    Never raises for anything that a message or a name server says, and takes time linear in
    the size of the message, for each of at most `policy.max_signatures` signatures.
    """
    read_message = read(message)
    places = read_message.places.get(FIELD, [])
    if not places:
        return DkimResults()
    work = Work(read_message, int(now.timestamp()), policy)
    values = [
        (i, read_message.lines[i].partition(b":")[2]) for i in places[: policy.max_signatures]
    ]
    open_ = [work.start(index, parse(value)) for index, value in values]
    answers = yield from work.keys(open_)
    done = [work.finish(one, answers) for one in open_]
    return DkimResults((*done, *[_beyond(i) for i in places[policy.max_signatures :]]))


def _beyond(index: int) -> DkimSignature:
    result, section = outcome("not-evaluated")
    return DkimSignature(index, result, "not-evaluated", "over the cap on signatures", section)
