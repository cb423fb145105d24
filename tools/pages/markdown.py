"""A little Markdown."""

import re
from collections.abc import Iterable, Sequence

_RFC = re.compile(
    r"RFC (?P<number>\d+)(?: (?P<mark>§|Appendix )(?P<section>[A-Z0-9]+(?:\.[0-9]+)*))?"
)


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; cells may hold inline Markdown."""
    lines = [header, ["---"] * len(header), *rows]
    return "".join("| " + " | ".join(cell(c) for c in line) + " |\n" for line in lines)


def cell(text: str) -> str:
    """One line in which no bar ends the cell."""
    return " ".join(text.split()).replace("|", "\\|")


def code(text: str) -> str:
    """Inline code, whatever the text holds."""
    ticks = "`" * (max((len(run) for run in re.findall("`+", text)), default=0) + 1)
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{ticks}{pad}{text}{pad}{ticks}"


def block(text: str, language: str = "text") -> str:
    """A code block, whatever the text holds."""
    ticks = "`" * max(3, max((len(run) for run in re.findall("`+", text)), default=0) + 1)
    return f"{ticks}{language}\n{text.rstrip()}\n{ticks}\n"


def escape(text: str) -> str:
    """Text in which nothing is HTML, a link or an emphasis."""
    return re.sub(r"([\\`*_\[\]<>#])", r"\\\1", text)


def linked(reference: str) -> str:
    """Every `RFC n §m` in a text as a link to the RFC Editor."""
    return _RFC.sub(_link, reference)


def _link(match: re.Match[str]) -> str:
    url = f"https://www.rfc-editor.org/rfc/rfc{match['number']}"
    if match["section"]:
        kind = "section" if match["mark"] == "§" else "appendix"
        url += f"#{kind}-{match['section']}"
    return f"[{match[0]}]({url})"
