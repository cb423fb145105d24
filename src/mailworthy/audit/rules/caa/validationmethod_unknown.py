"""A CAA record asks for a validation method that no certification authority knows.

## What it checks
The words in `validationmethods` are registered ACME methods, or begin with `ca-`.

## Why it matters
The word permits nothing.
If it was meant for the method that you use, the next renewal fails.

## How to fix
Write `http-01`, `dns-01` or `tls-alpn-01`, as your ACME client does it.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Certification
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._tags import nearest
from mailworthy.audit.rules.caa._shared import WILD, instead, restricted
from mailworthy.rdata.caa import KNOWN_METHODS, Issuer

_LIMITED = 'example.com. CAA 0 issue "letsencrypt.org; validationmethods={}"'


@rule(
    severity=Severity.ADVICE,
    references=("RFC 8657 §4",),
    bad=instead(_LIMITED.format("dns01,http-01"), WILD),
    good=instead(_LIMITED.format("ca-email,http-01"), WILD),
)
def check(domain: str, caa: Certification) -> Iterator[Found]:
    fault = "CAA has a validation method that no CA knows,"
    yield from restricted(caa, domain, "unknown-validationmethod", _corrected, fault)


def _corrected(issuer: Issuer) -> Issuer:
    parts = [
        (tag, _known(value) if tag.lower() == "validationmethods" else value)
        for tag, value in issuer.parameters
    ]
    return Issuer(issuer.domain, tuple((tag, value) for tag, value in parts if value))


def _known(value: str) -> str:
    """The methods that exist, those meant for one among them."""
    kept = [w if _good(w) else nearest(w, KNOWN_METHODS, cutoff=0.7) for w in value.split(",")]
    return ",".join(dict.fromkeys(word for word in kept if word))


def _good(word: str) -> bool:
    return word in KNOWN_METHODS or word.startswith("ca-")
