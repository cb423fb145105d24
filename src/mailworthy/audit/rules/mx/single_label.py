"""An MX record names a host by one word, such as `mail.` or `localhost.`.

## What it checks
The name in an MX record has at least two labels.

## Why it matters
A name in DNS is complete: nobody appends your domain to it.
The usual cause is a final dot too many in the zone file, `mail.` for `mail`.

## How to fix
Write the whole name into the MX record: `mail.example.com.`.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import HostEvidence, MxSet
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.mx._shared import dropped, retarget, second, shown
from mailworthy.names import labels, printable


@rule(
    over="hosts",
    severity=Severity.WARNING,
    references=("RFC 5321 §2.3.5", "RFC 1912 §2.1"),
    bad=second("mail", policy="mail.example.com"),
    good=second("mail2.example.com", "mail2.example.com. A 192.0.2.25"),
)
def check(
    host: HostEvidence, mx: MxSet, hosts: tuple[HostEvidence, ...], domain: str
) -> Iterator[Found]:
    if host.preference is None or len(labels(host.name)) != 1:
        return
    whole = f"{host.name}.{domain}"
    known = any(h.name == whole for h in hosts)
    yield Found(
        subject=host.name,
        message=f"the MX host {printable(host.name, 100)} is one word, not a whole host name",
        evidence=(shown(mx, host.name),),
        remedy=(
            retarget(mx, domain, host.name, whole)
            if known
            else dropped(mx, domain, host.name, hosts)
        ),
    )
