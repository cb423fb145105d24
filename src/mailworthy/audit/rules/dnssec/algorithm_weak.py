"""A zone is signed only with an algorithm that has been given up.

## What it checks
The DS records of the domain name an algorithm other than RSAMD5, DSA, RSASHA1 (5, 7) and GOST.

## Why it matters
Resolvers without these algorithms treat the zone as unsigned, or fail.
Signatures with SHA-1 can be forged by those who can pay for it.

## How to fix
Let the signer of the zone change to algorithm 13 (ECDSA P-256) with an algorithm rollover: it
signs with both, the DS record changes, and the old key goes last.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Dnssec
from mailworthy.audit.finding import Found, Severity, cite
from mailworthy.audit.healthy import healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.dnssec._shared import FILLED, followed, sign, too_many
from mailworthy.rdata.ds import WEAK_ALGORITHMS

_KEY = "example.com. DNSKEY 257 3 5 AwEAAcHB1Tuds9UyhsVHkm2qu7fFWWRMnXuHxWsVaQyNtdmA31PDDksOadfGo92j4ggwKaQ1EPmKtBo1dIw9mWM1M3E="
_DS = "example.com. DS 17292 5 2 368cdd07297b245cbb722f9b5175fa70d804ab2a230d3e041ef88d8696ac0997"


@rule(
    severity=Severity.WARNING,
    references=("RFC 8624 §3.1",),
    bad=healthy(drop=("example.com. DS", "example.com. DNSKEY"), add=(_KEY, _DS), blanks=FILLED),
    good=healthy(add=(_KEY, _DS)),
)
def check(domain: str, dnssec: Dnssec) -> Iterator[Found]:
    numbers = {ds.algorithm for ds in dnssec.delegated}
    if too_many(dnssec) or not numbers or not numbers <= WEAK_ALGORITHMS:
        return
    if followed(dnssec, domain):
        shown = " and ".join(str(number) for number in sorted(numbers))
        yield Found(
            subject=domain,
            message=f"{domain} is signed only with algorithm {shown}, which is given up",
            evidence=(cite(dnssec.ds), cite(dnssec.dnskey)),
            remedy=sign(domain, dnssec),
        )
