"""Reports as values, whoever wrote them and in whatever they came (RFC 9990, 9991, 8460, 5965)."""

from collections.abc import Iterator
from enum import StrEnum
from typing import NoReturn, TypeAlias

import msgspec


class Kind(StrEnum):
    """What a report is about."""

    AGGREGATE = "aggregate"  # DMARC, RFC 9990
    TLS = "tls"  # RFC 8460
    FAILURE = "failure"  # one message, RFC 9991 and 6591
    COMPLAINT = "complaint"  # one message that somebody called spam, RFC 5965


class Format(StrEnum):
    """Which text a report follows, as far as can be told."""

    RFC9990 = "rfc9990"
    RFC7489 = "rfc7489"
    DRAFT = "draft"  # older than RFC 7489
    RFC8460 = "rfc8460"
    ARF = "arf"  # RFC 5965 and those that extend it
    TEXT = "text"  # a failure told in prose


class Place(msgspec.Struct, frozen=True):
    """Where in what was handed in: the containers from the outside inwards.

    `path` is such as ("mail.eml", "part 2", "report.zip", "report.xml"), each printable and
    bounded. `octets` is the size of the innermost one and `sha256` its hash in hex, which names
    the content wherever it comes from; both are 0 and "" where it could not be read to its end.
    """

    path: tuple[str, ...]
    octets: int = 0
    sha256: str = ""

    def __str__(self) -> str:
        return " > ".join(self.path)


class Fault(StrEnum):
    """Why something could not be read."""

    EMPTY = "empty"
    UNKNOWN_FORMAT = "unknown-format"  # no report, nor anything that could hold one
    NO_REPORT = "no-report"  # a mail or archive without one
    ENCRYPTED = "encrypted"
    DAMAGED = "damaged"  # an archive that breaks off or does not fit its sums
    TOO_LARGE = "too-large"  # more octets than the limit, or blown up beyond reason
    TOO_DEEP = "too-deep"  # containers within containers
    TOO_MANY = "too-many"  # parts, members, records
    DOCTYPE = "doctype"  # XML that brings entities
    SYNTAX = "syntax"
    MISSING = "missing"  # a part without which the report says nothing
    NONSENSE = "nonsense"  # a window of years or in the future, counts beyond reason


class Unreadable(msgspec.Struct, frozen=True):
    """What could not be read: where, a stable word, and one printable line for people."""

    place: Place
    fault: Fault
    reason: str

    def __bool__(self) -> NoReturn:
        raise TypeError("what cannot be read has no truth value: ask for its type")


class Omission(msgspec.Struct, frozen=True):
    """A record, or a detail of the report, that was left out of an otherwise good report.

    `where` is such as "record 17" or "record 17, count", `reason` one printable line, `excerpt`
    the beginning of what was found, printable.
    """

    where: str
    reason: str
    excerpt: str = ""


class Flaw(msgspec.Struct, frozen=True):
    """Something that a valid report would not have; it cost no data. `section` as in RFC 9990."""

    code: str
    message: str
    section: str


class Window(msgspec.Struct, frozen=True):
    """What a report covers: from `begin` to `end`, both in seconds since 1970 (UTC)."""

    begin: int
    end: int


class Reporter(msgspec.Struct, frozen=True):
    """Who reports, in its own words; printable and bounded."""

    name: str
    email: str = ""
    contact: str = ""
    generator: str = ""


class PolicyPublished(msgspec.Struct, frozen=True):
    """The policy that the reporter found; empty text where it said nothing.

    `domain` is in the inside form of names. `discovery` is psl or treewalk, `testing` y or n;
    `pct` is what RFC 7489 had.
    """

    domain: str
    p: str = ""
    sp: str = ""
    np: str = ""
    adkim: str = ""
    aspf: str = ""
    fo: str = ""
    pct: str = ""
    testing: str = ""
    discovery: str = ""


class Reason(msgspec.Struct, frozen=True):
    """Why the reporter did something else than the policy asks for."""

    type: str
    comment: str = ""


class DkimAuth(msgspec.Struct, frozen=True):
    """One signature as the reporter saw it; names in the inside form."""

    domain: str
    result: str
    selector: str = ""
    human_result: str = ""


class SpfAuth(msgspec.Struct, frozen=True):
    """SPF as the reporter saw it. `scope` is mfrom, helo or empty."""

    domain: str
    result: str
    scope: str = ""
    human_result: str = ""


class AggregateRecord(msgspec.Struct, frozen=True):
    """`count` messages that were alike.

    `ip` is canonical text, IPv4 where it was mapped into IPv6. `dkim` and `spf` are the aligned
    results, pass or fail; `disposition` is none, pass, quarantine or reject. `envelope_from` is
    None where the reporter said nothing, empty for the null reverse-path.
    """

    ip: str
    count: int
    disposition: str
    dkim: str
    spf: str
    header_from: str
    envelope_from: str | None = None
    envelope_to: str | None = None
    reasons: tuple[Reason, ...] = ()
    dkim_auth: tuple[DkimAuth, ...] = ()
    spf_auth: tuple[SpfAuth, ...] = ()


class TlsFailure(msgspec.Struct, frozen=True):
    """`count` sessions that failed in the same way (RFC 8460 §4.3)."""

    result_type: str
    count: int
    sending_ip: str = ""
    receiving_mx: str = ""
    receiving_helo: str = ""
    receiving_ip: str = ""
    information: str = ""
    reason_code: str = ""


class TlsRecord(msgspec.Struct, frozen=True):
    """One policy of a TLS report: `type` is sts, tlsa or no-policy-found."""

    type: str
    domain: str
    successful: int
    failed: int
    policy: tuple[str, ...] = ()
    mx: tuple[str, ...] = ()
    failures: tuple[TlsFailure, ...] = ()


class FailureRecord(msgspec.Struct, frozen=True):
    """One message that failed DMARC (RFC 9991), or one that somebody complained about (RFC 5965).

    Text of the message itself is redacted unless the caller asked otherwise: local parts are
    replaced by a hash, subjects and bodies left out. `fields` are the feedback-report's own, in
    order. `campaign` and `list_id` tell which mailing it was, as far as that can be known.
    """

    feedback_type: str
    domain: str
    arrival: int | None = None
    source_ip: str = ""
    auth_failure: tuple[str, ...] = ()
    delivery_result: str = ""
    identity_alignment: str = ""
    mail_from: str = ""
    header_from: str = ""
    rcpt_to: str = ""
    message_id: str = ""
    subject: str = ""
    campaign: str = ""
    list_id: str = ""
    authentication_results: str = ""
    dkim_domain: str = ""
    dkim_selector: str = ""
    spf_dns: str = ""
    incidents: int = 1
    fields: tuple[tuple[str, str], ...] = ()


Record: TypeAlias = AggregateRecord | TlsRecord | FailureRecord


class Head(msgspec.Struct, frozen=True):
    """What stands above the records of a report.

    `report_id` is the reporter's own name for it. `policy` is that of an aggregate report. For
    failures and complaints the window is the moment of arrival.
    """

    kind: Kind
    format: Format
    reporter: Reporter
    report_id: str
    window: Window
    policy: PolicyPublished | None = None
    errors: tuple[str, ...] = ()


class Report:
    """One report while it is read: its head, and its records as an iterator, once.

    `omissions` and `flaws` grow while the records are taken, and are whole when the iterator has
    ended; so is `complete`, which is False for a report that breaks off. Nothing here raises for
    what the report says.
    """

    def __init__(self, head: Head, place: Place, records: Iterator[Record]) -> None:
        self.head = head
        self.place = place
        self.records = records
        self.omissions: list[Omission] = []
        self.flaws: list[Flaw] = []
        self.complete = True

    @property
    def partial(self) -> bool:
        """Whether something of the report is missing, as far as it has been read."""
        return bool(self.omissions) or not self.complete

    def close(self) -> None:
        """Take no more records. What they would be read from, perhaps a large mail, is held no
        longer; otherwise both wait for the next search for what refers to itself."""
        self.records = iter(())

    def __bool__(self) -> NoReturn:
        raise TypeError("a report has no truth value")
