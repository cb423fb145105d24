"""The evidence of a verdict as plain data: words, names and records, no times and no servers."""

from collections.abc import Iterable
from typing import Any, TypeAlias

from mailworthy.arc.result import ArcResult, ArcSet
from mailworthy.dkim.result import DkimSignature
from mailworthy.dmarc.align import Check
from mailworthy.dmarc.discover import PolicyFound, Unknown
from mailworthy.dmarc.result import DmarcResult, Judgement
from mailworthy.dnsbl.result import Listing, Listings
from mailworthy.helo.result import HeloResult
from mailworthy.iprev.engine import IprevResult
from mailworthy.message.author import Author
from mailworthy.mx.result import MxResult
from mailworthy.receive.envelope import Envelope
from mailworthy.receive.evidence import Evidence
from mailworthy.receive.form import Form
from mailworthy.spf.result import SpfResult

Data: TypeAlias = dict[str, Any]


def evidence(found: Evidence) -> Data:
    """Every part under the word that the docs have for it."""
    return {
        "iprev": _iprev(found.iprev),
        "helo": _helo(found.helo),
        "spf": _spf(found.spf),
        "spf_helo": _spf(found.spf_helo),
        "dkim": [_signature(s) for s in found.dkim.signatures],
        "dmarc": [
            {"length": verifier.length, "algorithms": verifier.algorithms, **_dmarc(result)}
            for verifier, result in found.dmarc.items()
        ],
        "dmarc_rfc7489": None if found.dmarc_rfc7489 is None else _dmarc(found.dmarc_rfc7489),
        "arc": _arc(found.arc),
        "sender_domain": _mx(found.sender),
        "author_domain": _mx(found.author_mx),
        "blocklists": _lists(found.listings),
        "form": _form(found.form),
    }


def envelope(given: Envelope) -> Data:
    """As it was given, or read from the message."""
    return {
        "ip": given.ip,
        "helo": given.helo,
        "mail_from": given.mail_from,
        "rcpt_to": given.rcpt_to,
        "tls": given.tls,
        "received_at": given.received_at,
    }


def author(found: Author) -> Data:
    """What From says."""
    boxes = [
        {"local": box.local, "domain": box.domain or box.written, "display": box.display}
        for box in found.mailboxes
    ]
    return {
        "domain": found.domain,
        "domains": found.domains,
        "mailboxes": boxes,
        "fault": found.fault,
        "detail": found.detail,
    }


def _iprev(found: IprevResult) -> Data:
    names = [{"name": f.name, "addresses": f.addresses, "matches": f.matches} for f in found.names]
    return {
        "ip": found.ip,
        "result": found.result,
        "name": found.name,
        "names": names,
        "not_evaluated": found.not_evaluated,
    }


def _helo(found: HeloResult) -> Data:
    return {
        "helo": found.helo,
        "result": found.result,
        "cause": found.cause,
        "matches": found.matches,
        "addresses": found.addresses,
        "reason": found.reason,
        "section": found.section,
    }


def _spf(found: SpfResult) -> Data:
    return {
        "domain": found.domain,
        "sender": found.sender,
        "result": found.result,
        "cause": found.cause,
        "reason": found.reason,
        "section": f"RFC 7208 §{found.section}",
        "path": found.path,
        "where": found.where,
        "record": found.record,
        "explanation": found.explanation,
        "lookups": found.lookups,
        "voids": found.voids,
        "problems": found.problems,
    }


def _signature(found: DkimSignature) -> Data:
    return {
        "domain": found.domain,
        "selector": found.selector,
        "identity": found.identity,
        "algorithm": found.algorithm,
        "result": found.result,
        "code": found.code,
        "reason": found.reason,
        "section": found.section,
        "counts": found.counts,
        "testing": found.testing,
        "bits": found.key.bits if found.key is not None else None,
        "length": found.length,
        "uncovered": found.uncovered,
        "header_intact": found.header_intact,
        "added": found.added,
    }


def _dmarc(found: DmarcResult) -> Data:
    return {
        "result": found.result,
        "reason": found.reason,
        "section": f"RFC 9989 §{found.reason.section}",
        "disposition": found.disposition,
        "judgements": [_judgement(j) for j in found.judgements],
        "not_evaluated": found.not_evaluated,
        "fault": found.fault,
    }


def _judgement(found: Judgement) -> Data:
    return {
        "author": found.author,
        "result": found.result,
        "reason": found.reason,
        "disposition": found.disposition,
        "organizational_domain": found.organization,
        "policy": _policy(found.found),
        "identifiers": [_identifier(check) for check in found.checks],
        "unknown": _unknown(found.unknown),
    }


def _policy(found: PolicyFound) -> Data:
    step = found.walk.step(found.domain) if found.domain is not None else None
    return {
        "outcome": found.outcome,
        "domain": found.domain,
        "record": step.texts[0] if step is not None and step.texts else None,
        "tag": found.tag,
        "policy": found.policy,
        "effective": found.effective,
        "exists": found.exists,
        "walk": [{"domain": s.domain, "found": s.found} for s in found.walk.steps],
    }


def _identifier(found: Check) -> Data:
    return {
        "method": found.identifier.method,
        "domain": found.identifier.domain,
        "selector": found.identifier.selector,
        "result": found.identifier.result,
        "aligned": found.aligned,
        "organizational_domain": found.organization,
        "unknown": _unknown(found.unknown),
    }


def _unknown(found: Unknown | None) -> Data | None:
    return None if found is None else {"name": found.name, "type": found.type, "why": found.why}


def _arc(found: ArcResult) -> Data:
    return {
        "result": found.result,
        "code": found.code,
        "reason": found.reason,
        "section": found.section,
        "oldest_pass": found.oldest_pass,
        "temporary": found.temporary,
        "sets": [_set(each) for each in found.instances],
    }


def _set(found: ArcSet) -> Data:
    return {
        "i": found.i,
        "domain": found.domain,
        "selector": found.selector,
        "cv": found.status,
        "message_signature": {
            "domain": found.message_signature.domain,
            "result": found.message_signature.result,
            "reason": found.message_signature.reason,
        },
        "seal": {"result": found.seal.result, "reason": found.seal.reason},
    }


def _mx(found: MxResult | None) -> Data | None:
    if found is None:
        return None
    exchanges = [
        {"name": e.name, "preference": e.preference, "addresses": e.addresses}
        for e in found.exchanges
    ]
    return {
        "domain": found.domain,
        "result": found.result,
        "cause": found.cause,
        "reason": found.reason,
        "section": found.section,
        "exchanges": exchanges,
    }


def _lists(found: Listings | None) -> Data | None:
    if found is None:
        return None
    return {"result": found.result, "entries": [_listing(entry) for entry in found.entries]}


def _listing(found: Listing) -> Data:
    return {
        "list": found.dnsbl.id,
        "zone": found.dnsbl.zone,
        "subject": found.subject,
        "status": found.status,
        "severity": found.severity,
        "codes": [code.name for code in found.codes],
        "text": found.text,
        "reason": found.reason,
        "section": found.section,
    }


def _form(found: Form) -> Data:
    return {
        "flaws": _structs(found.flaws),
        "mailing_list": found.mailing_list,
        "one_click": {
            "ok": found.one_click.ok,
            "problems": found.one_click.problems,
            "uris": found.one_click.uris,
        },
    }


def _structs(found: Iterable[Any]) -> list[Data]:
    return [{name: getattr(s, name) for name in s.__struct_fields__} for s in found]
