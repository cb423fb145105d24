"""Sources by name: what a user types of what was printed."""

from collections.abc import Mapping

from mailworthy.rdata.address import address
from mailworthy.reports.answers.sources import NO_NAMES, ROWS, Source, sources, title_of
from mailworthy.sources.expect import Expected
from mailworthy.sources.facts import Facts
from mailworthy.store import Store
from mailworthy.store.queries import Scope

MANY = 20_000  # addresses with a trail, where it is not among those with most mail


def find(
    store: Store,
    scope: Scope,
    expected: Expected,
    name: str,
    *,
    names: Mapping[str, str] = NO_NAMES,
) -> list[Source]:
    """The sources of a domain that are called so: by key, title, service or address. Raises
    StoreError."""
    for rows in (ROWS, MANY):
        answer = sources(
            store,
            scope,
            expected,
            rows=rows,
            names=names,
            only=lambda facts: is_called(facts, expected, name),
        )
        if answer.sources:
            return list(answer.sources)
    return []


def is_called(facts: Facts, expected: Expected, name: str) -> bool:
    """Whether a name means this source."""
    typed = name.strip().casefold()
    names = (str(facts.key), facts.key.value, title_of(facts.key, expected))
    return typed in {n.casefold() for n in names} or str(address(typed)) in facts.addresses


def failing(found: list[Source], most: int) -> list[Source]:
    """Those whose mail fails, what is perhaps the user's own first."""
    wrong = [each for each in found if each.neither]
    return sorted(wrong, key=lambda s: (s.class_ == "threat", -s.neither))[:most]
