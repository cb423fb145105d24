"""A test in sentences, which text and Markdown share."""

from collections.abc import Iterator

from mailworthy.receive.words import Disposition
from mailworthy.render.verdict import advice
from mailworthy.render.verdict.words import VERDICTS, capital
from mailworthy.sendtest.follow import State
from mailworthy.sendtest.meaning import title as provider
from mailworthy.sendtest.model import Comparison, Found, Outcome, Place, Sent

MARKS = {
    Outcome.PASSED: ("✓", "green"),
    Outcome.FAILED: ("✗", "red"),
    Outcome.UNDETERMINED: ("?", "yellow"),
    Outcome.RELAYED: ("?", "yellow"),
}
_STATES = {
    State.UNSEEN: "sent, and not seen in the log",
    State.QUEUED: "still in the queue",
    State.HELD: "held in the queue until somebody releases it",
    State.DEFERRED: "put off: it is tried again",
    State.BOUNCED: "refused",
    State.DELIVERED: "delivered",
    State.RELAYED: "handed to the relay {relay}, which has to deliver it",
}
_TAKEN = (State.DELIVERED, State.RELAYED)  # by the next server
_PLACES = {
    Place.INBOX: "in the inbox",
    Place.SPAM: "in the spam folder",
    Place.OTHER: "in a folder",
}
_AGREE = {True: "the same", False: "differs", None: "–"}
_MOST = 300
_LOCAL = "this server itself"


def headline(test: Sent) -> str:
    """What became of the message, in a few words."""
    if not test.submission.accepted:
        return "not taken by your own server"
    if test.found is not None:
        return f"delivered, {_PLACES[test.found.place]}"
    if test.trail.expired:
        return "given up: it waited too long"
    word = _STATES[test.trail.state].format(relay=_relay(test))
    if test.looked and test.trail.state in _TAKEN:
        searched = "; the mailbox could not be searched"
        return word + (searched if test.mailbox else ", and not seen in the mailbox")
    if test.log and not test.looked:
        return "taken by your own server; what came of it is not known"
    return word


def _relay(test: Sent) -> str:
    return test.trail.last.host if test.trail.last is not None else ""


def rows(test: Sent) -> Iterator[tuple[str, str]]:
    """Label and text: the way of the message, step by step."""
    yield "From", test.sender
    yield "Message-ID", test.message_id
    yield "Handed to", test.submission.via
    if test.trail.queue_ids:
        yield "Queue ids", " → ".join(test.trail.queue_ids)
    if test.log:
        yield "Log", test.log
    yield from _answered(test)
    if test.found is not None:
        yield from _mail(test.found)
    elif test.mailbox:
        yield "Mailbox", test.mailbox


def _answered(test: Sent) -> Iterator[tuple[str, str]]:
    reply, last = test.reply, test.trail.last
    if reply is None:
        return
    who = reply.host or (last.host if last else "")
    title = f" ({known})" if (known := provider(who)) else ""
    where = f"{who} [{reply.ip}]" if who and reply.ip else who or _LOCAL
    yield "Answered by", f"{where}{title}"
    code = " ".join(str(each) for each in (reply.code, reply.enhanced) if each)
    command = f" (to {reply.command})" if reply.command else ""
    yield "Reply", f"{code} {_cut(reply.text)}{command}".strip()
    if last is not None and last.delay is not None and test.trail.state in _TAKEN:
        yield "Took", f"{last.delay:g} s to the next server"


def _mail(found: Found) -> Iterator[tuple[str, str]]:
    after = "" if found.seconds is None else f", {found.seconds:g} s after it was sent"
    yield "Found in", f"{found.folder}{after}"
    yield "Judged there by", found.judged.authserv_id or "nobody: no Authentication-Results"
    if found.judged.verdict is not None:
        for each in found.judged.verdict.decisions:
            yield f"By us, as {each.profile}", f"{VERDICTS[each.disposition]}: {each.reason}"
    else:
        yield "By us", f"not judged: {found.judged.why}"


def comparisons(test: Sent) -> list[tuple[str, str, str, str]]:
    """Method, their word, our word, and whether they agree."""
    found = test.found.judged.comparisons if test.found is not None else ()
    return [(c.method, c.theirs or "–", c.ours or "–", _agreed(c)) for c in found]


def _agreed(each: Comparison) -> str:
    return _AGREE[each.agree]


def meaning(test: Sent) -> tuple[str, str, str] | None:
    """What the reply means, what to do, and the source; None where all is well or unknown."""
    well = (*_TAKEN, State.UNSEEN, State.QUEUED)
    if test.meaning is None or (test.submission.accepted and test.trail.state in well):
        return None
    source = f"{test.meaning.source}, {test.meaning.date.isoformat()}"
    return capital(test.meaning.meaning), capital(test.meaning.todo), source


def steps(test: Sent) -> list[str]:
    """What to do about the message, beside the reply: by the verdict, or to see more."""
    found = test.found
    if found is not None and found.judged.verdict is not None:
        verdict = found.judged.verdict
        told = advice.steps(verdict)
        accepted = all(d.disposition is Disposition.ACCEPT for d in verdict.decisions)
        if found.place is Place.SPAM and accepted:
            told = [_REPUTATION]
        return told
    if found is not None and found.place is Place.SPAM:
        return [_REPUTATION]
    if test.outcome is Outcome.RELAYED:
        return [_RELAYED.format(relay=_relay(test)), *([_MAILBOX] if test.mailbox else [])]
    return _open(test) if test.outcome is Outcome.UNDETERMINED else []


def _open(test: Sent) -> list[str]:
    """What may tell more of a message of which too little is known."""
    if test.trail.state is State.UNSEEN:
        return [_LOG]
    if test.mailbox:
        return [_MAILBOX]
    return [_LOOK] if test.looked else [_WAIT]


_REPUTATION = (
    "nothing that can be checked speaks against it, so it is reputation: send wanted mail, and "
    "little, for some weeks; mark it as no spam there"
)
_RELAYED = (
    "look for the Message-ID in the log of {relay}, which knows more, or have a mailbox of yours "
    "at the receiver searched (--imap)"
)
_WAIT = "wait longer (--wait SECONDS), or look at the queue with postqueue -p"
_LOG = (
    "say where Postfix writes its log, with --log FILE or --log journal; reading it may take root"
)
_MAILBOX = (
    "put right what stands at Mailbox, or send without --imap and look there yourself; the "
    "message is not lost"
)
_LOOK = "wait longer (--wait SECONDS); some receivers drop mail without a word"


def _cut(text: str) -> str:
    return text if len(text) <= _MOST else text[: _MOST - 1] + "…"
