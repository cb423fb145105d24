"""The settings of `mailworthy milter`, from their struct."""

from typing import Any

import msgspec

from mailworthy.milter.load import ENVIRONMENT
from mailworthy.milter.policy import HELP, MilterPolicy
from pages.markdown import code, table

INTRODUCTION = f"""\
# The milter's settings

Of `milter.toml`, the file that `mailworthy milter --config` reads and `mailworthy config milter`
writes. Every one of them is an environment variable too, `{ENVIRONMENT}` and its name in capitals,
which wins over the file; lists have commas there.

"""


def page() -> str:
    """One table over all settings."""
    rows = [
        (code(field.name), code(_shown(field.default)), HELP[field.name])
        for field in msgspec.structs.fields(MilterPolicy)
    ]
    return INTRODUCTION + table(("Setting", "Default", "Meaning"), rows)


def _shown(value: Any) -> str:
    """A value as TOML has it."""
    return msgspec.json.encode(value).decode()
