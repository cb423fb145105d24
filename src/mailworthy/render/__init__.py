"""Results as text, JSON, SARIF, JUnit, Markdown and HTML."""

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # answers about reports are rendered without an audit
    from mailworthy.audit.facade import Audit

# Formats that print a domain as soon as it is judged; the others are one document at the end.
STREAMED = ("text", "jsonl")


def document(format_: str) -> "Callable[[Sequence[Audit]], str]":
    """The function that turns audits into a whole document of a format of `settings`."""
    module = import_module(f"mailworthy.render.{format_}")
    function: Callable[[Sequence[Audit]], str] = module.document
    return function
