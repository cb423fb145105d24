"""What opendkim.conf, its KeyTable and its SigningTable say (opendkim.conf(5)).

Nothing here raises for any text.
"""

import posixpath
from collections.abc import Iterator

from msgspec.structs import replace

from mailworthy.servers.reading.model import OpenDkim, SigningKey
from mailworthy.servers.reading.opendkimtables import (
    chosen,
    named_keys,
    pairs,
    path_of,
    patterned,
    signing_rows,
)
from mailworthy.servers.reading.postfix import domain, split_list

_NAMES = (
    *("domain", "selector", "keyfile", "keytable", "signingtable", "multiplesignatures"),
    *("socket", "mode", "include", "setuppolicyscript"),
)
_TABLES = ("keytable", "signingtable")
_YES = ("yes", "true", "1", "on")
_MAX_LINES = 20_000
_MAX_DOMAINS = 500


def settings(text: str) -> dict[str, str]:
    """The settings that matter, by their names in lower case."""
    found: dict[str, str] = {}
    for line in text.splitlines()[:_MAX_LINES]:
        name, _, value = line.partition("#")[0].strip().replace("\t", " ").partition(" ")
        if name.lower() in _NAMES:
            found[name.lower()] = value.strip()[:4000]
    return found


def tables(text: str) -> tuple[str, ...]:
    """The texts that hold what opendkim.conf only names."""
    said = settings(text)
    found = [said.get(name, "") for name in _TABLES]
    if "keytable" not in said:
        found.append(said.get("domain", ""))
    return tuple(path for value in found if (path := path_of(value)))


def build(text: str, texts: dict[str, str | None], file: str) -> OpenDkim:
    """OpenDKIM's settings; `texts` holds what the tables say, None for one not read."""
    said = settings(text)
    mode, place = said.get("mode", "sv"), said.get("socket", "")
    common = OpenDkim(file=file, mode=mode, socket=place, wrong=_wrong(said))
    if "include" in said:
        return replace(common, open=(_shown("Include", said["include"]),))
    if "keytable" in said:
        return _tabled(said, texts, common)
    if not said.get("keyfile"):
        return common
    listed = _listed(said.get("domain", ""), texts)
    if listed is None:
        return replace(common, open=(_shown("Domain", said["domain"]),))
    path = posixpath.normpath(posixpath.join("/", said["keyfile"]))  # services start in `/`
    keys = (SigningKey(d, said.get("selector", "default"), path) for d in listed)
    return replace(common, keys=tuple(dict.fromkeys(keys)))


def _wrong(said: dict[str, str]) -> str:
    """Why OpenDKIM does not start with these settings, in its own words."""
    if "include" in said:
        return ""
    if said.get("signingtable") and not said.get("keytable"):
        return "use of SigningTable requires KeyTable"
    if said.get("keytable") and not (said.get("signingtable") or said.get("setuppolicyscript")):
        return "KeyTable requires either SigningTable or SetupPolicyScript"
    if not said.get("keytable") and bool(said.get("keyfile")) != bool(said.get("selector")):
        return "KeyFile and Selector must both be defined or both be undefined"
    return ""


def _listed(value: str, texts: dict[str, str | None]) -> list[str] | None:
    """The domains that `Domain` names, itself or in a text; None where they cannot be known."""
    kind = value.partition(":")[0]
    if path_of(value) or kind == "csl":
        found = pairs(value, texts)
        names = None if found is None else [name for name, _ in found]
    else:
        names = None if kind != value else split_list(value)
    if names is None or any("*" in name for name in names):
        return None
    return [d for name in names if (d := domain(name))]


def _tabled(said: dict[str, str], texts: dict[str, str | None], common: OpenDkim) -> OpenDkim:
    key_table, signing_table = said["keytable"], said.get("signingtable", "")
    keys, rows = pairs(key_table, texts), pairs(signing_table, texts)
    unread = [_shown("KeyTable", key_table)] if keys is None else []
    if signing_table and rows is None:
        unread.append(_shown("SigningTable", signing_table))
    table = named_keys(keys or ())
    found = replace(
        common,
        open=tuple(unread),
        key_file=path_of(key_table),
        row_file=path_of(signing_table),
        table=table,
        rows=signing_rows(rows or ()),
        patterns=patterned(signing_table),
        key_patterns=patterned(key_table),
        multiple=said.get("multiplesignatures", "").lower() in _YES,
    )
    return replace(found, keys=tuple(_known(found)))


def _known(found: OpenDkim) -> Iterator[SigningKey]:
    """The keys for domains that the tables name: all of them where nothing chooses."""
    literal = {k.domain: None for k in found.table if k.domain not in ("", "%")}
    if not found.rows:
        rows = (k for k in found.table if k.domain in literal and k.path)
        yield from dict.fromkeys(SigningKey(k.domain, k.selector, k.path) for k in rows)
        return
    named = (domain(row.pattern.rpartition("@")[2]) for row in found.rows)
    for name in [*dict.fromkeys((*filter(None, named), *literal))][:_MAX_DOMAINS]:
        yield from (key for key in chosen(found, name).keys if key.domain == name)


def _shown(name: str, value: str) -> str:
    """A setting for people: of a database only the kind, since passwords stand there too."""
    kind, colon, _ = value.partition(":")
    return f"{name} {value if path_of(value) or not colon else f'{kind}:…'}"[:200]
