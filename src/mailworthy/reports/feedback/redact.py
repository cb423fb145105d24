"""Addresses made unreadable, so that reports can be kept (RFC 6590, RFC 9991 §7)."""

import hashlib
import hmac
import re

HIDDEN = "redacted"
_DIGITS = 16  # hexadecimal, 64 bits: enough to tell people apart
# Properties of Authentication-Results keep their name; every other equals sign is the address's.
# A run of characters is tried once, from its beginning, so that no text takes long.
_RUN = r'[^\s<>@,;:"()\[\]]'
_ADDRESS = re.compile(
    rf"(?:(?<!{_RUN})(?P<name>(?:smtp|header|policy)\.[a-z-]{{1,20}}=|envelope-from=)?+"
    rf'(?P<local>{_RUN}++)|(?P<quoted>"(?:[^"\\]|\\.)*+"))'
    r'@(?P<domain>\[[0-9A-Fa-f:.]{2,60}\]|[^\s<>@,;:"()\[\]/?#&]++)',
    re.IGNORECASE | re.DOTALL,
)
_URI = re.compile(r"(https?://)(?:[^/?#\s@]{0,500}@)?([^/?#\s@]{1,255})", re.IGNORECASE)


class Redactor:
    """Takes the people out of a text, and leaves domains.

    With a `salt` each address has a name of its own, the beginning of an HMAC-SHA-256, so that
    two reports about one person can be seen to be so. The salt has to be secret and made by
    chance, once a store: local parts are few and easy to guess, and whoever knows the salt, or
    where none is used, has found out a plain hash in no time. So without a salt all addresses
    read alike, `redacted@example.com`. With `active` False nothing is changed.
    """

    def __init__(self, salt: bytes = b"", *, active: bool = True) -> None:
        self.salt, self.active = salt, active

    def address(self, local: str, domain: str) -> str:
        """An address by its two halves; upper and lower case are one."""
        if not self.active or not local:
            return f"{local}@{domain}"
        return f"{self.local(local, domain)}@{domain}"

    def local(self, local: str, domain: str) -> str:
        """What stands in place of a local part; it differs from one domain to another."""
        if not self.salt:
            return HIDDEN
        person = f"{local.strip(chr(34))}@{domain}".lower().encode("utf-8", "surrogateescape")
        return hmac.new(self.salt, person, hashlib.sha256).hexdigest()[:_DIGITS]

    def text(self, text: str) -> str:
        """A text with every address in it made unreadable; linear."""
        return _ADDRESS.sub(self._found, text) if self.active else text

    def uri(self, text: str) -> str:
        """A URI without its path and query, which often tell who was written to."""
        if not self.active:
            return text
        if found := _URI.match(text.strip()):
            return f"{found[1].lower()}{found[2].lower()}/"
        return self.text(text) if text.lower().lstrip().startswith("mailto:") else HIDDEN

    def _found(self, found: re.Match[str]) -> str:
        local = found["local"] or found["quoted"]
        return (found["name"] or "") + self.address(local, found["domain"].rstrip("."))
