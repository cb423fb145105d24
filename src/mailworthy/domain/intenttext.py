"""An intent as TOML text that a person likes to read and edit."""

import json
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import msgspec

from mailworthy.domain.intent import DmarcWish, Domain, Host, Intent, Waiver
from mailworthy.names import to_unicode

HEAD = """\
# What you want of your mail domains. Everything else follows from it:
# change this file, then run `mailworthy zone` and `mailworthy check`.
"""
_WIDE = 88
_COMMENTS = {
    "mx": "receives, with this preference; leave out for a host that only sends",
    "sends": "receives only",
    "people": "no people write mail here: DMARC may go as far as reject",
    "parked": "no mail at all",
    "reports": "a mailbox that exists: DMARC and TLS reports arrive there",
    "tls_reports": "TLS reports go here instead",
    "hosts": "only these hosts serve the domain",
    "senders": "who else sends in its name",
    "nameservers": "as the registrar lists them; NAME=ADDRESS for one inside the zone",
    "records": "what else lives in the zone, kept as it is",
    "no_mail": "these names get a null MX, -all and reject: they have an address but no mail",
    "dnssec": "the zone is signed, so TLSA records can be trusted",
    "tls_keys": "PEM files of the mail hosts' certificates, for TLSA",
    "ca": "only these may issue certificates",
    "selectors": "DKIM keys: <domain>.<selector>.key in keys/",
    "spf": "how the SPF record ends: softfail first, fail when proven",
    "spf_terms": "further SPF mechanisms",
    "mta_sts": "testing first, enforce when TLS reports are clean",
    "clients": "no records for mail programs",
    "ttl": "seconds that others may keep our records",
}


def dumps(intent: Intent) -> str:
    """TOML text; `loads` gives the same intent back. Defaults are left out."""
    return f"{HEAD}\n{tables(intent)}" if intent != Intent() else HEAD


def tables(intent: Intent) -> str:
    """The tables alone, to be put below others."""
    parts = [_table("hosts", name, host) for name, host in intent.hosts.items()]
    parts += [_table("domains", name, domain) for name, domain in intent.domains.items()]
    parts += [_waiver(waiver) for waiver in intent.waive]
    return "\n".join(parts)


def _table(kind: str, name: str, value: Host | Domain) -> str:
    shown = to_unicode(name)
    lines = [] if shown == name or not shown.isprintable() else [f"# {shown}"]
    lines.append(f"[{kind}.{_text(name)}]")
    lines += _pairs(value)
    return "\n".join(lines) + "\n"


def _pairs(value: msgspec.Struct) -> Iterator[str]:
    for field in msgspec.structs.fields(value):
        found = getattr(value, field.name)
        if found == field.default:
            continue
        if isinstance(found, DmarcWish):
            yield from (f"dmarc.{line}" for line in _pairs(found))
            continue
        line = f"{field.name} = {_value(found, len(field.name) + 3)}"
        comment = _COMMENTS.get(field.name, "")
        if "\n" in line or len(line) + len(comment) > _WIDE + 12:
            yield from [f"# {comment}"] if comment else []
            yield line
        else:
            yield f"{line}  # {comment}" if comment else line


def _waiver(waiver: Waiver) -> str:
    return "\n".join(["[[waive]]", *_pairs(waiver)]) + "\n"


def _value(value: Any, indent: int = 0) -> str:
    if isinstance(value, bool | int | date):
        return str(value).lower()
    if isinstance(value, tuple):
        return _list([_value(item) for item in value], indent)
    if isinstance(value, msgspec.Struct):
        return _inline({k: v for k, v in msgspec.structs.asdict(value).items() if v})
    if isinstance(value, dict):
        return _inline(value)
    return _text(str(value))


def _list(items: list[str], indent: int) -> str:
    flat = f"[{', '.join(items)}]"
    if len(flat) + indent <= _WIDE:
        return flat
    return "[\n" + "".join(f"  {item},\n" for item in items) + "]"


def _inline(values: Mapping[str, Any]) -> str:
    return "{ " + ", ".join(f"{_key(k)} = {_value(v)}" for k, v in values.items()) + " }"


def _key(text: str) -> str:
    bare = text.isascii() and text.replace("-", "").replace("_", "").isalnum()
    return text if bare else _text(text)


def _text(text: str) -> str:
    """A basic string; JSON's escapes are TOML's, but TOML wants DEL escaped too."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
