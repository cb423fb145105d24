"""What came of test messages, as text, JSON and Markdown."""

from collections.abc import Callable
from importlib import import_module
from typing import cast

Document = Callable[..., str]


def document(format_: str) -> Document:
    """The function that turns a list of tests into a document: text, json or markdown."""
    return cast(Document, import_module(f"mailworthy.render.sendtest.{format_}").document)
