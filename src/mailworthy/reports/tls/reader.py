"""A TLS report from its JSON to values (RFC 8460 §4)."""

import hashlib
from datetime import datetime
from typing import BinaryIO

import msgspec

from mailworthy.reports.model import (
    Fault,
    Format,
    Head,
    Kind,
    Place,
    Report,
    Reporter,
    Unreadable,
    Window,
)
from mailworthy.reports.notes import Notes
from mailworthy.reports.shown import shown
from mailworthy.reports.tls import values
from mailworthy.reports.tls.jsontext import Loaded, Refused, load
from mailworthy.reports.tls.limits import LIMITS, Limits
from mailworthy.reports.tls.policy import records

_SECTION = "RFC 8460 §4.4"
_KEYS = frozenset(
    ("organization-name", "date-range", "contact-info", "report-id", "policies", "policy")
)
_DAY = 86400
_DIGITS = 100
_CHUNK = 1 << 20


def read(
    source: bytes | BinaryIO, place: Place, *, now: datetime, limits: Limits = LIMITS
) -> Report | Unreadable:
    """Read one TLS report, uncompressed JSON, bytes or a file object (RFC 8460 §4.4).

    What single policies or failures have wrong costs only them, and becomes an omission; a text
    that breaks off is read as far as it goes. Refused is what is no TLS report, what lacks its
    window or its policies, and a window that ends in the future or spans more than a month:
    such counts would be booked on days that nobody reported. Never raises for what is in it;
    memory is bounded by `limits`.
    """
    held = [source if isinstance(source, bytes) else _octets(source, limits.max_read + 1)]
    octets, digest = len(held[0]), hashlib.sha256(held[0]).hexdigest()
    loaded = load(held.pop(), limits)  # which lets go of what is large as soon as it can
    if isinstance(loaded, Refused):
        return Unreadable(place, loaded.fault, loaded.reason)
    if not place.sha256:
        place = msgspec.structs.replace(place, octets=octets, sha256=digest)
    return _Reading(loaded, place, now, limits).report()


def _octets(source: BinaryIO, most: int) -> bytearray:
    """Up to so many octets; a file may give fewer than it is asked for, and end later."""
    found = bytearray()
    while piece := source.read(min(_CHUNK, most - len(found))):
        found += piece
    return found


class _Reading:
    def __init__(self, loaded: Loaded, place: Place, now: datetime, limits: Limits) -> None:
        self.loaded, self.place, self.limits = loaded, place, limits
        self.now = int(now.timestamp())
        self.notes = Notes(limits.max_notes)
        self.notes.omissions.extend(loaded.omissions)
        value = loaded.value
        self.value: dict[str, object] = value if isinstance(value, dict) else {}

    def report(self) -> Report | Unreadable:
        if not self.value.keys() & _KEYS:
            return self.refuse(Fault.UNKNOWN_FORMAT, "this JSON is no TLS report")
        policies = self.value.get("policies")
        if isinstance(policies, dict):
            self.notes.flaw("policies-not-array", "policies is no array", "RFC 8460 §4")
            policies = [policies]
        if not isinstance(policies, list):
            return self.refuse(Fault.MISSING, "the report has no policies")
        window = self.window()
        if isinstance(window, Unreadable):
            return window
        self.form(policies)
        head = Head(Kind.TLS, Format.RFC8460, self.reporter(), self.report_id(), window)
        report = Report(head, self.place, records(policies, self.notes, self.limits))
        report.flaws, report.omissions = self.notes.flaws, self.notes.omissions
        report.complete = self.loaded.whole
        return report

    def refuse(self, fault: Fault, reason: str) -> Unreadable:
        return Unreadable(self.place, fault, reason)

    def form(self, policies: list[object]) -> None:
        """Flaws of the JSON itself."""
        if not self.loaded.utf8:
            self.notes.flaw("not-utf-8", "the JSON is not in UTF-8", "RFC 8460 §4")
        for key in self.loaded.duplicates[:1]:
            self.notes.flaw("duplicate-key", f"{key} stands twice in an object", "RFC 8460 §4")
        if not policies:
            self.notes.flaw("no-policies", "the report is about no policy", "RFC 8460 §4")

    def window(self) -> Window | Unreadable:
        span = self.value.get("date-range")
        found = span if isinstance(span, dict) else {}
        written = [found.get("start-datetime"), found.get("end-datetime")]
        begin, end = values.moment(written[0]), values.moment(written[1], end=True)
        if begin is None or end is None:
            told = shown(" to ".join(str(w)[:_DIGITS] for w in written))
            return self.refuse(Fault.MISSING, f"the report has no window: {told}")
        if why := self.nonsense(begin, end):
            return self.refuse(Fault.NONSENSE, why)
        if not all(map(values.is_rfc3339, written)):
            self.notes.flaw("bad-date-time", "a date-time is not as RFC 3339 has it", _SECTION)
        if begin % _DAY or end - begin not in (_DAY - 1, _DAY):
            self.notes.flaw("not-a-day", "the window is no day of UTC", "RFC 8460 §4.1")
        return Window(begin, end)

    def nonsense(self, begin: int, end: int) -> str:
        if begin > end:
            return "the window ends before it begins"
        if max(begin, end) > self.now + self.limits.max_ahead:
            return "the window lies in the future"
        if end - begin > self.limits.max_days * _DAY:
            return f"the window spans more than {self.limits.max_days} days"
        return ""

    def reporter(self) -> Reporter:
        contact = self.text("contact-info", 500)
        address = contact.removeprefix("mailto:")
        local, _, domain = address.rpartition("@")
        if local and " " not in local and values.domain(domain):
            return Reporter(self.text("organization-name", 200), email=address)
        if contact:
            self.notes.flaw("bad-contact-info", "contact-info is no mail address", _SECTION)
        return Reporter(self.text("organization-name", 200), contact=contact)

    def report_id(self) -> str:
        return self.text("report-id", 500)

    def text(self, name: str, limit: int) -> str:
        value = self.value.get(name)
        if not isinstance(value, str) or not value.strip():
            self.notes.flaw(f"missing-{name}", f"{name} is missing", _SECTION)
            return ""
        return shown(value, limit)
