"""Many things in few transactions: the same as one by one, and returned when committed."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

import intakekit as kit
import report_wraps as wraps
import storekit
from mailworthy import store
from mailworthy.reports.intake.batches import MOST, OCTETS, SMALL, Piece, batches
from mailworthy.reports.intake.importing import Importer
from mailworthy.reports.intake.model import Done, Incoming, What
from mailworthy.reports.intake.together import each_opened, take_all
from mailworthy.store import Store, StoreError, intake
from mailworthy.store.schema.reports import meta

MBOX = b"".join(b"From a\n" + kit.report_mail(n) + b"\n\n" for n in range(40, 44))
EVERYTHING: list[Any] = [
    kit.report_mail(1),
    wraps.report(3, 2),
    b"\x1f\x8b broken",
    kit.report_mail(1),
    wraps.report(3, 2),
    wraps.zipped({"a.xml": wraps.report(1, 3), "b.xml": b"<feedback>"}),
    wraps.report(3, 4)[:-200],
    wraps.report(3, 4),
    MBOX,
    b"",
    kit.OTHER,
    wraps.report(2, 5).decode().encode("utf-16"),
]
ABORT = (
    "CREATE TRIGGER no BEFORE INSERT ON reports WHEN NEW.report_id = 'r7'"
    " BEGIN SELECT RAISE(ABORT, 'no'); END"
)


class Torn(io.BytesIO):
    """A file on a disc that fails."""

    def read(self, *_: Any) -> bytes:
        raise OSError(5, "Input/output error")


def everything(**changes: Any) -> list[Incoming]:
    return [kit.incoming(raw, name=f"n{n}", **changes) for n, raw in enumerate(EVERYTHING)]


def opened(tmp_path: Path, name: str) -> Importer:
    mine = store.open(tmp_path / name)
    with mine.writing() as connection:  # the salt is by chance, and in what is kept of people
        connection.execute(sa.insert(meta).values(name="salt", value="00" * 16))
    return Importer(mine)


def told(done: Done) -> tuple[Any, ...]:
    return done.name, done.what, done.saved, [each.fault for each in done.problems], done.trust


@pytest.mark.parametrize("vouched", ["", "the user"])
def test_the_same_as_one_by_one(tmp_path: Path, vouched: str) -> None:
    one, many = opened(tmp_path, "one.db"), opened(tmp_path, "many.db")
    came = everything(vouched=vouched)
    alone = [done for each in came for done in one.take(each)]
    together = list(take_all(many, came))
    assert [told(each)[:2] for each in together] == [told(each)[:2] for each in alone]
    assert [each.saved for each in together] == [each.saved for each in alone]
    # Of two copies in one batch the second is judged before the first is stored.
    again = [each.what is What.DUPLICATE for each in alone]
    assert [told(d)[3:] for d, a in zip(together, again, strict=True) if not a] == [
        told(d)[3:] for d, a in zip(alone, again, strict=True) if not a
    ]
    assert {What.STORED, What.DUPLICATE, What.PARTIAL, What.PROBLEM} <= {d.what for d in together}
    assert storekit.dump(many.store) == storekit.dump(one.store)


def test_what_is_returned_is_committed(tmp_path: Path) -> None:
    importer = opened(tmp_path, "s.db")
    count = MOST + 5
    came = [kit.incoming(wraps.report(1, number)) for number in range(count)]
    with store.open(tmp_path / "s.db") as other:
        there = [len(kit.ids(other)) for _ in take_all(importer, came)]
    assert all(have > at for at, have in enumerate(there))
    assert there[0] < count
    assert there[-1] == count


def test_in_few_transactions(tmp_path: Path) -> None:
    importer = opened(tmp_path, "s.db")
    begun: list[None] = []
    engine = importer.store.backend.engine
    sa.event.listen(engine, "commit", lambda _: begun.append(None))
    came = [kit.incoming(wraps.report(1, number)) for number in range(40)]
    assert {done.what for done in take_all(importer, came)} == {What.STORED}
    assert len(begun) < 10


def test_what_cannot_be_stored_holds_up_nothing_before_it(tmp_path: Path) -> None:
    importer = opened(tmp_path, "s.db")
    with importer.store.writing() as connection:
        connection.exec_driver_sql(ABORT)
    came = [kit.incoming(wraps.report(1, number)) for number in range(10)]
    done = []
    with pytest.raises(StoreError):
        done.extend(take_all(importer, came))
    assert kit.ids(importer.store) == kit.named(range(7))
    with importer.store.writing() as connection:
        connection.exec_driver_sql("DROP TRIGGER no")
    assert [each.what for each in take_all(importer, came)] == (
        [What.DUPLICATE] * 7 + [What.STORED] * 3
    )
    clean = opened(tmp_path, "clean.db")
    list(take_all(clean, came))
    assert kit.sums(importer.store) == kit.sums(clean.store)


def test_a_file_that_cannot_be_read_has_failed(importer: Importer) -> None:
    passed_on = Done("gone", What.FAILED, reason="gone")
    came = [
        kit.incoming(wraps.report(1, 1)),
        kit.incoming(Torn(b"x"), name="torn"),
        passed_on,
        kit.incoming(Torn(b"x"), name="torn mail", mail=True),
        kit.incoming(wraps.report(1, 2)),
    ]
    done = list(take_all(importer, came))
    assert [each.what for each in done] == [
        What.STORED,
        *[What.FAILED] * 3,
        What.STORED,
    ]
    assert done[1].reason == "Input/output error"
    assert done[2] is passed_on


def test_what_came_before_something_missing_is_stored(importer: Importer) -> None:
    def coming() -> Iterator[Incoming]:
        yield kit.incoming(wraps.report(1, 1))
        raise FileNotFoundError(2, "No such file", "x")

    with pytest.raises(FileNotFoundError):
        list(take_all(importer, coming()))
    assert kit.ids(importer.store) == kit.named([1])


def test_files_are_open_while_they_are_taken(importer: Importer, tmp_path: Path) -> None:
    from mailworthy.reports.intake import files

    large = tmp_path / "large.xml"
    large.write_bytes(wraps.report(1, 1) + b" " * (files.SMALL + 1))
    (tmp_path / "small.xml").write_bytes(wraps.report(1, 2))
    paths = [large, tmp_path / "none.xml", tmp_path / "small.xml"]
    done = list(take_all(importer, each_opened(paths, files.opened)))
    assert [each.what for each in done] == [What.STORED, What.FAILED, What.STORED]


def test_together_is_all_or_nothing(mine: Store) -> None:
    def write() -> None:
        with mine.together():
            intake.remember(mine, "a", {"x": "1"}, now=1)
            assert intake.recall(mine, "a") == {"x": "1"}
            with mine.together():
                intake.remember(mine, "a", {"y": "2"}, now=1)
            raise ValueError("undone")

    with pytest.raises(ValueError, match="undone"):
        write()
    assert intake.recall(mine, "a") == {}
    with mine.together():
        intake.remember(mine, "a", {"x": "1"}, now=1)
    assert intake.recall(mine, "a") == {"x": "1"}


def test_numbers_of_what_was_undone_are_forgotten(importer: Importer) -> None:
    mine = importer.store

    def undone() -> None:
        with mine.together():
            kit.take(importer, kit.report_mail(1))
            raise ValueError("undone")

    with pytest.raises(ValueError, match="undone"):
        undone()
    (done,) = kit.take(importer, kit.report_mail(2))
    assert done.what is What.STORED
    assert kit.sums(mine)["daily"] == 3
    with mine.reading() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall() == []


SIZES = st.lists(st.sampled_from([0, 1, 1000, SMALL, SMALL + 1]) | st.none(), max_size=200)


@given(SIZES)
def test_batches_keep_everything_in_order_and_within_bounds(sizes: list[int | None]) -> None:
    came = kit.incoming(b"")
    items = [
        Done(str(n), What.FAILED) if size is None else Piece(came, bytes(size), str(n))
        for n, size in enumerate(sizes)
    ]
    made = list(batches(items))
    assert [item for batch in made for item in batch] == items
    for batch in made:
        held = [item for item in batch if isinstance(item, Piece)]
        assert len(batch) <= MOST
        assert len(batch) == 1 or all(piece.small for piece in held)
        assert len(batch) == 1 or sum(len(piece.raw) for piece in held) <= OCTETS
