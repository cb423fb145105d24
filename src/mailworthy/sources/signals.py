"""The rules by which a source is judged: each a small function with its sentence.

A rule looks at one View and returns a Signal or None. Anybody can choose an envelope, sign with a
domain of his own or attach a signature that fails, so no rule for `own` or `approved` rests on
these: only on addresses, on keys that are in our DNS, on our SPF record and on the user's word.
"""

from collections.abc import Callable
from enum import IntEnum, StrEnum
from typing import TypeAlias

import msgspec

from mailworthy.names import printable
from mailworthy.sources.facts import DkimCount
from mailworthy.sources.view import Holder, View


class Class(StrEnum):
    """Who sends."""

    OWN = "own"
    APPROVED = "approved"
    FORWARDER = "forwarder"
    UNKNOWN = "unknown"
    THREAT = "threat"


class Weight(IntEnum):
    """How much a signal says: hints add up, one proof is enough."""

    AGAINST = -1
    NOTE = 0
    HINT = 1
    STRONG = 2
    PROOF = 4


class Signal(msgspec.Struct, frozen=True):
    """What one rule found: for which class, how much it says, and the sentence for people."""

    speaks_for: Class
    weight: Weight
    sentence: str


Rule: TypeAlias = Callable[[View], Signal | None]


def known_keys(view: View) -> bool:
    """Whether a key that we know signed, as it does in mail of ours that was forwarded."""
    return any(found for holder, found in view.keys.items() if holder is not Holder.STRANGE)


def passing(view: View) -> bool:
    """Whether any message passes aligned."""
    return bool(view.aligned or view.named)


def named_keys(keys: tuple[DkimCount, ...]) -> str:
    """The DNS names of keys, for a sentence."""
    return listed(tuple(f"{d.selector}._domainkey.{d.domain}" for d in keys))


def listed(names: tuple[str, ...]) -> str:
    """The first names, made safe, and how many more there are."""
    text = ", ".join(safe(name) for name in names[:3])
    return f"{text} and {len(names) - 3} more" if len(names) > 3 else text


def safe(name: str) -> str:
    """A text from a report, printable and bounded."""
    return printable(name, 100)


def share(count: int, view: View) -> str:
    """A number beside the whole."""
    return f"{count} of {view.facts.messages} messages"


def day_count(count: int) -> str:
    """A number of days."""
    return "one day" if count == 1 else f"{count} days"
