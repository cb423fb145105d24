"""Date and time as mail writes them (RFC 5322 §3.3, obsolete forms of §4.3 included)."""

import re
from datetime import datetime, timedelta, timezone
from functools import lru_cache

from mailworthy.message.lexer import Kind, tokens
from mailworthy.parsed import Parsed, Problem

MAX_TEXT = 1000  # characters; a date with a comment has less than 100
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTH_NAMES = "jan feb mar apr may jun jul aug sep oct nov dec"
_MONTHS = {name: number for number, name in enumerate(_MONTH_NAMES.split(), 1)}
_ZONES = {"est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7}
_FORM = re.compile(
    r"[ \t\r\n]*"
    r"(?:(?P<weekday>[A-Za-z]{3})[ \t\r\n]*,[ \t\r\n]*)?"
    r"(?P<day>[0-9]{1,2})[ \t\r\n]+(?P<month>[A-Za-z]{3})[ \t\r\n]+(?P<year>[0-9]{2,9})[ \t\r\n]+"
    r"(?P<hour>[0-9]{2})[ \t\r\n]*:[ \t\r\n]*(?P<minute>[0-9]{2})"
    r"(?:[ \t\r\n]*:[ \t\r\n]*(?P<second>[0-9]{2}))?"
    r"(?:[ \t\r\n]+(?P<zone>[+-][0-9]{4})|[ \t\r\n]*(?P<named>[A-Za-z]{1,5}))[ \t\r\n]*"
)


def parse(text: str) -> Parsed[datetime]:
    """Read a date-time; the record is aware, in the zone that stands there. Never raises.

    Zones without a meaning count as UTC (§4.3), a leap second as the second before it. Problem
    codes: too-long and bad-date, without a record; wrong-weekday and obsolete-date, with one.
    """
    if len(text) > MAX_TEXT:
        return Parsed(None, (Problem("too-long", "too long for a date", MAX_TEXT, len(text)),))
    found = _FORM.fullmatch(_blanked(text) if "(" in text else text)
    if found is None:
        return _bad(text, "this is no date of RFC 5322")
    when = _value(found)
    if when is None:
        return _bad(text, "there is no such day, time or zone")
    return Parsed(when, _problems(found, when))


def _bad(text: str, message: str) -> Parsed[datetime]:
    return Parsed(None, (Problem("bad-date", message, 0, len(text)),))


def _blanked(text: str) -> str:
    """Spaces in place of comments, so that offsets stay."""
    for token in tokens(text, ""):
        if token.kind is Kind.COMMENT:
            width = token.end - token.start
            text = text[: token.start] + " " * width + text[token.end :]
    return text


def _value(found: re.Match[str]) -> datetime | None:
    month = _MONTHS.get(found["month"].lower())
    zone = _zone(found["zone"] or found["named"].lower())
    year, second = _year(found["year"]), int(found["second"] or 0)
    # Beyond 9998 no other zone could express the moment.
    if month is None or zone is None or not 1900 <= year <= 9998 or second > 60:
        return None
    hour, minute = int(found["hour"]), int(found["minute"])
    try:
        return datetime(year, month, int(found["day"]), hour, minute, min(second, 59), tzinfo=zone)
    except ValueError:
        return None


def _year(digits: str) -> int:
    year = int(digits)
    if len(digits) == 2 and year < 50:
        return year + 2000
    return year + 1900 if len(digits) < 4 else year


@lru_cache(maxsize=256)
def _zone(text: str) -> timezone | None:
    """None for an offset that no clock has."""
    if text[0] not in "+-":
        return timezone(timedelta(hours=_ZONES.get(text, 0)))
    hours, minutes = int(text[1:3]), int(text[3:5])
    if hours > 23 or minutes > 59:
        return None
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if text[0] == "-" else offset)


def _problems(found: re.Match[str], when: datetime) -> tuple[Problem, ...]:
    problems = []
    weekday = found["weekday"]
    if weekday is not None and weekday.lower() != _DAYS[when.weekday()]:
        message = f"that day is a {_DAYS[when.weekday()].capitalize()}"
        problems.append(Problem("wrong-weekday", message, *found.span("weekday")))
    if len(found["year"]) < 4:
        message = "a year has four digits"
        problems.append(Problem("obsolete-date", message, *found.span("year")))
    if found["named"] is not None:
        message = "a zone is written as an offset"
        problems.append(Problem("obsolete-date", message, *found.span("named")))
    return tuple(problems)
