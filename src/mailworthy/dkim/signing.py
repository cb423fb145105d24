"""Signing: RSA and Ed25519 side by side, oversigned, dated (RFC 6376 §5, RFC 8463 §6)."""

import base64
import hashlib
import re
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from mailworthy.dkim.canonical import Canonicalization
from mailworthy.dkim.hashing import Hashing
from mailworthy.dkim.judge import rsa_sha256
from mailworthy.dkim.private import private_key
from mailworthy.dkim.unfit import unfit
from mailworthy.errors import UsageError
from mailworthy.message.header import Message, read
from mailworthy.names import is_within, printable, to_ascii, too_long

if TYPE_CHECKING:
    from mailworthy.dkim.material import PrivateKey

# What a reader sees or replies to: signed once more than it is there, so that nobody adds one.
ALWAYS = ("from", "reply-to", "to", "cc", "subject")
# The same, but only where it is there: relays may add these where they are missing.
PRESENT = (
    *("sender", "date", "message-id", "in-reply-to", "references"),
    *("mime-version", "content-type", "content-transfer-encoding"),
    *("list-unsubscribe", "list-unsubscribe-post"),
)
# Signed as they are: lists and relays may put their own beside them (RFC 6376 §5.4.1).
PLAIN = (
    *("resent-date", "resent-from", "resent-sender", "resent-to", "resent-cc"),
    *("resent-message-id", "list-id", "list-help", "list-subscribe", "list-post"),
    *("list-owner", "list-archive", "content-id", "content-description", "autocrypt"),
)
MIN_BITS = 1024  # RFC 8301 §3.2
_FIELD = re.compile(r"[\x21-\x39\x3b\x3c\x3e-\x7e]{1,200}")
_WIDTH = 74
_MAX_INSTANCES = 20


class SigningKey(msgspec.Struct, frozen=True):
    """A private key and its selector, in the inside form; the secret is not shown."""

    selector: str
    key: "PrivateKey"

    @property
    def algorithm(self) -> str:
        """What a= says."""
        from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

        return "rsa-sha256" if isinstance(self.key, RSAPrivateKey) else "ed25519-sha256"

    def sign(self, data: bytes) -> bytes:
        """The octets of b= (RFC 6376 §3.3.2, RFC 8463 §3)."""
        digest = hashlib.sha256(data).digest()
        if self.algorithm == "rsa-sha256":
            return self.key.sign(digest, *rsa_sha256())  # type: ignore[call-arg]
        return self.key.sign(digest)  # type: ignore[call-arg]

    def __repr__(self) -> str:
        return f"<signing key {self.selector}, {self.algorithm}>"


def signing_key(selector: str, key: "bytes | str | PrivateKey") -> SigningKey:
    """A key from PEM or base64 text, or from the cryptography library.

    Raises UsageError for what is no key, or one that nobody would accept.
    """
    loaded = private_key(_octets(key)) if isinstance(key, bytes | str) else key
    if loaded is None:
        raise UsageError("this is no RSA or Ed25519 private key without a passphrase")
    bits = getattr(loaded, "key_size", MIN_BITS)
    if bits < MIN_BITS:
        raise UsageError(f"an RSA key of {bits} bits is refused everywhere: use 2048")
    return SigningKey(to_ascii(selector), loaded)


def _octets(key: bytes | str) -> bytes:
    return key.encode() if isinstance(key, str) else key


class Signer(msgspec.Struct, frozen=True):
    """Signs for one domain with one key or several.

    `domain` is in the inside form. `identity` is i=, left out if empty; `expires` is for how
    many seconds a signature holds (x=), None for ever. With `oversign` fields are signed once
    more than they are there (RFC 6376 §8.15); `fields` are other names to sign, beside
    From, in place of the usual ones.
    """

    domain: str
    keys: tuple[SigningKey, ...]
    header: Canonicalization = Canonicalization.RELAXED
    body: Canonicalization = Canonicalization.RELAXED
    identity: str = ""
    expires: int | None = None
    oversign: bool = True
    fields: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        if not self.keys:
            raise UsageError("signing needs a key")
        if self.expires is not None and self.expires <= 0:
            raise UsageError("a signature must hold for a second at least")
        for name in self.fields or ():
            if not _FIELD.fullmatch(name):
                raise UsageError(f"{printable(name, 40)} is no name of a header field")
        for key in self.keys:
            if too_long(f"{key.selector}._domainkey.{self.domain}"):
                raise UsageError(f"{printable(key.selector, 40)} makes too long a name")
        if self.identity and not _is_inside(self.identity, self.domain):
            raise UsageError(f"{printable(self.identity, 60)} does not lie in {self.domain}")

    def sign(self, message: bytes | Message, *, now: datetime) -> bytes:
        """The message with one DKIM-Signature field a key on top, all else as it was.

        Raises UsageError for a message with white space at its very beginning: nobody could verify
        it; and as `signatures` does.
        """
        signed = read(message)
        return on_top(signed, self.signatures(signed, now=now))

    def signatures(self, message: bytes | Message, *, now: datetime) -> bytes:
        """Only the DKIM-Signature fields, one a key, each ended by CRLF.

        Raises UsageError for a message that readers understand in different ways (see `unfit`):
        with no From or several, with a NUL or a lone CR in its header, with a line there that is
        no field.
        """
        hashing = Hashing(read(message))
        if (problem := unfit(hashing.message)) is not None:
            raise UsageError(problem.message)
        names = self.names(hashing.message)
        return b"".join([self._one(hashing, key, names, int(now.timestamp())) for key in self.keys])

    def names(self, message: Message) -> list[bytes]:
        """What goes into h=: every field that is there, and one more to keep others out."""
        wanted = self.fields
        if wanted is None:
            names = [n.encode() for n in (*ALWAYS, *PRESENT, *PLAIN)]
        else:
            names = list(dict.fromkeys([b"from", *[n.lower().encode() for n in wanted]]))
        found: list[bytes] = []
        for name in names:
            there = min(message.count(name), _MAX_INSTANCES)
            found += [name] * (there + self._more(name.decode(), there))
        return found

    def _more(self, name: str, there: int) -> int:
        if not self.oversign or name in PLAIN:
            return 0
        return int(bool(there) or name in ALWAYS or self.fields is not None)

    def _one(self, hashing: Hashing, key: SigningKey, names: list[bytes], now: int) -> bytes:
        first = [
            "v=1",
            f"a={key.algorithm}",
            f"c={self.header}/{self.body}",
            f"d={self.domain}",
            f"s={key.selector}",
            *([f"i={_quoted(self.identity)}"] if self.identity else []),
            f"t={now}",
            *([f"x={now + self.expires}"] if self.expires else []),
        ]
        own = unsigned("DKIM-Signature", first, covering(hashing, names, self.body))
        return own + b_value(key.sign(hashing.header(names, own, self.header)))


def on_top(message: Message, added: bytes) -> bytes:
    """What was given with fields added on top, their lines ended as its own are.

    Raises UsageError for a message that begins with white space: it would continue our field.
    """
    if message.header[:1] in (b" ", b"\t"):
        raise UsageError("a message that begins with a folded line cannot be signed")
    if message.lone_lf and b"\r\n" not in message.given:
        added = added.replace(b"\r\n", b"\n")
    at = message.given.find(b"\n") + 1 if message.header_at else 0  # below mbox's own line
    return message.given[:at] + added + message.given[at:]


def unsigned(name: str, first: list[str], rest: list[str]) -> bytes:
    """A field up to the value of b=: tags in a row, then those that have lines of their own."""
    head = _lines("; ".join(first), f"{name}: ")
    return "\r\n\t".join([f"{name}: {head};", *[f"{tag};" for tag in rest], "b="]).encode()


def covering(hashing: Hashing, names: list[bytes], body: Canonicalization) -> list[str]:
    """h= and bh=, which say what a signature is about."""
    h = _folded([f"{name.decode()}:" for name in names], 3)[:-1]
    return [f"h={h}", f"bh={base64.b64encode(hashing.body_hash(body)).decode()}"]


def b_value(octets: bytes) -> bytes:
    """The value of b=, folded, with the end of its field."""
    text = base64.b64encode(octets)
    return b"\r\n\t ".join([text[i : i + 72] for i in range(0, len(text), 72)]) + b"\r\n"


def _is_inside(identity: str, domain: str) -> bool:
    at, right = identity.rpartition("@")[1:]
    return bool(at) and identity.isprintable() and is_within(to_ascii(right), domain)


def _quoted(text: str) -> str:
    """dkim-quoted-printable (RFC 6376 §2.11), with RFC 8616 §5 for what is not ASCII."""
    return "".join(c if c > "~" or (c >= "!" and c not in "=;") else f"={ord(c):02X}" for c in text)


def _lines(text: str, before: str) -> str:
    """Tags on as many lines as they need; each tag stays whole."""
    pieces = [piece + "; " for piece in text.split("; ")]
    return _folded(pieces, len(before)).removesuffix("; ").replace(" \r\n", "\r\n")


def _folded(pieces: list[str], used: int) -> str:
    """Pieces in a row, with a fold before each that would make a line too long."""
    found: list[str] = []
    for piece in pieces:
        if found and used + len(piece) > _WIDTH:
            found.append("\r\n\t ")
            used = 2
        found.append(piece)
        used += len(piece)
    return "".join(found)
