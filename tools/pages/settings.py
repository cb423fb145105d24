"""The settings, from their one table."""

from mailworthy.settings import SETTINGS, Setting
from pages.markdown import code, escape, table

INTRODUCTION = """\
# Settings

Each is an option of the commands that use it, and an environment variable.
The option wins over the variable, the variable over the default.

"""


def page() -> str:
    """One table over all settings."""
    header = ("Option", "Variable", "Default", "Meaning")
    return INTRODUCTION + table(header, [row(setting) for setting in SETTINGS])


def row(setting: Setting) -> tuple[str, ...]:
    """One setting."""
    option = f"{setting.flag} {setting.metavar}" if setting.metavar else setting.flag
    default = "" if setting.default is None else code(str(setting.default))
    words = " · ".join(code(choice) for choice in setting.choices)
    meaning = escape(setting.help) + (f" {words}" if words else "")
    return code(option), code(setting.env), default, meaning
