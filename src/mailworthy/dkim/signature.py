"""The DKIM-Signature header field: its tags as values (RFC 6376 §3.5, RFC 8616 §5)."""

import re
from functools import lru_cache

import msgspec

from mailworthy import taglist
from mailworthy.dkim.canonical import Canonicalization
from mailworthy.dkim.material import decode
from mailworthy.names import BadName, is_within, printable, to_ascii, too_long
from mailworthy.parsed import Parsed, Problem

MAX_OCTETS = 16384
MAX_NAMES = 1000
FOREVER = 10**12  # RFC 6376 §3.5 t=: more than twelve digits may be taken for infinite
REQUIRED = ("v", "a", "b", "bh", "d", "h", "s")
ALGORITHMS = {"rsa-sha256": "rsa", "ed25519-sha256": "ed25519", "rsa-sha1": "rsa"}
_KNOWN = frozenset((*REQUIRED, "c", "i", "l", "q", "t", "x", "z"))
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_SPACES = re.compile(r"[ \t\r\n]+")
_SPACE = " \t\r\n"
_NUMBER = re.compile(r"[0-9]{1,76}")
_FIELD = re.compile(r"[\x21-\x39\x3b-\x7e]+")
_ENCODED = re.compile(r"=([0-9A-F]{2})")


class Signature(msgspec.Struct, frozen=True):
    """A DKIM-Signature that can be evaluated.

    `d` and `s` are A-labels in the inside form and `d_written` what the field has; `h` holds
    the names in lower case, as often and in the order given. `i` is the AUID, decoded,
    `i_domain` its domain. `l`, `t` and `x` are None where the tag is left out. `bh` and `h` are
    empty only for an ARC-Seal, which signs neither a body nor fields of its choice.
    """

    a: str
    b: bytes
    bh: bytes
    d: str
    h: tuple[bytes, ...]
    s: str
    i: str
    i_domain: str
    header: Canonicalization = Canonicalization.SIMPLE
    body: Canonicalization = Canonicalization.SIMPLE
    l: int | None = None  # noqa: E741 - the name of the tag
    t: int | None = None
    x: int | None = None
    d_written: str = ""

    @property
    def key_type(self) -> str:
        """What k= of the key record has to be."""
        return ALGORITHMS[self.a]

    @property
    def hash_name(self) -> str:
        """What h= of the key record has to allow."""
        return self.a.rpartition("-")[2]

    @property
    def key_name(self) -> str:
        """Where the key record is (RFC 6376 §3.6.2.1)."""
        return f"{self.s}._domainkey.{self.d}"


class Fault(Exception):
    """Carries a problem to `parse`, or to the reader of another such field, and no farther."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code)
        self.problem = Problem(code, message)


def parse(value: bytes) -> Parsed[Signature]:
    """Read the value of a DKIM-Signature field. Never raises; linear in its length.

    There is a record only if nothing is wrong, since RFC 6376 §6.1.1 wants no leniency. Problem
    codes: too-long, bad-character, bad-tag-list, missing-tag, bad-version, unknown-algorithm,
    unknown-canonicalization, unknown-query, bad-base64, bad-domain, bad-selector, bad-h,
    too-many-names, from-not-signed, bad-identity, identity-mismatch, bad-number, bad-times.
    """
    try:
        return Parsed(_read(tags(value)))
    except Fault as fault:
        return Parsed(None, (fault.problem,))


def tags(value: bytes) -> dict[str, str]:
    """The tags by name. Raises only what `parse` catches."""
    if len(value) > MAX_OCTETS:
        raise Fault("too-long", f"the field has more than {MAX_OCTETS} octets")
    text = _text(value)
    found: dict[str, str] = {}
    pieces = text.split(";")
    if not pieces[-1].strip(_SPACE):
        pieces.pop()  # RFC 6376 §3.2: a semicolon may end the list
    for piece in pieces:
        name, equals, content = piece.partition("=")
        name = name.strip(_SPACE)
        if not equals or name in found or not (name in _KNOWN or _NAME.fullmatch(name)):
            raise _broken(text)
        found[name] = content.strip(_SPACE)
    return found


def peek(value: bytes) -> tuple[str, str]:
    """Domain and selector of a field that `parse` refuses, empty where they cannot be read."""
    try:
        found = tags(value)
        domain = _domain(found.get("d", ""), "bad-domain")
        return domain, _accepted(found.get("s", "")[:1024]) or ""
    except Fault:
        return "", ""


def _text(value: bytes) -> str:
    try:
        text = value.decode()
    except UnicodeDecodeError:
        raise Fault("bad-character", "the field is neither ASCII nor UTF-8") from None
    if not text.replace("\r\n", "").replace("\t", "").isprintable():
        raise Fault("bad-character", "the field holds a character that no tag may have")
    return text


def _broken(text: str) -> Fault:
    """The first thing that the thorough reader has against this list."""
    fatal = ("duplicate-tag", "missing-equals", "empty-name", "bad-name", "empty-tag")
    problems = [p.message for p in taglist.parse(text).problems if p.code in fatal]
    return Fault("bad-tag-list", problems[0] if problems else "too many tags")


def _read(found: dict[str, str]) -> Signature:
    require(found, REQUIRED)
    if found["v"] != "1":
        raise Fault("bad-version", f"v={printable(found['v'], 20)}: only version 1 is known")
    signature = signed(found)
    if b"from" not in signature.h:
        raise Fault("from-not-signed", "h= does not name From")
    if found.get("i", signature.i) == signature.i:
        return signature
    identity, domain = _identity(found["i"], signature.d)
    return msgspec.structs.replace(signature, i=identity, i_domain=domain)


def require(found: dict[str, str], names: tuple[str, ...]) -> None:
    """Raises Fault for the first tag that is missing."""
    for name in names:
        if name not in found:
            raise Fault("missing-tag", f"the tag {name}= is missing")


def signed(found: dict[str, str]) -> Signature:
    """What the tags say, v= and i= left aside; bh= and h= may be missing. Raises Fault."""
    if found["a"] not in ALGORITHMS:
        raise Fault("unknown-algorithm", f"a={printable(found['a'], 40)} is not known")
    header, body = _canonicalization(found.get("c", "simple/simple"))
    domain = _domain(found["d"], "bad-domain")
    _query(found.get("q", "dns/txt"))
    t, x = _moment(found, "t"), _moment(found, "x")
    if t is not None and x is not None and x <= t:
        raise Fault("bad-times", "x= does not lie after t=")
    return Signature(
        a=found["a"],
        b=_octets(found, "b"),
        bh=_octets(found, "bh") if "bh" in found else b"",
        d=domain,
        h=_names(found["h"]) if "h" in found else (),
        s=_domain(found["s"], "bad-selector"),
        i=f"@{found['d']}",
        i_domain=domain,
        header=header,
        body=body,
        l=_number(found, "l"),
        t=t,
        x=x,
        d_written=found["d"],
    )


_CANONICAL = {word.value: word for word in Canonicalization}


def _canonicalization(text: str) -> tuple[Canonicalization, Canonicalization]:
    header, slash, body = text.partition("/")
    if header in _CANONICAL and (body in _CANONICAL or not slash):
        return _CANONICAL[header], _CANONICAL[body or "simple"]
    raise Fault("unknown-canonicalization", f"c={printable(text, 40)} is not known")


def _query(text: str) -> None:
    if text != "dns/txt" and "dns/txt" not in [way.strip(_SPACE) for way in text.split(":")]:
        raise Fault("unknown-query", f"q={printable(text, 40)} does not name dns/txt")


def _octets(found: dict[str, str], name: str) -> bytes:
    octets = decode(_SPACES.sub("", found[name]))
    if not octets:
        raise Fault("bad-base64", f"{name}= is not base64, or empty")
    return octets


def _number(found: dict[str, str], name: str) -> int | None:
    if name not in found:
        return None
    if not _NUMBER.fullmatch(found[name]):
        raise Fault("bad-number", f"{name}= is not a decimal number")
    return int(found[name])


def _moment(found: dict[str, str], name: str) -> int | None:
    number = _number(found, name)
    return None if number is None else min(number, FOREVER)


@lru_cache(maxsize=4096)
def _accepted(text: str) -> str | None:
    if text.endswith("."):
        return None
    try:
        name = to_ascii(text)
    except BadName:
        return None
    return None if too_long(name) else name


def _domain(text: str, code: str) -> str:
    """RFC 6376 §3.5, and RFC 8616 §5 for U-labels."""
    name = _accepted(text) if len(text) < 1024 else None
    if name is None or (code == "bad-domain" and "." not in name):
        raise Fault(code, f"{printable(text, 60) or 'an empty text'} is no name in DNS")
    return name


@lru_cache(maxsize=512)
def _names(text: str) -> tuple[bytes, ...]:
    # Only ASCII has a lower case here: that of the Kelvin sign would be a "k".
    names = [n.strip(_SPACE) for n in (text.lower() if text.isascii() else text).split(":")]
    if len(names) > MAX_NAMES:
        raise Fault("too-many-names", f"h= has more than {MAX_NAMES} names")
    for name in names:
        if not _FIELD.fullmatch(name):
            shown = printable(name, 40) or "an empty text"
            raise Fault("bad-h", f"{shown} in h= is no name of a header field")
    return tuple([name.encode() for name in names])


def _identity(text: str, domain: str) -> tuple[str, str]:
    decoded = _ENCODED.sub(lambda m: chr(int(m[1], 16)), _SPACES.sub("", text))
    local, at, right = decoded.rpartition("@")
    name = _accepted(right) if len(right) < 1024 else None
    if not at or name is None:
        raise Fault("bad-identity", f"i={printable(decoded, 60)} is no address")
    if not is_within(name, domain):
        shown = printable(right, 60)
        raise Fault("identity-mismatch", f"i= names {shown}, which does not lie in d=")
    return f"{local}@{right}", name


def without_b(line: bytes) -> bytes:
    """A DKIM-Signature field with an empty b= (RFC 6376 §3.7), all else as it stands."""
    colon = line.find(b":") + 1
    pieces = line[colon:].split(b";")
    for index, piece in enumerate(pieces):
        name, equals, _ = piece.partition(b"=")
        if name.strip(b" \t\r\n") == b"b":
            pieces[index] = name + equals
            break
    return line[:colon] + b";".join(pieces)
