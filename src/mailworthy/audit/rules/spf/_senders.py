"""The SPF records of well-known services, for slips in their names."""

from difflib import get_close_matches
from functools import cache

from mailworthy.sources.table import load

_ALIKE = 0.88  # one or two letters in a name of usual length


@cache
def _known() -> tuple[str, ...]:
    return tuple(sorted({n for s in load().values() for n in s.spf if "{" not in n}))


def similar(name: str) -> str | None:
    """The service's record that a name is nearly, but not quite."""
    known = _known()
    if name in known or len(name) > 100:
        return None
    return next(iter(get_close_matches(name, known, 1, _ALIKE)), None)
