"""DKIM private keys on disk, and the TLS keys that TLSA records stand for.

A private key is created once, with mode 0600 in a directory of mode 0700, is never shown and
never replaced. RSA keys are PKCS#8 in PEM. Ed25519 keys are the base64 of seed and public key,
as `rspamadm dkim_keygen` writes them: Rspamd up to 3.4 at least cannot sign with PEM ones.
"""

import base64
import os
import re
import secrets
import stat
from collections.abc import Iterable, Iterator
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from mailworthy.dkim.material import public_text
from mailworthy.dkim.private import private_key
from mailworthy.domain.dkimkey import DkimPublic
from mailworthy.domain.intent import Intent
from mailworthy.domain.regular import open_unwaiting, read_regular
from mailworthy.errors import UsageError
from mailworthy.names import is_fqdn, is_hostname, printable

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes

    from mailworthy.dkim.material import PrivateKey

RSA_BITS = 2048  # RFC 8301 §3.2; 4096 would not fit into a plain UDP answer
MAX_FILE = 65536
_OTHERS = 0o077  # any right for group or world


class KeyKind(StrEnum):
    """The algorithms of RFC 8301 and RFC 8463."""

    RSA = "rsa"
    ED25519 = "ed25519"


class TlsPins(msgspec.Struct, frozen=True):
    """SHA-256 digests (SPKI, hexadecimal) by host, and a line for every file not read."""

    by_host: dict[str, tuple[str, ...]]
    notes: tuple[str, ...] = ()


def key_path(directory: Path, domain: str, selector: str) -> Path:
    """Where the private key of a selector lies. Raises UsageError for impossible names."""
    if not is_fqdn(domain) or not is_hostname(selector):
        raise UsageError(f"{printable(f'{selector}._domainkey.{domain}')} is no place for a key")
    return directory / f"{domain}.{selector}.key"


def selectors_for(now: datetime) -> tuple[str, str]:
    """The dated selectors of a month, RSA first: `r202611`, `e202611`."""
    return f"r{now:%Y%m}", f"e{now:%Y%m}"


def kind_of(selector: str) -> KeyKind:
    """The kind of key that a selector of ours holds: `e` and a number is Ed25519."""
    return KeyKind.ED25519 if re.fullmatch(r"e[0-9]+|ed25519.*", selector) else KeyKind.RSA


class NewKey(msgspec.Struct, frozen=True):
    """A private key that is on no disk yet; its secret is not shown."""

    domain: str
    public: DkimPublic
    secret: bytes

    def __repr__(self) -> str:
        return f"<new key {self.public.selector}._domainkey.{self.domain}>"


class Plan(msgspec.Struct, frozen=True):
    """Public halves by domain and selector, and the keys among them that `keep` has to write."""

    keys: dict[str, dict[str, DkimPublic]]
    fresh: tuple[NewKey, ...] = ()


def new_key(domain: str, selector: str, kind: KeyKind | None = None) -> NewKey:
    """A key in memory, of the kind that its selector tells."""
    key = _generate(kind or kind_of(selector))
    return NewKey(domain, DkimPublic(selector, *public_text(key)), _private_text(key))


def create(directory: Path, new: NewKey) -> DkimPublic:
    """Put a key on disk unless there is one, and return the public half of what then is there.

    Of two that create the same key at once, both return the same one. Raises UsageError where
    the directory cannot be used or an existing key is open to others.
    """
    path = key_path(directory, new.domain, new.public.selector)
    _open_directory(directory)
    if not path.exists():
        try:
            _publish(path, new.secret)
        except OSError as error:
            raise UsageError(f"{path} cannot be written: {error.strerror}") from None
    return read_public(directory, new.domain, new.public.selector)


def plan(directory: Path, intent: Intent, now: datetime) -> Plan:
    """The keys of all domains that send, new ones where they are missing; writes nothing.

    A domain without selectors in the intent uses the keys that are there, or new dated ones.
    """
    keys: dict[str, dict[str, DkimPublic]] = {}
    fresh: list[NewKey] = []
    for domain in signing_domains(intent):
        selectors = _known(directory, intent, domain) or selectors_for(now)
        missing = [s for s in selectors if not key_path(directory, domain, s).exists()]
        made = {s: new_key(domain, s) for s in missing}
        fresh.extend(made.values())
        keys[domain] = {
            s: made[s].public if s in made else read_public(directory, domain, s) for s in selectors
        }
    return Plan(keys, tuple(fresh))


def keep(directory: Path, fresh: Iterable[NewKey]) -> None:
    """Write the new keys of a plan.

    Raises UsageError as `create` does, and where another run was faster: what follows from the
    plan would then belong to a key that is nowhere.
    """
    for new in fresh:
        if create(directory, new) != new.public:
            path = key_path(directory, new.domain, new.public.selector)
            raise UsageError(f"{path} was made by another run just now; run this again")


def load(directory: Path, intent: Intent) -> dict[str, dict[str, DkimPublic]]:
    """The keys of all domains that send, as they are. Raises UsageError for a missing one."""
    return {
        domain: {s: read_public(directory, domain, s) for s in _known(directory, intent, domain)}
        for domain in signing_domains(intent)
    }


def signing_domains(intent: Intent) -> tuple[str, ...]:
    """The domains for which our own hosts send."""
    return tuple(n for n, d in intent.domains.items() if not d.parked and intent.senders(n))


def _known(directory: Path, intent: Intent, domain: str) -> tuple[str, ...]:
    return intent.domains[domain].selectors or existing(directory, domain)


def existing(directory: Path, domain: str) -> tuple[str, ...]:
    """The selectors of one label for which a key file exists, RSA first."""
    names = (path.name for path in directory.glob(f"{domain}.*.key"))
    found = (name.removeprefix(f"{domain}.").removesuffix(".key") for name in names)
    return tuple(sorted((s for s in found if "." not in s), key=lambda s: (kind_of(s) != "rsa", s)))


def read_public(directory: Path, domain: str, selector: str) -> DkimPublic:
    """The public half of a key on disk. Raises UsageError as `read_private` does."""
    return DkimPublic(selector, *public_text(read_private(directory, domain, selector)))


def read_private(directory: Path, domain: str, selector: str) -> "PrivateKey":
    """A key on disk, to sign with.

    Raises UsageError where the file is missing, unreadable, open to others, or no key.
    """
    path = key_path(directory, domain, selector)
    key = private_key(_read_secret(path))
    if key is None:
        raise UsageError(f"{path} holds no RSA or Ed25519 private key without a passphrase")
    return key


def _generate(kind: KeyKind) -> "PrivateKey":
    from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

    if kind is KeyKind.ED25519:
        return ed25519.Ed25519PrivateKey.generate()
    return rsa.generate_private_key(public_exponent=65537, key_size=RSA_BITS)


def _private_text(key: "PrivateKey") -> bytes:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import (
        Encoding,
        NoEncryption,
        PrivateFormat,
        PublicFormat,
    )

    if isinstance(key, Ed25519PrivateKey):
        public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        seed = key.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
        return base64.b64encode(seed + public) + b"\n"
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _open_directory(directory: Path) -> None:
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        mode = stat.S_IMODE(directory.stat().st_mode)
    except OSError as error:
        raise UsageError(f"{directory} cannot be used for keys: {error.strerror}") from None
    if mode & _OTHERS:
        raise UsageError(f"{directory} is open to others ({mode:04o}): chmod 0700 {directory}")


def _publish(path: Path, data: bytes) -> None:
    """Write a file that is complete as soon as it exists, and never replace one.

    A link to a finished temporary file fails where the name is taken, unlike a rename.
    """
    draft = path.with_name(f".{secrets.token_hex(8)}.new")
    descriptor = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        _link(draft, path)
    finally:
        draft.unlink()


def _link(draft: Path, path: Path) -> bool:
    """Whether ours became the key; False if somebody was faster, whose key then stays."""
    try:
        os.link(draft, path)
    except FileExistsError:
        return False
    return True


def _read_secret(path: Path) -> bytes:
    try:
        with open_unwaiting(path) as file:
            status = os.fstat(file.fileno())
            mode = stat.S_IMODE(status.st_mode)
            if not stat.S_ISREG(status.st_mode) or status.st_size > MAX_FILE:
                raise UsageError(f"{path} is not a key file")
            if mode & _OTHERS:
                raise UsageError(f"{path} is open to others ({mode:04o}): chmod 0600 {path}")
            return file.read(MAX_FILE)
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from None


def tls_pins(intent: Intent, base: Path) -> TlsPins:
    """What TLSA records need, from the files that `tls_keys` names, relative to `base`.

    A file without HOST= stands for every receiving host in the domain's zone. A file that
    cannot be read costs its record, not the run: it is named in `notes`.
    """
    pins: dict[str, list[str]] = {}
    notes: list[str] = []
    for hosts, name in _tls_files(intent):
        digest = _spki_digest(base / name)
        if digest is None:
            notes.append(f"{name}: no certificate or key can be read there, so no TLSA record")
            continue
        for host in hosts:
            pins.setdefault(host, []).append(digest)
    return TlsPins(
        {host: tuple(dict.fromkeys(found)) for host, found in pins.items()}, tuple(notes)
    )


def _tls_files(intent: Intent) -> Iterator[tuple[list[str], str]]:
    for domain, wish in intent.domains.items():
        receiving = [n for n, h in intent.hosts_within(domain).items() if h.mx is not None]
        for entry in wish.tls_keys:
            host, given, name = entry.partition("=")
            yield ([host], name) if given else (receiving, entry)


def _spki_digest(path: Path) -> str | None:
    from cryptography.hazmat.primitives.hashes import SHA256, Hash
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    try:
        data = read_regular(path, MAX_FILE)
    except OSError:
        return None
    key = _public_key(data)
    if key is None:
        return None
    digest = Hash(SHA256())
    digest.update(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
    return digest.finalize().hex()


def _public_key(pem: bytes) -> "PublicKeyTypes | None":
    """The public key in a certificate, a private or a public key."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import (
        load_pem_private_key,
        load_pem_public_key,
    )
    from cryptography.x509 import load_pem_x509_certificate

    try:
        if b"BEGIN CERTIFICATE" in pem:
            return load_pem_x509_certificate(pem).public_key()
        if b"BEGIN PUBLIC KEY" in pem:
            return load_pem_public_key(pem)
        return load_pem_private_key(pem, None).public_key()
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return None
