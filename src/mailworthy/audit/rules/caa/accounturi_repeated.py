"""A CAA record names two accounts, so nobody may issue.

## What it checks
An `issue` or `issuewild` record has at most one `accounturi`.

## Why it matters
With two, no account matches, and the CA must refuse every request.

## How to fix
Give each account a record of its own with the same CA.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Certification
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.caa._shared import WILD, found, instead, revised, with_problem
from mailworthy.names import printable
from mailworthy.rdata.caa import Issuer, render_issuer

_ONE = "letsencrypt.org; accounturi=https://acme.example/1"


@rule(
    severity=Severity.WARNING,
    references=("RFC 8657 §3",),
    bad=instead(f'example.com. CAA 0 issue "{_ONE}; accounturi=https://acme.example/2"', WILD),
    good=instead(
        f'example.com. CAA 0 issue "{_ONE}"',
        f'example.com. CAA 0 issue "{_ONE[:-1]}2"',
        WILD,
    ),
)
def check(domain: str, caa: Certification) -> Iterator[Found]:
    bad = list(with_problem(caa, "repeated-accounturi"))
    if bad:
        shown = printable(bad[0][1].value, 160)
        yield found(
            caa,
            domain,
            f"CAA names more than one account in one record: {shown}",
            remove=[read.text for read, _, _ in bad],
            add=[revised(r, value) for _, r, _ in bad for value in _apart(r.issuer)],
        )


def _apart(issuer: Issuer) -> Iterator[str]:
    others = tuple(p for p in issuer.parameters if p[0].lower() != "accounturi")
    for account in issuer.values("accounturi"):
        yield render_issuer(Issuer(issuer.domain, (("accounturi", account), *others)))
