"""JSON that may be shown on a terminal: it holds no character that could steer one."""

import re
from typing import Any

import msgspec

_SUSPECT = re.compile(r"[^ -~\n]")


def encode(value: Any, *, indent: int = -1) -> str:
    """A line (or, with `indent`, several) of JSON; control and format characters, allowed in
    its strings, are escaped there, which is the same to whoever parses it."""
    data = msgspec.json.encode(value)
    text = (msgspec.json.format(data, indent=indent) if indent > 0 else data).decode()
    return _SUSPECT.sub(lambda found: _escaped(found[0]), text) + "\n"


def _escaped(char: str) -> str:
    if char.isprintable():
        return char
    units = char.encode("utf-16-be").hex()
    return "".join(f"\\u{units[i : i + 4]}" for i in range(0, len(units), 4))
