"""JSON that somebody else wrote: bounded, and read on where it is damaged (RFC 8460 §4)."""

import json
import re
from typing import Any

import msgspec

from mailworthy.reports.model import Fault, Omission
from mailworthy.reports.shown import shown
from mailworthy.reports.tls.limits import Limits
from mailworthy.reports.tls.thin import thin

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+"?|[{}\[\],]', re.DOTALL)
_NEIGHBOUR = re.compile(r"\}\s*+(?=\]|,\s*+\{)")
_MAX_DIGITS = 18  # longer numbers count nothing, and are slow to convert
_EXCERPT = 60


class Loaded(msgspec.Struct, frozen=True):
    """A JSON value. `utf8` tells whether it was written as it should be, `duplicates` names
    keys that stood twice in one object, where the last counts; `whole` is False where the text
    breaks off, and `omissions` say what could not be read."""

    value: object
    utf8: bool = True
    whole: bool = True
    duplicates: tuple[str, ...] = ()
    omissions: tuple[Omission, ...] = ()


class Refused(msgspec.Struct, frozen=True):
    """Why there is no value."""

    fault: Fault
    reason: str


def load(data: bytes | bytearray, limits: Limits) -> Loaded | Refused:
    """Read one JSON text, of at most `limits.max_octets` without the failure details for which
    there is no room, which are an omission. Never raises; linear.

    Keys are in lower case and with hyphens. Numbers too long to count anything are left as text.
    An object in an array that cannot be read is replaced by the beginning of its text, so that
    its neighbours survive; a text that breaks off is cut after its last whole element.
    """
    if len(data) > limits.max_read:
        return Refused(Fault.TOO_LARGE, f"more than {limits.max_read} octets of JSON")
    left = 0
    if len(data) > limits.max_octets or data.count(b",") > limits.max_values // 4 * 3:
        data, left = thin(data, limits.max_octets // 5 * 4, limits.max_values // 4 * 3)
    if len(data) > limits.max_octets:
        return Refused(Fault.TOO_LARGE, f"more than {limits.max_octets} octets of JSON")
    text, utf8 = _decode(data)
    del data
    if not text.strip():
        return Refused(Fault.EMPTY, "there is nothing in it")
    return _Loading(text, utf8, limits, left).load()


def _decode(data: bytes | bytearray) -> tuple[str, bool]:
    """The text, and whether it was UTF-8; any octets are some text."""
    encoding = json.detect_encoding(data)
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        lossy = "latin-1" if encoding.startswith("utf-8") else encoding
        return data.decode(lossy, "replace").removeprefix("\ufeff"), False
    return text.removeprefix("\ufeff"), encoding.startswith("utf-8")


class _Loading:
    def __init__(self, text: str, utf8: bool, limits: Limits, left: int = 0) -> None:
        self.text, self.utf8, self.limits = text, utf8, limits
        self.whole = True
        self.omissions: list[Omission] = []
        if left:
            reason = f"{left} failure details are more than are read; the sums are whole"
            self.omissions.append(Omission("failure-details", reason))
        self.duplicates: dict[str, None] = {}
        self.decoder = json.JSONDecoder(
            object_pairs_hook=self.members,
            parse_int=lambda digits: int(digits) if len(digits) <= _MAX_DIGITS else digits,
            parse_constant=str,
            strict=False,  # control characters in strings are common, and harm nothing here
        )

    def members(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in pairs:
            name = key.lower().replace("_", "-")
            if name in found and len(self.duplicates) < self.limits.max_texts:
                self.duplicates[shown(key, _EXCERPT)] = None
            found[name] = value
        return found

    def load(self) -> Loaded | Refused:
        for _ in range(self.limits.max_repairs):
            if beyond := _beyond(self.text, self.limits):
                return beyond
            start = len(self.text) - len(self.text.lstrip())
            self.duplicates.clear()
            try:
                value, end = self.decoder.raw_decode(self.text, start)
            except json.JSONDecodeError as error:
                if not self.mend(error):
                    return Refused(Fault.SYNTAX, _reason(error))
                continue
            self.after(self.text[end:].strip())
            return Loaded(
                value, self.utf8, self.whole, tuple(self.duplicates), tuple(self.omissions)
            )
        return Refused(Fault.SYNTAX, "it is damaged in too many places")

    def after(self, rest: str) -> None:
        if rest:
            reason = "something follows the end of the JSON text"
            self.omissions.append(Omission("after the end", reason, shown(rest, _EXCERPT)))

    def mend(self, error: json.JSONDecodeError) -> bool:
        """Take out the object that cannot be read, or all from there on."""
        stack, commas = _open(self.text, error.pos)
        inner = _element(stack)
        if inner is not None:
            start = stack[inner][1]
            if (end := _end(self.text, start, error.pos)) is not None:
                self.replace(start, end)
                return True
        if not self.whole or not stack:
            return False
        self.cut(stack, commas, inner, error)
        return True

    def replace(self, start: int, end: int) -> None:
        excerpt = json.dumps(shown(self.text[start:end], _EXCERPT))
        self.text = self.text[:start] + excerpt + self.text[end:]

    def cut(
        self,
        stack: list[tuple[str, int]],
        commas: list[int],
        inner: int | None,
        error: json.JSONDecodeError,
    ) -> None:
        """Keep the whole elements before the end, and close what is open."""
        level = len(stack) if inner is None else inner
        at = commas[level - 1] or stack[level - 1][1] + 1
        if inner is None and _is_between(self.text, error):
            at = error.pos
        reason = f"the report breaks off: {_reason(error)}"
        where = f"from character {at} on"
        self.omissions.append(Omission(where, reason, shown(self.text[at:], _EXCERPT)))
        closing = "".join("}" if bracket == "{" else "]" for bracket, _ in reversed(stack[:level]))
        self.text = self.text[:at] + closing
        self.whole = False


def _is_between(text: str, error: json.JSONDecodeError) -> bool:
    """Whether the last value before an error is whole; a number might have had more digits."""
    before = text[max(0, error.pos - 1000) : error.pos].rstrip()
    return error.msg == "Expecting ',' delimiter" and before.endswith(("]", "}", '"'))


def _reason(error: json.JSONDecodeError) -> str:
    return f"{error.msg.lower()} at character {error.pos}"


def _beyond(text: str, limits: Limits) -> Refused | None:
    """Why a text is not even tried, if so: it would need more memory or stack than it may."""
    depth = values = 0
    for found in _TOKEN.finditer(text):
        token = found[0]
        if token in "}]":
            depth -= 1
        elif token in "{[,":
            depth += token != ","
            values += 1
            if depth > limits.max_depth:
                return Refused(Fault.TOO_DEEP, f"more than {limits.max_depth} levels of JSON")
            if values > limits.max_values:
                return Refused(Fault.TOO_MANY, f"more than {limits.max_values} values")
    return None


def _open(text: str, end: int) -> tuple[list[tuple[str, int]], list[int]]:
    """The brackets open at `end`, each with its place, and the last comma in each, 0 for none."""
    stack: list[tuple[str, int]] = []
    commas: list[int] = []
    for found in _TOKEN.finditer(text, 0, end):
        token = found[0]
        if token in "{[":
            stack.append((token, found.start()))
            commas.append(0)
        elif token in "}]" and stack:
            stack.pop()
            commas.pop()
        elif token == "," and stack:
            commas[-1] = found.start()
    return stack, commas


def _end(text: str, start: int, damage: int) -> int | None:
    """Where the object at `start` ends: at its own bracket, or else before what looks like its
    neighbour, for a stray quote turns all brackets after it into text."""
    depth = 0
    for found in _TOKEN.finditer(text, start):
        depth += (found[0] in "{[") - (found[0] in "}]")
        if not depth:
            return found.end()
    neighbour = _NEIGHBOUR.search(text, damage)
    return neighbour.start() + 1 if neighbour else None


def _element(stack: list[tuple[str, int]]) -> int | None:
    """Which open bracket begins the innermost object that stands in an array."""
    pairs = range(len(stack) - 1, 0, -1)
    return next((i for i in pairs if stack[i][0] == "{" and stack[i - 1][0] == "["), None)
