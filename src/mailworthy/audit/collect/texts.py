"""Asking for TXT records of a kind."""

from collections.abc import Callable
from typing import TypeVar

from mailworthy.audit.evidence import Published, Read
from mailworthy.audit.part import Part, part
from mailworthy.lookup.model import Answer, Asking, look
from mailworthy.parsed import Parsed

T = TypeVar("T")


def published(
    answer: Answer, is_kind: Callable[[str], bool], parse: Callable[[str], Parsed[T]]
) -> Part[Published[T]]:
    """Sort the TXT records of an answer into those of a kind and the rest."""
    return part(
        answer,
        lambda: Published(
            answer.ask.name,
            answer,
            tuple(Read(text, parse(text)) for text in answer.records if is_kind(text)),
        ),
    )


def texts_at(
    name: str, is_kind: Callable[[str], bool], parse: Callable[[str], Parsed[T]]
) -> Asking[Part[Published[T]]]:
    """Ask for the TXT records at a name, and sort them."""
    answer = yield from look(name, "TXT")
    return published(answer, is_kind, parse)


def claims(version: str) -> Callable[[str], bool]:
    """Whether a text claims to be of a version, however badly written: `v = spf1` counts too."""

    def is_kind(text: str) -> bool:
        head = "".join(text[:40].split()).lower()
        return head.startswith(f"v={version.lower()}")

    return is_kind
