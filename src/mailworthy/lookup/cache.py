"""A cache of answers by TTL (RFC 2308 §5), with the time as an argument."""

from collections import OrderedDict

import msgspec

from mailworthy.lookup.model import Answer, Question, Status


class Limits(msgspec.Struct, frozen=True):
    """How much is kept, and for how many seconds at most."""

    entries: int = 100_000
    positive: int = 3600
    negative: int = 300
    failure: int = 2


class Cache:
    """Answers by question; the least recently used goes first when it is full."""

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._kept: OrderedDict[Question, tuple[float, float, Answer]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, ask: Question, now: float) -> Answer | None:
        """The answer with its remaining TTL; None if there is none that is still fresh."""
        entry = self._kept.get(ask)
        if entry is None:
            return None
        since, until, answer = entry
        if now >= until:
            del self._kept[ask]
            return None
        self._kept.move_to_end(ask)
        left = max(0, answer.ttl - int(now - since))
        return answer if left == answer.ttl else msgspec.structs.replace(answer, ttl=left)

    def put(self, answer: Answer, now: float) -> None:
        """Keep an answer as long as its TTL and the limits allow."""
        seconds = self._lifetime(answer)
        if seconds <= 0 or self._limits.entries <= 0:
            return
        self._kept[answer.ask] = (now, now + seconds, answer)
        self._kept.move_to_end(answer.ask)
        while len(self._kept) > self._limits.entries:
            self._kept.popitem(last=False)

    def clear(self) -> None:
        """Forget everything."""
        self._kept.clear()

    def _lifetime(self, answer: Answer) -> int:
        if answer.status is Status.FAILED:
            return self._limits.failure
        positive = answer.status is Status.FOUND
        return min(answer.ttl, self._limits.positive if positive else self._limits.negative)
