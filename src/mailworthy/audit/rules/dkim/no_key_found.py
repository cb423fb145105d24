"""No DKIM key was found under the common selectors.

## What it checks
Where no selector is known, a key is found under one of those that many servers use.
It is no proof that there is none: selectors cannot be listed.

## Why it matters
Mail without a DKIM signature depends on SPF alone, which does not survive forwarding.
Gmail, Yahoo and Outlook refuse large senders without it.

## How to fix
If your server signs, name the selector (`--selector NAME`); it stands as `s=` in the DKIM-Signature of your mail.
If not, make a key, publish it, and let the server sign.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Keys, MxSet, Published
from mailworthy.audit.finding import Found, Remedy, Severity, cite, publish
from mailworthy.audit.healthy import RSA, RSA_RECORD, healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._mail import sends
from mailworthy.audit.rules.dkim._shared import FRESH, PUBLIC_KEY, line
from mailworthy.names import printable
from mailworthy.spf.model import SpfRecord


@rule(
    severity=Severity.ADVICE,
    references=("RFC 6376 §3.6.2.1", "RFC 9989 §5.1.2"),
    bad=healthy(selectors=(), blanks={"public-key": RSA}),
    good=healthy(selectors=(), add=(line("default", RSA_RECORD),)),
)
def check(
    keys: Keys, domain: str, parked: bool, mx: MxSet, spf: Published[SpfRecord]
) -> Iterator[Found]:
    if keys.known or not keys.tried or keys.unanswered or not sends(parked, mx, spf):
        return
    if not all(found.record and found.record.revoked for _, found in keys.found):
        return
    revoked = ", ".join(printable(selector, 40) for selector, _ in keys.found[:4])
    but = f", but revoked ones ({revoked})" if revoked else ""
    yield Found(
        subject=domain,
        message=f"no DKIM key of {domain} was found under {len(keys.tried)} common selectors{but}",
        evidence=(cite(keys.base),),
        remedy=Remedy(
            (publish(f"default._domainkey.{domain}", "TXT", FRESH),),
            "first try --selector with the name that stands as s= in the DKIM-Signature of your mail",
            (PUBLIC_KEY,),
        ),
    )
