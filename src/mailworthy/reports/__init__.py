"""What the world reports back: aggregate, TLS and failure reports, and complaints.

    for report in mailworthy.reports.read(open("report.xml.gz", "rb")):
        ...

`read` is for callers; `envelope` opens what reports come in, and `facade.one` reads one of them
where the mail around it is wanted too.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mailworthy.reports.facade import read
    from mailworthy.reports.model import Report, Unreadable

__all__ = ["Report", "Unreadable", "read"]

_HOMES = {"Report": "model", "Unreadable": "model", "read": "facade"}


def __getattr__(name: str) -> Any:
    """PEP 562: what is not used is not loaded."""
    if name in _HOMES:
        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
