"""From sums of the store back to records: one for each way in which mail of a source fared."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

import msgspec
from msgspec.structs import replace

from mailworthy.reports.answers.model import Counts, counts
from mailworthy.reports.model import AggregateRecord, DkimAuth, Reason, SpfAuth, Window
from mailworthy.sources.facts import DAY, Seen
from mailworthy.store import Store, queries

EPOCH = date(1970, 1, 1).toordinal()
TOGETHER = 500
# The aligned results of each class of counts, DKIM first.
CLASSES = {
    "both": ("pass", "pass"),
    "dkim_only": ("pass", "fail"),
    "spf_only": ("fail", "pass"),
    "neither": ("fail", "fail"),
}


class Trail(msgspec.Struct, frozen=True):
    """What reporters saw of DKIM and SPF."""

    dkim: tuple[DkimAuth, ...] = ()
    spf: tuple[SpfAuth, ...] = ()


class Sum(msgspec.Struct, frozen=True):
    """The counts of one address with one trail, in reports that are all proven or all not."""

    address: str
    trail_id: int
    counts: Counts
    first_day: date
    last_day: date
    proven: bool

    @property
    def pair(self) -> tuple[str, int]:
        """Of which address and trail."""
        return self.address, self.trail_id


def sum_of(row: Any) -> Sum:
    """From a row of the query `largest`, or of `days_of`, where first and last day are one."""
    first, last = (row.day, row.day) if hasattr(row, "day") else (row.first_day, row.last_day)
    return Sum(row.address, row.trail_id, counts(row), first, last, bool(row.proven))


def trails(store: Store, ids: Iterable[int]) -> dict[int, Trail]:
    """The trails with these numbers. Raises StoreError."""
    dkim: dict[int, list[DkimAuth]] = {}
    spf: dict[int, list[SpfAuth]] = {}
    wanted = sorted(set(ids))
    for start in range(0, len(wanted), TOGETHER):
        some = wanted[start : start + TOGETHER]
        for row in store.rows(queries.trail_signatures(some)):
            found = DkimAuth(row.domain, row.result, row.selector)
            dkim.setdefault(row.trail_id, []).append(found)
        for row in store.rows(queries.trail_paths(some)):
            spf.setdefault(row.trail_id, []).append(SpfAuth(row.domain, row.result, row.scope))
    return {i: Trail(tuple(dkim.get(i, ())), tuple(spf.get(i, ()))) for i in wanted}


def seen(
    sums: Iterable[Sum], known: dict[int, Trail], domain: str, names: Mapping[str, str]
) -> Iterator[Seen]:
    """The sums as rows of reports about a domain, each on the first day of its sum; `names` are
    the reverse names of addresses, as far as somebody asked for them."""
    for each in sums:
        begin = (each.first_day.toordinal() - EPOCH) * DAY
        window = Window(begin, begin + DAY - 1)
        reverse = names.get(each.address)
        for record in records(each, known.get(each.trail_id, Trail()), domain):
            yield Seen(record, window, proven=each.proven, reverse=reverse)


def records(each: Sum, trail: Trail, domain: str) -> Iterator[AggregateRecord]:
    """One record for each class of results, split by what receivers did and said.

    Sums do not tell of which class the forwarded messages were: they are taken from those that
    fail SPF first, as forwarding has it.
    """
    forwarded = each.counts.forwarded
    stopped = each.counts.quarantined + each.counts.rejected
    for name in ("dkim_only", "neither", "spf_only", "both"):
        count: int = getattr(each.counts, name)
        sent_on = min(count, forwarded)
        refused = min(count - sent_on, stopped) if name == "neither" else 0
        rest = count - sent_on - refused
        forwarded -= sent_on
        for part, disposition, reasons in (
            (sent_on, "none", _FORWARDED),
            (refused, "reject", ()),
            (rest, "none", ()),
        ):
            if part:
                dkim, spf = CLASSES[name]
                base = AggregateRecord(each.address, part, disposition, dkim, spf, domain)
                yield replace(base, reasons=reasons, dkim_auth=trail.dkim, spf_auth=trail.spf)


_FORWARDED = (Reason("forwarded"),)
