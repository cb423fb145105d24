"""OpenDKIM's tables name a key that is not there.

## What it checks
OpenDKIM starts with its settings: a SigningTable has a KeyTable, a KeyFile has a Selector. Every key that
the SigningTable names for the domain has a row in the KeyTable, and that row names a file (from the root,
with `/` in front) or holds the key.

## Why it matters
OpenDKIM does not start, or refuses mail of the domain for now (4xx) at every attempt. A path such as
`keys/example.key` it takes for the key itself: mail leaves unsigned.

## How to fix
Add the row to the KeyTable: `NAME DOMAIN:SELECTOR:/path/of/the/key`.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import SelectorEvidence
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthy import RSA
from mailworthy.audit.healthyserver import served
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.server._opendkim import KEYS, key_row, looked, mended, published
from mailworthy.audit.rules.server._shared import noted, short
from mailworthy.servers.reading.model import NamedKey, OpenDkim, Signer
from mailworthy.servers.reading.opendkimtables import chosen

_BAD = {
    "/etc/opendkim.conf": "KeyTable file:/kt\nSigningTable refile:/st\nSocket inet:11332@localhost\n",
    "/kt": "other example.com:r202611:/etc/dkimkeys/example.com.r202611.key\n",
    "/st": "*@example.com main\n",
    "/etc/dkimkeys/example.com.r202611.key": f"k=rsa; p={RSA}",
    "/etc/dkimkeys/example.com.default.key": f"k=rsa; p={RSA}",
}


@rule(
    severity=Severity.BLOCKER,
    references=("RFC 6376 §5.2",),
    bad=served(files=_BAD),
    good=served(),
)
def check(
    signers: tuple[Signer, ...], selectors: tuple[SelectorEvidence, ...], domain: str
) -> Iterator[Found]:
    for signer in signers:
        if isinstance(signer, OpenDkim) and signer.wrong:
            yield _stopped(signer, domain, published(selectors))
        elif isinstance(signer, OpenDkim) and not signer.open:
            yield from _rows(signer, domain, published(selectors))


def _stopped(signer: OpenDkim, domain: str, selector: str) -> Found:
    return Found(
        subject="OpenDKIM",
        message="OpenDKIM does not start with its settings, and signs nothing",
        evidence=(noted("opendkim -n", signer.wrong),),
        remedy=mended(key_row(signer, domain, domain, selector), f"{signer.wrong}; {KEYS}"),
    )


def _rows(signer: OpenDkim, domain: str, selector: str) -> Iterator[Found]:
    found = chosen(signer, domain)
    for name in found.unnamed[:5]:
        yield Found(
            subject=domain,
            message=f"OpenDKIM refuses mail of {short(domain)} for now: its key {short(name, 60)!r} "
            "has no row in the KeyTable",
            evidence=looked(signer, name, f"{name}, in no KeyTable"),
            remedy=mended(key_row(signer, short(name, 60), domain, selector), KEYS),
        )
    yield from (_odd(signer, domain, key) for key in found.odd[:5])


def _odd(signer: OpenDkim, domain: str, key: NamedKey) -> Found:
    return Found(
        subject=domain,
        message=f"OpenDKIM takes {short(key.odd, 60)!r} for a key and not for its path, and does "
        f"not sign mail of {short(domain)}",
        evidence=(noted(f"grep {short(key.name, 60)} KeyTable", f":{key.odd}"),),
        remedy=mended(
            key_row(signer, short(key.name, 60), domain, key.selector),
            f"instead of the row that is there; {KEYS}",
        ),
    )
