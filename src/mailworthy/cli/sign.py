"""`mailworthy sign`."""

import os
import stat
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mailworthy.cli.options import asking, option
from mailworthy.errors import UsageError

if TYPE_CHECKING:
    from mailworthy.dkim.signing import Signer

MAX_KEY = 65536
OTHERS = 0o077  # any right for group or world


@click.command()
@click.argument("message", default="-", metavar="[MESSAGE|-]")
@click.option("--domain", metavar="DOMAIN", help="Sign for DOMAIN (default: that of From).")
@click.option(
    "--selector",
    "selectors",
    multiple=True,
    metavar="NAME",
    help="Sign with this key of the folder alone, or name the --key that follows; repeatable.",
)
@click.option(
    "--key",
    "keys",
    multiple=True,
    metavar="FILE",
    help="A private key from elsewhere: PEM, or an Ed25519 key in base64; repeatable.",
)
@click.option(
    "--force",
    is_flag=True,
    help="Sign although From is of another domain than --domain, or line ends are mixed, "
    "or --out is the message itself.",
)
@click.option("--out", metavar="FILE", help="Write the signed message to FILE.")
@click.option("--check", is_flag=True, help="Sign only if DNS has the keys that belong to these.")
@option("dir")
@asking
def command(
    message: str,
    domain: str | None,
    selectors: tuple[str, ...],
    keys: tuple[str, ...],
    force: bool,
    out: str | None,
    check: bool,
    dir: str | None,
    **how: Any,
) -> None:
    """DKIM-sign MESSAGE, a file or standard input, and print it whole.

    The keys are those of the folder (--dir, or this one), all of them, so RSA and Ed25519 side
    by side. Nothing below the new fields is changed, not even the ends of its lines. What readers
    understand in different ways is not signed: several From fields, lines that are no fields.

    Exit code: 0 signed, 1 the keys in DNS are others, 2 usage, 3 the keys in DNS could not be
    looked up.
    """
    from mailworthy.cli.messages import read_message
    from mailworthy.setup.signing import domain_for

    if how["record"] is not None and not check:
        raise click.UsageError("--record needs --check: nothing is asked otherwise.")
    if keys and dir is not None:
        raise click.UsageError("give either --dir or --key, not both.")
    if out is not None and not force:
        _spare(message, out)
    given = read_message(message)
    name = domain_for(given, domain, force=force)
    signer, folder = _signer(name, domain is not None, selectors, keys, dir)
    if check:
        _look(signer, folder, how)
    _hand_over(signer.sign(given, now=datetime.now(UTC)), out)


def _spare(message: str, out: str) -> None:
    """Keep the message that is signed: signed twice by mistake, it would be gone."""
    both = message != "-" and Path(out).exists() and Path(message).exists()
    if both and Path(out).samefile(message):
        raise UsageError(f"--out {out} is the message itself: name another, or use --force")


def _signer(
    name: str,
    exact: bool,
    selectors: tuple[str, ...],
    keys: tuple[str, ...],
    dir: str | None,
) -> "tuple[Signer, Path | None]":
    from mailworthy.domain.folder import INTENT, has_intent, open_folder
    from mailworthy.setup.signing import by_files, by_folder

    if not keys and dir is None and not has_intent(Path()):
        raise UsageError(
            f"there is no {INTENT} here, and so no keys: name its folder with --dir, or a key of "
            "its own with --key FILE and --selector NAME"
        )
    if keys:
        return by_files(name, selectors, list(_read(keys))), None
    folder = open_folder(Path(dir or "."))
    return by_folder(folder, name, selectors, exact=exact), folder.path


def _read(keys: tuple[str, ...]) -> Iterator[tuple[str, bytes]]:
    """Private keys; pipes are welcome, and files that others may read are named."""
    for key in keys:
        with Path(key).open("rb") as file:
            status = os.fstat(file.fileno())
            mode = stat.S_IMODE(status.st_mode)
            if stat.S_ISREG(status.st_mode) and mode & OTHERS:
                _warn(f"{key} is open to others ({mode:04o}): chmod 0600 {key}")
            yield key, file.read(MAX_KEY)


def _look(signer: "Signer", folder: Path | None, how: dict[str, Any]) -> None:
    """End here unless receivers find the keys."""
    from mailworthy.cli.means import Asking, means
    from mailworthy.dkim.facade import check
    from mailworthy.setup.signing import faults, undecided

    with means(Asking(**how)) as (resolver, now):
        found = check(signer, resolver=resolver, now=now)
    told = faults(found, folder)
    for line in told:
        _warn(line)
    if told:
        _warn("not signed")
        sys.exit(3 if undecided(found) else 1)


def _hand_over(signed: bytes, out: str | None) -> None:
    if out is None:
        click.echo(signed, nl=False)
    else:
        Path(out).write_bytes(signed)


def _warn(text: str) -> None:
    from mailworthy.names import harmless

    click.echo(f"mailworthy: {harmless(text)}", err=True)
