"""Mailworthy: DNS and deliverability for self-hosted mail.

Every name here is loaded when it is first used:

    import mailworthy
    for finding in mailworthy.audit("example.com").findings:
        print(finding.message)
    envelope = mailworthy.Envelope("192.0.2.25", "mail.example.com", "joe@example.com")
    print(mailworthy.verify(message, envelope).disposition)
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mailworthy import arc, dkim, dmarc, dnsbl, helo, iprev, lookup, mx, receive, reports, spf
    from mailworthy.audit.facade import Audit, aaudit, audit
    from mailworthy.errors import MailworthyError
    from mailworthy.receive.envelope import Envelope
    from mailworthy.receive.facade import averify, verify
    from mailworthy.receive.verdict import Verdict

__all__ = [
    "Audit",
    "Envelope",
    "MailworthyError",
    "Verdict",
    "aaudit",
    "arc",
    "audit",
    "averify",
    "dkim",
    "dmarc",
    "dnsbl",
    "helo",
    "iprev",
    "lookup",
    "mx",
    "receive",
    "reports",
    "spf",
    "verify",
]

_HOMES = {
    "Audit": "audit.facade",
    "Envelope": "receive.envelope",
    "MailworthyError": "errors",
    "Verdict": "receive.verdict",
    "aaudit": "audit.facade",
    "averify": "receive.facade",
    "verify": "receive.facade",
}
_PACKAGES = frozenset(__all__) - frozenset(_HOMES)  # audit can be called


def __getattr__(name: str) -> Any:
    """PEP 562: what is not used is not loaded."""
    if name in _PACKAGES:
        return import_module(f"mailworthy.{name}")
    if name in _HOMES:
        return getattr(import_module(f"mailworthy.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
