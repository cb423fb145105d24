"""Mail is to be rejected unless SPF passes: there is no DKIM key.

## What it checks
A domain whose policy is `p=reject` has a DKIM key that can be used.

## Why it matters
SPF fails wherever mail is forwarded, by an alias or a former employer's address.
Without a DKIM signature nothing else proves that the mail is yours, and it is rejected.

## How to fix
Publish a key and let the server sign.
Go back to `p=quarantine` until all mail is signed.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import DmarcEvidence, Keys, MxSet, Published
from mailworthy.audit.finding import Found, Remedy, Severity, Step, cite, publish
from mailworthy.audit.healthy import RSA_RECORD
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._mail import sends
from mailworthy.audit.rules._steps import edit
from mailworthy.audit.rules._tags import with_tag
from mailworthy.audit.rules.dmarc._shared import governing, world
from mailworthy.dkim.record import DkimKey
from mailworthy.dmarc.discover import PolicyFound
from mailworthy.dmarc.record import Policy
from mailworthy.spf.model import SpfRecord


@rule(
    severity=Severity.BLOCKER,
    references=("RFC 9989 §7.4", "RFC 9989 §8"),
    bad=world(
        "v=DMARC1; p=reject; rua=mailto:dmarc@example.com",
        drop=("r202611.", "e202611."),
        selectors=(),
    ),
    good=world(
        "v=DMARC1; p=reject; rua=mailto:dmarc@example.com",
        drop=("r202611.", "e202611."),
        selectors=(),
        add=(f'default._domainkey.example.com. TXT "{RSA_RECORD[:200]}" "{RSA_RECORD[200:]}"',),
    ),
)
def check(
    policy: PolicyFound, keys: Keys, mx: MxSet, spf: Published[SpfRecord], dmarc: DmarcEvidence
) -> Iterator[Found]:
    if policy.effective is not Policy.REJECT or not sends(False, mx, spf) or not _unsigned(keys):
        return
    domain, judged = policy.author, governing(dmarc)
    if judged is None:
        steps: tuple[Step, ...] = (publish(dmarc.published.name, "TXT", "v=DMARC1; p=quarantine"),)
    else:
        text = judged[0].text
        steps = edit(dmarc.published.answer, text, with_tag(text, "p", Policy.QUARANTINE))
    yield Found(
        subject=dmarc.published.name,
        message=f"mail of {domain} that fails DMARC is to be rejected, and there is no usable DKIM key",
        evidence=(cite(dmarc.published.answer), cite(keys.base)),
        remedy=Remedy(steps, "go back to p=reject when all mail is signed"),
    )


def _unsigned(keys: Keys) -> bool:
    """Whether it is certain that there is no usable key; a vain guess is no proof."""
    if not keys.known and (keys.tried or keys.wildcard):
        return False
    return not any(_good(found.record) for _, found in keys.found)


def _good(key: DkimKey | None) -> bool:
    return key is not None and not key.revoked and (key.k != "rsa" or key.bits >= 1024)
