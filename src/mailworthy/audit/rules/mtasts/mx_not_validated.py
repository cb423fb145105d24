"""A mail host does not hold what the enforced MTA-STS policy promises.

## What it checks
With `mode: enforce`, every MX host that the policy names gives TLS and shows a certificate that is in date, made
out to its name, and trusted; judged as a sender does.

## Why it matters
Every sender that follows MTA-STS, Google and Microsoft among them, keeps its mail back.

## How to fix
Mend what is named. If that will take long, serve the policy with `mode: testing` and a new id first.
"""

from collections.abc import Iterator
from datetime import datetime

from mailworthy.audit.evidence import HostEvidence, Published
from mailworthy.audit.finding import Found, Severity, cite
from mailworthy.audit.healthy import POLICY, POLICY_URL
from mailworthy.audit.healthychain import SELF_SIGNED
from mailworthy.audit.healthyconnect import connected, world
from mailworthy.audit.healthyconnect import shown as showing
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._talks import first_fault, openssl, renewed, settled, shown
from mailworthy.lookup.model import Dialled, Handshake
from mailworthy.mtasts.policy import StsPolicy
from mailworthy.mtasts.record import StsRecord
from mailworthy.mtasts.verdict import Result, judge

_ENFORCED = {
    POLICY_URL: POLICY.replace("testing", "enforce").replace("86400", "1209600"),
}
_OFFER = "smtpd_tls_security_level = may"
_RENEW = "certbot certonly --standalone --force-renewal -d mail.example.com --deploy-hook 'systemctl reload postfix dovecot'"


@rule(
    over="hosts",
    severity=Severity.BLOCKER,
    references=(
        "RFC 8461 §4.2",
        "RFC 8461 §5",
    ),
    bad=connected(
        dials=world(showing(SELF_SIGNED, untrusted="self-signed certificate")),
        fetches=_ENFORCED,
        cures=(_RENEW,),
    ),
    good=connected(fetches=_ENFORCED),
)
def check(
    host: HostEvidence,
    talks: tuple[Dialled, ...],
    enforced: StsPolicy | None,
    mta_sts: Published[StsRecord],
    now: datetime,
) -> Iterator[Found]:
    if enforced is None:
        return
    found = first_fault(talks, lambda talk: _reason(enforced, host.name, talk, now))
    if found is None:
        return
    clear = found[0].tls is None
    yield Found(
        subject=host.name,
        message=f"senders with MTA-STS do not deliver to {shown(host.name)}: {found[1]}",
        evidence=(cite(mta_sts.answer), openssl(found[0], found[1])),
        remedy=settled(host, _OFFER) if clear else renewed(host, host.name),
    )


def _reason(policy: StsPolicy, host: str, talk: Dialled, now: datetime) -> str:
    """Why mail is kept back; a host that is not named is a finding without connections."""
    if not talk.extensions and talk.tls is None:
        return ""
    shake: Handshake | None = talk.tls
    verdict = judge(policy, host, shake, now=now)
    fine = verdict.delivers or verdict.result is Result.MX_MISMATCH
    return "" if fine else f"{verdict.reason} ({verdict.result.value})"
