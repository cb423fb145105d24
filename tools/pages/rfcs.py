"""The support table, from docs/rfcs.toml."""

import tomllib
from pathlib import Path
from typing import Any

from pages.markdown import table

SOURCE = Path(__file__).parents[2] / "docs" / "rfcs.toml"
SUPPORT = {"yes": "Yes", "partial": "Partial", "no": "No", "roadmap": "Roadmap"}
INTRODUCTION = """\
# RFC support

What is behind the checks, section by section.
*Partial* says what is missing or what it is limited to, *Roadmap* is planned, *No* is not.

"""


def load() -> dict[str, Any]:
    """The table as data: number or draft name to title and rows."""
    return tomllib.loads(SOURCE.read_text())


def page() -> str:
    """One table over all documents."""
    rows = []
    for name, entry in load().items():
        for number, (sections, support, what) in enumerate(entry["rows"]):
            document = f"{link(name)}<br>{entry['title']}" if number == 0 else ""
            rows.append((document, sections, SUPPORT[support], what))
    return INTRODUCTION + table(("Document", "Sections", "Support", "What"), rows)


def link(name: str) -> str:
    """The document at its publisher."""
    if name.isdigit():
        return f"[RFC {name}](https://www.rfc-editor.org/rfc/rfc{name})"
    return f"[{name}](https://datatracker.ietf.org/doc/{name}/)"
