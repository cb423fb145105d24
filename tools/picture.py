"""Draw docs/picture.svg: what a terminal really shows for a zone with three faults.

Run by hand when the output of `mailworthy check` changes: `.venv/bin/python tools/picture.py`.
"""

import io
import tempfile
from pathlib import Path

from click.testing import CliRunner
from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

from mailworthy.audit.healthy import PTR4, healthy
from mailworthy.cli import group

TARGET = Path(__file__).parent.parent / "docs" / "picture.svg"
WIDTH = 112
NORMAL = (
    (24, 27, 33),
    (240, 96, 88),
    (110, 200, 120),
    (232, 180, 80),
    (110, 160, 240),
    (190, 140, 230),
    (90, 190, 210),
    (222, 226, 232),
)
THEME = TerminalTheme(
    (24, 27, 33),
    (222, 226, 232),
    [*NORMAL],
    [(130, 138, 150), *NORMAL[1:]],
)
# Rich's own template loads a font from elsewhere; this one takes what the reader has.
FORMAT = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img"
aria-label="mailworthy check example.com in a terminal">
<style>
.{unique_id}-matrix {{ font-family: ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace;
font-size: {char_height}px; line-height: {line_height}px; white-space: pre; }}
{styles}
</style>
<defs>{lines}</defs>
<rect width="{width}" height="{height}" rx="8" fill="#181b21"/>
<g transform="translate({terminal_x}, {terminal_y})">
{backgrounds}
<g class="{unique_id}-matrix">{matrix}</g>
</g>
</svg>
"""

BROKEN = healthy(
    drop=(PTR4, 'example.com. TXT "v=spf1 ip4', "_dmarc.example.com. TXT"),
    add=(
        'example.com. TXT "v=spf1 ip4:192.0.2.25 ip6:2001:db8::25 +all"',
        '_dmarc.example.com. TXT "v=DMARC1; p=none; sp=none; np=reject; psd=n"',
    ),
)


def main() -> None:
    """Write the picture."""
    with tempfile.TemporaryDirectory() as scratch:
        zone = Path(scratch) / "example.com.zone"
        zone.write_text(BROKEN.zones)
        shown = output(str(zone))
    shown = shown.replace(scratch + "/", "")
    console = Console(width=WIDTH, record=True, file=io.StringIO(), force_terminal=True)
    console.print(Text.from_ansi(shown))
    svg = console.export_svg(theme=THEME, code_format=FORMAT, unique_id="mailworthy")
    TARGET.write_text("\n".join(line.rstrip() for line in svg.splitlines()) + "\n")


def output(zone: str) -> str:
    """What the command prints, in colour."""
    args = ["check", "example.com", "--dns", f"zone:{zone}"]
    args += [word for s in BROKEN.selectors for word in ("--selector", s)]
    text = CliRunner().invoke(group, args, color=True).output
    body, _, _ = text.partition("–  Not asked")
    return f"$ mailworthy check example.com --dns zone:example.com.zone\n{body.rstrip()}\n"


if __name__ == "__main__":
    main()
