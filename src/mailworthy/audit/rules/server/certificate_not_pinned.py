"""The published TLSA records stand for another certificate than the server's.

## What it checks
One of the TLSA records of the MX host stands for the certificate, or the authority of the certificate, that
Postfix shows; judged as a sender does that follows DANE.

## Why it matters
Every sender that follows DANE keeps its mail back, then returns it. It happens at a renewal with a new key.

## How to fix
Publish the record of the new key beside the old one. Next time publish it before the key is used, or keep
the key (`certbot renew --reuse-key`).
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import HostEvidence
from mailworthy.audit.finding import Found, Remedy, Severity, cite, publish
from mailworthy.audit.healthyserver import CHAIN, OTHER_KEY, served
from mailworthy.audit.part import Known
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.server._certificates import leaf_of, postfix_serves, seen
from mailworthy.audit.rules.server._shared import here
from mailworthy.audit.serverparts import Served
from mailworthy.certificate import Certificate
from mailworthy.dane.record import from_certificate, render
from mailworthy.dane.verdict import Result, judge
from mailworthy.servers.reading.model import Postfix, Server

_ORDER = "withdraw the records of keys that are no longer used, after the time to live of this one"


@rule(
    over="served",
    severity=Severity.BLOCKER,
    references=("RFC 7672 §2.2", "RFC 7672 §3.1.1", "RFC 7671 §8.1"),
    bad=served(files={CHAIN: OTHER_KEY}),
    good=served(),
)
def check(
    each: Served,
    chain: tuple[Certificate, ...],
    postfix: Postfix,
    server: Server,
    hosts: tuple[HostEvidence, ...],
) -> Iterator[Found]:
    leaf = leaf_of(chain)
    if leaf is None or not postfix_serves(each) or len(_own(server)) > 1:
        return
    for host in here(hosts, postfix, server):
        known = host.tlsa.value if isinstance(host.tlsa, Known) else None
        records = [r.parsed.record for r in known.found if r.parsed.record] if known else []
        if known is None or not any(record.usable for record in records):
            continue
        ders = [certificate.der for certificate in chain]
        verdict = judge(records, ders, names=(host.name,), now=leaf.not_before)
        if verdict.result is not Result.FAILED:
            continue
        right = render(from_certificate(leaf.der))
        yield Found(
            subject=known.answer.ask.name,
            message=f"no TLSA record of {host.name} stands for the certificate that Postfix shows",
            evidence=(cite(known.answer), *seen(each, f"its record would be {right}")),
            remedy=Remedy((publish(known.answer.ask.name, "TLSA", right),), _ORDER),
        )


def _own(server: Server) -> list[str]:
    """The certificates of Postfix: with several, one is chosen at each connection."""
    return [file.path for file in server.certificates if "Postfix" in file.services]
