"""Addresses made unreadable, so that reports can be kept (RFC 6590, RFC 9991 §7)."""

import hashlib
import hmac
import re

from mailworthy.reports.tls import values

HIDDEN = "redacted"
_DIGITS = 16  # hexadecimal, 64 bits: enough to tell people apart
_CHECK = 4  # digits more, by which we know our own word again
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
_OWN = re.compile(rf"[0-9a-f]{{{_DIGITS + _CHECK}}}", re.ASCII)


class Redactor:
    """Takes the people out of a text, and leaves domains.

    With a `salt` each address has a name of its own, the beginning of an HMAC-SHA-256, so that
    two reports about one person can be seen to be so. The salt has to be secret and made by
    chance, once a store: local parts are few and easy to guess, and whoever knows the salt, or
    where none is used, has found out a plain hash in no time. So without a salt all addresses
    read alike, `redacted@example.com`. What stands for somebody already stays as it is; nobody
    else can make such a word. With `active` False nothing is changed.
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
        bare = local.strip(chr(34))
        return bare if self.is_own(bare) else self._word(f"{bare}@{domain}")

    def name(self, text: str) -> str:
        """What stands in place of any other word; upper and lower case are one."""
        return text if not self.active or self.is_own(text) else self._word(text)

    def is_own(self, text: str) -> bool:
        """Whether a word stands for somebody already."""
        if text == HIDDEN:
            return True
        if not self.salt or not _OWN.fullmatch(text):
            return False
        return hmac.compare_digest(self._digest(text[:_DIGITS])[:_CHECK], text[_DIGITS:])

    def _word(self, text: str) -> str:
        if not self.salt:
            return HIDDEN
        digits = self._digest(text.lower())[:_DIGITS]
        return digits + self._digest(digits)[:_CHECK]

    def _digest(self, text: str) -> str:
        octets = text.encode("utf-8", "surrogatepass")
        return hmac.new(self.salt, octets, hashlib.sha256).hexdigest()

    def text(self, text: str) -> str:
        """A text with every address in it made unreadable; linear."""
        return _ADDRESS.sub(self._found, text) if self.active else text

    def uri(self, text: str) -> str:
        """A URI without its path and query, which often tell who was written to."""
        if not self.active:
            return text
        if found := _URI.match(text.strip()):
            host = found[2].lower()
            if values.domain(host.partition(":")[0]) or values.ip(host):
                return f"{found[1].lower()}{host}/"
        scheme, _, rest = text.strip().partition(":")
        return f"{scheme.lower()}:{self.path(rest)}" if scheme.lower() == "mailto" else HIDDEN

    def path(self, text: str) -> str:
        """An address alone: its local part ends at the last @; what has no domain is hidden."""
        local, at, domain = text.strip().rpartition("@")
        if not self.active:
            return text.strip()
        literal = domain[:1] == "[" and values.ip(domain)
        known = f"[{literal}]" if literal else values.domain(domain)
        return self.address(local, known) if at and known else HIDDEN

    def _found(self, found: re.Match[str]) -> str:
        local = found["local"] or found["quoted"]
        return (found["name"] or "") + self.address(local, found["domain"].rstrip("."))
