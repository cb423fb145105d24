"""The DKIM dot: keys that can be used, those that cannot, and what a guess is worth."""

from collections.abc import Iterator

from mailworthy.audit.evidence import Evidence, Published, SelectorEvidence
from mailworthy.audit.part import Known, NotAsked, Part, Unknown, short
from mailworthy.audit.rules._mail import authorises_nobody
from mailworthy.dkim.record import DkimKey
from mailworthy.names import printable

MAX_SHOWN = 5

DKIM_KEYS = "keys below _domainkey"


def dkim_parts(e: Evidence) -> Iterator[Part[object]]:
    """What the dot depends on; a guess that found no usable key proves nothing."""
    if _needless(e):
        return
    if isinstance(e.keys, Known) and not e.keys.value.known and not _some_key(e):
        yield Unknown("DKIM", "no selector is known")
    yield e.keys
    if isinstance(e.selectors, Known):
        yield from (s.key for s in e.selectors.value)
    else:
        yield e.selectors


def dkim_says(e: Evidence) -> str:
    """The selectors that were found, each with what it holds, or why there is none."""
    if not isinstance(e.keys, Known):
        return f"{DKIM_KEYS}: {short(e.keys)}"
    shown = [f"{printable(s, 40)} ({_held(key)})" for s, key in e.keys.value.found]
    shown += [_led(s) for s in _aliases(e)]
    if shown:
        return ", ".join(shown[:MAX_SHOWN])
    if _needless(e):
        return "none needed"
    if e.keys.value.known or not (e.keys.value.tried or e.keys.value.wildcard):
        return "none"
    return "no key under common selectors; name yours with --selector"


def _needless(e: Evidence) -> bool:
    """Whether the domain says that no mail comes from it."""
    if e.parked:
        return True
    if not (isinstance(e.mx, Known) and isinstance(e.spf, Known)):
        return False
    return not e.mx.value.exchanges and authorises_nobody(e.spf.value)


def _some_key(e: Evidence) -> bool:
    found = e.keys.value.found if isinstance(e.keys, Known) else ()
    return any(_usable(key) for _, key in found) or bool(_aliases(e))


def _usable(key: Published[DkimKey]) -> bool:
    return len(key.found) != 1 or key.record is None or not key.record.revoked


def _held(key: Published[DkimKey]) -> str:
    record = key.record
    if record is None:
        return "?"
    if record.revoked:
        return "revoked"
    return f"{record.k} {record.bits}" if record.k == "rsa" else printable(record.k, 20)


def _aliases(e: Evidence) -> list[SelectorEvidence]:
    return [s for s in e.selectors.value if s.alias] if isinstance(e.selectors, Known) else []


def _led(selector: SelectorEvidence) -> str:
    key = selector.key
    why = short(key) if isinstance(key, Unknown | NotAsked) else ""
    return f"{printable(selector.selector, 40)} → {printable(selector.alias, 80)} ({why})"
