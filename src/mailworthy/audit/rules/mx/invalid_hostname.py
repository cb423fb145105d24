"""An MX record names a host with a character that host names cannot have.

## What it checks
The name in an MX record is made of letters, digits and hyphens.

## Why it matters
DNS carries any character, mail does not: a name with an underscore cannot stand in EHLO, and no
certification authority issues a certificate for it.
Some senders refuse to connect to such a host.

## How to fix
Rename the host, and write the new name into the MX record.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import AddressSet, HostEvidence, MxSet
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.mx._shared import TLSA, dropped, malformed, second, shown
from mailworthy.names import is_hostname, printable


@rule(
    over="hosts",
    severity=Severity.WARNING,
    references=("RFC 5321 §2.3.5", "RFC 1123 §2.1"),
    bad=second(
        "mail_2.example.com",
        "mail_2.example.com. A 192.0.2.25",
        'mail_2.example.com. TXT "v=spf1 a -all"',
        f"_25._tcp.mail_2.example.com. {TLSA}",
        policy="*.example.com",
    ),
    good=second("mail-2.example.com", "mail-2.example.com. A 192.0.2.25"),
)
def check(
    host: HostEvidence,
    addresses: AddressSet,
    mx: MxSet,
    hosts: tuple[HostEvidence, ...],
    domain: str,
) -> Iterator[Found]:
    if host.preference is None or is_hostname(host.name) or malformed(host.name, domain):
        return
    if not addresses.ips:
        return
    yield Found(
        subject=host.name,
        message=f"the MX host {printable(host.name, 100)} is not a valid host name",
        evidence=(shown(mx, host.name),),
        remedy=dropped(mx, domain, host.name, hosts),
    )
