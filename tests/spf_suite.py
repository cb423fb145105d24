"""The openspf suite for RFC 7208: its cases, and its zone data as a resolver."""

from pathlib import Path
from typing import Any

import pytest

from mailworthy.lookup.model import Answer, Ask, Question, Reply, Status, Why, failed
from mailworthy.lookup.zonetext import ZoneRecord
from mailworthy.names import normalize

SUITE = Path(__file__).parents[2] / "shared/suites/spf-rfc7208/rfc7208-tests.yml"
needed = pytest.mark.skipif(not SUITE.exists(), reason="the conformance suite is not here")

Zone = dict[str, list[Any]]


class Suite:
    """The zone data of one scenario: SPF stands for TXT unless a TXT is there."""

    records = (ZoneRecord(".", "SOA", "ns.invalid. root.invalid. 1 2 3 4 5", 60),)

    def __init__(self, zone: Zone) -> None:
        self.zone = {normalize(n.replace(" ", "\\032")): entries for n, entries in zone.items()}

    def instant(self, ask: Ask) -> Reply:
        assert isinstance(ask, Question)
        name, chain = ask.name, []
        while (target := self.alias(name)) and len(chain) < 9:
            name = target
            chain.append(name)
        entries = self.zone.get(name)
        if len(chain) == 9:
            return failed(ask, Why.LOOP)
        if entries is None:
            return Answer(ask, Status.ABSENT, chain=tuple(chain))
        texts = tuple(self.values(entries, ask.type))
        if "TIMEOUT" in entries and not texts:
            return failed(ask, Why.TIMEOUT)
        status = Status.FOUND if texts else Status.EMPTY
        return Answer(ask, status, records=texts, chain=tuple(chain))

    def alias(self, name: str) -> str | None:
        found = [e["CNAME"] for e in self.zone.get(name, []) if "CNAME" in e and e != "TIMEOUT"]
        return normalize(found[0]) if found else None

    def values(self, entries: list[Any], type_: str) -> list[str]:
        pairs = [next(iter(e.items())) for e in entries if isinstance(e, dict)]
        if type_ == "TXT" and not any(kind == "TXT" for kind, _ in pairs):
            type_ = "SPF"
        return [text(kind, value) for kind, value in pairs if kind == type_ and value != "NONE"]


def text(kind: str, value: Any) -> str:
    if kind == "MX":
        return f"{value[0]} {normalize(value[1]).rstrip('.') if value[1] else ''}."
    if kind == "PTR":
        return normalize(value) + "."
    return "".join(value) if isinstance(value, list) else str(value)


def scenarios() -> list[dict[str, Any]]:
    if not SUITE.exists():
        return []
    import yaml  # the extra "dev"

    return list(yaml.safe_load_all(SUITE.read_text("latin-1")))


def cases() -> list[Any]:
    return [
        pytest.param(scenario["zonedata"], case, id=name)
        for scenario in scenarios()
        for name, case in scenario["tests"].items()
    ]
