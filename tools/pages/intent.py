"""The keys of mailworthy.toml: types and defaults from the code, meanings from docs/intent.toml."""

import tomllib
from enum import StrEnum
from pathlib import Path
from typing import Any, get_args

import msgspec

from mailworthy.domain.intent import DmarcWish, Domain, Host, SenderWish, Waiver
from pages.markdown import code, linked, table

SOURCE = Path(__file__).parents[2] / "docs" / "intent.toml"
INTRODUCTION = """\
# The intent file

`mailworthy.toml` says what you want; [everything else follows](../concepts/one-intent.md).
A key that is not listed here is an error, with its line and a suggestion.

```toml
[hosts."mail.example.com"]
ipv4 = ["192.0.2.25"]
ipv6 = ["2001:db8::25"]
mx = 10

[domains."example.com"]
reports = "dmarc@example.com"
senders = ["mailchimp"]

[domains."parked.example"]
parked = true

[[waive]]
rule = "dnssec-unsigned"
reason = "our registrar cannot yet"
until = 2027-01-31
```
"""
TABLES: dict[type[msgspec.Struct], str] = {
    Host: '`[hosts."NAME"]`',
    Domain: '`[domains."NAME"]`',
    DmarcWish: '`[domains."NAME".dmarc]`',
    SenderWish: '`[[domains."NAME".senders]]`',
    Waiver: "`[[waive]]`",
}


def meanings() -> dict[str, dict[str, str]]:
    """Name of the struct to key to meaning."""
    return tomllib.loads(SOURCE.read_text())


def page() -> str:
    """One table for each kind of table in the file."""
    said = meanings()
    text = INTRODUCTION
    for kind, title in TABLES.items():
        rows = [
            (code(f.encode_name), sort(f.type), default(f), linked(said[kind.__name__][f.name]))
            for f in msgspec.structs.fields(kind)
        ]
        text += f"\n## {title}\n\n" + table(("Key", "Type", "Default", "Meaning"), rows)
    return text


def sort(kind: Any) -> str:
    """A type as a person would say it."""
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return " · ".join(code(word.value) for word in kind)
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return "table"
    parts = [p for p in get_args(kind) if p not in (type(None), Ellipsis)]
    if getattr(kind, "__origin__", None) is tuple:
        return f"list of {sort(parts[0])}"
    if getattr(kind, "__origin__", None) is dict:
        return "table of text"
    if parts:
        return " or ".join(sort(p) for p in parts)
    return {str: "text", int: "number", bool: "true or false"}.get(kind) or str(kind.__name__)


def default(field: msgspec.structs.FieldInfo) -> str:
    """The value where the key is left out; empty if that is nothing."""
    if field.required:
        return "*required*"
    value = field.default
    if isinstance(value, bool):
        return code(str(value).lower())
    if isinstance(value, StrEnum | int):
        return code(str(value))
    return ""
