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
from mailworthy.reports.feedback.clean import Cleaner
from mailworthy.reports.feedback.fields import moment, plain, words
from mailworthy.reports.feedback.parts import Parts, find
from mailworthy.reports.feedback.people import People
from mailworthy.reports.feedback.redact import HIDDEN, Redactor
from mailworthy.reports.feedback.sample import Sample, examine, header, named
from mailworthy.reports.feedback.words import ALIGNED, AUTH_FAILURES, DELIVERED, TYPES
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
    left in it: see Redactor about `salt`; subjects and comments go, and of fields that no RFC knows
    nothing stays. Domains, addresses of hosts, selectors and results stay. Labels of mailings are
    the sender's own words: they stay where they are plain words that name nobody in the report.

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
        self.cleaner = cleaner(parts, redactor)
        self.sample = examine(parts.sample, self.cleaner) if parts.sample else Sample()
        self.notes = Notes()

    def report(self) -> Report | Unreadable:
        kind, type_ = self.kind()
        if kind is None:
            told = "this feedback type is not known" if type_ else "there is no feedback type"
            return self.refuse(Fault.UNKNOWN_FORMAT, told)
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
        type_ = self.cleaner.words(self.fields.get("feedback-type"), TYPES)
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
            when = moment(" ".join(value(self.parts.header, b"date").split()))
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
        clean = self.cleaner
        results = fields.all("authentication-results")[:10]
        return FailureRecord(
            type_,
            self.domain(" ".join(results)),
            arrival,
            self.source_ip(),
            words(clean.words(fields.get("auth-failure"), AUTH_FAILURES)),
            clean.words(fields.get("delivery-result"), DELIVERED),
            clean.words(fields.get("identity-alignment"), ALIGNED),
            self.mail_from(),
            sample.header_from,
            clean.address(fields.get("original-rcpt-to")) or sample.rcpt_to,
            sample.message_id or clean.ident(fields.get("message-id")),
            sample.subject,
            sample.campaign,
            sample.list_id,
            shown(" ".join(map(clean.results, results)), 4000),
            self.name("dkim-domain") or ("" if failure else sample.dkim_domain),
            clean.selector(fields.get("dkim-selector"))
            or ("" if failure else sample.dkim_selector),
            shown(" ".join(map(clean.spf_dns, fields.all("spf-dns")[:10])), 2000),
            incidents,
            tuple(clean.field(name, value) for name, value in fields.items),
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
            found = self.cleaner.domain(text)
            if found != HIDDEN and values.domain(found):
                return found
        self.notes.flaw("no-domain", "nothing tells whose domain it is", "RFC 6591 §3.1")
        return ""

    def source_ip(self) -> str:
        text = self.fields.get("source-ip")
        found = self.cleaner.ip(text)
        if not found and plain(text):
            self.notes.omit("Source-IP", "this is no address", self.cleaner.address(text))
        return found

    def mail_from(self) -> str:
        if not self.fields.has("original-mail-from"):
            return self.sample.mail_from
        return self.cleaner.address(self.fields.get("original-mail-from") or "<>")

    def name(self, field: str) -> str:
        text = self.fields.get(field)
        return self.cleaner.domain(text) if plain(text) else ""

    def reporter(self) -> Reporter:
        """Who sent the mail; its address is kept where it is that of a machine."""
        mta = self.fields.get("reporting-mta").rpartition(";")[2].strip()
        host = self.cleaner.domain(mta) if mta else ""
        local, domain = sender(self.parts.header)
        return Reporter(
            domain or host,
            shown(self.cleaner.reporter(local, domain), 400) if domain else "",
            host,
            self.cleaner.product(self.fields.get("user-agent")),
        )

    def report_id(self) -> str:
        return self.cleaner.ident(value(self.parts.header, b"message-id"))


def cleaner(parts: Parts, redactor: Redactor) -> Cleaner:
    """What takes the people out of this report."""
    people = People(redactor)
    if redactor.active:
        fields = parts.fields
        people.add(fields.all("original-mail-from"))
        people.add((*fields.all("original-rcpt-to"), *fields.all("removal-recipient")), parts=True)
        if parts.sample:
            named(header(parts.sample), people)
    return Cleaner(redactor, people)


def sender(message: Message) -> tuple[str, str]:
    """The address that the mail of a report is from, as two halves; empty if there is none."""
    boxes = author(message.values(b"from")).mailboxes
    box = next((box for box in boxes if box.domain and values.domain(box.domain)), None)
    return (box.local, box.domain) if box else ("", "")


def _one(record: FailureRecord) -> Iterator[Record]:
    yield record


def value(message: Message, name: bytes) -> str:
    """The first field of a name; empty if there is none."""
    found = message.values(name)[:1]
    return decode(found[0][:10_000]) if found else ""
