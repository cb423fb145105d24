"""Options that commands share, made from the table of settings."""

import math
from collections.abc import Callable
from typing import Any, TypeVar

import click

from mailworthy.settings import BY_NAME, Setting

F = TypeVar("F", bound=Callable[..., Any])
DAY = 86400
MOST = 10_000


def option(*names: str) -> Callable[[F], F]:
    """The options of these settings, in order."""

    def add(function: F) -> F:
        for name in reversed(names):
            setting = BY_NAME[name]
            function = click.option(
                setting.flag + ("/--no-" + setting.flag[2:] if setting.type is bool else ""),
                name,
                type=_type(setting),
                default=setting.default,
                show_default=setting.default is not None,
                envvar=setting.env,
                metavar=setting.metavar,
                help=setting.help,
                multiple=_is_list(setting),
                callback=_joined if _is_list(setting) else None,
            )(function)
        return function

    return add


def seconds(text: str) -> float:
    """A time to wait: more than none, and no longer than a day."""
    try:
        found = float(text)
    except ValueError:
        found = math.nan
    if not 0 < found <= DAY:
        raise click.BadParameter(f"{text!r} is not a number of seconds from above 0 to {DAY}.")
    return found


def _is_list(setting: Setting) -> bool:
    """Whether it takes several, with commas or one option each."""
    return setting.metavar is not None and setting.metavar.endswith("…]")


def _joined(_: click.Context, _option: click.Parameter, texts: tuple[str, ...]) -> str | None:
    """What was given in several options; None for none."""
    return ",".join(texts) if texts else None


def _type(setting: Setting) -> Any:
    if setting.choices:
        return click.Choice(setting.choices)
    if setting.type is float:
        return seconds
    return click.IntRange(1, MOST) if setting.type is int else setting.type


ASKING = ("dns", "record", "timeout", "trust_ad", "signed")
asking = option(*ASKING)
dmarc_reject = click.option(
    "--dmarc-reject",
    type=click.Choice(["independent", "always"]),
    default="independent",
    show_default=True,
    help="When a failure under p=reject refuses a message at a server of your own: only with a "
    "second, independent fact (RFC 9989 §7.4), or always.",
)
