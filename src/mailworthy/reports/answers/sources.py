"""Who sends for a domain: every source with its volume, who it is, and what to do about it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, TypeAlias

import msgspec

from mailworthy.reports.answers.model import Answer, Counts, Period, counts, period
from mailworthy.reports.answers.overview import newest
from mailworthy.reports.answers.trails import EPOCH, Sum, Trail, records, seen, sum_of, trails
from mailworthy.reports.model import AggregateRecord
from mailworthy.sources.classify import Confidence, classify
from mailworthy.sources.expect import Expected
from mailworthy.sources.facts import DkimCount, Facts, KeyKind, SourceKey, SpfCount
from mailworthy.sources.grouping import group, service_of, source_key
from mailworthy.sources.signals import Class
from mailworthy.sources.table import load
from mailworthy.store import Store, queries
from mailworthy.store.queries import Scope
from mailworthy.store.queries.chosen import (
    days_of,
    known_of,
    largest,
    shared_of,
    volumes_of,
)
from mailworthy.store.queries.leading import is_certain, leading

Pair: TypeAlias = tuple[str, int]
Days: TypeAlias = dict[Pair, dict[int, int]]  # messages by day since 1970
DAY_ROWS = 20_000
TIMES = 4  # nobody sends on every day: so many times as many days may be there before they are read
NO_NAMES: Mapping[str, str] = {}
SHOWN, LEAST = 25, 5  # sources of one domain
AMONG = 1000  # the largest of all time, among which those of a period are looked for
ROWS, LEAST_ROWS = 200, 40  # addresses with a trail that are looked at, those with most mail first


class DayCount(msgspec.Struct, frozen=True):
    """Messages of one day."""

    day: date
    messages: int


class Source(msgspec.Struct, frozen=True):
    """One source of mail for a domain.

    `key` names it in other commands. `let_through` are messages that passed nothing and were
    delivered all the same. `unproven` are those in reports that anybody may have written, and
    `failed` those of `neither` that are in others: they alone are worth an alarm.
    `first_day` and `last_day` are over all time, `days` of the period:
    what its addresses sent with its results, of which another source may have a part; none where
    these are too many rows. `places`
    are countries and networks, where a database of them was given.
    """

    domain: str
    key: str
    title: str
    class_: Class = msgspec.field(name="class")
    confidence: Confidence
    evidence: tuple[str, ...]
    todo: tuple[str, ...]
    messages: int
    both: int
    dkim_only: int
    spf_only: int
    neither: int
    let_through: int
    unproven: int
    first_day: date
    last_day: date
    service: str | None
    reverse: str | None
    addresses: tuple[str, ...]
    dkim: tuple[DkimCount, ...]
    spf: tuple[SpfCount, ...]
    days: tuple[DayCount, ...]
    places: tuple[str, ...] = ()
    failed: int = 0

    @property
    def passed(self) -> int:
        """Messages that pass DMARC."""
        return self.messages - self.neither

    @property
    def proven(self) -> int:
        """Messages in reports that are proven to be their reporters'."""
        return self.messages - self.unproven


class Sources(Answer, frozen=True):
    """The sources of one domain, largest first.

    `others` are messages of sources that are too small to be among them, `others_failed` those
    of them that pass nothing. Where the period is empty, `newest` is the last day with mail.
    """

    domain: str
    period: Period
    policy: str
    totals: Counts
    sources: tuple[Source, ...]
    others: int
    others_failed: int
    newest: date | None


def sources(
    store: Store,
    scope: Scope,
    expected: Expected,
    *,
    limit: int = SHOWN,
    rows: int = ROWS,
    day_rows: int = DAY_ROWS,
    names: Mapping[str, str] = NO_NAMES,
    only: Callable[[Facts], bool] = lambda _: True,
) -> Sources:
    """Who sends for the first domain of the scope: the `limit` largest sources that are wanted.

    At most `rows` addresses and trails are looked at, and `day_rows` of their days. `names` are
    forward-confirmed reverse names, of the addresses that somebody asked for. Raises StoreError.
    """
    look = _Look(limit, day_rows, names, only)
    return _answers(store, [(scope, expected)], look, rows)[0]


def of_several(
    store: Store,
    asked: Sequence[tuple[Scope, Expected]],
    *,
    limit: int = SHOWN,
    names: Mapping[str, str] = NO_NAMES,
) -> list[Sources]:
    """The same for several domains, which share what is looked at and shown. Raises StoreError."""
    parts = max(1, len(asked))
    few, rows = max(LEAST, limit // parts), max(LEAST_ROWS, ROWS // parts)
    return _answers(store, asked, _Look(few, DAY_ROWS // parts, names), rows)


class _Look(msgspec.Struct, frozen=True):
    """How much is looked at and shown of each domain."""

    limit: int
    day_rows: int
    names: Mapping[str, str]
    only: Callable[[Facts], bool] = lambda _: True


def _answers(
    store: Store, asked: Sequence[tuple[Scope, Expected]], look: _Look, rows: int
) -> list[Sources]:
    """What domains have in common, trails and addresses, is asked for once."""
    sums = [[sum_of(row) for row in _largest(store, scope, rows)] for scope, _ in asked]
    known = trails(store, (each.trail_id for some in sums for each in some))
    strangers = _strangers(store, [each for some in sums for each in some])
    return [
        _answer(store, scope, _Found(scope.domains[0], known, expected, look), some, strangers)
        for (scope, expected), some in zip(asked, sums, strict=True)
    ]


def _answer(
    store: Store, scope: Scope, found: "_Found", sums: list[Sum], strangers: list[tuple[str, int]]
) -> Sources:
    look, expected = found.look, found.expected
    found.group(_exact(store, scope, sums, look.day_rows), strangers)
    wanted = [key for key, facts in found.facts.items() if look.only(facts)]
    shown = found.shown(sums, wanted[: look.limit])
    addresses = sorted({address for _, pairs in shown for address, _ in pairs})
    ever = {(r.address, r.trail_id): r for r in store.rows(known_of(scope, addresses))}
    few = _may_be(ever.values(), scope) <= look.day_rows * TIMES
    days = _days(store, scope, addresses, look.day_rows) if few else {}
    answers = [_source(facts, expected, pairs, ever, days) for facts, pairs in shown]
    totals = counts(store.rows(queries.totals(scope))[0])
    return Sources(
        found.domain,
        period(scope),
        expected.policy,
        totals,
        tuple(answers),
        totals.messages - sum(each.messages for each in answers),
        totals.neither - sum(each.neither for each in answers),
        None if totals.messages else newest(store, scope),
    )


def _may_be(ever: Iterable[Any], scope: Scope) -> int:
    """On how many days addresses may have sent with their trails, as far as is known unasked."""
    since, until = scope.since or date.min, scope.until or date.max
    spans = (min(r.last_day, until) - max(r.first_day, since) for r in ever)
    return sum(max(0, span.days + 1) for span in spans)


def _largest(store: Store, scope: Scope, limit: int) -> list[Any]:
    """The largest sources of a scope; by those of all time, if these leave no doubt."""
    if (scope.since or scope.until) and limit < AMONG:
        found = store.rows(leading(scope, limit=limit, among=AMONG))
        if is_certain(found, limit=limit, among=AMONG):
            return found
    return store.rows(largest(scope, limit=limit))


def _exact(store: Store, scope: Scope, sums: list[Sum], most: int) -> list[Sum]:
    """The same, by day where it matters: for mail of which nothing passes.

    Of more than `most` rows nothing is known to be whole, so that the sums stay as they are.
    """
    failing = [e for e in sums if not e.counts.passed and e.first_day < e.last_day]
    if not failing:
        return sums
    keys = {(*each.pair, each.proven) for each in failing}
    query = days_of(scope, sorted({each.address for each in failing}), limit=most)
    days = [sum_of(row) for row in store.rows(query)]
    if not days or len(days) >= most:
        return sums
    rest = [each for each in sums if (*each.pair, each.proven) not in keys]
    return [*rest, *(each for each in days if (*each.pair, each.proven) in keys)]


def _strangers(store: Store, sums: list[Sum]) -> list[tuple[str, int]]:
    """For how many other domains each address sends."""
    names = sorted({each.address for each in sums})
    return [(row.address, row.domains - 1) for row in store.rows(shared_of(names))]


def _days(store: Store, scope: Scope, addresses: list[str], most: int) -> Days:
    """The days of these addresses, by trail; none where they are too many to be looked at."""
    found: Days = {}
    rows = store.rows(volumes_of(scope, addresses, limit=most))
    for address, trail_id, day, messages in rows if len(rows) < most else ():
        days = found.setdefault((address, trail_id), {})
        days[day] = days.get(day, 0) + messages
    return found


def _daily(pairs: set[Pair], days: Days) -> tuple[DayCount, ...]:
    """The days of one source, in order."""
    daily: dict[int, int] = {}
    for pair in pairs:
        for day, count in days.get(pair, {}).items():
            daily[day] = daily.get(day, 0) + count
    return tuple(DayCount(date.fromordinal(day + EPOCH), n) for day, n in sorted(daily.items()))


class _Found:
    """The sources of a domain while they are made of sums."""

    def __init__(
        self,
        domain: str,
        known: dict[int, Trail],
        expected: Expected,
        look: _Look,
    ) -> None:
        self.domain = domain
        self.look = look
        self.known = known
        self.expected = expected
        self.facts: dict[SourceKey, Facts] = {}

    def group(self, sums: list[Sum], strangers: list[tuple[str, int]]) -> None:
        """Add up what belongs together."""
        alone = self.expected.addresses
        found = seen(sums, self.known, self.domain, self.look.names)
        self.facts = group(found, self.domain, alone=alone, strangers=strangers)

    def shown(self, sums: list[Sum], keys: list[SourceKey]) -> list[tuple[Facts, set[Pair]]]:
        """Some of them, with the addresses and trails that each is made of."""
        pairs: dict[SourceKey, set[Pair]] = {key: set() for key in keys}
        for each in sums:
            for record in records(each, self.known[each.trail_id], self.domain):
                pairs.get(self._key(record), set()).add(each.pair)
        return [(self.facts[key], found) for key, found in pairs.items()]

    def _key(self, record: AggregateRecord) -> SourceKey:
        """The source to which a record was counted."""
        reverse = self.look.names.get(record.ip)
        key = source_key(record, reverse=reverse, alone=self.expected.addresses)
        own = SourceKey(KeyKind.ADDRESS, record.ip) if key.kind is KeyKind.NETWORK else key
        if own in self.facts:
            return own
        return source_key(AggregateRecord(record.ip, 1, "none", "fail", "fail", self.domain))


def _source(
    facts: Facts, expected: Expected, pairs: set[Pair], ever: dict[Pair, Any], days: Days
) -> Source:
    judged, trusted = classify(facts, expected), facts.judged
    return Source(
        domain=facts.domain,
        key=str(facts.key),
        title=title_of(facts.key, expected),
        class_=judged.class_,
        confidence=judged.confidence,
        evidence=judged.evidence,
        todo=judged.todo,
        messages=facts.messages,
        both=facts.both,
        dkim_only=facts.dkim_only,
        spf_only=facts.spf_only,
        neither=facts.neither,
        let_through=facts.let_through,
        unproven=facts.unproven,
        first_day=min(ever[pair].first_day for pair in pairs),
        last_day=max(ever[pair].last_day for pair in pairs),
        service=judged.service,
        reverse=facts.reverse,
        addresses=facts.addresses,
        dkim=facts.dkim,
        spf=facts.spf,
        days=_daily(pairs, days),
        failed=trusted.neither if trusted is not None else 0,
    )


def title_of(key: SourceKey, expected: Expected) -> str:
    """What people call a source: a service by its title, a host of the intent by its name too."""
    host, sender = expected.host_at(key.value), load().get(service_of(key) or "")
    return f"{host} ({key.value})" if host else sender.title if sender else key.value
