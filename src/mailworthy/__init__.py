"""Mailworthy: DNS and deliverability for self-hosted mail.

Every name here is loaded when it is first used:

    import mailworthy
    for finding in mailworthy.audit("example.com").findings:
        print(finding.message)
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mailworthy import arc, dkim, dmarc, lookup, spf
    from mailworthy.audit.facade import Audit, aaudit, audit
    from mailworthy.errors import MailworthyError

__all__ = ["Audit", "MailworthyError", "aaudit", "arc", "audit", "dkim", "dmarc", "lookup", "spf"]

_PACKAGES = frozenset({"arc", "audit", "dkim", "dmarc", "lookup", "spf"})  # audit can be called
_HOMES = {"Audit": "audit.facade", "MailworthyError": "errors", "aaudit": "audit.facade"}


def __getattr__(name: str) -> Any:
    """PEP 562: what is not used is not loaded."""
    if name in _PACKAGES:
        return import_module(f"mailworthy.{name}")
    if name in _HOMES:
        return getattr(import_module(f"mailworthy.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
