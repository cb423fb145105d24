"""The lab, once for all tests of this folder."""

import os
from collections.abc import Iterator

import pytest

from lab.internet import Lab, running
from lab.needs import demand, missing


@pytest.fixture(scope="session")
def able() -> None:
    """This machine has all that the lab needs."""
    demand(missing(), ci=bool(os.environ.get("CI")))


@pytest.fixture(scope="session")
def lab(able: None) -> Iterator[Lab]:
    """The mail internet in a box, running; see `README.md` beside this file."""
    with running() as box:
        yield box
