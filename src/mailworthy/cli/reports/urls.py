"""Passwords in URLs: whoever lists the processes of a machine reads its command lines."""

from collections.abc import Callable
from urllib.parse import parse_qsl, urlsplit

import click
from click.core import ParameterSource

Callback = Callable[[click.Context, click.Parameter, str | None], str | None]


def guarded(better: str) -> Callback:
    """A callback for an option that may be a URL: one line on standard error where a password
    stands in it on the command line. `better` says where to put it; the URL is never repeated."""

    def check(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
        source = context.get_parameter_source(parameter.name or "")
        if value and source is ParameterSource.COMMANDLINE and has_password(value):
            click.echo(
                "warning: everybody on this machine can read the password that stands on the "
                f"command line: {better}",
                err=True,
            )
        return value

    return check


def has_password(text: str) -> bool:
    """Whether a URL has a password in it. Never raises; what is no URL has none."""
    if "://" not in text:
        return False
    try:
        parts = urlsplit(text)
        asked = {name.lower() for name, value in parse_qsl(parts.query) if value}
    except ValueError:
        return "@" in text
    return bool(parts.password) or "password" in asked
