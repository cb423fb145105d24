"""Answers about reports as text, JSON and CSV."""

from importlib import import_module
from typing import Any

from mailworthy.render.jsontext import encode
from mailworthy.render.reports.csvtext import document as csv_document

FORMATS = ("text", "json", "csv")
# The list of each answer that is its CSV.
LISTS = {
    "overview": "days",
    "sources": "sources",
    "source": "days",
    "why": "conclusions",
    "list": "reports",
    "show": "rows",
    "reporters": "reporters",
    "problems": "problems",
    "tls": "failures",
    "complaints": "mailings",
}
_MODULES = {"list": "listing", "show": "listing"}


def document(name: str, format_: str, answers: list[Any], **how: Any) -> str:
    """The answers of one command as a whole text; `how` is for text alone.

    JSON is one object for one answer, and a list for several.
    """
    if format_ == "json":
        return encode(answers[0] if len(answers) == 1 else answers, indent=2)
    if format_ == "csv":
        rows = [row for answer in answers for row in getattr(answer, LISTS[name])]
        return csv_document(rows)
    module = import_module(f"mailworthy.render.reports.{_MODULES.get(name, name)}")
    function = getattr(module, name if name != "list" else "listing")
    return "".join("\n".join(function(answer, **how)) + "\n" for answer in answers)
