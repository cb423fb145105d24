"""TXT records that somebody meant to be SPF records."""

import re

from mailworthy.audit.rules.spf._shared import Spf
from mailworthy.spf.record import is_spf, parse

_QUOTES = "\"'“”\x93\x94"
_HEAD = 80  # a version stands at the beginning or nowhere
# A word that only SPF records have; many a service's proof of ownership has "spf" in its name.
_TELLING = re.compile(
    r"v=spf1|[+\-?~]all\b|\ball[\"']?\Z|\b(?:ip4|ip6|include|exists|a|mx):|\bredirect=|\smx\b",
    re.IGNORECASE,
)


def almost(spf: Spf) -> list[str]:
    """The texts at the name that were meant to be SPF records and are none."""
    return [t for t in spf.texts if not is_spf(t) and _meant(t)]


def _meant(text: str) -> bool:
    return parse(text[:_HEAD]).has("almost-spf") and bool(_TELLING.search(text))


def quoted(text: str) -> bool:
    """Whether it is quotation marks that spoil the text."""
    head = text.lstrip()
    return head[:1] in _QUOTES or head.encode("latin-1", "replace")[:3] in (
        b"\xe2\x80\x9c",
        b"\xe2\x80\x9d",
    )
