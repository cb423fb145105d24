"""A CAA record lists validation methods in a way that cannot be read.

## What it checks
The value of `validationmethods` is words with commas and no blanks between them, e.g.
`dns-01,http-01`.

## Why it matters
No method matches, so the CA must refuse every request.

## How to fix
Write the methods with commas only.
"""

import re
from collections.abc import Iterator

from mailworthy.audit.evidence import Certification
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.caa._shared import WILD, instead, restricted
from mailworthy.rdata.caa import Issuer

_LIMITED = 'example.com. CAA 0 issue "letsencrypt.org; validationmethods={}"'
_NOT_IN_WORDS = re.compile(r"[^A-Za-z0-9-]++")


@rule(
    severity=Severity.WARNING,
    references=("RFC 8657 §4",),
    bad=instead(_LIMITED.format("dns-01+http-01"), WILD),
    good=instead(_LIMITED.format("dns-01,http-01"), WILD),
)
def check(domain: str, caa: Certification) -> Iterator[Found]:
    fault = "CAA has a list of validation methods that cannot be read,"
    yield from restricted(caa, domain, "bad-validationmethods", _listed, fault)


def _listed(issuer: Issuer) -> Issuer:
    parts = [
        (tag, _NOT_IN_WORDS.sub(",", value).strip(",") if _methods(tag) else value)
        for tag, value in issuer.parameters
    ]
    return Issuer(issuer.domain, tuple(parts))


def _methods(tag: str) -> bool:
    return tag.lower() == "validationmethods"
