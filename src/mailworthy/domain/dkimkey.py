"""The public half of a DKIM key, as zones publish it."""

import msgspec

from mailworthy.dkim.record import DkimKey, render


class DkimPublic(msgspec.Struct, frozen=True):
    """One key: its selector, type (`rsa` or `ed25519`) and base64 text."""

    selector: str
    k: str
    p: str

    @property
    def text(self) -> str:
        """The TXT value: no s=, so that TLS reports are covered too (RFC 8460 §3), and t=s,
        since nothing here signs with a subdomain in i= (RFC 6376 §3.6.1)."""
        return render(DkimKey(p=self.p, k=self.k, t=("s",)))
