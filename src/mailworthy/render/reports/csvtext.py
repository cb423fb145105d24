"""Rows as CSV (RFC 4180) that no spreadsheet takes for formulas."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from mailworthy.names import harmless

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def document(rows: Sequence[Any]) -> str:
    """A header and a line for each struct; structs inside become columns of their own."""
    flat = [_flat(msgspec.to_builtins(row)) for row in rows]
    names = list(dict.fromkeys(name for row in flat for name in row))
    lines = ([row.get(name) for name in names] for row in flat)
    return head(names) + text(lines) if names else ""


def head(names: Iterable[str]) -> str:
    """The first line."""
    return text([list(names)])


def text(rows: Iterable[Sequence[Any]]) -> str:
    """Lines of cells."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerows([cell(value) for value in row] for row in rows)
    return out.getvalue()


def cell(value: Any) -> Any:
    """A value as a cell: text that a spreadsheet would compute begins with an apostrophe."""
    if isinstance(value, list | tuple):
        value = "; ".join(_short(each) for each in value)
    if not isinstance(value, str):
        return value
    safe = harmless(value)
    return f"'{safe}" if safe.startswith(_FORMULA) else safe


def _short(value: Any) -> str:
    return " ".join(str(v) for v in value.values()) if isinstance(value, dict) else str(value)


def _flat(row: Any) -> dict[str, Any]:
    """The fields of a row, those of structs within it beside them."""
    if not isinstance(row, dict):
        return {"text": row}
    found: dict[str, Any] = {}
    for name, value in row.items():
        found |= value if isinstance(value, dict) else {name: value}
    return found
