"""Sources by name: what a user types of what was printed."""

from mailworthy.rdata.address import address
from mailworthy.reports.answers.sources import Source, sources
from mailworthy.sources.expect import Expected
from mailworthy.store import Store
from mailworthy.store.queries import Scope

FEW, MANY = 300, 20_000  # addresses with a trail: first those with most mail, then all


def find(store: Store, scope: Scope, expected: Expected, name: str) -> list[Source]:
    """The sources of a domain that are called so: by key, title, service or address. Raises
    StoreError."""
    for rows in (FEW, MANY):
        answer = sources(store, scope, expected, limit=rows, rows=rows)
        if found := [each for each in answer.sources if is_called(each, name)]:
            return found
    return []


def is_called(source: Source, name: str) -> bool:
    """Whether a name means this source."""
    typed = name.strip().casefold()
    names = {source.key, source.key.partition(":")[2], source.title, source.service or ""}
    ip = address(typed)
    return typed in {n.casefold() for n in names} or str(ip) in source.addresses


def failing(found: list[Source], most: int) -> list[Source]:
    """Those whose mail fails, what is perhaps the user's own first."""
    wrong = [each for each in found if each.neither]
    return sorted(wrong, key=lambda s: (s.class_ == "threat", -s.neither))[:most]
