"""The `_mta-sts` TXT record: says that there is a policy, and which version (RFC 8461 §3.1)."""

import re

import msgspec

from mailworthy.mtasts.syntax import broken, ordered, read
from mailworthy.parsed import Parsed, Problem
from mailworthy.taglist import render as render_tags

VERSION = "STSv1"
_ID = re.compile(r"[A-Za-z0-9]{1,32}")
_KNOWN = frozenset({"v", "id"})


class StsRecord(msgspec.Struct, frozen=True):
    """A policy's id, and the fields that nobody knows, first ones only."""

    id: str
    extensions: tuple[tuple[str, str], ...] = ()


def is_record(text: str) -> bool:
    """Whether a TXT record counts; all others at the name are discarded (RFC 8461 §3.1)."""
    return text.startswith(f"v={VERSION};")


def parse(text: str) -> Parsed[StsRecord]:
    """Read `v=STSv1; id=20160831085700Z`.

    No record after `not-sts`, `missing-id`, `bad-id` and whatever breaks the grammar, for a
    sender then takes it that there is no policy; `duplicate-tag` leaves the first one's value.
    """
    if not is_record(text):
        message = f"does not begin with v={VERSION};"
        return Parsed(None, (Problem("not-sts", message, 0, min(len(text), 8)),))
    tags, problems = read(text, _KNOWN)
    found = tags.tag("id")
    if found is None:
        problems.append(Problem("missing-id", "there is no id", len(text), len(text)))
    elif not _ID.fullmatch(found.value):
        message = "the id is not 1 to 32 letters and digits"
        problems.append(Problem("bad-id", message, found.start, found.end))
    if found is None or broken(problems, "bad-id"):
        return Parsed(None, ordered(problems))
    extras: dict[str, str] = {}
    for tag in tags:
        if tag.name not in _KNOWN:
            extras.setdefault(tag.name, tag.value)
    return Parsed(StsRecord(found.value, tuple(extras.items())), ordered(problems))


def render(record: StsRecord) -> str:
    """The TXT value."""
    return render_tags([("v", VERSION), ("id", record.id), *record.extensions])
