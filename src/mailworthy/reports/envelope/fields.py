"""Content-Type and its kin, and the names of files (RFC 2045 §5.1, 2047, 2183, 2231)."""

import re
from collections.abc import Mapping
from urllib.parse import unquote_to_bytes

import msgspec

from mailworthy.message.encodedword import PROGRAMS, by_charset, decoded
from mailworthy.reports.shown import shown

LONGEST = 10_000  # octets of a field that are looked at
NAME = 160  # characters of a file name that are shown
PARAMETERS = 100

_FOLD = re.compile(r"\r?\n(?=[ \t])")
_TYPE = re.compile(r"[ \t]*([^\s;/()]+)(?:/([^\s;()]+))?")
_PARAMETER = re.compile(
    r';[ \t]*+([^\s=;]++)[ \t]*+=[ \t]*+(?:"((?:[^"\\]|\\.)*+)"?|([^;]*+))', re.S
)
_PAIR = re.compile(r"\\(.)", re.DOTALL)


class Value(msgspec.Struct, frozen=True):
    """A field such as `text/xml; name="a.xml"`: its word in lower case, and its parameters."""

    word: str
    parameters: Mapping[str, str] = {}

    def get(self, name: str) -> str:
        """A parameter, or empty text."""
        return self.parameters.get(name, "")


def value(raw: bytes) -> Value:
    """Read what follows the colon. Never raises; linear, and the first 10,000 octets alone count.

    Of a parameter that comes twice the first counts. Continued and encoded parameters are joined
    and decoded (RFC 2231 §3, §4).
    """
    text = _FOLD.sub("", raw[:LONGEST].decode("utf-8", "surrogateescape"))
    found = _TYPE.match(text)
    if not found:
        return Value("")
    word = found[1].lower() + (f"/{found[2].lower()}" if found[2] else "")
    return Value(word, _joined(_parameters(text, found.end())))


def _parameters(text: str, at: int) -> dict[str, str]:
    parameters: dict[str, str] = {}
    for found in _PARAMETER.finditer(text, at):
        quoted, bare = found[2], found[3]
        content = _PAIR.sub(r"\1", quoted) if quoted is not None else bare.strip()
        parameters.setdefault(found[1].lower(), content)
        if len(parameters) >= PARAMETERS:
            break
    return parameters


def _joined(given: dict[str, str]) -> dict[str, str]:
    """Without the stars of RFC 2231."""
    joined = {name: text for name, text in given.items() if "*" not in name}
    for name in given:
        base = name.partition("*")[0]
        if "*" in name and base not in joined:
            joined[base] = _continued(given, base)
    return joined


def _continued(given: dict[str, str], base: str) -> str:
    if f"{base}*" in given:
        return _extended(given[f"{base}*"])
    pieces: list[tuple[str, bool]] = []
    while len(pieces) < PARAMETERS:
        plain = f"{base}*{len(pieces)}"
        if plain in given:
            pieces.append((given[plain], False))
        elif f"{plain}*" in given:
            pieces.append((given[f"{plain}*"], True))
        else:
            break
    if any(encoded for _, encoded in pieces):
        return _extended("".join(text for text, _ in pieces))
    return "".join(text for text, _ in pieces)


def _extended(text: str) -> str:
    """`charset'language'%41` decoded; text without the quotes is taken for UTF-8."""
    charset, quote, rest = text.partition("'")
    _, second, encoded = rest.partition("'")
    if not (quote and second):
        charset, encoded = "utf-8", text
    return by_charset(unquote_to_bytes(encoded.encode("utf-8", "surrogateescape")), charset)


def words(text: str) -> str:
    """Unstructured text with its encoded words decoded (RFC 2047), unfolded; not made printable."""
    return decoded(_FOLD.sub("", text[:LONGEST]), PROGRAMS)


def filename(disposition: Value, content_type: Value) -> str:
    """The name that a part gives its file, printable and bounded; empty where it gives none."""
    return shown(words(disposition.get("filename") or content_type.get("name")), NAME)
