"""The receivers that are called to see whether port 25 is open: `receivers.toml`, or the user's."""

import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from mailworthy.errors import UsageError
from mailworthy.names import is_hostname, printable, to_ascii

MOST = 10  # receivers that are called


@cache
def default() -> tuple[str, ...]:
    """The domains that are shipped."""
    text = files("mailworthy.audit").joinpath("receivers.toml").read_text(encoding="utf-8")
    return chosen(tomllib.loads(text)["domains"])


def chosen(names: Iterable[str]) -> tuple[str, ...]:
    """These domains in the inside form, each once. Raises UsageError for too many, and BadName,
    which is one, for a name that is none."""
    found = tuple(dict.fromkeys(to_ascii(name.strip()) for name in names if name.strip()))
    odd = next((name for name in found if not is_hostname(name)), None)
    if odd is not None:
        raise UsageError(f"{printable(odd, 100)} is no domain with a mail server")
    if len(found) > MOST:
        raise UsageError(f"no more than {MOST} receivers are called")
    return found
