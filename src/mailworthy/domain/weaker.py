"""What a new zone would protect less than the one before: to be said, and agreed to."""

from collections.abc import Iterable, Iterator

from mailworthy.dmarc.record import DmarcRecord, Policy, is_dmarc
from mailworthy.dmarc.record import parse as parse_dmarc
from mailworthy.domain.recordset import Record, RecordSet
from mailworthy.mtasts.record import is_record as is_sts
from mailworthy.spf.model import Qualifier
from mailworthy.spf.record import is_spf
from mailworthy.spf.record import parse as parse_spf
from mailworthy.tlsrpt.record import is_record as is_tlsrpt

_SPF_ORDER = (None, Qualifier.PASS, Qualifier.NEUTRAL, Qualifier.SOFTFAIL, Qualifier.FAIL)
_DMARC_ORDER = (Policy.NONE, Policy.QUARANTINE, Policy.REJECT)


def weakenings(
    domain: str, before: Iterable[Record], after: Iterable[RecordSet]
) -> tuple[str, ...]:
    """One line for each protection that the new records of a domain lower or drop."""
    old = tuple(before)
    new = tuple(record for record_set in after for record in record_set.records)
    return (
        *_spf(domain, old, new),
        *_dmarc(domain, old, new),
        *_dropped(domain, old, new),
    )


def _texts(records: Iterable[Record], name: str) -> list[str]:
    return [r.value for r in records if r.name == name and r.type == "TXT"]


def _spf(domain: str, old: tuple[Record, ...], new: tuple[Record, ...]) -> Iterator[str]:
    before, after = _spf_end(_texts(old, domain)), _spf_end(_texts(new, domain))
    if _SPF_ORDER.index(after) < _SPF_ORDER.index(before):
        now = f"{after.value}all" if after else "nothing"
        yield f"SPF of {domain} ends in {before.value if before else ''}all and would end in {now}"


def _spf_end(texts: list[str]) -> Qualifier | None:
    """How the one SPF record ends; with several or none, receivers see no end at all."""
    records = [text for text in texts if is_spf(text)]
    found = parse_spf(records[0]).record if len(records) == 1 else None
    return found.all.qualifier if found is not None and found.all is not None else None


def _dmarc(domain: str, old: tuple[Record, ...], new: tuple[Record, ...]) -> Iterator[str]:
    name = f"_dmarc.{domain}"
    before, after = _record(_texts(old, name)), _record(_texts(new, name))
    if before is None:
        return
    whose = (("p", False, True), ("sp", True, True), ("np", True, False))
    for tag, subdomain, exists in whose:
        was = _effective(before, subdomain=subdomain, exists=exists)
        will = _effective(after, subdomain=subdomain, exists=exists) if after else Policy.NONE
        if _DMARC_ORDER.index(will) < _DMARC_ORDER.index(was):
            yield f"DMARC of {domain} asks for {was} ({tag}) and would ask for {will}"
    if before.rua and not (after and after.rua):
        yield f"DMARC reports about {domain} would no longer be asked for"


def _record(texts: list[str]) -> DmarcRecord | None:
    records = [text for text in texts if is_dmarc(text)]
    return parse_dmarc(records[0]).record if len(records) == 1 else None


def _effective(record: DmarcRecord, *, subdomain: bool, exists: bool) -> Policy:
    return record.effective(record.policy_for(subdomain=subdomain, exists=exists))


def _dropped(domain: str, old: tuple[Record, ...], new: tuple[Record, ...]) -> Iterator[str]:
    """Protections that are records of their own."""
    left = {(r.name, r.type) for r in new}
    gone = {(r.name, r.type): r for r in old if (r.name, r.type) not in left}
    for (name, type_), record in gone.items():
        if type_ == "TLSA":
            yield f"the TLSA records at {name} would go"
        elif type_ == "CAA" and name == domain:
            yield f"the CAA records of {domain} would go"
        elif type_ == "TXT" and name == f"_mta-sts.{domain}" and is_sts(record.value):
            yield f"MTA-STS of {domain} would go"
        elif type_ == "TXT" and name == f"_smtp._tls.{domain}" and is_tlsrpt(record.value):
            yield f"TLS reports about {domain} would no longer be asked for"
        elif type_ in ("TXT", "CNAME") and name.endswith(f"._domainkey.{domain}"):
            yield f"the DKIM key at {name} would go; mail signed with it would fail"
        elif type_ == "MX" and record.value == "0 .":
            yield f"the null MX at {name} would go"
