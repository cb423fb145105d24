"""Reads the DMARC suite in tests/cases/dmarc, and answers from its zone data."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from mailworthy.lookup.model import Answer, Ask, Question, Reply, Status, Why, failed

FOLDER = Path(__file__).parent / "cases" / "dmarc"
FAILURES = {"TIMEOUT": Why.TIMEOUT, "SERVFAIL": Why.SERVFAIL}
LISTS = {"aligned", "walk"}  # here a list is the value, elsewhere it lists what is accepted
EXPECTED = (
    "result", "policy-domain", "policy", "applied", "disposition", "aligned", "org-domain", "walk",
)  # fmt: skip


class World:
    """A resolver on the zone data of one document."""

    def __init__(self, zonedata: dict[str, list[Any]]) -> None:
        self.data = {name.lower(): records for name, records in zonedata.items()}
        self.asked: list[str] = []

    def instant(self, ask: Ask) -> Reply:
        assert isinstance(ask, Question)
        self.asked.append(ask.name)
        chain: tuple[str, ...] = ()
        name = ask.name
        while (target := self.field(name, "CNAME")) is not None and len(chain) < 8:
            name = target
            chain += (target,)
        return self.last(ask, name, chain)

    def last(self, ask: Question, name: str, chain: tuple[str, ...]) -> Reply:
        for record in self.data.get(name, ()):
            if isinstance(record, str):
                return failed(ask, FAILURES[record])
        if not self.exists(name):
            return Answer(ask, Status.ABSENT, rcode="NXDOMAIN", chain=chain)
        found = tuple(sorted(joined(r[ask.type]) for r in self.records(name) if ask.type in r))
        return Answer(ask, Status.FOUND if found else Status.EMPTY, records=found, chain=chain)

    def records(self, name: str) -> list[dict[str, Any]]:
        return [r for r in self.data.get(name, ()) if isinstance(r, dict)]

    def field(self, name: str, type_: str) -> str | None:
        return next((r[type_] for r in self.records(name) if type_ in r), None)

    def exists(self, name: str) -> bool:
        return name in self.data or any(key.endswith("." + name) for key in self.data)


def joined(value: str | list[str]) -> str:
    return value if isinstance(value, str) else "".join(map(str, value))


def documents() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every document with the name of its file."""
    for path in sorted(FOLDER.glob("*.yml")):
        for document in yaml.safe_load_all(path.read_text()):
            yield path.stem, document


def cases() -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Every case: its identity, itself, its document."""
    for stem, document in documents():
        for name, case in document["tests"].items():
            yield f"{stem}/{name}", case, document


def authors(case: dict[str, Any]) -> list[str]:
    found = case["from"]
    return [found] if isinstance(found, str) else list(found)


def accepted(case: dict[str, Any], key: str) -> list[Any]:
    """The values that are right under a key."""
    value = case[key]
    return value if isinstance(value, list) and key not in LISTS else [value]
