"""Print anew, in docs/how-to/judge-a-message.md, what its commands print: `tools/shown.py`.

A block that ends in an ellipsis keeps its first paragraphs, as many as it has.
"""

import re
import sys
from pathlib import Path

from click.testing import CliRunner

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "how-to" / "judge-a-message.md"
CASES = ROOT / "tests" / "cases" / "messages"
MORE = "\n\n  …"
_BLOCK = re.compile(r"```text\n\$ mailworthy (.*?)\n\n(.*?)\n```", re.DOTALL)


def renewed(page: str) -> str:
    """The page with the output of today."""
    return _BLOCK.sub(lambda found: _block(found[1], found[2]), page)


def _block(command: str, before: str) -> str:
    now = printed(command)
    if before.endswith(MORE):
        paragraphs = before.removesuffix(MORE).count("\n\n") + 1
        now = "\n\n".join(now.split("\n\n")[:paragraphs]) + MORE
    return f"```text\n$ mailworthy {command}\n\n{now}\n```"


def printed(command: str) -> str:
    """What a command prints, among the messages of the test cases."""
    from mailworthy.cli import group

    words = command.replace("world.zone", str(CASES / "world.zone")).split()
    words = [str(CASES / word) if word.endswith(".eml") else word for word in words]
    return CliRunner().invoke(group, words, color=False).stdout.strip("\n")


def main() -> None:
    """Write the page."""
    text = PAGE.read_text()
    new = renewed(text)
    PAGE.write_text(new)
    sys.stdout.write(f"{PAGE.relative_to(ROOT)}: {'the same' if new == text else 'renewed'}\n")


if __name__ == "__main__":
    main()
