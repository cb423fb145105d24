"""A copy in ClickHouse answers as the store does: today's engine, and a cluster of two servers."""

import random
import shutil
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

import clickhouses
import storekit as kit
import storequestions as asked
from mailworthy import store
from mailworthy.errors import UsageError
from mailworthy.store import Store, StoreError, StoreUnusable, Trust, importer, queries, retention
from mailworthy.store.backends import clickhouse
from mailworthy.store.backends.clickhouse import Fed, Layout, Mirror
from mailworthy.store.backends.clickhouse import link as links
from mailworthy.store.backends.clickhouse.tables import ENTRIES, FACTS, GENERATIONS, PARTS
from mailworthy.store.queries import chosen
from mailworthy.store.schema.reports import reports

NUMBERS = count()
# A cluster of which no server can be reached.
NOBODY = """<clickhouse><remote_servers><two>
  <shard><replica><host>127.0.0.1</host><port>1</port></replica></shard>
  <shard><replica><host>127.0.0.1</host><port>2</port></replica></shard>
</two></remote_servers></clickhouse>"""


@pytest.fixture(scope="module")
def chdb(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Where today's engine keeps its data; it can be opened once a process."""
    for needed in ("clickhouse_connect", "chdb"):
        pytest.importorskip(needed)
    folder = tmp_path_factory.mktemp("chdb")
    (folder / "config.xml").write_text(NOBODY)
    return f"{folder}/data?config-file={folder}/config.xml"


def database(chdb: str) -> str:
    """The URL of a database of that engine in which there is nothing."""
    name = f"t{next(NUMBERS)}"
    where = sa.URL.create("clickhouse", query={"interface": "chdb", "path": chdb})
    link = links.Connect(where)
    link.run(f"CREATE DATABASE {name}")
    link.close()
    return where.set(database=name).render_as_string()


@pytest.fixture(scope="module")
def url(chdb: str) -> str:
    """Where there is a copy that can be opened."""
    where = database(chdb)
    clickhouse.open(where).close()
    return where


@pytest.fixture
def copy(url: str) -> Iterator[Mirror]:
    """A copy in which there is nothing (any more)."""
    layout = Layout(str(sa.make_url(url).database))
    names = [table.name for table in (*FACTS, *ENTRIES, *PARTS)]
    with Mirror(links.Connect(sa.make_url(url)), layout) as opened:
        for name in (*names, GENERATIONS):
            opened.link.run(f"TRUNCATE TABLE {layout.database}.{name}_local")
        yield opened


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A store with reports of every kind."""
    with store.open(tmp_path_factory.mktemp("ledger")) as mine:
        asked.fill(mine)
        yield mine


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Store]:
    """A store in which there is nothing."""
    with store.open(tmp_path) as mine:
        yield mine


@pytest.fixture(scope="module")
def fed(chdb: str, full: Store) -> Iterator[Mirror]:
    """A copy of that store."""
    with clickhouse.open(database(chdb)) as opened:
        opened.feed(full)
        yield opened


def save(mine: Store, number: int, trust: Trust = Trust.VERIFIED, **options: Any) -> int:
    records = [kit.record(count=number), kit.spoofed(f"203.0.113.{number % 250}", 2)]
    report = kit.aggregate(records, report_id=f"n{number}", **options)
    raw = b"%d" % number
    return importer.save(mine, report, raw, origin=kit.ORIGIN, trust=trust).id


def assert_alike(mine: Store, copy: Mirror, names: Sequence[str] = tuple(asked.QUESTIONS)) -> None:
    for name in names:
        for question in asked.QUESTIONS[name]:
            here = asked.answer(mine, name, question)
            assert asked.answer(copy, name, question) == here, name


# One server, today's engine


@pytest.mark.lab
@pytest.mark.parametrize("name", asked.QUESTIONS)
def test_an_answer_is_that_of_the_store(full: Store, fed: Mirror, name: str) -> None:
    there: list[Any] = []
    for question in asked.QUESTIONS[name]:
        here, answer = asked.answer(full, name, question), asked.answer(fed, name, question)
        assert answer == here
        assert [row._fields for row in answer] == [row._fields for row in here]
        there += answer
    assert there


def test_every_question_is_asked() -> None:
    functions = set(queries.__all__) - {"EVERYTHING", "Scope"}
    others = {n for n, f in vars(chosen).items() if getattr(f, "__module__", "") == chosen.__name__}
    public = {name for name in others if not name.startswith("_")}
    assert functions | public == {*asked.QUESTIONS, "problem_list"}
    assert public == asked.CHOSEN.keys()


@pytest.mark.lab
def test_a_question_that_the_store_answers(fed: Mirror) -> None:
    with pytest.raises(UsageError, match="ask the store itself about problems"):
        fed.rows(queries.problem_list())
    with pytest.raises(StoreUnusable, match="nonsense"):
        fed.rows(sa.select(sa.column("nonsense")).select_from(reports))


@pytest.mark.lab
def test_days_that_have_changed_are_copied(mine: Store, copy: Mirror) -> None:
    numbers = [save(mine, number, day=number) for number in range(1, 5)]
    assert copy.feed(mine).days == 4
    assert copy.feed(mine) == Fed(0, 0)
    save(mine, 9, day=2)
    assert copy.feed(mine).days == 1
    importer.remove(mine, numbers[0])
    importer.retrust(mine, numbers[2], Trust.UNPROVEN)
    assert copy.feed(mine).days == 2
    assert_alike(mine, copy)


@pytest.mark.lab
@pytest.mark.parametrize("seed", range(2))
def test_a_life_is_followed(ledger: Store, copy: Mirror, seed: int) -> None:
    """Reports come, go, are trusted or not, and numbers of names are used for others."""
    dice = random.Random(seed)
    number = 0
    for _ in range(4):
        for _ in range(dice.randrange(1, 5)):
            number += 1
            save(ledger, number, day=dice.randrange(3), domain=f"d{dice.randrange(9)}.example")
        ids = [row.id for row in ledger.rows(sa.select(reports.c.id).order_by(reports.c.id))]
        for id_ in dice.sample(ids, dice.randrange(len(ids) + 1)):
            if dice.random() < 0.5:
                importer.remove(ledger, id_)
            else:
                importer.retrust(ledger, id_, dice.choice(list(Trust)))
        retention.prune(ledger)
        copy.feed(ledger)
        if dice.random() < 0.5:
            copy.tidy()
        assert_alike(ledger, copy, ("overview", "known", "sources", "reports", "shared", "trails"))
    retention.apply(ledger, datetime(2030, 1, 1, tzinfo=UTC))
    copy.feed(ledger)
    assert_alike(ledger, copy)


class Failing:
    """A link that breaks when so many blocks have been written."""

    def __init__(self, link: clickhouse.Link, blocks: int) -> None:
        self.link = link
        self.blocks = blocks

    def __getattr__(self, name: str) -> Any:
        return getattr(self.link, name)

    def insert(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        if not self.blocks:
            raise StoreError("broken")
        self.blocks -= 1
        self.link.insert(table, columns, rows)


@pytest.mark.lab
def test_a_feed_that_breaks_is_not_seen(ledger: Store, copy: Mirror) -> None:
    save(ledger, 1)
    copy.feed(ledger)
    names = ("totals", "by_reporter", "reports", "records")
    before = [copy.rows(asked.QUESTIONS[name][0]()) for name in names]
    save(ledger, 2)
    blocks = 0
    while True:
        failing = Mirror(Failing(copy.link, blocks), copy.layout)
        try:
            failing.feed(ledger)
        except StoreError:
            assert [copy.rows(asked.QUESTIONS[name][0]()) for name in names] == before
            blocks += 3
        else:
            break
    assert blocks > len(FACTS) / 2
    assert_alike(ledger, copy)
    copy.tidy()
    assert_alike(ledger, copy)


@pytest.mark.lab
def test_what_was_replaced_is_tidied_away(ledger: Store, copy: Mirror) -> None:
    for number in range(1, 4):
        save(ledger, number)
        copy.feed(ledger)
    kept = sa.table("aggregate_rows_local", sa.column("position"))
    assert len(copy.link.answer(sa.select(kept.c.position))) == 2 + 4 + 6
    copy.tidy()
    assert len(copy.link.answer(sa.select(kept.c.position))) == 6
    assert_alike(ledger, copy)
    assert copy.feed(ledger) == Fed(0, 0)


@pytest.mark.lab
def test_reports_about_days_of_all_decades(ledger: Store, copy: Mirror) -> None:
    for number in range(1, 121):
        save(ledger, number, day=-100 * number)
    assert copy.feed(ledger).days == 120
    assert_alike(ledger, copy, ("overview",))


@pytest.mark.lab
def test_the_copy_of_another_store(copy: Mirror, full: Store, ledger: Store) -> None:
    copy.feed(full)
    save(ledger, 1)
    with pytest.raises(UsageError, match="another store"):
        copy.feed(ledger)


@pytest.mark.lab
def test_the_copy_of_another_schema(
    copy: Mirror, full: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy.feed(full)
    monkeypatch.setattr(clickhouse.feed, "REVISION", "9999")
    with pytest.raises(UsageError, match="another schema"):
        copy.feed(full)


@pytest.mark.lab
def test_a_copy_is_opened_again(url: str, copy: Mirror, full: Store) -> None:
    assert copy.exists
    assert not Mirror(copy.link, Layout("elsewhere")).exists
    assert [*copy.layout.views()][-1].split()[5].endswith(".complaints")
    copy.feed(full)
    with clickhouse.open(url) as second:
        assert second.feed(full) == Fed(0, 0)
        assert_alike(full, second, ("overview",))


@pytest.mark.lab
def test_nobody_is_there(chdb: str) -> None:
    assert chdb
    with pytest.raises(StoreUnusable, match=r"no ClickHouse answers at .*: Connection refused"):
        clickhouse.open("clickhouse://nobody:secret@127.0.0.1:1/x?connect_timeout=1")


@pytest.mark.parametrize("text", ["postgresql://u:secret@h/x", "clickhouse", "sqlite:///x"])
def test_not_the_url_of_a_clickhouse(text: str) -> None:
    with pytest.raises(UsageError, match="not the URL of a ClickHouse") as caught:
        clickhouse.open(text)
    assert "secret" not in str(caught.value)


# A cluster


@pytest.fixture(scope="module")
def servers() -> Iterator[list[clickhouses.Old]]:
    """Two servers with the tables of a copy, over which they are spread."""
    pytest.importorskip("clickhouse_connect")
    if shutil.which(clickhouses.PROGRAM) is None:
        pytest.skip("clickhouse-server is not installed")
    layout = Layout(cluster=clickhouses.CLUSTER, everywhere=False)
    with clickhouses.running() as both:
        for link in both:
            # Of the views, servers of 2018 can do the first only: others join too much.
            for text in (*layout.tables(), next(layout.views())):
                link.run(text)
        yield both


@pytest.fixture(scope="module")
def spread(servers: list[clickhouses.Old], full: Store) -> list[Mirror]:
    """A copy as either server shows it."""
    layout = Layout(cluster=clickhouses.CLUSTER, everywhere=False)
    both = [Mirror(link, layout) for link in servers]
    both[0].feed(full)
    return both


VIEWED = {"records", "source_rows", "complaint_list", "failure_list", "feedback_of"}


@pytest.mark.lab
@pytest.mark.daemon(clickhouses.PROGRAM)
@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize("name", sorted(asked.QUESTIONS.keys() - VIEWED))
def test_an_answer_of_two_servers(full: Store, spread: list[Mirror], name: str, which: int) -> None:
    for question in asked.QUESTIONS[name]:
        here = asked.answer(full, name, question)
        if name == "totals" and here[0].first_day is None:
            continue  # servers of 2018 know no day of nothing
        assert asked.answer(spread[which], name, question) == here


@pytest.mark.lab
@pytest.mark.daemon(clickhouses.PROGRAM)
def test_both_servers_have_a_share(full: Store, spread: list[Mirror]) -> None:
    for name in ("daily", "aggregate_rows", "domains", "generations"):
        table = sa.table(f"{name}_local", sa.column("generation_"))
        assert all(copy.link.answer(sa.select(table.c.generation_)) for copy in spread)
    days = sa.select(sa.table("daily_local", sa.column("day_")).c.day_).distinct()
    first, second = ({day for (day,) in copy.link.answer(days)} for copy in spread)
    assert not first & second


@pytest.mark.lab
@pytest.mark.daemon(clickhouses.PROGRAM)
def test_either_server_can_be_fed(full: Store, spread: list[Mirror]) -> None:
    assert spread[1].feed(full) == Fed(0, 0)
    added = [save(full, number, day=number) for number in (50, 51)]
    assert spread[1].feed(full).days == 2
    names = sorted(asked.QUESTIONS.keys() - VIEWED - {"totals"})
    assert_alike(full, spread[0], names)
    for id_ in added:
        importer.remove(full, id_)
    assert spread[0].feed(full).days == 2
    assert_alike(full, spread[1], names)


@pytest.mark.lab
@pytest.mark.daemon(clickhouses.PROGRAM)
def test_todays_engine_knows_what_a_cluster_is_told(
    chdb: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It takes the tables and all questions; it cannot reach a server, and passes over that."""
    monkeypatch.setattr(links, "SETTINGS", {**links.SETTINGS, "skip_unavailable_shards": 1})
    where = sa.make_url(database(chdb))
    layout = Layout(str(where.database), clickhouses.CLUSTER, everywhere=False)
    with Mirror(links.Connect(where), layout) as copy:
        copy.create()
        for question in (each for some in asked.QUESTIONS.values() for each in some):
            assert not any(row[0] for row in copy.rows(question()))
        with pytest.raises(StoreUnusable, match="nonsense"):
            copy.rows(sa.select(sa.column("nonsense")).select_from(reports))


# Layouts


TABLES = {
    "one server": (
        Layout("mail"),
        "CREATE TABLE IF NOT EXISTS mail.flaws_local (`report_id` Int64, `code` String, "
        "`message` String, `section` String, day_ Int32, generation_ Int64) "
        "ENGINE = MergeTree() PARTITION BY intDiv(day_, 90) ORDER BY (`report_id`, `code`)",
    ),
    "a cluster": (
        Layout("mail", "c1"),
        "CREATE TABLE IF NOT EXISTS mail.daily ON CLUSTER c1 AS mail.daily_live "
        "ENGINE = Distributed(c1, mail, daily_live)",
    ),
    "what is written to": (
        Layout("mail", "c1"),
        "CREATE TABLE IF NOT EXISTS mail.domains_fed ON CLUSTER c1 AS mail.domains_local "
        "ENGINE = Distributed(c1, mail, domains_local, id)",
    ),
    "replicas": (
        Layout("mail", "c1", replicated=True),
        "CREATE TABLE IF NOT EXISTS mail.domains_local ON CLUSTER c1 (`id` Int64, `name` String, "
        "generation_ Int64) ENGINE = ReplicatedReplacingMergeTree("
        "'/clickhouse/tables/{shard}/mail/domains', '{replica}', generation_) ORDER BY (id)",
    ),
    "not everywhere": (
        Layout("mail", "c1", everywhere=False),
        "CREATE TABLE IF NOT EXISTS mail.daily AS mail.daily_live "
        "ENGINE = Distributed(c1, mail, daily_live)",
    ),
}


@pytest.mark.parametrize("name", TABLES)
def test_a_table(name: str) -> None:
    layout, text = TABLES[name]
    assert text in layout.tables()


@pytest.mark.parametrize("name", ["a b", "a;DROP", "", "1a", "ä"])
def test_not_a_name(name: str) -> None:
    with pytest.raises(UsageError, match="not the name"):
        Layout(name)
    with pytest.raises(UsageError, match="not the name"):
        Layout(cluster=name or "-")
