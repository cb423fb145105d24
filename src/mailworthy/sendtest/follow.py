"""One message through the queue: by its Message-ID to its queue ids, by these to what became of it.

Filters hand a message back under another queue id. An id counts as ours if it was the first with
our Message-ID, or if a step of ours led to it: anybody may send mail with a Message-ID that he has
seen, and what becomes of that is not what became of ours.
"""

from collections.abc import Iterable
from enum import StrEnum
from ipaddress import ip_address

import msgspec

from mailworthy.sendtest.maillog import (
    Again,
    Event,
    Expired,
    Held,
    Named,
    Refused,
    Step,
    Word,
    read,
)

MOST = 50  # queue ids of one message that are looked at
MOST_STEPS = 500


class State(StrEnum):
    """Where a message is, as far as the log of the sending server tells."""

    UNSEEN = "unseen"  # no line is about it
    QUEUED = "queued"
    HELD = "held"
    DEFERRED = "deferred"
    BOUNCED = "bounced"
    DELIVERED = "delivered"
    RELAYED = "relayed"  # a server took it that is not the receiver's; its own log knows more


FINAL = frozenset((State.BOUNCED, State.DELIVERED))


class Trail(msgspec.Struct, frozen=True):
    """What the log tells of a message: the queue ids in order, and the step that decides.

    `refused` is why a filter of the sending server refused it. `inner` tells that the last step
    handed it to a program or to this machine, so that more may come.
    """

    state: State
    queue_ids: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()
    last: Step | None = None
    refused: str = ""
    expired: bool = False
    inner: bool = False


class Follower:
    """Reads lines; `trail` is what they tell of the message with this Message-ID.

    `queue_id` is what the server said when it took the message, where it said anything.
    """

    def __init__(self, message_id: str, queue_id: str = "") -> None:
        self.message_id = message_id
        self._known: dict[str, None] = {}  # in the order in which they came
        self._ours: set[str] = {queue_id} if queue_id else set()
        self._steps: list[Step] = []
        self._refused: dict[str, str] = {}
        self._states: dict[str, State] = {}
        self._after: dict[str, set[str]] = {}
        if queue_id:
            self._known[queue_id] = None

    def feed(self, lines: Iterable[str]) -> None:
        """Look at more lines."""
        for line in lines:
            if (event := read(line)) is not None:
                self.note(event)

    def note(self, event: Event) -> None:
        """Look at one event."""
        if isinstance(event, Named):
            self._name(event)
        elif isinstance(event, Again):
            if event.before in self._known:
                self._add(event.queue_id)
                self._after.setdefault(event.before, set()).add(event.queue_id)
        elif event.queue_id in self._known:
            self._happened(event)

    def expect(self, queue_id: str) -> None:
        """The server has told the queue id of our message."""
        self._add(queue_id)
        self._ours = {queue_id}

    def trail(self) -> Trail:
        """What is known by now."""
        ids = self._reached()
        steps = [step for step in self._steps if step.queue_id in ids]
        ordered = tuple(each for each in self._known if each in ids)
        refused = next((self._refused[each] for each in ordered if each in self._refused), "")
        if refused:
            return Trail(State.BOUNCED, ordered, tuple(steps), None, refused)
        # What was handed to a queue id of ours has gone on from there.
        ends = [s for s in steps if not (s.word == Word.SENT and self._went_on(s, ids))]
        last = _decisive(ends)
        expired = any(self._states.get(each) is State.BOUNCED for each in ids)
        state = State.BOUNCED if expired else self._state(last, ordered)
        inner = last is not None and last.word == Word.SENT and is_inner(last)
        return Trail(state, ordered, tuple(steps), last, "", expired, inner)

    def _name(self, event: Named) -> None:
        if event.message_id != self.message_id:
            return
        if not self._ours:
            self._ours = {event.queue_id}
        self._add(event.queue_id)

    def _add(self, queue_id: str) -> None:
        if len(self._known) < MOST:
            self._known.setdefault(queue_id)

    def _happened(self, event: Step | Refused | Held | Expired) -> None:
        queue_id = event.queue_id
        if isinstance(event, Step):
            if len(self._steps) < MOST_STEPS:
                self._steps.append(event)
            self._states.pop(queue_id, None)
        elif isinstance(event, Refused):
            self._refused[queue_id] = event.said
        else:
            held = isinstance(event, Held)
            self._states[queue_id] = State.HELD if held else State.BOUNCED

    def _reached(self) -> set[str]:
        """The queue ids of our message, and no other's."""
        ids = set(self._ours)
        while True:
            steps = [s for s in self._steps if s.queue_id in ids and s.word == Word.SENT]
            more = {s.next for s in steps} | {n for i in ids for n in self._after.get(i, ())}
            if any(is_inner(step) and step.next not in self._known for step in steps):
                more |= self._known.keys()  # a filter that does not tell the new id
            more &= self._known.keys()
            if more <= ids:
                return ids
            ids |= more

    def _went_on(self, step: Step, ids: set[str]) -> bool:
        if step.next:
            return step.next in ids and step.next != step.queue_id
        later = list(self._known)[list(self._known).index(step.queue_id) + 1 :]
        return is_inner(step) and any(each in ids for each in later)

    def _state(self, last: Step | None, ids: tuple[str, ...]) -> State:
        if any(self._states.get(each) is State.HELD for each in ids):
            return State.HELD
        if last is None:
            return State.QUEUED if ids and self._known else State.UNSEEN
        return _STATES.get(last.word, State.QUEUED)


_STATES = {
    Word.SENT.value: State.DELIVERED,
    Word.DELIVERABLE.value: State.DELIVERED,
    Word.DEFERRED.value: State.DEFERRED,
    Word.BOUNCED.value: State.BOUNCED,
    Word.UNDELIVERABLE.value: State.BOUNCED,
    Word.EXPIRED.value: State.BOUNCED,
}


# From mild to severe: an address may stand for several, and the worst is told.
_RANK = (State.QUEUED, State.DELIVERED, State.DEFERRED, State.BOUNCED)


def _decisive(steps: list[Step]) -> Step | None:
    """The last step of each recipient, and of these the worst; of equal ones the latest."""
    latest = {step.recipient: step for step in steps}
    found = [step for step in steps if latest[step.recipient] is step]
    ranks = [_RANK.index(_STATES.get(step.word, State.QUEUED)) for step in found]
    return max(zip(ranks, range(len(found)), found, strict=True), default=(0, 0, None))[2]


def is_inner(step: Step) -> bool:
    """Whether a step may lead to a filter: a program of this machine, or a server on it."""
    if step.program == "pipe":
        return True
    try:
        return ip_address(step.ip).is_loopback
    except ValueError:
        return False
