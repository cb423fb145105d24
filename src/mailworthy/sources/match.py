"""Which service of the sender table a signature, envelope, include or reverse name belongs to."""

import re
from collections.abc import Iterable, Mapping
from fnmatch import translate
from functools import cache, lru_cache

from mailworthy.names import ancestors
from mailworthy.sources.table import Sender, load

REMEMBER = 4096  # names of which the answer is kept: the rows of one source ask for few


@lru_cache(maxsize=REMEMBER)
def by_signature(domain: str) -> Sender | None:
    """The service that signs with a domain of its own; `domain` in the inside form."""
    return _within(domain, _signing())


@lru_cache(maxsize=REMEMBER)
def by_selector(selector: str) -> Sender | None:
    """The service that has its customers publish a key at such a selector, if only one does."""
    lowered = selector.lower()
    return next((s for pattern, s in _selectors() if pattern.fullmatch(lowered)), None)


@lru_cache(maxsize=REMEMBER)
def by_envelope(domain: str) -> Sender | None:
    """The service whose domain stands in MAIL FROM."""
    return _within(domain, _envelopes())


def by_include(domain: str) -> Sender | None:
    """The service whose customers include a domain in their SPF record."""
    return _includes().get(domain)


def by_reverse(name: str) -> Sender | None:
    """The service to which a forward-confirmed reverse name belongs."""
    return _within(name, _reverses())


def _within(name: str, index: Mapping[str, Sender]) -> Sender | None:
    """The entry of the name itself or of the nearest name above it."""
    return next((index[n] for n in ancestors(name) if n in index), None)


@cache
def _signing() -> Mapping[str, Sender]:
    return _index((name, s) for s in load().values() for name in s.signs)


@cache
def _envelopes() -> Mapping[str, Sender]:
    return _index((name, s) for s in load().values() for name in s.envelope)


@cache
def _includes() -> Mapping[str, Sender]:
    return _index((name, s) for s in load().values() for name in s.spf)


@cache
def _reverses() -> Mapping[str, Sender]:
    return _index((name, s) for s in load().values() for name in s.ptr)


def _index(pairs: Iterable[tuple[str, Sender]]) -> Mapping[str, Sender]:
    """Each name to its service; the first entry wins where several share one."""
    found: dict[str, Sender] = {}
    for name, sender in pairs:
        found.setdefault(name, sender)
    return found


@cache
def _selectors() -> tuple[tuple[re.Pattern[str], Sender], ...]:
    pairs = ((p, s) for s in load().values() for p in s.selectors)
    return tuple((re.compile(translate(pattern)), sender) for pattern, sender in pairs)
