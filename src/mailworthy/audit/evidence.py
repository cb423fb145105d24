"""Everything that was learned about one domain, frozen and serialisable.

`Evidence` holds parts (Known, Unknown, NotAsked) and lists of subjects, each with parts of its
own: hosts, addresses, DKIM selectors, report destinations, services, name servers, wanted record
sets. A rule names the parts it needs as parameters; see `audit.rule`.
"""

from datetime import datetime
from typing import Generic, TypeVar

import msgspec

from mailworthy.audit.connectparts import Called
from mailworthy.audit.part import Known, NotAsked, Part, value_or
from mailworthy.audit.serverparts import ServerParts
from mailworthy.bimi.record import Bimi
from mailworthy.dane.record import Tlsa
from mailworthy.dkim.record import DkimKey
from mailworthy.dmarc.authorise import Authorised
from mailworthy.dmarc.discover import PolicyFound
from mailworthy.dmarc.record import DmarcRecord
from mailworthy.domain.intent import Domain
from mailworthy.domain.recordset import RecordSet
from mailworthy.lookup.model import Answer, Fetched
from mailworthy.mtasts.policy import Mode, StsPolicy
from mailworthy.mtasts.record import StsRecord
from mailworthy.names import is_within
from mailworthy.parsed import Parsed
from mailworthy.rdata.caa import Caa
from mailworthy.rdata.ds import Dnskey, Ds
from mailworthy.rdata.mx import Mx
from mailworthy.rdata.soa import Soa
from mailworthy.rdata.srv import Srv
from mailworthy.spf.authorise import Authorisation
from mailworthy.spf.model import SpfRecord
from mailworthy.spf.record import is_spf
from mailworthy.spf.treemodel import SpfTree
from mailworthy.tlsrpt.record import TlsRptRecord

T = TypeVar("T")


class Read(msgspec.Struct, Generic[T], frozen=True):
    """One published text and what parsing it gave."""

    text: str
    parsed: Parsed[T]


class Published(msgspec.Struct, Generic[T], frozen=True):
    """The TXT records at one name: those that claim to be a certain kind, and all the others.

    `name` is the name that was asked; `answer` keeps the CNAME chain.
    """

    name: str
    answer: Answer
    found: tuple[Read[T], ...]

    @property
    def texts(self) -> tuple[str, ...]:
        """Every TXT record at the name, of whatever kind."""
        return self.answer.records

    @property
    def only(self) -> Read[T] | None:
        """The record, if there is exactly one of the kind."""
        return self.found[0] if len(self.found) == 1 else None

    @property
    def record(self) -> T | None:
        """The parsed record, if there is exactly one and it is usable."""
        return self.only.parsed.record if self.only else None


class Existence(msgspec.Struct, frozen=True):
    """Whether the domain exists at all (RFC 8020), and whether it is the apex of a zone.

    `alias` is the answer that shows a CNAME at an apex, which other records stand beside.
    """

    soa: Answer
    exists: bool
    apex: bool
    alias: Answer | None = None


class MxSet(msgspec.Struct, frozen=True):
    """The MX records of the domain, best first; `null` is a null MX among them (RFC 7505)."""

    answer: Answer
    records: tuple[Mx, ...]
    unreadable: tuple[str, ...] = ()

    @property
    def null(self) -> bool:
        return any(r.null for r in self.records)

    @property
    def refuses(self) -> bool:
        """A null MX alone: the domain receives no mail."""
        return self.null and len(self.records) == 1

    @property
    def exchanges(self) -> tuple[Mx, ...]:
        """The records that name a host."""
        return tuple(r for r in self.records if not r.null)


class AddressSet(msgspec.Struct, frozen=True):
    """The addresses of one name, both families, canonical text."""

    name: str
    a: Answer
    aaaa: Answer
    ips: tuple[str, ...]

    @property
    def chain(self) -> tuple[str, ...]:
        """The CNAME targets on the way."""
        return self.a.chain or self.aaaa.chain

    @property
    def exists(self) -> bool:
        return not (self.a.status == "absent" or self.aaaa.status == "absent")


class TlsaSet(msgspec.Struct, frozen=True):
    """The TLSA records of `_25._tcp.<host>`."""

    answer: Answer
    found: tuple[Read[Tlsa], ...]


class HostEvidence(Called, frozen=True):
    """A mail host: an MX target, or a host of the intent that sends.

    `preference` is its MX preference, None if it is no MX. `within` says whether its name lies
    in the audited domain. `ours` says whether the intent names it. `outbound` says whether mail
    of the domain leaves here: by the intent, or without one as far as SPF tells. `proven` is
    stricter: without an intent the record must mean this very host.
    """

    name: str
    preference: int | None
    sends: bool
    ours: bool
    within: bool
    addresses: Part[AddressSet]
    a: Part[Answer]
    aaaa: Part[Answer]
    helo_spf: Part[Published[SpfRecord]]
    helo_mx: Part[MxSet]
    tlsa: Part[TlsaSet]
    outbound: bool = False
    proven: bool = False


class Ptr(msgspec.Struct, frozen=True):
    """The PTR answer of one address; names in the inside form, at most ten (RFC 7208 §4.6.4)."""

    answer: Answer
    names: tuple[str, ...]


class Forward(msgspec.Struct, frozen=True):
    """Where the PTR names of an address point back to (iprev, RFC 8601 §2.7.3)."""

    names: tuple[AddressSet, ...]
    confirmed: tuple[str, ...]  # the PTR names that lead back to the address


class AddressEvidence(msgspec.Struct, frozen=True):
    """One address of a mail host, and how the world sees it.

    `hosts` are the names of the mail hosts with this address. `sends` is True if the intent
    says that mail leaves from here, or if there is no intent and an MX host has it. `outbound`
    is stricter without an intent: SPF must not speak against it.
    """

    ip: str
    hosts: tuple[str, ...]
    sends: bool
    ptr: Part[Ptr]
    forward: Part[Forward]
    authorisation: Part[Authorisation]
    outbound: bool = False


class SelectorEvidence(msgspec.Struct, frozen=True):
    """One DKIM selector. `source` is intent, flag or guess; `wanted` the key on disk as the
    TXT value that it should be published as; `by_wildcard` says that any other name would be
    answered with the same texts. `alias` is where a CNAME leads whose end could not be asked."""

    selector: str
    source: str
    name: str
    key: Part[Published[DkimKey]]
    wanted: Part[str]
    by_wildcard: bool = False
    alias: str = ""


class Keys(msgspec.Struct, frozen=True):
    """The DKIM selectors seen as a whole.

    `known` says that selectors came from the intent or from flags; otherwise the common ones
    were tried. `base` is the answer for `_domainkey.<domain>`, `probe` that for a selector that
    nobody has, `wildcard` the TXT records in it: any selector name gets them. `unanswered` are
    the selectors whose question taught nothing.
    """

    known: bool
    tried: tuple[str, ...]
    wildcard: tuple[str, ...]
    found: tuple[tuple[str, Published[DkimKey]], ...]
    base: Answer
    probe: Answer
    unanswered: tuple[str, ...] = ()


class DmarcEvidence(msgspec.Struct, frozen=True):
    """DMARC at `_dmarc.<domain>`, what governs the domain, and DMARC texts in wrong places."""

    published: Published[DmarcRecord]
    misplaced: tuple[str, ...]  # TXT records at the domain itself that look like DMARC
    doubled: Answer | None = None  # `_dmarc.<domain>.<domain>`, asked where `_dmarc` has nothing


class Destination(msgspec.Struct, frozen=True):
    """A place that reports are sent to: `tag` is rua, ruf or tlsrpt.

    `host` is the domain of the mailbox or of the https URI, `inside` whether it lies in the
    audited domain.
    """

    tag: str
    uri: str
    host: str
    scheme: str
    inside: bool
    authorised: Part[Authorised]
    receives: Part[bool]


class Certification(msgspec.Struct, frozen=True):
    """CAA: the first non-empty set upwards from a name (RFC 8659 §3)."""

    found_at: str | None
    answer: Answer
    records: tuple[Read[Caa], ...]


class Dnssec(msgspec.Struct, frozen=True):
    """The chain of trust as far as questions tell: DS at the parent, DNSKEY and NSEC3PARAM here."""

    ds: Answer
    dnskey: Answer
    nsec3param: Answer
    delegated: tuple[Ds, ...]
    keys: tuple[Dnskey, ...]
    ad: bool  # the resolver vouched for the SOA answer


class Nameservers(msgspec.Struct, frozen=True):
    """The NS records of the domain."""

    answer: Answer
    names: tuple[str, ...]


class NameserverEvidence(msgspec.Struct, frozen=True):
    """One name server and its addresses."""

    name: str
    addresses: Part[AddressSet]


class ServiceEvidence(msgspec.Struct, frozen=True):
    """One SRV name, e.g. `_submissions._tcp`, its records, and the addresses of its targets."""

    service: str
    name: str
    answer: Part[Answer]
    records: Part[tuple[Srv, ...]]
    targets: Part[tuple[AddressSet, ...]]


class Policy(msgspec.Struct, frozen=True):
    """The MTA-STS policy file as fetched."""

    fetched: Fetched
    parsed: Parsed[StsPolicy]


class Bystander(msgspec.Struct, frozen=True):
    """A name with an address but no mail of its own (`www`, and those in `records`)."""

    name: str
    addresses: Part[AddressSet]
    mx: Part[MxSet]
    spf: Part[Published[SpfRecord]]


class WantedEvidence(msgspec.Struct, frozen=True):
    """One record set of the intent beside what is published."""

    wanted: RecordSet
    published: Part[Answer]


class Legacy(msgspec.Struct, frozen=True):
    """Records of an older age at the domain."""

    spf_type: Answer  # type 99, discontinued by RFC 7208 §3.1


class Listed(msgspec.Struct, frozen=True):
    """An address that the SPF record names and no mail host has."""

    ip: str
    ptr: Ptr


class Sending(msgspec.Struct, frozen=True):
    """Who sends for the domain, as far as is known: for remedies, so gaps are left out.

    `ips` are addresses of the domain's own hosts, `spf` is the record that the intent leads to;
    `never` says that nobody sends.
    """

    ips: tuple[str, ...] = ()
    spf: str | None = None
    never: bool = False


class Evidence(ServerParts, frozen=True):
    """All that one audit learned; what a rule may ask for, by name."""

    domain: str
    now: datetime
    parked: bool
    documentation: bool  # the domain is reserved for documentation (RFC 2606, RFC 6761)
    intent: Part[Domain]
    wish: Domain | None  # the same, for rules that judge with or without an intent
    existence: Part[Existence]
    soa: Part[Soa]
    ns: Part[Nameservers]
    nameservers: Part[tuple[NameserverEvidence, ...]]
    mx: Part[MxSet]
    own: Part[AddressSet]  # the domain's own A and AAAA
    hosts: Part[tuple[HostEvidence, ...]]
    addresses: Part[tuple[AddressEvidence, ...]]
    spf: Part[Published[SpfRecord]]
    spf_tree: Part[SpfTree]
    listed: Part[tuple[Listed, ...]]  # asked only where a host of the domain fails SPF
    legacy: Part[Legacy]
    keys: Part[Keys]
    selectors: Part[tuple[SelectorEvidence, ...]]
    dmarc: Part[DmarcEvidence]
    policy: Part[PolicyFound]
    destinations: Part[tuple[Destination, ...]]
    mta_sts: Part[Published[StsRecord]]
    mta_sts_host: Part[AddressSet]
    mta_sts_policy: Part[Policy]
    tls_rpt: Part[Published[TlsRptRecord]]
    bimi: Part[Published[Bimi]]
    caa: Part[Certification]
    dnssec: Part[Dnssec]
    services: Part[tuple[ServiceEvidence, ...]]
    autoconfig: Part[AddressSet]
    autodiscover: Part[AddressSet]
    bystanders: Part[tuple[Bystander, ...]]
    wanted: Part[tuple[WantedEvidence, ...]]

    @property
    def sending(self) -> Sending:
        """What remedies can say about the senders of the domain."""
        known = self.addresses.value if isinstance(self.addresses, Known) else ()
        mine = (a for a in known if self.wish or any(is_within(h, self.domain) for h in a.hosts))
        ips = tuple(a.ip for a in mine if a.sends)
        refuses = isinstance(self.mx, Known) and self.mx.value.refuses
        return Sending(ips, self._wanted_spf(), self.parked or (refuses and not ips))

    @property
    def enforced(self) -> StsPolicy | None:
        """The MTA-STS policy that senders hold the hosts against, if that is known."""
        policy = value_or(self.mta_sts_policy, None)
        used = isinstance(self.mta_sts, Known) and self.mta_sts.value.record
        record = policy.parsed.record if used and policy and policy.fetched.code == 200 else None
        return record if record and record.mode is Mode.ENFORCE else None

    def _wanted_spf(self) -> str | None:
        sets = [w.wanted for w in self.wanted.value] if isinstance(self.wanted, Known) else []
        values = (v for s in sets if (s.name, s.type) == (self.domain, "TXT") for v in s.values)
        return next((v for v in values if is_spf(v)), None)


NO_INTENT = NotAsked("what you want published", "no_intent")
