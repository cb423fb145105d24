"""Which names of a zone that exists may be closed unasked, and which only its owner can judge."""

import re
from collections.abc import Iterable

import msgspec

from mailworthy.domain.intent import Intent
from mailworthy.domain.records.bystanders import unmarked
from mailworthy.domain.records.signs import signs_of_mail
from mailworthy.domain.recordset import Record
from mailworthy.names import labels

# First labels that stand for web pages and nothing else.
_WEB = frozenset(("www", "www1", "www2", "web", "static", "assets", "cdn", "img", "images"))
_WEB |= {"mta-sts", "autoconfig", "autodiscover"}
_MAIL = re.compile(r"(?:mail|webmail|smtp|mx|mta|relay|out|imap|pop)[0-9]*")
_SHOWN = 12


class Bystanders(msgspec.Struct, frozen=True):
    """The names that are safe to close, below the domain, and what a person must decide."""

    closed: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def bystanders(
    domain: str, intent: Intent, foreign: Iterable[Record], known: Iterable[Record]
) -> Bystanders:
    """Web names without any sign of mail; whatever else has an address is only told of.

    A server that sends needs no record that says so, so its owner has to be asked.
    """
    names = unmarked(intent, domain, foreign)
    called = {n: "its name says mail" for n in names if _MAIL.fullmatch(labels(n)[0])}
    signs = called | signs_of_mail(intent, domain, known)
    closed = [n for n in names if labels(n)[0] in _WEB and n not in signs]
    open_ = [_short(domain, n) for n in names if n not in closed and n not in signs]
    busy = [n for n in names if n in signs]
    return Bystanders(
        tuple(_short(domain, n) for n in closed),
        (
            *_asked(domain, open_, closed),
            *(f"{n} is left as it is: {signs[n]}" for n in busy[:_SHOWN]),
        ),
    )


def _asked(domain: str, names: list[str], closed: list[str]) -> tuple[str, ...]:
    if not names:
        return ()
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    listed = f"{', '.join(names[:_SHOWN])}{more}"
    example = ", ".join(f'"{n}"' for n in [*(_short(domain, c) for c in closed[:1]), names[0]])
    return (
        f"{listed}: an address and no mail records. Add those that neither send nor receive to "
        f'no_mail of [domains."{domain}"], as in no_mail = [{example}]: '
        "that closes them to forgers",
    )


def _short(domain: str, name: str) -> str:
    return name.removesuffix(f".{domain}")
