"""The lab, once for all tests of this folder."""

import os
from collections.abc import Iterator

import pytest

from lab.internet import Lab, running
from lab.needs import missing


@pytest.fixture(scope="session")
def lab() -> Iterator[Lab]:
    """The mail internet in a box, running; see `README.md` beside this file."""
    lack = missing()
    if lack and os.environ.get("CI"):
        pytest.fail(f"CI must have {', '.join(lack)}", pytrace=False)
    if lack:
        pytest.skip(f"no lab here: {', '.join(lack)}")
    with running() as box:
        yield box
