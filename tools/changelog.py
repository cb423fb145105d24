"""Move the fragments of `changes/` into CHANGELOG.md: `tools/changelog.py 1.2.3`."""

import datetime
import re
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
TITLE = "# What changed\n"


def fragments(folder: Path) -> list[Path]:
    """The fragments, by name; the README is not one."""
    return sorted(path for path in folder.glob("*.md") if path.name != "README.md")


def section(version: str, day: datetime.date, texts: list[str]) -> str:
    """One release as Markdown."""
    body = "\n".join(text.strip() for text in texts)
    return f"\n## {version} ({day.isoformat()})\n\n{body}\n"


def release(version: str, root: Path, day: datetime.date) -> int:
    """Write the section, delete the fragments; returns how many there were."""
    paths = fragments(root / "changes")
    log = root / "CHANGELOG.md"
    if paths:
        new = section(version, day, [path.read_text() for path in paths])
        log.write_text(TITLE + new + log.read_text().removeprefix(TITLE))
    for path in paths:
        path.unlink()
    return len(paths)


def main(arguments: list[str]) -> str | None:
    """An error message, or None."""
    if len(arguments) != 1 or not re.fullmatch(r"\d+\.\d+\.\d+\w*", arguments[0]):
        return "usage: make changelog VERSION=1.2.3"
    count = release(arguments[0], ROOT, datetime.datetime.now(datetime.UTC).date())
    sys.stdout.write(f"{count} fragments moved into CHANGELOG.md\n")
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
