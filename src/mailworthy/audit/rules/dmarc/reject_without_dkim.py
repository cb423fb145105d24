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

from mailworthy.audit.evidence import DmarcEvidence, Existence, Keys, MxSet, Published
from mailworthy.audit.finding import Found, Severity, cite
from mailworthy.audit.healthy import RSA_RECORD
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._mail import sends
from mailworthy.audit.rules._tags import with_tag
from mailworthy.audit.rules.dmarc._shared import change, governing, world
from mailworthy.dkim.record import DkimKey
from mailworthy.dmarc.record import Policy
from mailworthy.spf.model import SpfRecord

_NOTE = "publish a key and let the server sign; go back to p=reject when all mail is signed"


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
def check(  # noqa: PLR0917  as many parts of the evidence have a say
    dmarc: DmarcEvidence,
    keys: Keys,
    existence: Existence,
    parked: bool,
    mx: MxSet,
    spf: Published[SpfRecord],
) -> Iterator[Found]:
    judged = governing(dmarc)
    if judged is None or judged[1].effective(judged[1].p) is not Policy.REJECT:
        return
    # Mail of a name inside a zone may be signed with the keys of the zone's domain.
    if not existence.apex or not _unsigned(keys) or not sends(parked, mx, spf):
        return
    text = judged[0].text
    new = with_tag(text, "p", Policy.QUARANTINE)
    message = "has p=reject, but there is no usable DKIM key"
    found = change(dmarc.published, text, new, message, note=_NOTE)
    yield Found(found.subject, found.message, found.remedy, (*found.evidence, cite(keys.base)))


def _unsigned(keys: Keys) -> bool:
    """Whether it is certain that there is no usable key; a vain guess is no proof."""
    if keys.unanswered or (not keys.known and (keys.tried or keys.wildcard)):
        return False
    return not any(_good(found.record) for _, found in keys.found)


def _good(key: DkimKey | None) -> bool:
    return key is not None and not key.revoked and (key.k != "rsa" or key.bits >= 1024)
