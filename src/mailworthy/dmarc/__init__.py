"""DMARC: policy records, discovery, evaluation and report destinations (RFC 9989, RFC 9990 §4).

`discover` and `evaluate` are for callers; the generators behind them are in `engine`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from mailworthy.dmarc.record import (
    Alignment,
    DmarcRecord,
    Policy,
    Psd,
    is_dmarc,
    parse,
    render,
)
from mailworthy.dmarc.uri import ReportUri, mailto

if TYPE_CHECKING:
    from mailworthy.dmarc.align import Check, Identifier, Method
    from mailworthy.dmarc.discover import PolicyFound
    from mailworthy.dmarc.facade import adiscover, aevaluate, discover, evaluate
    from mailworthy.dmarc.result import DmarcResult, Judgement, Reason, Result

__all__ = [
    "Alignment",
    "Check",
    "DmarcRecord",
    "DmarcResult",
    "Identifier",
    "Judgement",
    "Method",
    "Policy",
    "PolicyFound",
    "Psd",
    "Reason",
    "ReportUri",
    "Result",
    "adiscover",
    "aevaluate",
    "discover",
    "evaluate",
    "is_dmarc",
    "mailto",
    "parse",
    "render",
]

_HOMES = {
    "Check": "align",
    "DmarcResult": "result",
    "Identifier": "align",
    "Judgement": "result",
    "Method": "align",
    "PolicyFound": "discover",
    "Reason": "result",
    "Result": "result",
    "adiscover": "facade",
    "aevaluate": "facade",
    "evaluate": "facade",
}


def __getattr__(name: str) -> Any:
    """PEP 562: whoever reads records needs no engine."""
    if name == "discover":  # the module, which can be called
        return import_module("mailworthy.dmarc.discover")
    if name in _HOMES:
        found = getattr(import_module(f"mailworthy.dmarc.{_HOMES[name]}"), name)
        globals()[name] = found
        return found
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
