"""The zone has only one name server.

## What it checks
The zone has at least two name servers.

## Why it matters
While that one is down nobody finds your mail host, and receivers cannot check SPF, DKIM and
DMARC: they defer your mail or distrust it.

## How to fix
Add a second server in another network; most DNS providers and many friends offer one.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Existence, Nameservers
from mailworthy.audit.finding import Found, Remedy, Severity, cite
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._records import mend
from mailworthy.audit.rules.zone._shared import NAME_SERVER, served_by, stand_in
from mailworthy.domain.intent import Domain
from mailworthy.names import printable


@rule(
    severity=Severity.ADVICE,
    references=("RFC 1034 §4.1", "RFC 2182 §5"),
    bad=served_by(),
    good=served_by("ns3.example.net", more=("ns3.example.net. A 203.0.113.54",)),
)
def check(
    domain: str, existence: Existence, ns: Nameservers, wish: Domain | None
) -> Iterator[Found]:
    if not existence.apex or len(ns.names) != 1 or _on_purpose(wish, ns):
        return
    yield Found(
        subject=domain,
        message=f"{printable(ns.names[0], 100)} is the only name server of {printable(domain)}",
        evidence=(cite(ns.answer),),
        remedy=Remedy(
            mend(ns.answer, domain, add=("<name-server>.",)),
            note="Have the registrar add it too.",
            blanks=(NAME_SERVER,),
        ),
    )


def _on_purpose(wish: Domain | None, ns: Nameservers) -> bool:
    """Whether the intent names no server yet, or just this one."""
    named = {entry.partition("=")[0] for entry in wish.nameservers} if wish else set()
    return stand_in(wish) or named == set(ns.names)
