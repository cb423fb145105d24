"""DMARC, TLS reports and MTA-STS, read from published records."""

import msgspec

from mailworthy.dmarc.record import DEFAULT_FO, DmarcRecord, Psd, is_dmarc, parse
from mailworthy.domain.intent import DmarcWish, MtaStsMode
from mailworthy.domain.recordset import Record
from mailworthy.mtasts.policy import Mode
from mailworthy.names import labels
from mailworthy.tlsrpt.record import is_record as is_tlsrpt
from mailworthy.tlsrpt.record import parse as parse_tlsrpt


class DmarcDraft(msgspec.Struct, frozen=True):
    """The wish that a published record amounts to."""

    wish: DmarcWish
    reports: str | None = None
    understood: tuple[Record, ...] = ()
    notes: tuple[str, ...] = ()


class TlsDraft(msgspec.Struct, frozen=True):
    """Where TLS reports go; None for where DMARC's go."""

    address: str | None = None
    understood: tuple[Record, ...] = ()
    notes: tuple[str, ...] = ()


class StsDraft(msgspec.Struct, frozen=True):
    """The mode of MTA-STS."""

    mode: MtaStsMode = MtaStsMode.TESTING
    understood: tuple[Record, ...] = ()
    notes: tuple[str, ...] = ()


def dmarc_wish(domain: str, records: tuple[Record, ...]) -> DmarcDraft:
    """The policy as it is, never softer. np= starts where names that do not exist stand today.

    A domain that sends already must not have strangers refused for it before somebody looked
    at the reports (RFC 9989 §5.1.6).
    """
    found = [
        r
        for r in records
        if r.name == f"_dmarc.{domain}" and (r.type == "CNAME" or is_dmarc(r.value))
    ]
    if not found:
        return DmarcDraft(DmarcWish(np="none", psd=_careful(domain)))
    record = parse(found[0].value).record if found[0].type == "TXT" else None
    if len(found) > 1 or record is None or any(not u.usable for u in (*record.rua, *record.ruf)):
        why = "it cannot be said in an intent" if len(found) == 1 else "there are several"
        notes = (f"the DMARC record is kept as it is, since {why}",)
        return DmarcDraft(DmarcWish(), notes=notes)
    addresses = [uri.address for uri in record.rua]
    dropped = ", ".join(name for name, _ in (*record.removed, *record.unknown))
    left_out = (f"DMARC has no {dropped} any more: it is left out",) if dropped else ()
    return DmarcDraft(_wish(domain, record), next(iter(addresses), None), tuple(found), left_out)


def _wish(domain: str, record: DmarcRecord) -> DmarcWish:
    defaults = DmarcRecord()
    psd = record.psd.value if record.psd is not Psd.UNKNOWN else _careful(domain)
    differs = record.fo != DEFAULT_FO and record.ruf
    return DmarcWish(
        p=record.p.value,
        sp=record.sp.value if record.sp else None,
        np=record.policy_for(subdomain=True, exists=False).value,
        psd=psd,
        adkim=record.adkim.value if record.adkim is not defaults.adkim else None,
        aspf=record.aspf.value if record.aspf is not defaults.aspf else None,
        fo=":".join(record.fo) if differs else None,
        t=record.t,
        rua=tuple(uri.address for uri in record.rua[1:]),
        ruf=tuple(uri.address for uri in record.ruf),
    )


def _careful(domain: str) -> str | None:
    """psd=n below somebody's domain would cut it off from that organisation (RFC 9989 §4.10.2)."""
    return "u" if len(labels(domain)) > 2 else None


def tls_reports(domain: str, records: tuple[Record, ...], reports: str | None) -> TlsDraft:
    """The mailbox for TLS reports; more than one, or a web address, is kept as it is."""
    name = f"_smtp._tls.{domain}"
    found = [r for r in records if r.name == name and r.type == "TXT" and is_tlsrpt(r.value)]
    if not found:
        return TlsDraft()
    record = parse_tlsrpt(found[0].value).record
    uris = record.rua if record is not None else ()
    if len(found) > 1 or len(uris) != 1 or not uris[0].usable:
        return TlsDraft(notes=("the record for TLS reports is kept as it is",))
    address = uris[0].address
    return TlsDraft(None if address == reports else address, tuple(found))


def sts_mode(
    domain: str, records: tuple[Record, ...], served: Mode | None, *, receives: bool, whole: bool
) -> StsDraft:
    """The mode that is served; a policy that is there is never turned off.

    Where the intent does not know all MX hosts it makes no policy: a host that is missing from
    it gets no mail from those who enforce (RFC 8461 §4.1), so what is published is kept.
    """
    if receives and not whole:
        return StsDraft(MtaStsMode.OFF)
    found = tuple(r for r in records if r.name == f"_mta-sts.{domain}" and r.type == "TXT")
    if not receives or not found:
        return StsDraft()
    if served is None:
        note = (
            "MTA-STS is published but its policy could not be read: "
            'look at it, and write mta_sts = "enforce" if it says so; testing would weaken it'
        )
        return StsDraft(understood=found, notes=(note,))
    return StsDraft(MtaStsMode(served.value), found)
