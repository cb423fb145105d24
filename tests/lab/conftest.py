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


@pytest.fixture(scope="session")
def begun() -> set[str]:
    """The modules whose first test has begun."""
    return set()


@pytest.fixture(autouse=True)
def calm(request: pytest.FixtureRequest, begun: set[str]) -> None:
    """Each module finds empty queues, and mail servers that hold nothing against each other: after
    deliveries that failed, Postfix lets a destination rest for minutes."""
    if "lab" in request.fixturenames and request.module.__name__ not in begun:
        begun.add(request.module.__name__)
        box: Lab = request.getfixturevalue("lab")
        for host in (box.sender, box.receiver):
            host.restart()
