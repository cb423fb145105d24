"""Answers about reports as text, JSON and CSV."""

from importlib import import_module
from typing import Any

from mailworthy.render.jsontext import encode
from mailworthy.render.reports.csvtext import document as csv_document

FORMATS = ("text", "json", "csv")
# Commands with any number of answers, and what these are called in JSON.
SEVERAL = {"sources": "domains", "source": "sources", "why": "sources"}
# The list of each answer that is its CSV.
LISTS = {
    "overview": "days",
    "sources": "sources",
    "source": "days",
    "list": "reports",
    "show": "rows",
    "reporters": "reporters",
    "problems": "problems",
    "tls": "failures",
    "complaints": "mailings",
}
_MODULES = {"list": "listing", "show": "listing"}


def document(name: str, format_: str, answers: list[Any]) -> str:
    """The answers of one command as a whole text.

    JSON is one object, whatever the number of answers: commands that may have several name them.
    """
    if format_ == "json":
        return encode({SEVERAL[name]: answers} if name in SEVERAL else answers[0], indent=2)
    if format_ == "csv":
        rows = [row for answer in answers for row in getattr(answer, LISTS[name])]
        return csv_document(rows)
    module = import_module(f"mailworthy.render.reports.{_MODULES.get(name, name)}")
    function = getattr(module, name if name != "list" else "listing")
    return "".join("\n".join(function(answer)) + "\n" for answer in answers)
