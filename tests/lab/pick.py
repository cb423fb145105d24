"""Which of many variants every run tries."""

from collections.abc import Iterable
from typing import Any

import pytest


def some(names: Iterable[str], *few: str) -> list[Any]:
    """All names as parameters of a test; all but a few are marked as `proof`, since each takes
    seconds of real daemons."""
    known = list(names)
    assert set(few) <= set(known), "a name that is not there"
    return [n if n in few else pytest.param(n, marks=pytest.mark.proof) for n in known]
