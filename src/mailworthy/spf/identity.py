"""The identities that SPF checks, and names as SMTP clients give them (RFC 7208 §2.3, §2.4)."""

import re
from enum import StrEnum
from functools import lru_cache

import msgspec

from mailworthy.names import MAX_NAME, BadName, labels, to_ascii, too_long
from mailworthy.spf.macro import name_of

MAX_TEXT = 512  # RFC 5321 §4.5.3.1: a path has 256 octets at most
_TOPLABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")


class Scope(StrEnum):
    """Where an identity comes from, as Authentication-Results and Received-SPF name it."""

    MAIL_FROM = "mailfrom"
    HELO = "helo"


class Identity(msgspec.Struct, frozen=True):
    """What to hand to check_host(): the <domain> and the <sender>."""

    scope: Scope
    domain: str
    sender: str


def mail_from_identity(reverse_path: str, helo: str) -> Identity:
    """The "MAIL FROM" identity, with or without angle brackets (§2.4).

    For the null reverse-path it is postmaster at the HELO name. A source route is left out
    (RFC 5321 §4.1.1.3).
    """
    path = reverse_path.strip()
    if path.startswith("<") and path.endswith(">"):
        path = path[1:-1]
    if path.startswith("@") and "@" in path.partition(":")[2]:
        path = path.partition(":")[2]
    if not path:
        return Identity(Scope.MAIL_FROM, helo, f"postmaster@{helo}")
    return Identity(Scope.MAIL_FROM, path.rpartition("@")[2], path)


def helo_identity(helo: str) -> Identity:
    """The "HELO" identity (§2.3)."""
    return Identity(Scope.HELO, helo, f"postmaster@{helo}")


def complete(sender: str, domain: str) -> str:
    """The <sender> with a local part, "postmaster" where it has none, and A-labels (§4.3).

    What no path may be long enough to hold is cut, so that macros stay cheap.
    """
    local, at, host = sender.rpartition("@")
    host = host if at else sender or domain
    return f"{local[:MAX_TEXT] or 'postmaster'}@{a_labels(host)}"


def domain_of(text: str) -> str | None:
    """A domain as an SMTP client gives it, in the inside form; None if it is malformed (§4.3).

    Addresses and address literals are: they do not end in a top-level domain (§4.8, §7.1).
    """
    return _domain(text) if len(text) <= MAX_TEXT else None


@lru_cache(maxsize=4096)
def _domain(text: str) -> str | None:
    name = a_labels(text).removesuffix(".")
    if len(name) > MAX_NAME or name.endswith(".") or not name.isascii():
        return None
    inside = name_of(name)
    top = inside.rpartition(".")[2]
    fits = is_domain(inside) and _TOPLABEL.fullmatch(top) and not top.isdigit()
    return inside if fits else None


def is_domain(name: str) -> bool:
    """Whether a name, in the inside form, may be the <domain> of check_host() (§4.3): it has
    several labels, none of them empty or too long."""
    return len(labels(name)) > 1 and not too_long(name)


def a_labels(text: str) -> str:
    """The text with U-labels as A-labels (RFC 8616 §4), cut to what a path can hold.

    Labels that cannot be converted stay: they are malformed, which shows when the name is used.
    """
    if text.isascii():
        return text[:MAX_TEXT]
    return ".".join(map(_a_label, text[:MAX_TEXT].split(".")))


def _a_label(label: str) -> str:
    if label.isascii():
        return label
    try:
        return to_ascii(label)
    except BadName:
        return label
