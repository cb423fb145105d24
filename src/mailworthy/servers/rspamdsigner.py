"""Signing as Rspamd does under the configuration that is generated for it."""

from mailworthy.dkim.signing import Signer
from mailworthy.message.header import Message
from mailworthy.servers.rspamd import SIGN_HEADERS


class RspamdSigner(Signer, frozen=True):
    """Signs the header fields that `sign_headers` of `dkim_signing.conf` names."""

    def names(self, message: Message) -> list[bytes]:
        """What goes into h=: (o) once more than it is there, (x) the same if it is there at all,
        others as they are."""
        found: list[bytes] = []
        for entry in SIGN_HEADERS.split(":"):
            name = entry[entry.find(")") + 1 :].encode()
            there = message.count(name)
            more = entry.startswith("(o)") or (entry.startswith("(x)") and there > 0)
            found += [name] * (there + more)
        return found
