"""Who a message says it is from, and who it is from."""

import re

from mailworthy.message.author import Author, Mailbox
from mailworthy.message.encodedword import decoded
from mailworthy.names import printable, readable
from mailworthy.receive.evidence import Evidence

_SHOWN = 100
_NAME = 40
_MOST = 3
_STEERING = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")  # no letters


def rows(evidence: Evidence) -> list[tuple[str, str]]:
    """Label and text, printable."""
    return [
        ("It says it is from", _author(evidence.author)),
        ("It really came from", _client(evidence)),
        ("Bounces go to", _path(evidence)),
        ("Proven to be from", _proven(evidence)),
    ]


def _author(author: Author) -> str:
    shown = _several([_address(box) for box in author.mailboxes])
    if author.fault is None:
        return shown
    return f"{shown or 'nobody'} ({author.fault})"


def _address(box: Mailbox) -> str:
    """With the name that mail programs show in its place."""
    address = readable(f"{box.local}@{box.domain or box.written}", _SHOWN)
    name = " ".join(_STEERING.sub("", decoded(box.display)).split())
    return f'"{readable(name, _NAME)}" <{address}>' if name else address


def _several(texts: list[str]) -> str:
    more = f" and {len(texts) - _MOST} more" if len(texts) > _MOST else ""
    return ", ".join(texts[:_MOST]) + more


def _client(evidence: Evidence) -> str:
    iprev, helo = evidence.iprev, printable(evidence.envelope.helo, _SHOWN)
    name = f" ({printable(iprev.name, _SHOWN)})" if iprev.name else ""
    if not iprev.name and iprev.names:  # whoever has an address can give it any name
        name = f" (alleged name: {printable(iprev.names[0].name, _SHOWN)})"
    if not helo or (iprev.name and iprev.name == evidence.helo.name):
        return f"{iprev.ip}{name}"
    return f"{iprev.ip}{name}, calling itself {helo}"


def _path(evidence: Evidence) -> str:
    return readable(evidence.envelope.mail_from, _SHOWN) or "nobody: the return path is empty"


def _proven(evidence: Evidence) -> str:
    return _several([f"{name} ({', '.join(how)})" for name, how in proofs(evidence)]) or "nobody"


def proofs(evidence: Evidence) -> list[tuple[str, list[str]]]:
    """The domains that authenticated the message, each with the mechanisms, printable."""
    found: dict[str, list[str]] = {}
    if evidence.spf.result == "pass":
        found.setdefault(evidence.spf.domain, []).append("SPF")
    for signature in evidence.dkim.passed:
        how = found.setdefault(signature.domain, [])
        if signature.counts and "DKIM" not in how:
            how.append("DKIM")
    return [(printable(name, _SHOWN), how) for name, how in found.items() if how]
