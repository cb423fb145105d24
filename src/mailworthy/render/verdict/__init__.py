"""What receivers make of a message, as text, JSON, Markdown and HTML."""

from collections.abc import Callable
from importlib import import_module
from typing import cast

Document = Callable[..., str]


def document(format_: str) -> Document:
    """The function that turns a verdict into a document: text, json, markdown or html."""
    return cast(Document, import_module(f"mailworthy.render.verdict.{format_}").document)
