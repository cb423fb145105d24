"""What opendkim.conf, its KeyTable and its SigningTable say (opendkim.conf(5)).

Nothing here raises for any text.
"""

from collections.abc import Iterator

from mailworthy.servers.reading.model import OpenDkim, SigningKey
from mailworthy.servers.reading.postfix import domain, split_list

_NAMES = ("domain", "selector", "keyfile", "keytable", "signingtable", "socket", "mode")
_MAX_LINES = 20_000


def settings(text: str) -> dict[str, str]:
    """The settings that matter, by their names in lower case."""
    found: dict[str, str] = {}
    for line in text.splitlines()[:_MAX_LINES]:
        name, _, value = line.partition("#")[0].strip().replace("\t", " ").partition(" ")
        if name.lower() in _NAMES:
            found[name.lower()] = value.strip()[:4000]
    return found


def table(value: str) -> str:
    """The file of a data set such as `refile:/etc/opendkim/table`; empty for other kinds."""
    kind, colon, path = value.partition(":")
    if not colon:
        return value if value.startswith("/") else ""
    return path if kind in ("file", "refile") and path.startswith("/") else ""


def build(text: str, texts: dict[str, str | None], file: str) -> OpenDkim:
    """OpenDKIM's settings; `texts` holds what the tables say."""
    said = settings(text)
    keys = list(_single(said))
    unread = []
    if place := said.get("keytable", ""):
        rows = texts.get(table(place))
        if rows is None:
            unread.append(place[:200])
        keys += _rows(rows or "")
    return OpenDkim(
        file=file,
        mode=said.get("mode", "sv"),
        keys=tuple(dict.fromkeys(keys)),
        socket=said.get("socket", ""),
        open=tuple(unread),
    )


def _single(said: dict[str, str]) -> Iterator[SigningKey]:
    """`Domain`, `Selector` and `KeyFile`, where no table is used."""
    if said.get("keytable") or not said.get("keyfile"):
        return
    for item in split_list(said.get("domain", "")):
        if name := domain(item):
            yield SigningKey(name, said.get("selector", "default"), said["keyfile"])


def _rows(text: str) -> Iterator[SigningKey]:
    """`name domain:selector:path` lines of a KeyTable."""
    for line in text.splitlines()[:_MAX_LINES]:
        words = line.partition("#")[0].split()
        parts = words[1].split(":", 2) if len(words) == 2 else []
        if len(parts) == 3 and (name := domain(parts[0])):
            yield SigningKey(name, parts[1][:253], parts[2])
