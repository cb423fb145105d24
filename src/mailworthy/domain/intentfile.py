"""`mailworthy.toml`: reading it, with an error that says where and what instead."""

import codecs
import re
import tomllib
from collections.abc import Mapping
from datetime import date
from difflib import get_close_matches
from pathlib import Path as FilePath
from typing import Any, TypeVar

import msgspec

from mailworthy.domain.intent import DmarcWish, Domain, Host, Intent, SenderWish, Waiver
from mailworthy.domain.intentcheck import check_domain, check_intent, check_waiver, name_of
from mailworthy.domain.intentcheck import check_host as checked_host
from mailworthy.domain.intentplace import IntentError, Path, syntax_error
from mailworthy.domain.intenttext import dumps
from mailworthy.domain.regular import read_regular
from mailworthy.names import printable

__all__ = ["IntentError", "build", "dumps", "load", "loads"]

MAX_OCTETS = 1 << 20
T = TypeVar("T", bound=msgspec.Struct)

_UNKNOWN = re.compile(r"Object contains unknown field `(.*)`", re.DOTALL)
_EXPECTED = re.compile(r"Expected `([^`]*)`, got `([^`]*)`")
_AT = re.compile(r" - at `(?:key in )?\$(.*)`$", re.DOTALL)
_STEP = re.compile(r"\.([A-Za-z0-9_]+)|\[([0-9.]+)\]")
_DAY = re.compile(r"([0-9]{1,2})\. ?([0-9]{1,2})\. ?([0-9]{4})")
_INNER: dict[str, type[msgspec.Struct]] = {"dmarc": DmarcWish, "senders": SenderWish}
_WORDS = {
    "array": "a list",
    "str": "a text in quotes",
    "int": "a whole number",
    "float": "a number with a point",
    "bool": "true or false",
    "object": "a table",
    "date": "a date such as 2027-01-31",
    "datetime": "a date with a time",
    "null": "nothing",
}


def load(path: FilePath) -> Intent:
    """Read an intent file. Raises IntentError, one line for a person."""
    try:
        data = read_regular(path, MAX_OCTETS + 1).removeprefix(codecs.BOM_UTF8)
    except OSError as error:
        raise IntentError(f"{path} cannot be read: {error.strerror}") from None
    if len(data) > MAX_OCTETS:
        raise IntentError(f"{path} is larger than {MAX_OCTETS >> 20} MiB")
    try:
        return loads(data.decode("utf-8"), source=str(path))
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise IntentError(f"{path}:{line}: an octet that is not UTF-8") from None


def loads(text: str, *, source: str = "mailworthy.toml") -> Intent:
    """An intent from TOML text; names become A-labels, addresses their canonical form.

    Raises IntentError: `source:line:column: what is wrong and what to write`.
    """
    if len(text) > MAX_OCTETS:
        raise IntentError(f"{source} is larger than {MAX_OCTETS >> 20} MiB")
    try:
        return build(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise syntax_error(error, text, source) from None
    except RecursionError:
        raise IntentError(f"{source}: lists or tables are nested too deep") from None
    except IntentError as error:
        raise error.located(text, source) from None


def build(data: Mapping[str, Any]) -> Intent:
    """An intent from the tables of a TOML file. Raises IntentError without a position."""
    for key in data:
        if key not in Intent.__struct_fields__:
            raise IntentError(_unknown(key, Intent), (key,))
    intent = Intent(
        hosts=_hosts(_table(data, "hosts")),
        domains=_domains(_table(data, "domains")),
        waive=_waivers(data.get("waive", [])),
    )
    check_intent(intent)
    return intent


def _table(data: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = data.get(key, {})
    if not isinstance(found, dict):
        raise IntentError(f'{key} is made of tables: [{key}."name"]', (key,))
    return found


def _hosts(tables: Mapping[str, Any]) -> dict[str, Host]:
    found: dict[str, Host] = {}
    for key, table in tables.items():
        path = ("hosts", key)
        name = _new_name(key, table, found, path)
        found[name] = checked_host(_struct(Host, table, path), path)
    return found


def _domains(tables: Mapping[str, Any]) -> dict[str, Domain]:
    found: dict[str, Domain] = {}
    for key, table in tables.items():
        path = ("domains", key)
        name = _new_name(key, table, found, path)
        found[name] = check_domain(_struct(Domain, table, path), path)
    return found


def _new_name(key: str, table: Any, found: Mapping[str, object], path: Path) -> str:
    nested = isinstance(table, dict) and any(isinstance(v, dict) for v in table.values())
    if "." not in key and nested:
        raise IntentError(f'a name with dots needs quotes: [{path[0]}."{key}.…"]', path)
    name = name_of(key, path)
    if name in found:
        raise IntentError(f"{name} is there twice", path)
    return name


def _waivers(tables: Any) -> tuple[Waiver, ...]:
    if not isinstance(tables, list):
        raise IntentError("waivers are written [[waive]], with two brackets", ("waive",))
    found = []
    for number, table in enumerate(tables):
        path = ("waive", str(number))
        found.append(check_waiver(_struct(Waiver, table, path), path))
    return tuple(found)


def _struct(kind: type[T], table: Any, path: Path) -> T:
    try:
        return msgspec.convert(table, kind)
    except msgspec.ValidationError as error:
        raise _explained(str(error), kind, path, table) from None


def _explained(text: str, kind: type[msgspec.Struct], path: Path, table: Any) -> IntentError:
    """msgspec's words in ours, at the key that they are about."""
    at = _AT.search(text)
    steps = [a or b for a, b in _STEP.findall(at[1])] if at else []
    message = text[: at.start()] if at else text
    inner = _INNER.get(steps[0], kind) if steps else kind
    if unknown := _UNKNOWN.match(message):
        return IntentError(_unknown(unknown[1], inner), (*path, *steps[:1], unknown[1]))
    where = ".".join(s for s in steps if not s.isdigit() and s != "...") or ".".join(path[-1:])
    if expected := _EXPECTED.match(message):
        wanted = " or ".join(_words(expected[1]))
        got = " or ".join(_words(expected[2]))
        hint = ": put it in brackets" if "array" in expected[1] and expected[2] == "str" else ""
        return IntentError(f"{where} should be {wanted}, not {got}{hint}", (*path, *steps[:1]))
    if missing := re.match(r"Object missing required field `(.*)`", message):
        return IntentError(f"{missing[1]} is missing", path)
    if "RFC3339" in message:
        given = table.get(steps[0], "") if steps and isinstance(table, dict) else ""
        return IntentError(_date_fault(where, given), (*path, *steps[:1]))
    return IntentError(f"{where}: {_choices(message, inner, steps)}", (*path, *steps[:1]))


def _date_fault(where: str, given: object) -> str:
    """A date as people write it, in TOML's way."""
    match = _DAY.fullmatch(str(given).strip())
    try:
        day = date(int(match[3]), int(match[2]), int(match[1])) if match else None
    except ValueError:
        day = None
    if day is None:
        return f"{where} should be {_WORDS['date']}, without quotes"
    return f"write {where} = {day.isoformat()}, without quotes"


def _words(types: str) -> list[str]:
    return [_WORDS.get(word.strip(), word.strip()) for word in types.split("|")]


def _choices(message: str, kind: type[msgspec.Struct], steps: list[str]) -> str:
    """An enumeration's message with what may stand there."""
    match = re.match(r"Invalid enum value '(.*)'", message, re.DOTALL)
    fields = {f.encode_name: f.type for f in msgspec.structs.fields(kind)}
    enum = fields.get(steps[0]) if steps else None
    if match is None or enum is None:
        return printable(message)
    return f"{printable(match[1], 40)} is none of {', '.join(enum)}"


def _unknown(key: str, kind: type[msgspec.Struct]) -> str:
    known = list(kind.__struct_fields__)
    close = get_close_matches(key, known, n=1, cutoff=0.5)
    hint = f"did you mean {close[0]}?" if close else f"known are {', '.join(known)}"
    return f"{printable(key, 40)} is not known here; {hint}"
