"""The ARC validation suite: its cases, and its keys as a resolver."""

from pathlib import Path
from typing import Any

import pytest

from mailworthy.lookup.model import Answer, Ask, Question, Reply, Status

SUITE = Path(__file__).parents[2] / "shared/suites/arc-validation/arc-draft-validation-tests.yml"
needed = pytest.mark.skipif(not SUITE.exists(), reason="the conformance suite is not here")


class Keys:
    """TXT records by name; no other name exists."""

    def __init__(self, records: dict[str, str]) -> None:
        self.records = records

    def instant(self, ask: Ask) -> Reply:
        assert isinstance(ask, Question)
        if ask.name in self.records and ask.type == "TXT":
            return Answer(ask, Status.FOUND, records=(self.records[ask.name],))
        return Answer(ask, Status.ABSENT)


def scenarios() -> list[dict[str, Any]]:
    if not SUITE.exists():
        return []
    import yaml  # the extra "dev"

    return list(yaml.safe_load_all(SUITE.read_text()))


def cases() -> list[Any]:
    return [
        pytest.param(scenario["txt-records"], case["message"], case["cv"], id=name)
        for scenario in scenarios()
        for name, case in scenario["tests"].items()
    ]
