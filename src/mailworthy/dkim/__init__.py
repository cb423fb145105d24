"""DKIM: DomainKeys Identified Mail (RFC 6376, with RFC 8301, 8463 and 8616).

`verify` and `sign` are for callers; the generator behind them is in `engine`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from mailworthy.dkim.material import Form, public_text
from mailworthy.dkim.record import DkimKey, parse, render, same_key

if TYPE_CHECKING:
    from mailworthy.dkim.facade import acheck, averify, check, sign, signer, verify
    from mailworthy.dkim.result import DkimResults, DkimSignature, Length, Policy, Result
    from mailworthy.dkim.selfcheck import KeyCheck
    from mailworthy.dkim.signature import Signature
    from mailworthy.dkim.signing import Signer, SigningKey

__all__ = [
    "DkimKey",
    "DkimResults",
    "DkimSignature",
    "Form",
    "KeyCheck",
    "Length",
    "Policy",
    "Result",
    "Signature",
    "Signer",
    "SigningKey",
    "acheck",
    "averify",
    "check",
    "parse",
    "public_text",
    "render",
    "same_key",
    "sign",
    "signer",
    "verify",
]

_HOMES = {
    "DkimResults": "result",
    "DkimSignature": "result",
    "KeyCheck": "selfcheck",
    "Length": "result",
    "Policy": "result",
    "Result": "result",
    "Signature": "signature",
    "Signer": "signing",
    "SigningKey": "signing",
    "acheck": "facade",
    "averify": "facade",
    "check": "facade",
    "sign": "facade",
    "signer": "facade",
    "verify": "facade",
}


def __getattr__(name: str) -> Any:
    """PEP 562: whoever reads key records needs no engine."""
    if name in _HOMES:
        found = getattr(import_module(f"mailworthy.dkim.{_HOMES[name]}"), name)
        globals()[name] = found
        return found
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
