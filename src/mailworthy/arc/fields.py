"""The three header fields of an ARC Set, read (RFC 8617 §4.1)."""

import re

import msgspec

from mailworthy.dkim.signature import MAX_OCTETS, Fault, Signature, require, signed, tags
from mailworthy.message.lexer import Kind, decode, tokens
from mailworthy.parsed import Parsed

RESULTS = b"arc-authentication-results"
MESSAGE_SIGNATURE = b"arc-message-signature"
SEAL = b"arc-seal"

_PREFIX = re.compile(r"[ \t\r\n]*i[ \t\r\n]*=[ \t\r\n]*([0-9]{1,2})[ \t\r\n]*;")
_POSITION = re.compile(r"[0-9]{1,2}")
_SIGNATURE_TAGS = ("a", "b", "bh", "d", "h", "s")
_SEAL_TAGS = ("a", "b", "d", "s", "t")  # all but the last must be there
_SPACE = " \t\r\n"
_BROKEN: Parsed[Signature] = Parsed(None)


class ArcField(msgspec.Struct, frozen=True):
    """One field; `instance` is None where it cannot be told.

    `text` is what an ARC-Authentication-Results holds after its instance. `signature` is that of
    the other two, `status` the cv= of an ARC-Seal in lower case and `names_fields` whether it has
    the h= that it must not have (RFC 8617 §4.1.3).
    """

    instance: int | None
    text: str = ""
    signature: Parsed[Signature] = _BROKEN
    status: str = ""
    names_fields: bool = False


def read_results(value: bytes) -> ArcField:
    """ARC-Authentication-Results (RFC 8617 §4.1.1): `i=`, which comes first, and the rest."""
    found = _prefix(decode(value))
    return ArcField(None) if found is None else ArcField(*found)


def read_message_signature(value: bytes) -> ArcField:
    """ARC-Message-Signature (RFC 8617 §4.1.2). Never raises; linear.

    As in DKIM, but for i= and for v=, which is ignored. Validators agree on more than the RFC
    says: h= need name neither From nor any field at all, and without c= both canonicalizations
    are relaxed, where RFC 6376 §3.5 has simple.
    """
    try:
        found = _tags(value)
    except Fault as fault:
        return _unreadable(value, fault)
    instance = _position(found.pop("i", ""))
    try:
        require(found, _SIGNATURE_TAGS)
        return ArcField(instance, signature=Parsed(signed(_settled(found))))
    except Fault as fault:
        return ArcField(instance, signature=Parsed(None, (fault.problem,)))


def read_seal(value: bytes) -> ArcField:
    """ARC-Seal (RFC 8617 §4.1.3). Never raises; linear. Tags that it does not have are ignored."""
    try:
        found = _tags(value)
    except Fault as fault:
        return _unreadable(value, fault)
    instance = _position(found.get("i", ""))
    status = found.get("cv", "").lower()
    wanted = {name: text for name, text in found.items() if name in _SEAL_TAGS}
    try:
        require(wanted, _SEAL_TAGS[:-1])
        signature = Parsed(signed(wanted))
    except Fault as fault:
        signature = Parsed(None, (fault.problem,))
    return ArcField(instance, "", signature, status, "h" in found)


def _unreadable(value: bytes, fault: Fault) -> ArcField:
    """A field without tags belongs to a set all the same if it begins with i=, as it should."""
    found = _prefix(decode(value))
    return ArcField(found and found[0], signature=Parsed(None, (fault.problem,)))


def _tags(value: bytes) -> dict[str, str]:
    """The tags by name. RFC 8617 §3.9 allows comments around i=, DKIM knows none."""
    if b"(" in value:
        found = _prefix(decode(value))
        if found is not None:
            value = f"i={found[0]};{found[1]}".encode("utf-8", "surrogateescape")
    return tags(value)


def _settled(found: dict[str, str]) -> dict[str, str]:
    """The tags as validators read them: c= filled in, and h= without empty names."""
    names = [name for name in found["h"].split(":") if name.strip(_SPACE)]
    if any(name.strip(_SPACE).lower() == SEAL.decode() for name in names):
        raise Fault("bad-h", "h= names ARC-Seal, which no ARC-Message-Signature may sign")
    settled = {"c": "relaxed/relaxed", **found, "h": ":".join(names)}
    if not names:
        del settled["h"]
    return settled


def _position(text: str) -> int | None:
    return int(text) if _POSITION.fullmatch(text) else None


def _prefix(text: str) -> tuple[int, str] | None:
    """The instance that a field begins with, and what follows its semicolon (RFC 8617 §3.9)."""
    plain = _PREFIX.match(text)
    if plain:
        return int(plain[1]), text[plain.end() :]
    if "(" not in text:
        return None
    found = [t for t in tokens(text[:MAX_OCTETS], ";=") if t.kind is not Kind.COMMENT][:4]
    if len(found) < 4 or [found[0].text, found[1].text, found[3].text] != ["i", "=", ";"]:
        return None
    instance = _position(found[2].text) if found[2].kind is Kind.ATOM else None
    return None if instance is None else (instance, text[found[3].end :])
