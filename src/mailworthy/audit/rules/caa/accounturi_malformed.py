"""A CAA record restricts issuance to an account that is no URI.

## What it checks
The value of `accounturi` is a URI, as the ACME client shows it.

## Why it matters
No account matches, so the CA must refuse every request, yours too.

## How to fix
Write the URI of your account; certbot shows it with `certbot show_account`.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Certification
from mailworthy.audit.finding import Blank, Found, Severity
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.caa._shared import WILD, instead, restricted
from mailworthy.rdata.caa import Issuer

_ACCOUNT = Blank("account-uri", "the URI of your account at the CA")
_LIMITED = 'example.com. CAA 0 issue "letsencrypt.org; accounturi={}"'
_URI = "https://acme-v02.api.letsencrypt.org/acme/acct/123456"


@rule(
    severity=Severity.WARNING,
    references=("RFC 8657 §3",),
    bad=instead(_LIMITED.format("123456"), WILD, blanks={"account-uri": _URI}),
    good=instead(_LIMITED.format(_URI), WILD),
)
def check(domain: str, caa: Certification) -> Iterator[Found]:
    fault = "CAA has an accounturi that is no URI"
    yield from restricted(caa, domain, "bad-accounturi", _open, fault, _ACCOUNT)


def _open(issuer: Issuer) -> Issuer:
    parts = [
        (tag, value if tag.lower() != "accounturi" else f"<{_ACCOUNT.placeholder}>")
        for tag, value in issuer.parameters
    ]
    return Issuer(issuer.domain, tuple(dict.fromkeys(parts)))
