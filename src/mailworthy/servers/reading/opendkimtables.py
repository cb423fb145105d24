"""OpenDKIM's KeyTable and SigningTable: which keys mail of a domain is signed with.

The order is the one that OpenDKIM 2.11 was seen to follow (tests/servers/test_opendkim_daemon.py).
Nothing here raises for any text.
"""

import posixpath
import re
from collections.abc import Iterator

import msgspec

from mailworthy.servers.reading.model import NamedKey, OpenDkim, SigningKey, SigningRow
from mailworthy.servers.reading.postfix import domain

_MAX_LINES = 20_000
_MAX_TEXT = 4_000
_MAX_SHOWN = 60  # nothing that is longer is shown, since it may be a key
_INLINE = "csl:"
_KEY = re.compile(r"M[A-Za-z0-9+/=\s]*|-----.*", re.DOTALL)  # DER in base64, or PEM
_ANYBODY = "\x7f"  # a local part that no pattern names


class Chosen(msgspec.Struct, frozen=True):
    """What becomes of a domain's mail.

    `keys` sign it, those of single addresses too; `whole` says that every address is signed for;
    `unnamed` are names of keys that have no row in the KeyTable, or none that can be read, for
    which OpenDKIM refuses mail (4xx); with those in `odd` it signs nothing.
    """

    keys: tuple[SigningKey, ...] = ()
    whole: bool = False
    unnamed: tuple[str, ...] = ()
    odd: tuple[NamedKey, ...] = ()


def path_of(value: str) -> str:
    """The text file of a data set such as `refile:/etc/opendkim/table`; empty for other kinds."""
    kind, colon, path = value.partition(":")
    path = path if colon and kind in ("file", "refile") else value
    return path if path.startswith("/") and not path.endswith(".db") else ""


def patterned(value: str) -> bool:
    """Whether the keys of a data set are patterns."""
    return value.startswith("refile:")


def pairs(value: str, texts: dict[str, str | None]) -> tuple[tuple[str, str], ...] | None:
    """The keys and values of a data set, None where it cannot be read."""
    if value.startswith(_INLINE):
        items = (item.partition("=") for item in value.removeprefix(_INLINE).split(","))
        return tuple((key.strip(), rest.strip()) for key, _, rest in items)[:_MAX_LINES]
    text = texts.get(path_of(value)) if path_of(value) else None
    return None if text is None else tuple(_lines(text, indented=not patterned(value)))


def _lines(text: str, *, indented: bool) -> Iterator[tuple[str, str]]:
    """A pattern begins where its line does: before white space there is none."""
    for line in text.splitlines()[:_MAX_LINES]:
        if line[:1].isspace() and not indented:
            continue
        words = line.partition("#")[0].split(None, 1)
        if words:
            yield words[0][:_MAX_TEXT], words[1].strip()[:_MAX_TEXT] if len(words) > 1 else ""


def named_keys(found: tuple[tuple[str, str], ...]) -> tuple[NamedKey, ...]:
    """The rows of a KeyTable. A key that stands in the table itself is left out, since it is
    secret: its path is empty."""
    return tuple(_named(name, value.split(":", 2)) for name, value in found)


def _named(name: str, parts: list[str]) -> NamedKey:
    if len(parts) != 3:
        return NamedKey(name, "", "", "")
    text = parts[2].strip()
    signs, path = "%" if parts[0] == "%" else domain(parts[0]), key_path(text)
    odd = "" if path or _KEY.fullmatch(text) or len(text) > _MAX_SHOWN else text
    return NamedKey(name, signs, parts[1][:253], path, odd)


def key_path(text: str) -> str:
    """The path that OpenDKIM opens, which services do from `/`; empty for what it takes for the
    key itself."""
    if text.startswith(("./", "../")):
        return posixpath.normpath(f"/{text}")
    return text if text.startswith("/") else ""


def signing_rows(found: tuple[tuple[str, str], ...]) -> tuple[SigningRow, ...]:
    """The rows of a SigningTable; who is named in `i=` is of no matter here."""
    return tuple(SigningRow(key.lower(), value.partition(":")[0].strip()) for key, value in found)


def chosen(signer: OpenDkim, name: str) -> Chosen:
    """The keys for mail whose author has an address at this domain."""
    if not signer.rows:
        mine = tuple(key for key in signer.keys if key.domain == name)
        return Chosen(mine, bool(mine))
    rows = _by_pattern if signer.patterns else _by_lookup
    found: list[SigningKey] = []
    unnamed: list[str] = []
    odd: list[NamedKey] = []
    whole = False
    for row, everybody in _ends(list(rows(signer, name))):
        whole = whole or everybody
        key = _key(signer, name if row.name == "%" else row.name)
        if key is None or key.malformed:
            unnamed.append(row.name)
        elif key.odd:
            odd.append(key)
        elif key.domain and key.path:
            signs = name if key.domain == "%" else key.domain
            found.append(SigningKey(signs, key.selector, key.path.replace("%", name)))
    names, others = dict.fromkeys(unnamed), dict.fromkeys(odd)
    return Chosen(tuple(dict.fromkeys(found)), whole, tuple(names), tuple(others))


def _ends(found: list[tuple[SigningRow, bool]]) -> list[tuple[SigningRow, bool]]:
    """The rows that count: with MultipleSignatures, OpenDKIM 2.11 takes the first and the last
    match of an address and passes over what is between them."""
    every = [at for at, (_, everybody) in enumerate(found) if everybody]
    return [each for at, each in enumerate(found) if not every or not every[0] < at < every[-1]]


def _key(signer: OpenDkim, name: str) -> NamedKey | None:
    """The first row of the KeyTable of that name."""
    same = matches if signer.key_patterns else _same
    return next((key for key in signer.table if same(key.name, name)), None)


def _same(one: str, other: str) -> bool:
    return one.lower() == other.lower()


def _by_pattern(signer: OpenDkim, name: str) -> Iterator[tuple[SigningRow, bool]]:
    """The rows for some address there, in their order, up to the one that is for all of them."""
    for row in signer.rows:
        everybody = matches(row.pattern, f"{_ANYBODY}@{name}")
        if everybody or matches(row.pattern.rpartition("@")[2], name):
            yield row, everybody
        if everybody and not signer.multiple:
            return


def _by_lookup(signer: OpenDkim, name: str) -> Iterator[tuple[SigningRow, bool]]:
    """The same for a table in which `user@host`, `host`, `user@.parent`, `.parent`, `user@*` and
    `*` are looked up, in that order; of equal keys the first counts."""
    first: dict[str, SigningRow] = {}
    single: dict[str, list[SigningRow]] = {}
    for row in signer.rows:
        user, at, host = row.pattern.rpartition("@")
        if first.setdefault(row.pattern, row) is row and at and user:
            single.setdefault(host, []).append(row)
    labels = name.split(".")
    places = [name, *("." + ".".join(labels[n:]) for n in range(1, len(labels))), "*"]
    for place in places:
        yield from ((row, False) for row in single.get(place, ()))
        if place in first:
            yield first[place], True
            if not signer.multiple:
                return


def matches(pattern: str, text: str) -> bool:
    """Whether a pattern, in which only `*` is special, is all of a text; case is of no matter."""
    first, *rest = pattern.lower().split("*")
    text = text.lower()
    if not rest:
        return first == text
    last = rest.pop()
    if not text.startswith(first) or not text.endswith(last):
        return False
    at, end = len(first), len(text) - len(last)
    for part in rest:
        at = text.find(part, at, end)
        if at < 0:
            return False
        at += len(part)
    return at <= end
