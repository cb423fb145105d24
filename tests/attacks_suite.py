"""Reads the attack suite in tests/cases/attacks: messages to the octet, zone data as zones."""

import base64
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]

from mailworthy.lookup.memory import Memory
from mailworthy.lookup.model import Why
from mailworthy.lookup.zonetext import ZoneRecord
from mailworthy.names import normalize

FOLDER = Path(__file__).parent / "cases" / "attacks"
WORLD = "world.yaml"
SIGNING = "signing.yaml"
SIGNATURES = "signatures.yaml"
FAILURES = {"TIMEOUT": Why.TIMEOUT, "SERVFAIL": Why.SERVFAIL}
GROUPS = ("session", "expect")  # what a case takes over from its document, and that from the world
ROOT = ZoneRecord(".", "SOA", "ns.invalid. root.invalid. 1 2 3 4 5", 60)

Piece = Any  # of a message: see the README of the suite
Zone = dict[str, Any]


class Case:
    """One attack: the session that brings it, its message, and what is right."""

    def __init__(self, stem: str, name: str, test: dict[str, Any], document: dict[str, Any]):
        self.name = f"{stem}/{name}"
        self.test, self.document = test, document
        self.session, self.expect = (self.merged(group) for group in GROUPS)

    def merged(self, group: str) -> dict[str, Any]:
        return {**world()[group], **self.document.get(group, {}), **self.test.get(group, {})}

    @property
    def message(self) -> bytes:
        return octets(self.test["message"])

    @property
    def zone(self) -> Zone:
        return {**world()["zonedata"], **self.document.get("zonedata", {})}

    @property
    def resolver(self) -> Memory:
        return resolver(self.zone)


def read(name: str) -> Any:
    return yaml.load((FOLDER / name).read_text(), yaml.CSafeLoader)


@cache
def world() -> dict[str, Any]:
    """What holds for every case."""
    found: dict[str, Any] = read(WORLD)
    return found


@cache
def parts() -> dict[str, Piece]:
    """The named pieces of messages."""
    signed = read(SIGNATURES) if (FOLDER / SIGNATURES).exists() else {}
    return {**world()["parts"], **signed}


@cache
def cases() -> tuple[Case, ...]:
    """Every case, in the order of the files."""
    return tuple(
        Case(stem, name, test, document)
        for stem, document in documents()
        for name, test in document["tests"].items()
    )


def documents() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every document with cases, and the name of its file."""
    for path in sorted(FOLDER.glob("*.yaml")):
        if path.name not in (WORLD, SIGNING, SIGNATURES):
            for document in yaml.load_all(path.read_text(), yaml.CSafeLoader):
                yield path.stem, document


def octets(piece: Piece) -> bytes:
    """The bytes of a piece, or of several in a row."""
    if isinstance(piece, str):
        return piece.encode().replace(b"\n", b"\r\n")
    if isinstance(piece, list):
        return b"".join(map(octets, piece))
    if "octets" in piece:
        return piece["octets"].encode("latin-1")  # type: ignore[no-any-return]
    if "base64" in piece:
        return base64.b64decode(piece["base64"])
    if "part" in piece:
        return octets(parts()[piece["part"]])
    return repeated(octets(piece["repeat"]), piece)


def repeated(data: bytes, piece: dict[str, Any]) -> bytes:
    if "number" not in piece:
        return data * piece["times"]  # type: ignore[no-any-return]
    mark = piece["number"].encode()
    return b"".join(data.replace(mark, b"%d" % n) for n in range(piece["times"]))


def text(value: Any) -> str:
    """A text of the zone data or the session, where a long one may be written as a repetition."""
    if isinstance(value, list):
        return "".join(map(text, value))
    if isinstance(value, dict):
        return str(value["repeat"]) * int(value["times"])
    return str(value)


def resolver(zone: Zone) -> Memory:
    """The zone data as one zone that holds all names: what it does not name does not exist."""
    records = [ROOT]
    fail: dict[str | tuple[str, str], Why] = {}
    for name, entry in plain(zone).items():
        for record in entry or [{"HINFO": '"exists" "only"'}]:
            for type_, value in failures(record):
                fail[name, type_] = FAILURES[value]
            records += found(name, record)
    return Memory(records, fail=fail)


def many(zone: Zone) -> Iterator[tuple[str, list[Any]]]:
    """Names with their records; one entry may stand for many names."""
    for name, entry in zone.items():
        if isinstance(entry, list):
            yield name, entry
            continue
        for n in range(entry["times"]):
            yield (
                name.replace(entry["number"], str(n)),
                [numbered(record, entry["number"], n) for record in entry["records"]],
            )


def plain(zone: Zone) -> Zone:
    """The zone data without repetitions, names in the inside form."""
    return {
        normalize(name): [one for record in entry for one in spelt_out(record)]
        for name, entry in many(zone)
    }


def spelt_out(record: Any) -> Iterator[Any]:
    if isinstance(record, dict) and "times" in record:
        rest = {k: v for k, v in record.items() if k not in ("times", "number")}
        for n in range(record["times"]):
            yield numbered(rest, record["number"], n)
    elif isinstance(record, dict) and "TXT" in record:
        yield {**record, "TXT": text(record["TXT"])}
    else:
        yield record


def numbered(value: Any, mark: str, number: int) -> Any:
    if isinstance(value, str):
        return value.replace(mark, str(number))
    if isinstance(value, list):
        return [numbered(part, mark, number) for part in value]
    if isinstance(value, dict):
        return {key: numbered(part, mark, number) for key, part in value.items()}
    return value


def failures(record: Any) -> Iterator[tuple[str, str]]:
    """The types whose look-ups fail, "" for all, and how."""
    if isinstance(record, str):
        yield "", record
    else:
        yield from ((record[word], word) for word in FAILURES if word in record)


def found(name: str, record: Any) -> Iterator[ZoneRecord]:
    if isinstance(record, str):
        return
    for type_, value in record.items():
        if type_ not in FAILURES:
            yield ZoneRecord(name, type_, presented(type_, value), 60)


def presented(type_: str, value: Any) -> str:
    if type_ == "MX":
        return f"{value[0]} {absolute(value[1])}"
    if type_ in ("CNAME", "PTR", "NS"):
        return absolute(text(value))
    return text(value)


def absolute(name: str) -> str:
    return normalize(name) if name == "." else normalize(name) + "."
