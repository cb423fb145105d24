"""SPF, DMARC, and the other policies that are a TXT record each."""

from mailworthy.audit.collect.fetched import answered
from mailworthy.audit.collect.frugal import perhaps
from mailworthy.audit.collect.texts import claims, published, texts_at
from mailworthy.audit.evidence import (
    AddressSet,
    DmarcEvidence,
    Legacy,
    Policy,
    Published,
)
from mailworthy.audit.part import Known, NotAsked, Part, Unknown, part
from mailworthy.bimi.record import Bimi
from mailworthy.bimi.record import parse as parse_bimi
from mailworthy.dmarc.discover import Outcome, PolicyFound, Walk, policy
from mailworthy.dmarc.record import DmarcRecord
from mailworthy.dmarc.record import parse as parse_dmarc
from mailworthy.lookup.drive import together
from mailworthy.lookup.model import NOT_ASKED, Asking, Fetched, Question, Status, ask, fetch, look
from mailworthy.mtasts.policy import parse as parse_policy
from mailworthy.mtasts.record import StsRecord
from mailworthy.mtasts.record import parse as parse_sts
from mailworthy.spf.model import SpfRecord
from mailworthy.spf.record import is_spf
from mailworthy.spf.record import parse as parse_spf
from mailworthy.spf.tree import cost
from mailworthy.spf.treemodel import SpfTree
from mailworthy.tlsrpt.record import TlsRptRecord
from mailworthy.tlsrpt.record import parse as parse_tlsrpt

is_dmarc_like = claims("dmarc1")


def spf_of(domain: str) -> Asking[tuple[Part[Published[SpfRecord]], Part[SpfTree]]]:
    """The SPF record and the tree below it."""
    answer = yield from look(domain, "TXT")
    record = published(answer, is_spf, parse_spf)
    tree: Part[SpfTree]
    if not isinstance(record, Known):
        tree = record
    elif record.value.only is None:
        tree = NotAsked(f"the SPF tree of {domain}", "there is no single SPF record")
    else:
        walked = yield from cost(domain, text=record.value.only.text)
        tree = Known(walked)
    return record, tree


def legacy_of(domain: str) -> Asking[Part[Legacy]]:
    """Left-overs of type SPF (99)."""
    answer = yield from look(domain, "SPF")
    return part(answer, lambda: Legacy(answer))


def dmarc_of(domain: str) -> Asking[tuple[Part[DmarcEvidence], Part[PolicyFound]]]:
    """The DMARC record, DMARC texts at the domain itself, and what governs the domain."""
    own, apex = yield from ask(Question(f"_dmarc.{domain}", "TXT"), Question(domain, "TXT"))
    misplaced = tuple(text for text in apex.records if is_dmarc_like(text))
    record = published(own, is_dmarc_like, parse_dmarc)
    if not isinstance(record, Known):
        return record, record
    doubled = None
    if not own.records and not own.chain and apex.status is not Status.ABSENT:
        doubled = yield from look(f"_dmarc.{domain}.{domain}", "TXT")
    evidence = Known(DmarcEvidence(record.value, misplaced, doubled))
    if record.value.record is not None:
        return evidence, Known(_own_policy(domain, record.value.record))
    found = yield from policy(domain)
    if found.unknown is not None:
        gap = found.unknown
        kind = NotAsked if gap.why in NOT_ASKED else Unknown
        return evidence, kind(f"{gap.name} {gap.type}", gap.why.value)
    return evidence, Known(found)


def _own_policy(domain: str, record: DmarcRecord) -> PolicyFound:
    """What `policy` would find without a question more: the domain's own record governs it."""
    return PolicyFound(
        author=domain,
        outcome=Outcome.FOUND,
        walk=Walk(domain, ()),
        domain=domain,
        record=record,
        tag="p",
        policy=record.p,
        effective=record.effective(record.p),
    )


def mta_sts_of(
    domain: str,
) -> Asking[tuple[Part[Published[StsRecord]], Part[AddressSet], Part[Policy], Part[Fetched]]]:
    """The MTA-STS record, the addresses of the policy host, the policy, and how it was fetched."""
    record, host = yield from together(
        texts_at(f"_mta-sts.{domain}", claims("sts"), parse_sts),
        perhaps(f"mta-sts.{domain}"),
    )
    fetched = yield from _policy_of(domain, record, host)
    return record, host, _policy(fetched), fetched


def _policy_of(
    domain: str, record: Part[Published[StsRecord]], host: Part[AddressSet]
) -> Asking[Part[Fetched]]:
    """The policy file. Where no record speaks of one, not getting it is no failure: the host
    may be any web server, by a wildcard."""
    url = f"https://mta-sts.{domain}/.well-known/mta-sts.txt"
    if not isinstance(host, Known):
        return host
    if not host.value.ips:
        return NotAsked(url, f"mta-sts.{domain} has no address")
    fetched = yield from fetch(url)
    if fetched.status is Status.FAILED and isinstance(record, Known) and not record.value.found:
        return NotAsked(url, "there is no MTA-STS record")
    return answered(fetched)


def _policy(file: Part[Fetched]) -> Part[Policy]:
    if not isinstance(file, Known):
        return file
    return part(file.value, lambda: Policy(file.value, parse_policy(file.value.body)))


def tls_rpt_of(domain: str) -> Asking[Part[Published[TlsRptRecord]]]:
    """The TLS reporting record."""
    return (yield from texts_at(f"_smtp._tls.{domain}", claims("tlsrpt"), parse_tlsrpt))


def bimi_of(domain: str) -> Asking[Part[Published[Bimi]]]:
    """The BIMI record of the default selector."""
    return (yield from texts_at(f"default._bimi.{domain}", claims("bimi"), parse_bimi))
