"""Beside another implementation: agree, or say which section makes us right.

A difference is a class with a name, the section that decides, and a question about what was
compared; it is never a list of cases. Each other implementation has one table of at most ten.
"""

from collections import Counter
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any, NamedTuple

import pytest
from hypothesis import settings

MOST = 10


class Difference(NamedTuple):
    """One way in which two implementations differ; `fits` sees what was compared."""

    name: str
    section: str
    fits: Callable[..., bool]


class Agreement:
    """Compares two answers, names the differences and counts them."""

    def __init__(self, peer: str, *classes: Difference) -> None:
        self.peer, self.classes = peer, classes
        self.compared = 0
        self.counts: Counter[str] = Counter()

    def hold(self, ours: Any, theirs: Any, *seen: Any) -> None:
        """Fail if the answers differ and no class says why; `seen` is what the classes see."""
        self.compared += 1
        if ours == theirs:
            return
        names = self.named(*seen)
        assert names, f"{self.peer} says {theirs!r}, we say {ours!r}: {seen!r}"
        self.counts[names[0]] += 1

    def named(self, *seen: Any) -> list[str]:
        """The classes that something falls in."""
        return [one.name for one in self.classes if one.fits(*seen)]

    def tell(self, config: pytest.Config) -> None:
        """Under the profile `proof`, how often each difference was seen."""
        if settings.get_current_profile_name() != "proof":
            return
        agreed = self.compared - sum(self.counts.values())
        told = [f"{self.peer}: {self.compared} compared, {agreed} alike"]
        told += [f"{self.counts[one.name]:8} {one.name} ({one.section})" for one in self.classes]
        capture = config.pluginmanager.get_plugin("capturemanager")
        with nullcontext() if capture is None else capture.global_and_fixture_disabled():
            print("", *told, sep="\n")
