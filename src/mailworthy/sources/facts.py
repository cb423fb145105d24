"""What reports tell of one source, added up: the evidence that a judgement rests on."""

from collections import Counter
from collections.abc import Hashable, Mapping
from enum import StrEnum
from typing import Any, NoReturn, TypeVar

import msgspec

from mailworthy.reports.model import AggregateRecord, Window

DAY = 86_400
MAX_KINDS = 1_000  # of each kind of detail that is told apart; a report can bring any number
NOBODY: Mapping[str, int] = {}
H = TypeVar("H", bound=Hashable)


class KeyKind(StrEnum):
    """By what a source is known, from the most telling to the least."""

    SERVICE = "service"  # a name in the sender table, proven by a signature or envelope
    RELAY = "relay"  # such a service, but with mail that somebody else signed
    NAME = "name"  # the registrable part of a forward-confirmed reverse name
    ADDRESS = "address"
    NETWORK = "network"


class SourceKey(msgspec.Struct, frozen=True, order=True):
    """One source; as text `kind:value`, such as `service:mailchimp`."""

    kind: KeyKind
    value: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.value}"


class Seen(msgspec.Struct, frozen=True):
    """One record with what its report said above it.

    `proven` is whether the report mail was shown to come from the reporter. `reverse` is the
    forward-confirmed reverse name of the address, empty if it has none, None if nobody asked.
    """

    record: AggregateRecord
    window: Window
    reporter: str = ""
    proven: bool = True
    reverse: str | None = None


class DkimCount(msgspec.Struct, frozen=True):
    """Messages with one signature and what became of it."""

    domain: str
    selector: str
    result: str
    count: int


class SpfCount(msgspec.Struct, frozen=True):
    """Messages with one envelope domain and what SPF said to it."""

    domain: str
    result: str
    count: int


class ReasonCount(msgspec.Struct, frozen=True):
    """Messages for which the reporter gave one reason."""

    type: str
    comment: str
    count: int


class DayCount(msgspec.Struct, frozen=True):
    """Messages of one day; `day` counts from 1970-01-01."""

    day: int
    count: int


class Facts(msgspec.Struct, frozen=True):
    """All that is known of one source of mail with From in one domain.

    `both`, `dkim_only`, `spf_only` and `neither` split `messages` by what passed aligned;
    `let_through` are those of `neither` that were neither quarantined nor rejected.
    `unproven` came in reports whose origin nobody could show; where that are some and not all,
    `proven` are the facts of all others. `strangers` is for how many unrelated domains the same
    addresses send. `reverse` is as in Seen.
    """

    key: SourceKey
    domain: str
    messages: int = 0
    both: int = 0
    dkim_only: int = 0
    spf_only: int = 0
    neither: int = 0
    let_through: int = 0
    unproven: int = 0
    dkim: tuple[DkimCount, ...] = ()
    spf: tuple[SpfCount, ...] = ()
    reasons: tuple[ReasonCount, ...] = ()
    days: tuple[DayCount, ...] = ()
    addresses: tuple[str, ...] = ()
    reporters: tuple[str, ...] = ()
    strangers: int = 0
    reverse: str | None = None
    proven: "Facts | None" = None

    @property
    def judged(self) -> "Facts | None":
        """What a judgement may rest on: anybody can write the rest. None if nothing is proven."""
        return self.proven if self.unproven else self

    def __bool__(self) -> NoReturn:
        raise TypeError("facts have no truth value")


class Tally:
    """Facts while they are added up. Of each kind of detail the first 1,000 are told apart."""

    def __init__(self, key: SourceKey, domain: str) -> None:
        self.key = key
        self.domain = domain
        self._sums = Counter[str]()
        self._dkim = Counter[tuple[str, str, str]]()
        self._spf = Counter[tuple[str, str]]()
        self._reasons = Counter[tuple[str, str]]()
        self._days = Counter[int]()
        self._addresses = Counter[str]()
        self._reporters = Counter[str]()
        self._reverse: str | None = None

    def add(self, seen: Seen) -> None:
        """One more record."""
        record, count = seen.record, seen.record.count
        self._sums["messages"] += count
        self._sums[_outcome(record)] += count
        if _outcome(record) == "neither" and record.disposition not in ("quarantine", "reject"):
            self._sums["let_through"] += count
        if not seen.proven:
            self._sums["unproven"] += count
        self._details(record)
        _count(self._days, day_of(seen.window), count)
        _count(self._addresses, record.ip, count)
        _count(self._reporters, seen.reporter, count)
        self._reverse = _first(self._reverse, seen.reverse)

    def _details(self, record: AggregateRecord) -> None:
        """Each signature, envelope and reason of a record once."""
        for key in {(d.domain, d.selector, d.result) for d in record.dkim_auth}:
            _count(self._dkim, key, record.count)
        for pair in {(s.domain, s.result) for s in record.spf_auth if s.scope != "helo"}:
            _count(self._spf, pair, record.count)
        for reason in {(r.type, r.comment) for r in record.reasons}:
            _count(self._reasons, reason, record.count)

    @property
    def messages(self) -> int:
        """How many there are."""
        return self._sums["messages"]

    @property
    def passing(self) -> bool:
        """Whether any message passed aligned."""
        return self._sums["messages"] > self._sums["neither"]

    def under(self, key: SourceKey) -> "Tally":
        """The same sums as those of another source."""
        self.key = key
        return self

    def merge(self, other: "Tally") -> None:
        """Add the sums of another tally."""
        self._sums.update(other._sums)
        for mine, more in zip(self._counters(), other._counters(), strict=True):
            for key, count in more.items():
                _count(mine, key, count)
        self._reverse = _first(self._reverse, other._reverse)

    def _counters(self) -> tuple[Counter[Any], ...]:
        details = (self._dkim, self._spf, self._reasons)
        return (*details, self._days, self._addresses, self._reporters)

    def facts(self, others: Mapping[str, int] = NOBODY) -> Facts:
        """The sums so far, each detail in a fixed order."""
        sums: dict[str, Any] = {name: self._sums[name] for name in _SUMS}
        strangers = max((others.get(ip, 0) for ip in self._addresses), default=0)
        return Facts(
            self.key,
            self.domain,
            **sums,
            dkim=tuple(DkimCount(*key, n) for key, n in sorted(self._dkim.items())),
            spf=tuple(SpfCount(*key, n) for key, n in sorted(self._spf.items())),
            reasons=tuple(ReasonCount(*key, n) for key, n in sorted(self._reasons.items())),
            days=tuple(DayCount(*pair) for pair in sorted(self._days.items())),
            addresses=tuple(sorted(self._addresses)),
            reporters=tuple(sorted(self._reporters)),
            strangers=strangers,
            reverse=self._reverse,
        )


class Evidence:
    """The facts of one source while they are added up: proven reports and others apart."""

    def __init__(self, key: SourceKey, domain: str) -> None:
        self.key = key
        self._proven = Tally(key, domain)
        self._other = Tally(key, domain)

    def add(self, seen: Seen) -> None:
        """One more record."""
        (self._proven if seen.proven else self._other).add(seen)

    @property
    def passing(self) -> bool:
        """Whether any message passed aligned; of what is proven, if anything is."""
        return (self._proven if self._proven.messages else self._other).passing

    def under(self, key: SourceKey) -> "Evidence":
        """The same as those of another source."""
        self.key = key
        self._proven.under(key)
        self._other.under(key)
        return self

    def merge(self, other: "Evidence") -> None:
        """Add another's."""
        self._proven.merge(other._proven)
        self._other.merge(other._other)

    def facts(self, others: Mapping[str, int]) -> Facts:
        """The facts so far; `others` says of addresses for how many unrelated domains they send."""
        if not self._proven.messages or not self._other.messages:
            return (self._proven if self._proven.messages else self._other).facts(others)
        proven = self._proven.facts(others)
        whole = Tally(self.key, proven.domain)
        whole.merge(self._proven)
        whole.merge(self._other)
        return msgspec.structs.replace(whole.facts(others), proven=proven)


_SUMS = ("messages", "both", "dkim_only", "spf_only", "neither", "let_through", "unproven")


def day_of(window: Window) -> int:
    """The day in which a window lies for the most part, from 1970-01-01."""
    return (window.begin + window.end) // 2 // DAY


def _first(one: str | None, other: str | None) -> str | None:
    """Of two reverse names the first of the alphabet; no name only if nobody has one."""
    known = [name for name in (one, other) if name is not None]
    return min(filter(None, known), default="") if known else None


def _outcome(record: AggregateRecord) -> str:
    signed, named = record.dkim == "pass", record.spf == "pass"
    return {(1, 1): "both", (1, 0): "dkim_only", (0, 1): "spf_only"}.get((signed, named), "neither")


def _count(counter: Counter[H], key: H, count: int) -> None:
    """Count, unless that were one kind too many."""
    if key in counter or len(counter) < MAX_KINDS:
        counter[key] += count
