"""Write the generated pages of the documentation into docs/reference/, which git ignores."""

import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
sys.path.append(str(ROOT / "tests"))  # the worlds of the rules' examples are played by casekit

from pages import book  # noqa: E402


def write(folder: Path, pages: dict[str, str]) -> int:
    """Make `folder/reference` hold exactly these pages; returns how many files changed."""
    wanted = {folder / path: text for path, text in pages.items()}
    stale = [p for p in (folder / "reference").rglob("*.md") if p not in wanted]
    fresh = [p for p, text in wanted.items() if not p.exists() or p.read_text() != text]
    for path in stale:
        path.unlink()
    for path in fresh:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(wanted[path])
    return len(stale) + len(fresh)


def main() -> None:
    """Write all pages below docs/."""
    pages = book.pages()
    changed = write(DOCS, pages)
    sys.stdout.write(f"{len(pages)} reference pages, {changed} changed\n")


if __name__ == "__main__":
    main()
