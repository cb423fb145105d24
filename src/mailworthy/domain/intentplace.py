"""Where in a TOML text a key stands, for messages; and the error that carries it."""

import re
import tomllib
from collections.abc import Iterator

from mailworthy.errors import UsageError
from mailworthy.names import BadName, printable, to_ascii

Path = tuple[str, ...]
_KEY_PART = r"""(?:[A-Za-z0-9_-]+|"(?:[^"\\]|\\.)*"|'[^']*')"""
_KEY = re.compile(rf"[ \t]*({_KEY_PART}(?:[ \t]*\.[ \t]*{_KEY_PART})*)[ \t]*=")
_HEADER = re.compile(rf"[ \t]*(\[\[?)[ \t]*({_KEY_PART}(?:[ \t]*\.[ \t]*{_KEY_PART})*)[ \t]*\]")
_LONG = 400
_VALUE = re.compile(r"[A-Za-z0-9][A-Za-z0-9.:/@_-]*")
_BARE = re.compile(r"[A-Za-z0-9_-]+")


class IntentError(UsageError):
    """An intent that cannot be used: one line with file, line and what to write instead.

    `path` leads to the key; `located` puts the position in front.
    """

    def __init__(self, message: str, path: Path = ()) -> None:
        super().__init__(message)
        self.path = path

    def located(self, text: str, source: str) -> "IntentError":
        """The same error as `source:line:column: message`, as far as the text shows it."""
        places = dict(_places(text))
        for length in range(len(self.path), 0, -1):
            if self.path[:length] in places:
                line, column = places[self.path[:length]]
                return IntentError(f"{source}:{line}:{column}: {self}", self.path)
        return IntentError(f"{source}: {self}", self.path)


def syntax_error(error: tomllib.TOMLDecodeError, text: str, source: str) -> IntentError:
    """What tomllib says, with its position in front; for a common slip what to write."""
    message = str(error)
    found = re.search(r" \(at (?:line (\d+), column (\d+)|end of document)\)$", message)
    if found is None:
        return IntentError(f"{source}: {printable(message)}")
    where = f":{found[1]}:{found[2]}" if found[1] else " (at its end)"
    lines = text.split("\n")
    line = lines[int(found[1]) - 1] if found[1] and int(found[1]) <= len(lines) else ""
    said = _unquoted(line) or printable(message[: found.start()])
    return IntentError(f"{source}{where}: {said}")


def _unquoted(line: str) -> str:
    """A value without quotes, such as an address, with what it should be."""
    key, equals, rest = line[:_LONG].partition("=")
    bare = rest.partition("#")[0]
    values = [v for v in re.split(r"[\s\[\],]+", bare) if v]
    if not equals or not values or not all(_VALUE.fullmatch(v) for v in values):
        return ""
    listed = ", ".join(f'"{printable(v, 80)}"' for v in values)
    right = f"[{listed}]" if bare.lstrip().startswith("[") else listed
    return f"quotes are missing: {printable(key.strip(), 80)} = {right}"


def _places(text: str) -> Iterator[tuple[Path, tuple[int, int]]]:
    """Every key and table with its line and column, counted from 1; first ones come last."""
    found: dict[Path, tuple[int, int]] = {}
    table: Path = ()
    counts: dict[Path, int] = {}
    for number, line in enumerate(text.split("\n"), 1):
        if header := _HEADER.match(line):
            table = _parts(header[2])
            if header[1] == "[[":
                counts[table] = counts.get(table, -1) + 1
                table = (*table, str(counts[table]))
            _note(found, table, (number, header.start(2) + 1))
        elif key := _KEY.match(line):
            _note(found, (*table, *_parts(key[1])), (number, key.start(1) + 1))
    yield from found.items()


def _note(found: dict[Path, tuple[int, int]], path: Path, place: tuple[int, int]) -> None:
    for length in range(1, len(path) + 1):
        found.setdefault(path[:length], place)
        found.setdefault(_normal(path[:length]), place)


def _normal(path: Path) -> Path:
    """The same path with the name of its host or domain as messages use it."""
    try:
        return (path[0], to_ascii(path[1]), *path[2:]) if path[1:] else path
    except BadName:
        return path


def _parts(key: str) -> Path:
    if _BARE.fullmatch(key):
        return (key,)
    parts: list[str] = []
    try:
        table = tomllib.loads(f"{key} = 0")
    except tomllib.TOMLDecodeError:
        return (key,)
    while isinstance(table, dict):
        name, table = next(iter(table.items()))
        parts.append(name)
    return tuple(parts)
