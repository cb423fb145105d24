"""Options that commands share, made from the table of settings."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

from mailworthy.settings import BY_NAME

F = TypeVar("F", bound=Callable[..., Any])


def option(*names: str) -> Callable[[F], F]:
    """The options of these settings, in order."""

    def add(function: F) -> F:
        for name in reversed(names):
            setting = BY_NAME[name]
            function = click.option(
                setting.flag + ("/--no-" + setting.flag[2:] if setting.type is bool else ""),
                name,
                type=click.Choice(setting.choices) if setting.choices else setting.type,
                default=setting.default,
                show_default=setting.default is not None,
                envvar=setting.env,
                metavar=setting.metavar,
                help=setting.help,
            )(function)
        return function

    return add


asking = option("dns", "record", "timeout", "trust_ad", "signed")
