"""What a valid feedback report would not have (RFC 5965 §3, RFC 6591 §3, RFC 9991 §4)."""

from collections import Counter

from mailworthy.reports.feedback.fields import Fields, plain, words
from mailworthy.reports.feedback.words import (
    AUTH_FAILURES,
    DELIVERY_RESULTS,
    DKIM_FAILURES,
    MECHANISMS,
    REGISTERED,
    SEVERAL,
)
from mailworthy.reports.notes import Notes

_ARF, _FAILURE, _DMARC = "RFC 5965", "RFC 6591", "RFC 9991"


def check(fields: Fields, notes: Notes) -> None:
    """Note the flaws of the fields themselves."""
    for name in ("feedback-type", "user-agent", "version"):
        _require(fields, name, notes, f"{_ARF} §3.1")
    if fields.has("version") and plain(fields.get("version")) != "1":
        notes.flaw("version", "the version is not 1", f"{_ARF} §3.1")
    names = [name.lower() for name, _ in fields.items]
    if any(count > 1 and name not in SEVERAL for name, count in Counter(names).items()):
        notes.flaw("field-repeated", "a field stands more than once", f"{_ARF} §3.2")
    if fields.has("arrival-date") and fields.has("received-date"):
        notes.flaw("two-dates", "there are Arrival-Date and Received-Date", f"{_ARF} §3.2")
    kind = plain(fields.get("feedback-type")).lower()
    if kind and kind not in REGISTERED:
        notes.flaw("feedback-type", "the feedback type is not registered", f"{_ARF} §7.3")


def check_failure(fields: Fields, notes: Notes) -> None:
    """Note what a report of failed authentication lacks."""
    _require(fields, "auth-failure", notes, f"{_FAILURE} §3.2.1")
    _require(fields, "authentication-results", notes, f"{_FAILURE} §3.1")
    failures = words(fields.get("auth-failure"))
    if not set(failures) <= AUTH_FAILURES:
        notes.flaw("auth-failure-word", "Auth-Failure has an unknown word", f"{_FAILURE} §3.3")
    result = plain(fields.get("delivery-result")).lower()
    if result and result not in DELIVERY_RESULTS:
        notes.flaw("delivery-result", "Delivery-Result has an unknown word", f"{_FAILURE} §3.2.2")
    aligned = words(fields.get("identity-alignment"))
    if "dmarc" in failures:
        _require(fields, "identity-alignment", notes, f"{_DMARC} §4")
    if aligned != ("none",) and not set(aligned) <= MECHANISMS:
        notes.flaw("alignment-word", "Identity-Alignment names no mechanism", f"{_DMARC} §4")
    if DKIM_FAILURES & set(failures):
        for name in ("dkim-domain", "dkim-selector"):
            _require(fields, name, notes, f"{_FAILURE} §3.2.3")
    if "spf" in failures:
        _require(fields, "spf-dns", notes, f"{_FAILURE} §3.2.6")


def _require(fields: Fields, name: str, notes: Notes, section: str) -> None:
    if not fields.has(name):
        notes.flaw(f"missing-{name}", f"{name} is missing", section)
