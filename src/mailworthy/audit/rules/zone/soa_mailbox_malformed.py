"""The SOA record holds no mailbox, or one with an @ in it.

## What it checks
The second name in the SOA record stands for a mailbox: its first dot for the @.

## Why it matters
Whoever notices that something is wrong with your zone writes there.
An @ in that place makes it an address that nobody can read.

## How to fix
Write the mailbox with a dot: `hostmaster.example.com.` for hostmaster@example.com.
"""

from collections.abc import Iterator

from msgspec.structs import replace

from mailworthy.audit.evidence import Existence
from mailworthy.audit.finding import Found, Severity, cite
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.zone._shared import restarted, started
from mailworthy.names import printable
from mailworthy.rdata.soa import Soa, parse


@rule(
    severity=Severity.ADVICE,
    references=("RFC 1035 §8", "RFC 1912 §2.2"),
    bad=started(r"ns1.example.net. hostmaster\@example.com. 2026112301 14400 3600 1209600 3600"),
    good=started(r"ns1.example.net. host\.master.example.com. 2026112301 14400 3600 1209600 3600"),
)
def check(domain: str, soa: Soa, existence: Existence) -> Iterator[Found]:
    if not parse(existence.soa.records[0]).has("rname-mailbox"):
        return
    dotted = soa.rname.replace("\\@", ".").replace("@", ".")
    better = replace(soa, rname=dotted if "@" in soa.rname else f"hostmaster.{domain}")
    yield Found(
        subject=domain,
        message=f"the SOA record of {printable(domain)} has no mailbox: {printable(soa.rname, 100)}",
        evidence=(cite(existence.soa),),
        remedy=restarted(existence.soa, domain, better),
    )
