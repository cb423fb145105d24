"""Promises about TLS and certificates: MTA-STS, TLS-RPT, DANE, CAA."""

from collections.abc import Iterator

from mailworthy.dane.record import owner
from mailworthy.dmarc.uri import mailto
from mailworthy.domain.intent import Intent, MtaStsMode
from mailworthy.domain.records.clients import alias
from mailworthy.domain.records.plan import Plan
from mailworthy.domain.recordset import RecordSet, Section
from mailworthy.mtasts.policy import Mode, StsPolicy, policy_id
from mailworthy.mtasts.policy import render as render_policy
from mailworthy.mtasts.record import StsRecord
from mailworthy.mtasts.record import render as render_sts
from mailworthy.rdata.caa import Caa
from mailworthy.rdata.caa import render as render_caa
from mailworthy.taglist import render as render_tags

TLSA_TTL = 300  # a wrong one stops mail: it must be gone soon (RFC 7671 §13)
_DAY = 86400
_MAX_AGE = {Mode.TESTING: _DAY, Mode.NONE: _DAY, Mode.ENFORCE: 14 * _DAY}
# How Caddy and certbot prove a domain; other CAs need not know this parameter (RFC 8657 §4).
_METHODS = {"letsencrypt.org": "letsencrypt.org; validationmethods=dns-01,http-01"}


def sts_policy(intent: Intent, domain: str) -> StsPolicy | None:
    """The MTA-STS policy file that a domain serves (RFC 8461 §3.2); None if it has none."""
    wish = intent.domains[domain]
    receivers = tuple(intent.receivers(domain))
    if wish.parked or wish.mta_sts is MtaStsMode.OFF or not receivers:
        return None
    mode = Mode(wish.mta_sts.value)
    return StsPolicy(mode, _MAX_AGE[mode], receivers)


def transport(plan: Plan) -> Iterator[RecordSet]:
    """MTA-STS with its host, the address for TLS reports, and TLSA."""
    yield from _mta_sts(plan)
    yield from _tls_reports(plan)
    yield from _tlsa(plan)


def _mta_sts(plan: Plan) -> Iterator[RecordSet]:
    policy = sts_policy(plan.intent, plan.domain)
    if policy is None:
        return
    yield plan.made(
        f"_mta-sts.{plan.domain}",
        "TXT",
        [render_sts(StsRecord(policy_id(render_policy(policy))))],
        "publish once the policy file answers; the id changes exactly when the file does",
        "RFC 8461 §3.1",
        section=Section.TRANSPORT,
    )
    yield from alias(
        plan,
        "mta-sts",
        policy.mx[0],
        "serves the policy by HTTPS, with a certificate for this name",
        "RFC 8461 §3.3",
        section=Section.TRANSPORT,
    )


def _tls_reports(plan: Plan) -> Iterator[RecordSet]:
    address = plan.wish.tls_reports or plan.reports
    if address is None or plan.exchange is None:
        return
    yield plan.made(
        f"_smtp._tls.{plan.domain}",
        "TXT",
        [render_tags([("v", "TLSRPTv1"), ("rua", mailto(address).uri)])],
        "where senders report trouble with TLS",
        "RFC 8460 §3",
        section=Section.TRANSPORT,
    )


def _tlsa(plan: Plan) -> Iterator[RecordSet]:
    if not plan.wish.dnssec:
        return
    for host, wish in plan.intent.hosts_within(plan.domain).items():
        digests = plan.tls.get(host, ())
        if wish.mx is not None and digests:
            yield plan.made(
                owner(host),
                "TLSA",
                [f"3 1 1 {digest.lower()}" for digest in dict.fromkeys(digests)],
                "the TLS key of the host; before a new key serves, publish both",
                "RFC 7672 §3.1.1",
                "RFC 7671 §8.1",
                section=Section.TRANSPORT,
                ttl=TLSA_TTL,
            )


def certificates(plan: Plan) -> Iterator[RecordSet]:
    """CAA where a CA is named: it binds every certificate of the domain, the web's too."""
    if not plan.wish.ca:
        return
    issuers = [Caa(0, "issue", _METHODS.get(ca, ca)) for ca in plan.wish.ca]
    nobody = [Caa(0, "issuewild", ";"), Caa(0, "issuemail", ";")]
    yield plan.made(
        plan.domain,
        "CAA",
        [render_caa(caa) for caa in (*issuers, *nobody)],
        "who may issue certificates for any name here; no wildcards, none for mail addresses",
        "RFC 8659 §4",
        "RFC 8657 §4",
        "RFC 9495 §4",
        section=Section.CERTIFICATES,
    )
