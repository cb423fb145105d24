"""CAA forbids every certificate, but MTA-STS needs one.

## What it checks
A domain with an MTA-STS record does not say `issue ";"` alone, wildcards included.

## Why it matters
The policy host `mta-sts` needs a certificate of a public CA, and none may issue it.
When the present one expires, senders lose the policy.

## How to fix
Name the CA that issues for the mail and policy hosts.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import AddressSet, Certification, Published
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.caa._shared import (
    SLOT,
    WILD,
    forbids,
    found,
    instead,
    named,
)
from mailworthy.domain.intent import Domain
from mailworthy.mtasts.record import StsRecord
from mailworthy.names import is_within
from mailworthy.rdata.caa import Caa, render

_NOBODY = 'example.com. CAA 0 issue ";"'


@rule(
    severity=Severity.WARNING,
    references=("RFC 8659 §4.2", "RFC 8461 §3.3"),
    bad=instead(_NOBODY, WILD, blanks={"ca": "letsencrypt.org"}),
    good=instead(_NOBODY, 'example.com. CAA 0 issuewild "letsencrypt.org"'),
)
def check(
    domain: str,
    caa: Certification,
    mta_sts: Published[StsRecord],
    mta_sts_host: AddressSet,
    wish: Domain | None,
) -> Iterator[Found]:
    issue, wild = named(caa, "issue"), named(caa, "issuewild")
    closed = bool(issue) and all(map(forbids, issue)) and all(map(forbids, wild))
    # An alias into another domain can have CAA records of its own there.
    own = all(is_within(name, domain) for name in mta_sts_host.chain)
    if not closed or not mta_sts.found or not mta_sts_host.ips or not own or (wish and wish.ca):
        return
    message = f'CAA says issue ";", but mta-sts.{domain} needs a certificate'
    old = [read.text for read in caa.records if read.parsed.record in issue]
    yield found(caa, domain, message, remove=old, add=[render(Caa(0, "issue", SLOT))])
