"""Records as values, in one notation for intent, zones, answers and remedies.

A value is written as `lookup.model.Answer.records` writes it: TXT as one joined, unquoted
string; every other type in presentation format with absolute lower-case names.
"""

from enum import StrEnum

import msgspec

DEFAULT_TTL = 3600


class Section(StrEnum):
    """The part of a zone file in which a record set stands."""

    ZONE = "Zone"
    HOSTS = "Hosts"
    MAIL = "Mail"
    SPF = "Who may send: SPF"
    DKIM = "Signatures: DKIM"
    DMARC = "Policy and reports: DMARC"
    TRANSPORT = "Transport security: MTA-STS, TLS reports, DANE"
    CERTIFICATES = "Certificates: CAA"
    CLIENTS = "Mail programs"
    LOGO = "Logo: BIMI"
    SENDERS = "Other senders"
    BYSTANDERS = "Names without mail"
    DELEGATIONS = "Zones below"
    KEPT = "Kept as it was"
    OTHERS = "For other parties"


class Record(msgspec.Struct, frozen=True, order=True):
    """One resource record; `name` in the inside form of `mailworthy.names`."""

    name: str
    type: str
    value: str
    ttl: int = DEFAULT_TTL


class RecordSet(msgspec.Struct, frozen=True):
    """All wanted records of one name and type, and why they are wanted.

    `comment` is one line for the zone file; `references` are RFC sections. `assumed` marks what
    another party must publish (a PTR, a report authorisation). `exclusive` is False where other
    records of the same name and type are nobody's business (foreign TXT beside our SPF).
    `section` says where a zone file shows the set.
    """

    name: str
    type: str
    values: tuple[str, ...]
    ttl: int = DEFAULT_TTL
    comment: str = ""
    references: tuple[str, ...] = ()
    assumed: bool = False
    exclusive: bool = True
    section: Section = Section.KEPT

    @property
    def records(self) -> tuple[Record, ...]:
        """The set, record by record."""
        return tuple(Record(self.name, self.type, value, self.ttl) for value in self.values)
