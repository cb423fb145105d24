"""What every builder of record sets is given: one domain of an intent, and what is known."""

from collections.abc import Iterable, Mapping
from datetime import datetime

import msgspec

from mailworthy.dmarc.authorise import permit_name
from mailworthy.domain.dkimkey import DkimPublic
from mailworthy.domain.intent import Domain, Intent
from mailworthy.domain.recordset import Record, RecordSet, Section
from mailworthy.names import ancestors


class Plan(msgspec.Struct, frozen=True):
    """One domain of an intent. `tls` gives the SHA-256 digests of TLS keys by host."""

    intent: Intent
    domain: str
    now: datetime
    keys: Mapping[str, DkimPublic] = {}
    foreign: tuple[Record, ...] = ()
    tls: Mapping[str, tuple[str, ...]] = {}

    @property
    def wish(self) -> Domain:
        """The domain's entry in the intent."""
        return self.intent.domains[self.domain]

    @property
    def exchange(self) -> str | None:
        """The best of the hosts that receive."""
        return next(iter(self.intent.receivers(self.domain)), None)

    @property
    def reports(self) -> str | None:
        """Who reads reports: the mailbox wished, or postmaster, which every domain that receives
        mail has to have (RFC 5321 §4.5.1). None where neither is known."""
        if self.wish.reports or self.wish.dmarc.rua or self.exchange is None:
            return self.wish.reports
        return f"postmaster@{self.domain}"

    def holds(self, name: str) -> bool:
        """Whether a name lies in this domain's zone."""
        return self.intent.zone_of(name) == self.domain

    def made(
        self,
        name: str,
        type_: str,
        values: Iterable[str],
        comment: str,
        *references: str,
        section: Section,
        ttl: int | None = None,
        exclusive: bool = True,
    ) -> RecordSet:
        """A record set of this domain."""
        return RecordSet(
            name=name,
            type=type_,
            values=tuple(values),
            ttl=self.wish.ttl if ttl is None else ttl,
            comment=comment,
            references=references,
            exclusive=exclusive,
            section=section,
        )

    def foreign_at(self, name: str) -> tuple[Record, ...]:
        """What else the zone holds at a name."""
        return tuple(record for record in self.foreign if record.name == name)


def psd(intent: Intent, domain: str) -> str | None:
    """The psd= of a domain: `n` fixes the boundary of the organisation (RFC 9989 §4.7).

    A domain below another one of ours belongs to that organisation and says nothing.
    """
    wish = intent.domains[domain]
    if wish.dmarc.psd is not None and not wish.parked:
        return wish.dmarc.psd
    return None if is_inner(intent, domain) else "n"


def is_inner(intent: Intent, domain: str) -> bool:
    """Whether a domain lies below another one of the intent."""
    return any(name in intent.domains for name in ancestors(domain)[1:])


def organisation(intent: Intent, name: str) -> str:
    """The Organizational Domain that our own records give a name; the name itself if none does.

    The walk of RFC 9989 §4.10.2, as far as the intent knows its outcome.
    """
    shortest = name
    for candidate in (n for n in ancestors(name) if n in intent.domains):
        shortest = candidate
        if psd(intent, candidate) == "n":
            break
    return shortest


def report_hosts(intent: Intent, domain: str) -> tuple[str, ...]:
    """The domains of the mailboxes that a domain's DMARC reports go to."""
    wish = intent.domains[domain]
    addresses = [wish.reports or "", *wish.dmarc.rua, *wish.dmarc.ruf]
    return tuple(dict.fromkeys(a.rpartition("@")[2] for a in addresses if a))


def permissions(intent: Intent, domain: str) -> tuple[str, ...]:
    """The `_report._dmarc` names that must exist for a domain's reports (RFC 9990 §4)."""
    home = organisation(intent, domain)
    hosts = report_hosts(intent, domain)
    return tuple(permit_name(domain, h) for h in hosts if organisation(intent, h) != home)
