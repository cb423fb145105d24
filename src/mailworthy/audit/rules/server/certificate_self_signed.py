"""The certificate signs itself, and the MTA-STS policy demands one that others vouch for.

## What it checks
Where the MTA-STS policy is in mode `enforce`, the certificate that Postfix shows was issued by somebody else.

## Why it matters
Gmail, Outlook and all who follow MTA-STS deliver nothing: a certificate of your own is not trusted.

## How to fix
Get a certificate from an authority that everybody trusts, such as Let's Encrypt.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Policy
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthy import POLICY_URL
from mailworthy.audit.healthyserver import CERTIFICATE, CHAIN, SELF_SIGNED, served
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.server._certificates import leaf_of, postfix_serves, renewed, seen
from mailworthy.audit.serverparts import Served
from mailworthy.certificate import Certificate
from mailworthy.mtasts.policy import Mode
from mailworthy.servers.reading.model import Postfix


@rule(
    over="served",
    severity=Severity.BLOCKER,
    references=("RFC 8461 §4.2", "RFC 8461 §5"),
    bad=served(
        files={CHAIN: SELF_SIGNED},
        after={CHAIN: CERTIFICATE},
        fetches={
            POLICY_URL: "version: STSv1\nmode: enforce\nmx: mail.example.com\nmax_age: 1209600\n"
        },
    ),
    good=served(files={CHAIN: SELF_SIGNED}),
)
def check(
    each: Served, postfix: Postfix, chain: tuple[Certificate, ...], mta_sts_policy: Policy
) -> Iterator[Found]:
    leaf, policy = leaf_of(chain), mta_sts_policy.parsed.record
    if leaf is None or policy is None or policy.mode is not Mode.ENFORCE:
        return
    if not leaf.self_issued or not postfix_serves(each):
        return
    yield Found(
        subject=each.file.path,
        message="the MTA-STS policy is enforced, and the certificate of the server signs itself",
        evidence=seen(each, f"subject and issuer: {leaf.subject}"),
        remedy=renewed(*(leaf.names[:5] or (postfix.value("myhostname"),))),
    )
