"""One report into the store, in one transaction: all of it, once, or nothing."""

from itertools import islice
from typing import Any

import sqlalchemy as sa

from mailworthy.reports.model import AggregateRecord, Omission, Record, Report
from mailworthy.reports.shown import shown
from mailworthy.store.importer import problems, raws, rollup, rows
from mailworthy.store.importer.change import erase, lock, set_trust
from mailworthy.store.importer.head import head_row
from mailworthy.store.importer.identity import Content, identity, series
from mailworthy.store.importer.problems import Coming, path_text
from mailworthy.store.importer.rank import Copy, gives_way, stands, stored
from mailworthy.store.model import Origin, Outcome, Saved, Trust
from mailworthy.store.opened import Store
from mailworthy.store.schema.reports import arrivals, flaws, reports

BATCH = 400
TEXT = 255
LONG = 1000
REFUSED = 1000


def save(store: Store, report: Report, raw: raws.Raw, *, origin: Origin, trust: Trust) -> Saved:
    """Store a report while its records are taken from it; `raw` is the content that it came in.

    A file has to be seekable, and is left where it stood, since the records may be read from it.
    What was there already is not counted again; a partial report gives way to its whole. Raises
    StoreError, after which nothing of the report is stored.
    """
    with store.writing() as connection:
        raw_id = raws.keep(store, connection, raw, origin=origin, trust=trust)
        path = report.place.path
        came = Coming(raw_id, path_text(path), path_text(path[1:]), origin, trust)
        return _Saving(store, connection, report, came).run()


class _Saving:
    """The state of one `save`."""

    def __init__(
        self,
        store: Store,
        connection: sa.Connection,
        report: Report,
        came: Coming,
    ) -> None:
        self.store = store
        self.connection = connection
        self.report = report
        self.came = came
        self.trust = came.trust
        self.content = Content()
        self.series = ""
        self.records = 0
        self.messages = 0
        self.refused: list[Omission] = []

    def run(self) -> Saved:
        """Write everything, then see whether it was there, and if so undo it."""
        entered = self.store.dictionaries.entered
        self._run("SAVEPOINT report")
        id_ = self._write()
        lock(self.store, self.connection, id_)
        new = self._copy()
        there = stored(self.store, self.connection, self.series)
        worse = [(old, trust) for old, trust, each in there if gives_way(each, new)]
        better = [old for old in there if (old[0], old[1]) not in worse and stands(old[2], new)]
        if better:
            self._run("ROLLBACK TO SAVEPOINT report")
            if self.store.dictionaries.entered != entered:
                self.store.dictionaries.forget()
            return self._was_there(*better[0], new)
        self._replace(worse, id_)
        self._finish(id_, new)
        self._run("RELEASE SAVEPOINT report")
        return self._arrived(Outcome.REPLACED if worse else Outcome.STORED, id_)

    def _run(self, text: str) -> None:
        self.store.statements.get(text, lambda _: sa.text(text)).run(self.connection)

    def _write(self) -> int:
        """The report with all its rows, not counted yet; its number."""
        taken = iter(self.report.records)
        batch = list(islice(taken, BATCH))
        domain = _domain(self.report, batch)
        trust, origin = self.came.trust, self.came.origin
        self.series = series(self.report.head, domain, origin.sender)
        head = head_row(self.store, self.connection, self.report.head, domain, origin.sender)
        came = (trust.value, int(trust.proven), origin.name, origin.received)
        row = (None, self.series, self.came.raw_id, self.came.path, self.came.spot, *head, *came, 1)
        id_ = self.store.statements.numbered(reports).number(self.connection, row)
        while batch:
            self._batch(id_, batch)
            batch = list(islice(taken, BATCH))
        return id_

    def _batch(self, id_: int, batch: list[Record]) -> None:
        good = [record for record in batch if rows.countable(record)]
        if self.messages + rows.messages(good) > rows.MOST:
            good = []
        if len(good) < len(batch):
            self._refuse(batch if not good else [r for r in batch if not rows.countable(r)])
        rows.write(self.store, self.connection, id_, self.records, good)
        self.content.add(good)
        self.records += len(good)
        self.messages += rows.messages(good)

    def _refuse(self, bad: list[Record]) -> None:
        for record in islice(bad, REFUSED - len(self.refused)):
            reason = "a count that cannot be summed up"
            self.refused.append(Omission("a record", reason, shown(repr(record), TEXT)))

    def _copy(self) -> Copy:
        return Copy(
            identity=identity(self.series, self.content.hexdigest()),
            raw_id=self.came.raw_id,
            spot=self.came.spot,
            partial=self._partial,
            records=self.records,
            proven=self.trust.proven,
        )

    @property
    def _partial(self) -> bool:
        return self.report.partial or bool(self.refused)

    def _was_there(self, old: int, trust: Trust, there: Copy, new: Copy) -> Saved:
        """Note that it came again; that may prove what was unproven."""
        same = there.identity == new.identity
        if same and there.kept and self.trust.rank > trust.rank:
            set_trust(self.store, self.connection, old, trust, self.trust)
        return self._arrived(Outcome.DUPLICATE if same else Outcome.SURPASSED, old)

    def _replace(self, worse: list[tuple[int, Trust]], id_: int) -> None:
        """Remove worse copies; who had proven one of them had proven this one."""
        for old, _ in worse:
            erase(self.store, self.connection, old, into=id_)
        best = max([self.trust, *(trust for _, trust in worse)], key=lambda trust: trust.rank)
        if best is not self.trust:
            self.trust = best
            values = {"trust": best.value, "proven": int(best.proven)}
            self.connection.execute(sa.update(reports).where(reports.c.id == id_).values(values))

    def _finish(self, id_: int, new: Copy) -> None:
        """Count it, and give it its identity."""
        omissions = [*self.report.omissions, *self.refused]
        problems.omitted(self.store, self.connection, id_, omissions, self.came)
        noted = {flaw.code: flaw for flaw in self.report.flaws}.values()
        self.store.statements.insert(flaws).many(
            self.connection,
            [
                (id_, shown(each.code, TEXT), shown(each.message, LONG), shown(each.section, TEXT))
                for each in noted
            ],
        )
        self.store.statements.get("finish", lambda _: _finishing()).run(
            self.connection,
            report=id_,
            identity_=new.identity,
            complete_=int(self.report.complete),
            records_=self.records,
            messages_=self.messages,
            omissions_=len(omissions),
            flaws_=len(noted),
        )
        rollup.book(self.store, self.connection, id_, self.report.head.kind)

    def _arrived(self, outcome: Outcome, id_: int) -> Saved:
        """Note which content brought it; the same again is no news."""
        origin = self.came.origin
        came = (origin.received, origin.name, self.came.trust.value)
        row = (id_, self.came.raw_id, self.came.spot, outcome.value, *came)
        self.store.statements.insert(arrivals, ignore=True).many(self.connection, [row])
        return Saved(outcome, id_, self.records, self.messages, self._partial)


def _domain(report: Report, batch: list[Record]) -> str:
    """Whose report it is: the policy's domain, else that of the first record."""
    policy = report.head.policy
    if policy is not None and policy.domain:
        return policy.domain
    if not batch:
        return ""
    return batch[0].header_from if isinstance(batch[0], AggregateRecord) else batch[0].domain


def _finishing() -> sa.Update:
    names = ("identity", "complete", "records", "messages", "omissions", "flaws")
    values: dict[str, Any] = {name: sa.bindparam(f"{name}_") for name in names}
    return sa.update(reports).where(reports.c.id == sa.bindparam("report")).values(values)
