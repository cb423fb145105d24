"""`mailworthy demo`."""

import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from mailworthy.demo.story import Scene, Stage

COMMAND = (
    "mailworthy init example.com --hostname mail.example.com \\\n"
    "      --ipv4 192.0.2.25 --ipv6 2001:db8::25 --reports dmarc@example.com \\\n"
    "      --nameserver ns1.example.net --nameserver ns2.example.net"
)
EXCERPT = 12


@click.command()
@click.option(
    "--keep", type=click.Path(path_type=Path), metavar="DIR", help="Keep what is written in DIR."
)
def command(keep: Path | None) -> None:
    """Show the whole story on a made-up domain, with no network."""
    from mailworthy.demo.story import stage

    with tempfile.TemporaryDirectory(prefix="mailworthy-demo-") as scratch:
        made = stage(keep or Path(scratch), datetime.now(UTC))
        _order(made)
        healthy = _rehearse(made)
        scenes = _break(made)
    _end(healthy and all(scene.healed for scene in scenes), scenes)


def _head(number: int, text: str) -> None:
    click.echo(click.style(f"\n{number}. {text}\n", bold=True))


def _order(made: "Stage") -> None:
    from mailworthy.render.lines import cut
    from mailworthy.setup.show import shown

    _head(1, "One command, and you hold everything that a mail domain needs")
    click.echo(f"    $ {COMMAND}\n")
    files = sorted(p for p in made.folder.path.rglob("*") if p.is_file())
    config = [p for p in files if "config" in p.parts]
    for path in files:
        if path not in config:
            click.echo(f"    {path.relative_to(made.folder.path)}")
    click.echo(f"    config/  {len(config)} files for Postfix, Rspamd, BIND and the web server")
    click.echo("\n   The zone, in part; every record says why it is there:\n")
    zone = shown(made.folder, "example.com", "bind", made.now).splitlines()
    start = next(n for n, line in enumerate(zone) if "Who may send" in line)
    for line in zone[start : start + EXCERPT]:
        click.echo(cut(f"    {line}"))


def _rehearse(made: "Stage") -> bool:
    from mailworthy.demo.story import judged
    from mailworthy.render.text import one

    _head(2, "The rehearsal: every check, before anything is published")
    audit = judged(made, made.records)
    click.echo(one(audit).lstrip("\n"))
    return audit.exit_code() == 0


def _break(made: "Stage") -> list["Scene"]:
    from mailworthy.demo.story import scenes

    _head(3, "The same zone, broken in the usual ways")
    told = []
    for scene in scenes(made):
        _scene(scene)
        told.append(scene)
    return told


def _scene(scene: "Scene") -> None:
    from mailworthy.render.lines import cut, wrapped
    from mailworthy.render.steps import lines_of
    from mailworthy.render.trials import brief

    click.echo(f"  {scene.pitfall.story}")
    if scene.finding is None:
        click.echo(click.style(f"    {scene.pitfall.rule} was not found", fg="red"))
        return
    finding = scene.finding
    first, *rest = wrapped(f"{finding.rule}: {finding.message}", "      ", "    ✗ ")
    _echo("✗", "red", first.replace(finding.rule, click.style(finding.rule, bold=True), 1))
    for line in [*rest, *(f"      {line}" for line in list(lines_of(finding.remedy))[:3])]:
        click.echo(cut(line))
    refused = brief(scene.audit.trials)
    for line in wrapped(f"its mail: {refused}", "      ", "    ✗ ") if refused else ():
        _echo("✗", "red", line)
    if scene.healed:
        mail = ", and all receivers accept its mail" if refused else ""
        _echo("✓", "green", f"    ✓ done so, the domain is healthy again{mail}")
    click.echo("")


def _echo(mark: str, colour: str, line: str) -> None:
    click.echo(line.replace(mark, click.style(mark, fg=colour, bold=True), 1))


def _end(good: bool, scenes: list["Scene"]) -> None:
    from mailworthy.render.text import dots

    if not good:
        click.echo(click.style("The demo did not end as it should; please report this.", fg="red"))
        sys.exit(1)
    _head(4, "Health, after the last cure")
    click.echo(dots(scenes[-1].after))
    click.echo(
        "\nYour own domain:   mailworthy check DOMAIN"
        "\nA new one:         mailworthy init DOMAIN"
        "\nYour mail server:  sudo mailworthy check --server --connect"
        "\nDoes mail arrive:  mailworthy send-test YOU@PROVIDER --from YOU@DOMAIN"
        "\nWhy any of it:     mailworthy explain ptr-missing"
        "\nWho sends as you:  mailworthy reports import FOLDER; mailworthy reports sources"
    )
