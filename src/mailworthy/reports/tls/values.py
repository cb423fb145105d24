"""Single values of a TLS report, read leniently (RFC 8460 §4.4)."""

import re
from datetime import UTC, datetime, timedelta, timezone

from mailworthy.names import BadName, to_ascii
from mailworthy.rdata.address import address, render, unmapped

_DATE = re.compile(
    r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})"
    r"(?:[Tt ](?P<hour>[0-9]{2}):(?P<minute>[0-9]{2})"
    r"(?::(?P<second>[0-9]{2})(?:[.,][0-9]{1,12})?)?)?"
    r"[ ]?(?P<zone>[Zz]|UTC|GMT|[+-][0-9]{2}:?[0-9]{2})?",
    re.ASCII,
)
_EPOCH = re.compile(r"[0-9]{9,11}", re.ASCII)
_DIGITS = re.compile(r"[+-]?[0-9]{1,18}", re.ASCII)
_STRICT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9:]{8}(?:\.[0-9]+)?(?:[Zz]|[+-][0-9:]{5})", re.ASCII
)


def count(value: object, most: int) -> int | str:
    """A number of sessions, or why it is none; text and floats without fraction are read too."""
    if isinstance(value, str) and _DIGITS.fullmatch(value.strip()):
        value = int(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        return "this is no number of sessions"
    if value < 0:
        return "a number of sessions is not negative"
    return value if value <= most else "nobody has so many sessions"


def moment(value: object, *, end: bool = False) -> int | None:
    """Seconds since 1970 of a date-time; UTC where no zone is told, None if it is no date.

    Read are RFC 3339 §5.6, the same with a space or without seconds or zone, 24:00 as the end of
    a day, a leap second as the one before, seconds since 1970, and the date alone: its
    beginning, or its last second as the `end` of a window.
    """
    if isinstance(value, int | float) and not isinstance(value, bool):
        return int(value) if 0 <= value < 10**11 else None
    if not isinstance(value, str) or len(value) > 60:
        return None
    text = value.strip()
    if _EPOCH.fullmatch(text):
        return int(text)
    found = _DATE.fullmatch(text)
    when = _moment(found) if found else None
    whole_day = end and found is not None and found["hour"] is None
    return when + 86399 if when is not None and whole_day else when


def is_rfc3339(value: object) -> bool:
    """Whether a date-time, which could be read, is written as it should be."""
    return isinstance(value, str) and _STRICT.fullmatch(value) is not None


def _moment(found: re.Match[str]) -> int | None:
    hour, minute = int(found["hour"] or 0), int(found["minute"] or 0)
    second = min(int(found["second"] or 0), 60)
    try:
        zone = _zone(found["zone"] or "Z")
        day = datetime(int(found["year"]), int(found["month"]), int(found["day"]), tzinfo=UTC)
        if hour == 24 and not minute and not second:
            when = day.timestamp() + 86400
        else:
            when = day.replace(hour=hour, minute=minute, second=min(second, 59)).timestamp()
    except ValueError:
        return None
    return int(when - zone.total_seconds())


def _zone(text: str) -> timedelta:
    """The offset from UTC. Raises ValueError for one that no clock has."""
    if text[0] not in "+-":
        return timedelta()
    offset = timedelta(hours=int(text[1:3]), minutes=int(text[-2:]))
    zone = timezone(-offset if text[0] == "-" else offset)
    return zone.utcoffset(None)


def domain(value: object) -> str | None:
    """A domain name in the inside form, A-labels for U-labels; None if it is none."""
    if not isinstance(value, str) or len(value) > 1000:
        return None
    try:
        return to_ascii(value)
    except BadName:
        return None


def ip(value: object) -> str | None:
    """An address in canonical text, IPv4 where it was mapped into IPv6; None if it is none."""
    if not isinstance(value, str):
        return None
    text = value.strip()
    if text[:1] == "[":
        text = text[1:].partition("]")[0]
    found = address(text[5:] if text[:5].lower() == "ipv6:" else text)
    return None if found is None else render(unmapped(found))


def texts(value: object) -> list[object]:
    """What should be an array: as it is, without the arrays in it, or what stands for it alone."""
    if value is None:
        return []
    if not isinstance(value, list):
        return [value]
    return [inner for one in value for inner in (one if isinstance(one, list) else [one])]
