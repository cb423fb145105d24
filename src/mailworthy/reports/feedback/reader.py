"""One failure report or complaint, from its mail to a value (RFC 5965, RFC 6591, RFC 9991)."""

import hashlib
import re
from collections.abc import Iterator
from datetime import datetime

import msgspec

from mailworthy.message.author import author
from mailworthy.message.header import Message
from mailworthy.message.lexer import decode
from mailworthy.reports.feedback import validity
from mailworthy.reports.feedback.fields import moment, plain, words
from mailworthy.reports.feedback.parts import Parts, find
from mailworthy.reports.feedback.redact import HIDDEN, Redactor
from mailworthy.reports.feedback.sample import Sample, address, examine
from mailworthy.reports.feedback.words import KEPT, TYPES
from mailworthy.reports.model import (
    FailureRecord,
    Fault,
    Format,
    Head,
    Kind,
    Place,
    Record,
    Report,
    Reporter,
    Unreadable,
    Window,
)
from mailworthy.reports.notes import Notes
from mailworthy.reports.shown import shown
from mailworthy.reports.tls import values

MAX_INCIDENTS = 1_000_000
_AHEAD = 2 * 86400  # clocks and zones may be wrong by so much
_FROM = re.compile(r"\bheader\.from=([\w.-]{1,255})", re.IGNORECASE)
_INTEGER = re.compile(r"-?[0-9]{1,18}", re.ASCII)


def read(
    mail: bytes,
    place: Place,
    *,
    now: datetime | None = None,
    redact: bool = True,
    salt: bytes = b"",
) -> Report | Unreadable:
    """Read the mail of one failure report or complaint; the report has one record.

    It is a failure if it tells of authentication that failed, whatever type it claims, and a
    complaint otherwise, `not-spam` (somebody took one back) among them. By default no person is
    left in it: see Redactor about `salt`; subjects go, and of fields that no RFC knows the name
    alone stays. The Message-ID stays, since it finds the message in our own log.

    What tells of no failure and no complaint is NO_REPORT; numbers of incidents beyond reason
    and, where `now` is given, an arrival in the future are refused. Never raises for what is in
    the mail; linear in its size.
    """
    parts = find(mail)
    if parts is None:
        return Unreadable(place, Fault.NO_REPORT, "this mail is no failure report or complaint")
    if not place.sha256:
        digest = hashlib.sha256(mail).hexdigest()
        place = msgspec.structs.replace(place, octets=len(mail), sha256=digest)
    return _Reading(parts, place, now, Redactor(salt, active=redact)).report()


class _Reading:
    def __init__(
        self, parts: Parts, place: Place, now: datetime | None, redactor: Redactor
    ) -> None:
        self.parts, self.place, self.redactor = parts, place, redactor
        self.fields = parts.fields
        self.now = None if now is None else int(now.timestamp())
        self.sample = examine(parts.sample, redactor) if parts.sample else Sample()
        self.notes = Notes()

    def report(self) -> Report | Unreadable:
        kind, type_ = self.kind()
        if kind is None:
            told = type_ or "that is missing"
            return self.refuse(Fault.UNKNOWN_FORMAT, f"the feedback type {told} is not known")
        incidents = self.incidents()
        arrival = self.arrival()
        if isinstance(incidents, Unreadable):
            return incidents
        if isinstance(arrival, Unreadable):
            return arrival
        self.validity(kind)
        record = self.record(type_, arrival, incidents)
        format_ = Format.TEXT if self.parts.told else Format.ARF
        window = Window(arrival, arrival)
        head = Head(kind, format_, self.reporter(), self.report_id(), window)
        report = Report(head, self.place, _one(record))
        report.flaws, report.omissions = self.notes.flaws, self.notes.omissions
        return report

    def refuse(self, fault: Fault, reason: str) -> Unreadable:
        return Unreadable(self.place, fault, reason)

    def kind(self) -> tuple[Kind | None, str]:
        """Failure or complaint, and the type as written; a missing type is told from the rest."""
        type_ = self.word("feedback-type")
        if self.fields.has("auth-failure"):
            return Kind.FAILURE, type_ or "auth-failure"
        if not type_ and self.fields.items:
            return Kind.COMPLAINT, "other"
        return TYPES.get(type_), type_

    def incidents(self) -> int | Unreadable:
        text = plain(self.fields.get("incidents"))
        if not text:
            return 1
        if not _INTEGER.fullmatch(text):
            self.notes.flaw("incidents", "Incidents is no number", "RFC 5965 §3.2")
            return 1
        if not 0 < int(text) <= MAX_INCIDENTS:
            return self.refuse(Fault.NONSENSE, f"{text} incidents are beyond reason")
        return int(text)

    def arrival(self) -> int | Unreadable:
        """When the message came in; the report's own date where that is not told."""
        told = self.fields.get("arrival-date") or self.fields.get("received-date")
        when = moment(told) if told else None
        if when is None:
            self.notes.flaw("arrival-date", "there is no date of arrival", "RFC 5965 §3.2")
            when = moment(" ".join(_value(self.parts.header, b"date").split()))
        if when is None:
            return self.refuse(Fault.MISSING, "neither the report nor its mail has a date")
        if self.now is not None and when > self.now + _AHEAD:
            return self.refuse(Fault.NONSENSE, "the message arrived in the future")
        return when

    def validity(self, kind: Kind) -> None:
        if self.parts.told:
            self.notes.flaw("prose", "there is no part for machines", "RFC 5965 §2")
        else:
            validity.check(self.fields, self.notes)
            if kind is Kind.FAILURE:
                validity.check_failure(self.fields, self.notes)
        if not self.parts.sample:
            self.notes.flaw("no-message", "the reported message is not there", "RFC 5965 §2")
        if self.parts.more:
            self.notes.omit("the mail", f"{self.parts.more} more feedback reports in one mail")

    def record(self, type_: str, arrival: int, incidents: int) -> FailureRecord:
        fields, sample = self.fields, self.sample
        failure = fields.has("auth-failure")
        results = " ".join(fields.all("authentication-results")[:10])
        return FailureRecord(
            type_,
            self.domain(results),
            arrival,
            self.source_ip(),
            tuple(map(self.redactor.text, words(fields.get("auth-failure")))),
            self.word("delivery-result"),
            self.redactor.text(", ".join(words(fields.get("identity-alignment")))),
            self.mail_from(),
            sample.header_from,
            address(fields.get("original-rcpt-to"), self.redactor) or sample.rcpt_to,
            sample.message_id or shown(fields.get("message-id").strip("<> "), 500),
            sample.subject,
            sample.campaign,
            sample.list_id,
            shown(self.redactor.text(results), 4000),
            self.name("dkim-domain") or ("" if failure else sample.dkim_domain),
            self.name("dkim-selector") or ("" if failure else sample.dkim_selector),
            shown(self.redactor.text(" ".join(fields.all("spf-dns")[:10])), 2000),
            incidents,
            tuple(self.kept()),
        )

    def domain(self, results: str) -> str:
        """Whose report this is: what it says, or else the author's domain, or the envelope's."""
        from_results = _FROM.search(results)
        told = (
            *self.fields.all("reported-domain")[:10],
            self.sample.from_domain,
            from_results[1] if from_results else "",
            self.mail_from().rpartition("@")[2],
            self.fields.get("dkim-domain"),
        )
        for text in told:
            if text and (found := values.domain(plain(text).rpartition("@")[2].strip("<>"))):
                return found
        self.notes.flaw("no-domain", "nothing tells whose domain it is", "RFC 6591 §3.1")
        return ""

    def source_ip(self) -> str:
        """The address, which some put a name or a comment behind."""
        text = plain(self.fields.get("source-ip"))
        found = values.ip(text) or values.ip(text.partition(" ")[0])
        if found is None and text:
            self.notes.omit("Source-IP", "this is no address", self.redactor.text(text))
        return found or ""

    def mail_from(self) -> str:
        if not self.fields.has("original-mail-from"):
            return self.sample.mail_from
        return address(self.fields.get("original-mail-from") or "<>", self.redactor)

    def name(self, field: str) -> str:
        text = plain(self.fields.get(field)).strip('"')
        other = shown(self.redactor.text(text).lower(), 253)
        return (values.domain(text) or other) if text else ""

    def word(self, field: str) -> str:
        return shown(self.redactor.text(plain(self.fields.get(field))).lower(), 40)

    def kept(self) -> Iterator[tuple[str, str]]:
        for written, value in self.fields.items:
            key, name = written.lower(), self.redactor.text(written)
            if not self.redactor.active:
                yield name, value
            elif key == "reported-uri":
                yield name, self.redactor.uri(value)
            elif key in {"original-mail-from", "original-rcpt-to"}:
                yield name, address(value, self.redactor)
            else:
                yield name, self.redactor.text(value) if key in KEPT else HIDDEN

    def reporter(self) -> Reporter:
        """Who sent the mail; its address is that of a machine, and kept."""
        header = self.parts.header
        lines = [header.lines[index] for index in header.places.get(b"from", [])]
        found = author([line.partition(b":")[2] for line in lines])
        box = next((box for box in found.mailboxes if box.domain), None)
        mta = self.redactor.text(self.fields.get("reporting-mta").rpartition(";")[2].strip())
        return Reporter(
            box.domain if box else shown(mta, 253),
            shown(f"{box.local}@{box.domain}", 400) if box else "",
            shown(mta, 253),
            shown(self.redactor.text(self.fields.get("user-agent")), 200),
        )

    def report_id(self) -> str:
        return shown(_value(self.parts.header, b"message-id").strip().strip("<>"), 500)


def _one(record: FailureRecord) -> Iterator[Record]:
    yield record


def _value(header: Message, name: bytes) -> str:
    places = header.places.get(name, [])[:1]
    return decode(header.lines[places[0]].partition(b":")[2][:10_000]) if places else ""
