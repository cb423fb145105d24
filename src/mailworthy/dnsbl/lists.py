"""The lists that we know, in `lists.toml` beside this module, and those of the caller."""

import re
import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

import msgspec

from mailworthy.dnsbl.model import Dnsbl
from mailworthy.errors import UsageError
from mailworthy.names import is_within, normalize, printable

_KEY = re.compile(r"[a-z0-9]{1,63}")


class UnknownList(UsageError):
    """A word that is neither the id nor the zone of a list."""


class _Tables(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file as it stands: one table a list, not yet looked into."""

    lists: dict[str, dict[str, Any]]


def parse(text: str) -> dict[str, Dnsbl]:
    """The lists in TOML text, by id; anything that is not of their form is a UsageError."""
    try:
        tables = msgspec.convert(tomllib.loads(text), _Tables).lists
        entries = {name: {**entry, "id": name} for name, entry in tables.items()}
        return msgspec.convert(entries, dict[str, Dnsbl])
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise UsageError(f"the lists cannot be read: {error}") from error


@cache
def load() -> Mapping[str, Dnsbl]:
    """The lists that are shipped, closed ones too, by id; read once, not to be changed."""
    text = files("mailworthy.dnsbl").joinpath("lists.toml").read_text(encoding="utf-8")
    return MappingProxyType(parse(text))


@cache
def default() -> tuple[Dnsbl, ...]:
    """The lists that anybody may ask without registration and whose answers mean something.

    Their operators have terms (`Dnsbl.terms`): most refuse public resolvers.
    """
    return tuple(dnsbl for dnsbl in load().values() if dnsbl.asked)


def find(word: str) -> Dnsbl:
    """The list of an id or a zone; a zone below a closed one is closed with it.

    Raises UnknownList, naming close ones.
    """
    name = normalize(word.strip())
    if (dnsbl := load().get(name)) is not None:
        return dnsbl
    for dnsbl in load().values():
        if name == dnsbl.zone or (dnsbl.closed and is_within(name, dnsbl.zone)):
            return dnsbl
    near = get_close_matches(name, [*load(), *(d.zone for d in load().values())], n=3)
    hint = f"; did you mean {', '.join(near)}?" if near else ""
    raise UnknownList(f"{printable(word, 100)} is no list that is known here{hint}")


def with_key(dnsbl: Dnsbl, key: str) -> Dnsbl:
    """The list as its subscribers ask it, with `key` in its zone.

    The key is a secret, and stands in every question: answers and recordings hold it. Raises
    UsageError for a list without such a zone and for a text that can be no key.
    """
    if not dnsbl.keyed:
        raise UsageError(f"{dnsbl.title} has no zone for subscribers")
    if not _KEY.fullmatch(key.lower()):
        raise UsageError(f"a key of {dnsbl.title} is one word of letters and digits")
    return msgspec.structs.replace(dnsbl, zone=dnsbl.keyed.replace("{key}", key.lower()))
