"""From texts to the numbers that rows keep of them, with a memory of those used lately."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from mailworthy.reports.shown import shown
from mailworthy.store.backends.base import Backend
from mailworthy.store.schema.dictionaries import addresses, domains, labels, reporters
from mailworthy.store.schema.reports import meta
from mailworthy.store.statements import Statements
from mailworthy.store.trail import Seen, Trails

LIMIT = 255
# How many texts a process remembers; what is forgotten is asked again. More would help only where
# no record is like another, and there it would cost the memory that is saved.
REMEMBER = {domains.name: 4_000, addresses.name: 4_000, reporters.name: 2_000, labels.name: 2_000}
REMEMBER_SEEN = 1_500
TOGETHER = 50
PRUNED = "pruned"


class Dictionaries:
    """The dictionary tables of one store, and what this process remembers of them."""

    def __init__(self, backend: Backend, statements: Statements) -> None:
        self._backend = backend
        self._statements = statements
        self._known: dict[str, dict[str, int]] = {name: {} for name in REMEMBER}
        self._seen: dict[Seen, tuple[int, int | None]] = {}
        self._generation = ""
        # Grows with every entry that is undone if the transaction is.
        self.entered = 0

    @contextmanager
    def transaction(self, connection: sa.Connection) -> Iterator[None]:
        """Within it numbers hold; what was entered by one that is undone is forgotten."""
        self._backend.lock_dictionaries(connection)
        found = self._statements.get("generation", _generation).run(connection)
        generation = found[0][0] if found else ""
        if generation != self._generation:
            self.forget()
            self._generation = generation
        try:
            yield
        except BaseException:
            self.forget()
            raise

    def forget(self) -> None:
        """Remember nothing: what was remembered may be gone."""
        for known in self._known.values():
            known.clear()
        self._seen.clear()

    def number(self, connection: sa.Connection, table: sa.Table, text: str) -> int:
        """The number of one text."""
        return self.numbers(connection, table, {text})[text]

    def numbers(
        self, connection: sa.Connection, table: sa.Table, texts: set[str]
    ) -> Mapping[str, int]:
        """A mapping that has the number of each of the texts, among others.

        Texts are kept printable and of at most 255 characters.
        """
        known = self._known[table.name]
        # Not `texts - known.keys()`, which goes through all that is known.
        if new := {text for text in texts if text not in known}:
            if len(known) + len(new) > REMEMBER[table.name]:
                known.clear()
                new = texts
            fit = {text: fitting(text) for text in new}
            numbers = self._entered(connection, table, sorted(set(fit.values())))
            known.update((text, numbers[name]) for text, name in fit.items())
        return known

    def seen(
        self, connection: sa.Connection, combinations: set[Seen]
    ) -> Mapping[Seen, tuple[int, int | None]]:
        """The same for what reporters saw of DKIM and SPF: the numbers of trail and remark."""
        if new := {each for each in combinations if each not in self._seen}:
            if len(self._seen) + len(new) > REMEMBER_SEEN:
                self._seen.clear()
                new = combinations
            self._seen.update(Trails(connection, self).numbers(new))
        return self._seen

    def _entered(
        self, connection: sa.Connection, table: sa.Table, names: list[str]
    ) -> dict[str, int]:
        found = self.look_up(connection, table, names)
        if missing := [(name,) for name in names if name not in found]:
            with self.entering(connection) as apart:
                self._statements.enter(table).many(apart, missing)
            found |= self.look_up(connection, table, [name for (name,) in missing])
        return found

    @contextmanager
    def entering(self, connection: sa.Connection) -> Iterator[sa.Connection]:
        """The connection by which new entries are written."""
        if not self._backend.apart:
            self.entered += 1
            yield connection
            return
        with self._backend.engine.begin() as apart:
            yield apart

    def look_up(
        self, connection: sa.Connection, table: sa.Table, names: Sequence[str]
    ) -> dict[str, int]:
        """The numbers of those names (or digests) that are there."""
        found: dict[str, int] = {}
        size = 1 if len(names) <= 3 else TOGETHER
        query = self._statements.get(("look up", table.name, size), lambda _: _look_up(table, size))
        for start in range(0, len(names), size):
            some = names[start : start + size]
            padded = {f"n{i}": some[min(i, len(some) - 1)] for i in range(size)}
            found.update((name, id_) for id_, name in query.run(connection, **padded))
        return found

    def insert(self, connection: sa.Connection, table: sa.Table, rows: Iterable[Any]) -> None:
        """Rows of a table that belongs to an entry; what is there stays."""
        self._statements.insert(table, ignore=True).many(connection, list(rows))

    def enter(self, connection: sa.Connection, table: sa.Table, rows: Iterable[Any]) -> None:
        """New entries, without their numbers; what is there stays."""
        self._statements.enter(table).many(connection, list(rows))


def fitting(text: str) -> str:
    """A text as dictionaries keep it: printable and bounded."""
    return text if len(text) <= LIMIT and text.isprintable() else shown(text, LIMIT)


def _look_up(table: sa.Table, size: int) -> sa.Select[Any]:
    id_, name = list(table.columns)[:2]
    return sa.select(id_, name).where(sa.or_(*(name == sa.bindparam(f"n{i}") for i in range(size))))


def _generation(_: Backend) -> sa.Select[Any]:
    return sa.select(meta.c.value).where(meta.c.name == PRUNED)
