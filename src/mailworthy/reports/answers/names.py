"""Reverse names of the addresses that sent: asked for only on demand, and kept for a while."""

from collections.abc import Callable, Sequence

from msgspec.structs import replace

from mailworthy.lookup.model import Asking
from mailworthy.reports.answers.sources import ROWS, Source
from mailworthy.sources.place import Database, locate, reverse_names
from mailworthy.store import Store, intake
from mailworthy.store.queries import Scope
from mailworthy.store.queries.chosen import largest

KEPT = 30 * 86_400  # seconds for which a name is believed
PLACES = 5  # of one source
_NAMES = "reverse names"
Ask = Callable[[Asking[dict[str, str]]], dict[str, str]]


def names(store: Store, scopes: Sequence[Scope], ask: Ask, *, now: int) -> dict[str, str]:
    """The forward-confirmed reverse names of those who send most, "" for those without.

    What is not known yet, or too old, is asked through `ask`, which runs an engine; what DNS did
    not answer is left out. Raises StoreError.
    """
    wanted: dict[str, None] = {}
    for scope in scopes:
        wanted |= {row.address: None for row in store.rows(largest(scope, limit=ROWS))}
    known = _kept(store, now)
    found = ask(reverse_names(wanted, known=known))
    if found:
        kept = {ip: f"{now} {name}" for ip, name in found.items()}
        intake.remember(store, _NAMES, kept, now=now)
    return known | found


def _kept(store: Store, now: int) -> dict[str, str]:
    """The names that were learned lately."""
    pairs = ((ip, *text.split(" ", 1)) for ip, text in intake.recall(store, _NAMES).items())
    return {ip: name for ip, when, name in pairs if int(when) > now - KEPT}


def placed(source: Source, database: Database) -> Source:
    """The same source with the countries and networks of its addresses."""
    found = (locate(database, ip) for ip in source.addresses)
    texts = (
        " ".join(filter(None, (each.country, f"AS{each.asn}" if each.asn else "", each.owner)))
        for each in found
    )
    return replace(source, places=tuple(dict.fromkeys(filter(None, texts)))[:PLACES])
