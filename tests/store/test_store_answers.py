"""Every answer is the same whatever database the reports are in."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from answerkit import fill, mixed
from mailworthy import store as stores
from mailworthy.render.reports import document
from mailworthy.reports.answers.complaints import complaints
from mailworthy.reports.answers.export import What, rows
from mailworthy.reports.answers.listing import listing, show
from mailworthy.reports.answers.overview import overview
from mailworthy.reports.answers.problems import problems
from mailworthy.reports.answers.reporters import reporters
from mailworthy.reports.answers.sources import sources
from mailworthy.reports.answers.tls import tls
from mailworthy.reports.answers.words import say, words
from mailworthy.sources.expect import Expected, Word
from mailworthy.store import Store
from mailworthy.store.queries import Scope

ALL = Scope(("example.com",))
ANSWERS: dict[str, Callable[[Store], Any]] = {
    "overview": lambda store: overview(store, ALL),
    "sources": lambda store: sources(store, ALL, Expected(("example.com",))),
    "reporters": lambda store: reporters(store, ALL),
    "problems": problems,
    "list": lambda store: listing(store, ALL),
    "show": lambda store: show(store, 1),
    "tls": lambda store: tls(store, ALL),
    "complaints": lambda store: complaints(store, ALL),
}


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The reports in SQLite."""
    with stores.open(mixed(tmp_path_factory.mktemp("answers") / "m.db")) as opened:
        yield opened


def exported(store: Store, what: What) -> list[str]:
    return sorted(str(row) for batch in rows(store, ALL, what) for row in batch)


def test_answers_do_not_depend_on_the_database(file: Store, mine: Store) -> None:
    fill(mine)
    for name, answer in ANSWERS.items():
        here, there = (document(name, "json", [answer(store)]) for store in (mine, file))
        assert here == there, name
    for what in What:
        assert exported(mine, what) == exported(file, what), what


def test_a_word_of_the_user_is_kept_in_every_database(mine: Store) -> None:
    say(mine, "example.com", "service:mailchimp", Word.APPROVED, now=1)
    say(mine, "example.com", "service:mailchimp", Word.IGNORE, now=2)
    assert words(mine, "example.com") == {"service:mailchimp": Word.IGNORE}
