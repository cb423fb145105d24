"""What replies of receivers mean, by who said it and in which words; the data is in `replies/`.

Codes collide: 5.7.26 is one thing at Gmail and another by RFC 7372. So a provider's own words go
first, then its codes, then words that many use, then the codes of RFC 3463.
"""

import tomllib
from collections.abc import Iterator
from datetime import date
from functools import cache
from importlib.resources import files

import msgspec

from mailworthy.errors import UsageError
from mailworthy.names import is_within, normalize
from mailworthy.sendtest.reply import Reply

ANY = "any"  # whoever it is
NOBODY = "postfix"  # the sending server itself, which had no reply
_WORDS = 9  # words go before any code


class Provider(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who runs mail servers: `hosts` are the domains that their names lie in; `profile` is that
    of `receive.load` for it."""

    title: str
    hosts: tuple[str, ...] = ()
    profile: str = ""


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One reply: `codes` are reply codes or enhanced ones, of which one has to be there; `text`
    are phrases in lower case, of which one has to be there. Empty ones say nothing. Of several
    entries with phrases the first counts."""

    meaning: str
    todo: str
    source: str
    date: date
    codes: tuple[str, ...] = ()
    text: tuple[str, ...] = ()


class Meaning(msgspec.Struct, frozen=True):
    """What a reply means, for people, and what to do; `provider` is empty for one not known."""

    provider: str
    title: str
    meaning: str
    todo: str
    source: str
    date: date


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    provider: dict[str, Provider] = {}
    replies: dict[str, tuple[Entry, ...]] = {}


class Table(msgspec.Struct, frozen=True):
    """All providers, and all replies by provider."""

    providers: dict[str, Provider]
    replies: dict[str, tuple[Entry, ...]]

    def provider(self, host: str) -> str:
        """The key of whoever runs a host; empty where nobody knows."""
        name = normalize(host)
        for key, provider in self.providers.items():
            if any(is_within(name, each) for each in provider.hosts):
                return key
        return ""


def title(host: str) -> str:
    """Who runs a host, as people call it; empty where nobody knows."""
    table = load()
    key = table.provider(host) if host else ""
    return table.providers[key].title if key else ""


def parse(text: str) -> _File:
    """One file of the table. Raises UsageError for what is not of its form."""
    try:
        return msgspec.convert(tomllib.loads(text), _File)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise UsageError(f"the table of replies cannot be read: {error}") from error


@cache
def load() -> Table:
    """The table that is shipped."""
    providers: dict[str, Provider] = {}
    replies: dict[str, tuple[Entry, ...]] = {}
    for each in _files():
        providers |= each.provider
        for key, entries in each.replies.items():
            replies[key] = (*replies.get(key, ()), *entries)
    return Table(providers, replies)


def _files() -> Iterator[_File]:
    folder = files("mailworthy.sendtest").joinpath("replies")
    for file in sorted(folder.iterdir(), key=lambda each: each.name):
        if file.name.endswith(".toml"):
            yield parse(file.read_text(encoding="utf-8"))


def explain(reply: Reply, table: Table | None = None) -> Meaning | None:
    """What a reply means; None for one that nobody has described."""
    known = load() if table is None else table
    key = known.provider(reply.host)
    for owner in _owners(key, reply):
        entry = _best(known.replies.get(owner, ()), reply)
        if entry is not None:
            title = known.providers[key].title if key else ""
            return Meaning(key, title, entry.meaning, entry.todo, entry.source, entry.date)
    return None


def _owners(key: str, reply: Reply) -> Iterator[str]:
    """Whose entries may speak, the nearest first."""
    if reply.code == 0:
        yield NOBODY
    if key:
        yield key
    yield ANY


def _best(entries: tuple[Entry, ...], reply: Reply) -> Entry | None:
    """The first entry of which a phrase is there, else the one that names the code best."""
    text = " ".join(reply.text.lower().split())
    found = [(rank, -place) for place, e in enumerate(entries) if (rank := _rank(e, reply, text))]
    return entries[-max(found)[1]] if found else None


def _rank(entry: Entry, reply: Reply, text: str) -> int:
    """How well an entry fits; 0 where it does not."""
    code = _code(entry.codes, reply)
    if entry.codes and not code:
        return 0
    if entry.text:
        return _WORDS if any(_says(text, phrase) for phrase in entry.text) else 0
    return code


def _says(text: str, phrase: str) -> bool:
    """Whether a phrase is there, and is not the end of another word."""
    at = text.find(phrase)
    while at > 0 and phrase[0].isalnum() and text[at - 1].isalnum():
        at = text.find(phrase, at + 1)
    return at >= 0


def _code(codes: tuple[str, ...], reply: Reply) -> int:
    """How exactly the code of a reply is named: wholly, by subject (`x.7.x`), or not at all."""
    names = {str(reply.code): 1, reply.enhanced: 5}
    if reply.enhanced:
        kind, subject, detail = reply.enhanced.split(".")
        names |= {f"x.{subject}.{detail}": 4, f"{kind}.{subject}.x": 3, f"x.{subject}.x": 2}
    return max((names.get(each, 0) for each in codes), default=0)
