"""A store, and what takes reports into it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from mailworthy import store
from mailworthy.reports.intake.importing import Importer
from mailworthy.store import Store


@pytest.fixture
def mine(tmp_path: Path) -> Iterator[Store]:
    """An empty store."""
    with store.open(tmp_path / "store" / "mailworthy.db") as opened:
        yield opened


@pytest.fixture
def importer(mine: Store) -> Importer:
    """An importer that asks nobody."""
    return Importer(mine)
