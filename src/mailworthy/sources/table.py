"""The sender table: what a customer publishes so that a service may send in its name.

The data is in `senders/` beside this module; each entry names the page that it rests on.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from difflib import get_close_matches
from enum import StrEnum
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

import msgspec

from mailworthy.errors import UsageError

_BLANK = re.compile(r"\{([a-z][a-z0-9-]*)\}")


class RecordType(StrEnum):
    """The types of record that a service asks for."""

    CNAME = "CNAME"
    MX = "MX"
    NS = "NS"
    TXT = "TXT"


class KeyType(StrEnum):
    """How a DKIM key is published: as a pointer to the service, or as the key itself."""

    CNAME = "CNAME"
    TXT = "TXT"


class ReturnPath(StrEnum):
    """Whose domain the service puts into MAIL FROM, once it is set up."""

    OWN = "own"
    SUBDOMAIN = "subdomain"
    CUSTOMER = "customer"


class Check(StrEnum):
    """What can align with the From domain (RFC 9989 §4.4)."""

    SPF = "spf"
    DKIM = "dkim"


class ServiceKind(StrEnum):
    """What a service is for its customers."""

    MAILBOX = "mailbox"
    HOSTING = "hosting"
    GATEWAY = "gateway"  # security: mail passes through it
    FORWARDER = "forwarder"
    LIST = "list"  # discussion lists
    TRANSACTIONAL = "transactional"
    NEWSLETTER = "newsletter"  # and the automation of marketing
    CRM = "crm"
    OUTREACH = "outreach"
    HELPDESK = "helpdesk"
    SHOP = "shop"
    WEBSITE = "website"
    FORMS = "forms"
    EVENTS = "events"
    OFFICE = "office"  # documents, billing, staff, projects
    COMMUNITY = "community"
    ALERTS = "alerts"

    @property
    def passes_on(self) -> bool:
        """Whether mail of others leaves such a service, forwarded or by way of a list."""
        return self in _PASSING_ON


_PASSING_ON = frozenset(
    {
        ServiceKind.MAILBOX,
        ServiceKind.HOSTING,
        ServiceKind.GATEWAY,
        ServiceKind.FORWARDER,
        ServiceKind.LIST,
    }
)


class DkimPattern(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One key record at `selector` below `_domainkey`; both texts may hold `{…}` blanks."""

    selector: str
    type: KeyType
    value: str


class ReturnPathRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One record for bounces; `name` is relative to the customer's domain."""

    name: str
    type: RecordType
    value: str


class Sender(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A service; what its pages do not say is None or empty, and means "not known".

    By `signs`, `selectors`, `envelope` and `ptr` its mail is known in reports: the domains with
    which it signs itself, shell patterns of selectors that only its customers have, its domains
    in MAIL FROM and its reverse names, each with all below it. `via` is the name of the service
    whose machines it uses.
    """

    name: str
    title: str
    kind: ServiceKind
    source: str
    read: date
    aliases: tuple[str, ...] = ()
    signs: tuple[str, ...] = ()
    selectors: tuple[str, ...] = ()
    envelope: tuple[str, ...] = ()
    ptr: tuple[str, ...] = ()
    via: str | None = None
    spf: tuple[str, ...] = ()
    dkim: tuple[DkimPattern, ...] = ()
    return_path: ReturnPath | None = None
    return_path_records: tuple[ReturnPathRecord, ...] = ()
    aligns: tuple[Check, ...] = ()
    help: str | None = None
    also: tuple[str, ...] = ()
    note: str | None = None


class _Tables(msgspec.Struct, forbid_unknown_fields=True):
    """The file as it stands: one table a sender, not yet looked into."""

    senders: dict[str, dict[str, Any]]


class UnknownSender(UsageError):
    """A name that the sender table does not hold."""


def parse(text: str) -> dict[str, Sender]:
    """The senders in TOML text, by name; anything that is not of their form is a UsageError."""
    try:
        tables = msgspec.convert(tomllib.loads(text), _Tables).senders
        entries = {name: {**entry, "name": name} for name, entry in tables.items()}
        return msgspec.convert(entries, dict[str, Sender])
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise UsageError(f"the sender table cannot be read: {error}") from error


@cache
def load() -> Mapping[str, Sender]:
    """The table that is shipped, by name; read once, not to be changed.

    Raises UsageError if two of its files hold one name.
    """
    found: dict[str, Sender] = {}
    folder = files("mailworthy.sources").joinpath("senders")
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        if file.name.endswith(".toml"):
            more = parse(file.read_text(encoding="utf-8"))
            if twice := found.keys() & more.keys():
                raise UsageError(f"the sender table has {', '.join(sorted(twice))} twice")
            found |= more
    return MappingProxyType(found)


@cache
def _by_word() -> Mapping[str, Sender]:
    """Every word that `find` understands: names, aliases and titles, in the form of `_word`."""
    found: dict[str, Sender] = {}
    for sender in load().values():
        for text in (sender.name, *sender.aliases, sender.title):
            found.setdefault(_word(text), sender)
    return found


def _word(text: str) -> str:
    """A name as it is compared: lower case, anything but letters, digits and + as one hyphen."""
    return re.sub(r"[^a-z0-9+]+", "-", text.casefold()).strip("-")


def find(name: str) -> Sender:
    """The sender of a name, alias or title, however written; UnknownSender suggests close ones."""
    words = _by_word()
    if (sender := words.get(_word(name))) is not None:
        return sender
    near = get_close_matches(_word(name), words, n=5)
    close = dict.fromkeys(words[word].name for word in near)
    hint = f"; did you mean {', '.join(list(close)[:3])}?" if close else ""
    raise UnknownSender(
        f"no sender {name!r} in the table{hint or ';'} `mailworthy init --list-senders` prints it; "
        "mailworthy.toml also takes one that is spelt out, "
        'senders = [{ include = "spf.news.example" }]'
    )


def blanks(sender: Sender) -> tuple[str, ...]:
    """The blanks that the customer's account must supply, each once, in order of appearance.

    `domain` and `domain-dashes` are not among them: `fill` makes them from the domain.
    """
    names = (name for text in _texts(sender) for name in _BLANK.findall(text))
    return _once(name for name in names if name not in _own(""))


def fill(pattern: str, domain: str, given: Mapping[str, str]) -> str:
    """A pattern with its blanks filled: from the customer's `domain`, then from `given`.

    A blank that neither knows is a UsageError that names it.
    """
    values = {**given, **_own(domain)}
    if missing := [name for name in _BLANK.findall(pattern) if name not in values]:
        raise UsageError(f"{pattern!r} needs a value for {', '.join(_once(missing))}")
    return _BLANK.sub(lambda blank: values[blank[1]], pattern)


def _own(domain: str) -> dict[str, str]:
    """The blanks that follow from the customer's domain."""
    return {"domain": domain, "domain-dashes": domain.replace(".", "-")}


def _once(names: Iterable[str]) -> tuple[str, ...]:
    """The names without repeats, in order."""
    return tuple(dict.fromkeys(names))


def _texts(sender: Sender) -> Iterator[str]:
    """Every text of a sender that may hold blanks."""
    yield from sender.spf
    for key in sender.dkim:
        yield from (key.selector, key.value)
    for record in sender.return_path_records:
        yield from (record.name, record.value)
