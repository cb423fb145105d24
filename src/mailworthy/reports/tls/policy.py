"""One policy of a TLS report and the failures under it (RFC 8460 §4.2 to §4.5)."""

import re
from collections.abc import Iterator

from mailworthy.reports.model import TlsFailure, TlsRecord
from mailworthy.reports.notes import Notes
from mailworthy.reports.shown import shown
from mailworthy.reports.tls import values
from mailworthy.reports.tls.limits import Limits

TYPES = frozenset(("sts", "tlsa", "no-policy-found"))
RESULTS = frozenset(
    (
        *("starttls-not-supported", "certificate-host-mismatch", "certificate-expired"),
        *("certificate-not-trusted", "validation-failure", "tlsa-invalid", "dnssec-invalid"),
        *("dane-required", "sts-policy-fetch-error", "sts-policy-invalid", "sts-webpki-invalid"),
    )
)
_SEPARATOR = re.compile(r"[;\r\n]+")
_SECTION = "RFC 8460 §4.4"
_MAX_LINE = 9000  # the longest TLSA record with a whole certificate that a reporter may quote
_COUNTS = ("total-successful-session-count", "total-failure-session-count")


class _Unfit(Exception):
    """What keeps a policy or a failure from being read."""

    def __init__(self, reason: str, excerpt: object, part: str = "") -> None:
        super().__init__(reason)
        self.reason, self.excerpt, self.part = reason, excerpt, part


def records(policies: list[object], notes: Notes, limits: Limits) -> Iterator[TlsRecord]:
    """The policies that can be read, in order; the others become omissions."""
    for number, policy in enumerate(policies, 1):
        reading = _Reading(f"policy {number}", notes, limits)
        try:
            yield reading.policy(policy)
        except _Unfit as unfit:
            reading.omit(unfit)


class _Reading:
    """One policy; `where` is how omissions call it."""

    def __init__(self, where: str, notes: Notes, limits: Limits) -> None:
        self.where, self.notes, self.limits = where, notes, limits

    def policy(self, value: object) -> TlsRecord:
        about = value.get("policy") if isinstance(value, dict) else None
        if not isinstance(value, dict) or not isinstance(about, dict):
            raise _Unfit("it does not say which policy", value)
        written = about.get("policy-domain", about.get("domain"))
        domain = values.domain(written)
        if domain is None:
            raise _Unfit("this is no domain name", written, "policy-domain")
        failures = tuple(self.failures(value.get("failure-details")))
        successful, failed = self.counts(value.get("summary"), failures)
        policy = tuple(self.lines(about.get("policy-string"), "policy-string"))
        mx = self.lines(about.get("mx-host", about.get("mx-host-pattern")), "mx-host")
        hosts = tuple(pattern.lower().rstrip(".") for pattern in mx)
        type_ = self.type(about.get("policy-type"))
        return TlsRecord(type_, domain, successful, failed, policy, hosts, failures)

    def omit(self, unfit: _Unfit) -> None:
        where = f"{self.where}, {unfit.part}" if unfit.part else self.where
        self.notes.omit(where, unfit.reason, unfit.excerpt)

    def type(self, value: object) -> str:
        word = shown(value, 40).lower() if isinstance(value, str) else ""
        if word not in TYPES:
            text = f"the policy type {word or 'that is missing'} is not known"
            self.notes.flaw("unknown-policy-type", text, _SECTION)
        return word

    def counts(self, summary: object, failures: tuple[TlsFailure, ...]) -> tuple[int, int]:
        """Sessions that went well and that failed.

        Where a count is missing, nothing is known to have gone well, and what failed is at least
        what one of the details says: details may overlap (§4).
        """
        found = summary if isinstance(summary, dict) else {}
        given = [found.get(name) for name in _COUNTS]
        if given == [None, None] and not failures:
            raise _Unfit("it counts nothing", summary)
        if None in given:
            self.notes.flaw("missing-count", "a summary lacks a count", "RFC 8460 §4.2")
        least = max((failure.count for failure in failures), default=0)
        successful = 0 if given[0] is None else self.count(given[0], _COUNTS[0])
        failed = least if given[1] is None else self.count(given[1], _COUNTS[1])
        return successful, failed

    def count(self, value: object, part: str) -> int:
        number = values.count(value, self.limits.max_count)
        if isinstance(number, str):
            raise _Unfit(number, str(value), part)
        if not isinstance(value, int):
            self.notes.flaw("count-not-number", "a count is no JSON integer", _SECTION)
        return number

    def lines(self, value: object, name: str) -> Iterator[str]:
        """The strings of policy-string or mx-host, an array or not (erratum 6241)."""
        found: list[object] = values.texts(value)
        if isinstance(value, str):
            found = [*_SEPARATOR.split(value)] if name == "policy-string" else [*value.split()]
        if value is not None and not isinstance(value, list):
            self.notes.flaw(f"{name}-not-array", f"{name} is no array of strings", _SECTION)
        for text in found[: self.limits.max_texts]:
            if not isinstance(text, str):
                self.omit(_Unfit("this is no text", text, name))
            elif text.strip():
                yield shown(text, _MAX_LINE if name == "policy-string" else 300)
        if len(found) > self.limits.max_texts:
            self.omit(_Unfit(f"more than {self.limits.max_texts} strings", "", name))

    def failures(self, value: object) -> Iterator[TlsFailure]:
        found = [value] if isinstance(value, dict) else value
        if not isinstance(value, list | None):
            self.notes.flaw("failures-not-array", "failure-details is no array", _SECTION)
        if not isinstance(found, list):
            return
        for number, one in enumerate(found, 1):
            inner = _Reading(f"{self.where}, failure {number}", self.notes, self.limits)
            try:
                yield inner.failure(one)
            except _Unfit as unfit:
                inner.omit(unfit)

    def failure(self, value: object) -> TlsFailure:
        if not isinstance(value, dict):
            raise _Unfit("this is no JSON object", value)
        number = self.count(value.get("failed-session-count"), "failed-session-count")
        information = value.get("additional-information", value.get("additional-info-uri"))
        return TlsFailure(
            self.result(value.get("result-type")),
            number,
            self.ip(value, "sending-mta-ip"),
            self.text(value.get("receiving-mx-hostname"), 255).lower().rstrip("."),
            self.text(value.get("receiving-mx-helo"), 255),
            self.ip(value, "receiving-ip"),
            self.text(information, 1000),
            self.text(value.get("failure-reason-code"), 500),
        )

    def result(self, value: object) -> str:
        word = self.text(value, 60).lower()
        if word not in RESULTS:
            text = f"the result type {word or 'that is missing'} is not known"
            self.notes.flaw("unknown-result-type", text, "RFC 8460 §4.3")
        return word

    def ip(self, value: dict[str, object], name: str) -> str:
        written = value.get(name)
        found = values.ip(written)
        if found is None and written not in (None, ""):
            self.omit(_Unfit("this is no address", written, name))
        return found or ""

    def text(self, value: object, limit: int) -> str:
        return shown(value, limit) if isinstance(value, str) else ""
