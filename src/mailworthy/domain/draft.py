"""From what is published to an intent: nothing is lost, nothing is weakened unsaid."""

from collections.abc import Iterable

import msgspec
from msgspec.structs import replace

from mailworthy.dmarc.record import is_dmarc
from mailworthy.domain.drafts.bystanders import bystanders
from mailworthy.domain.drafts.policy import dmarc_wish, sts_mode, tls_reports
from mailworthy.domain.drafts.senders import spf_wish
from mailworthy.domain.drafts.servers import exchanges, is_parked, nameservers
from mailworthy.domain.intent import Domain, Intent
from mailworthy.domain.records.merge import merged, record_key
from mailworthy.domain.recordset import Record, RecordSet, Section
from mailworthy.domain.survey import Survey
from mailworthy.domain.zonefile import render_zone
from mailworthy.errors import UsageError
from mailworthy.mtasts.policy import Mode
from mailworthy.names import is_within
from mailworthy.spf.record import is_spf

_SIGNING = frozenset({"RRSIG", "NSEC", "NSEC3", "NSEC3PARAM", "DNSKEY", "CDS", "CDNSKEY"})


class Draft(msgspec.Struct, frozen=True):
    """An intent for a domain that exists, the records that are kept, and what a person must know.

    If there are foreign records, the intent names the file `records_path` for them; its text is
    `records_text`.
    """

    domain: str
    intent: Intent
    foreign: tuple[Record, ...]
    notes: tuple[str, ...]

    @property
    def records_path(self) -> str:
        """The file, beside the intent, that holds the foreign records."""
        return f"{self.domain}.other.zone"

    @property
    def records_text(self) -> str:
        """The foreign records as zone text."""
        return foreign_text(self.domain, self.foreign)


def from_survey(found: Survey) -> Draft:
    """A draft from what the live DNS said.

    Raises UsageError if MX, CAA or a policy could not be learned: not knowing is not "none";
    and for a domain that does not exist.
    """
    if not found.vital:
        raise UsageError(f"{found.unknown[0]}; without it {found.domain} might be weakened")
    if not found.exists:
        plain = f"mailworthy init {found.domain}, without --from, begins a new one"
        raise UsageError(f"{found.domain} does not exist in DNS: {plain}")
    draft = from_records(found.domain, found.records, sts=found.sts_mode)
    sure = replace(draft, intent=_without_doubt(draft, found.unknown))
    return replace(sure, notes=(*draft.notes, *found.unknown))


def _without_doubt(draft: Draft, unknown: tuple[str, ...]) -> Intent:
    """No name is closed about which something could not be learned."""
    names = {text.partition(" ")[0].removeprefix("_dmarc.") for text in unknown}
    wish = draft.intent.domains[draft.domain]
    closed = tuple(n for n in wish.no_mail or () if f"{n}.{draft.domain}" not in names)
    domains = {draft.domain: replace(wish, no_mail=closed)}
    return replace(draft.intent, domains=domains)


def from_records(domain: str, records: Iterable[Record], *, sts: Mode | None = None) -> Draft:
    """A draft from the records of a zone; those outside it serve to find addresses.

    `sts` is the mode of the MTA-STS policy that is served, where it is known.
    """
    known = tuple({record_key(r): r for r in records}.values())
    inside = tuple(r for r in known if is_within(r.name, domain))
    if is_parked(domain, inside):
        return _parked(domain, known)
    spf = spf_wish(domain, known)
    mx = exchanges(domain, known, spf)
    dmarc = dmarc_wish(domain, inside)
    tls = tls_reports(domain, inside, dmarc.reports)
    sts_wish = sts_mode(domain, inside, sts, receives=bool(mx.hosts), whole=mx.whole)
    wish = Domain(
        reports=dmarc.reports,
        tls_reports=tls.address,
        senders=spf.senders,
        nameservers=nameservers(domain, known),
        dnssec=any(r.type == "DNSKEY" and r.name == domain for r in inside),
        spf=spf.end,
        spf_terms=spf.terms(mx),
        dmarc=dmarc.wish,
        mta_sts=sts_wish.mode,
    )
    gone = {*spf.understood, *mx.understood, *dmarc.understood, *tls.understood}
    gone |= {*sts_wish.understood}
    notes = (*spf.notes, *mx.notes, *dmarc.notes, *tls.notes, *sts_wish.notes)
    intent = Intent(hosts=mx.hosts, domains={domain: wish})
    return _with_foreign(domain, intent, _left(domain, inside, gone), notes, known)


def _parked(domain: str, known: tuple[Record, ...]) -> Draft:
    inside = tuple(r for r in known if is_within(r.name, domain))
    dmarc = dmarc_wish(domain, inside)
    wish = Domain(parked=True, reports=dmarc.reports, nameservers=nameservers(domain, inside))
    gone = {r for r in inside if r.name == domain and (r.type == "MX" or is_spf(r.value))}
    gone |= {r for r in inside if r.name == f"_dmarc.{domain}" and is_dmarc(r.value)}
    notes = (f"{domain} has a null MX and sends nothing: it is drafted as parked",)
    intent = Intent(domains={domain: wish})
    return _with_foreign(domain, intent, _left(domain, inside, gone), notes, known)


def _left(domain: str, inside: tuple[Record, ...], gone: set[Record]) -> tuple[Record, ...]:
    return tuple(
        r
        for r in inside
        if r not in gone and r.type not in _SIGNING and not (r.name == domain and r.type == "NS")
    )


def _with_foreign(
    domain: str,
    intent: Intent,
    foreign: tuple[Record, ...],
    notes: tuple[str, ...],
    known: tuple[Record, ...],
) -> Draft:
    """The draft with its file of foreign records, and the names in it that are safe to close."""
    others = bystanders(domain, intent, foreign, known)
    draft = Draft(domain, intent, foreign, (*notes, *others.notes))
    wish = replace(
        intent.domains[domain],
        no_mail=others.closed,
        records=draft.records_path if foreign else None,
    )
    return replace(draft, intent=replace(intent, domains={domain: wish}))


def foreign_text(domain: str, foreign: Iterable[Record]) -> str:
    """Records that are kept as they are, as zone text."""
    records = tuple(foreign)
    start = [r for r in records if r.name == domain and r.type == "SOA"]
    sets = [
        RecordSet(r.name, r.type, (r.value,), r.ttl, "as found", section=Section.ZONE)
        for r in start[:1]
    ]
    title = f"What else lives in the zone of {domain}. Edit it freely: it is kept as it is."
    return render_zone((*sets, *merged(domain, (), records)), domain=domain, title=title)
