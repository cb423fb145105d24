"""A mail host greets without its full name.

## What it checks
The greeting of your MX hosts begins with a full domain name.

## Why it matters
RFC 5321 wants the server's name as the first word. A greeting without it tells that nobody set the server
up, and some filters count that.

## How to fix
Begin the greeting with the name of the host: `smtpd_banner = $myhostname ESMTP`.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import HostEvidence
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthyconnect import connected, says, world
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._talks import first_fault, greeting, ours, settled, shown, told
from mailworthy.audit.rules.smtp._banner import BANNER, name_of
from mailworthy.lookup.model import Dialled
from mailworthy.names import is_fqdn


@rule(
    over="hosts",
    severity=Severity.ADVICE,
    references=(
        "RFC 5321 §4.2",
        "RFC 5321 §4.3.1",
    ),
    bad=connected(dials=world({"banner": says("localhost ESMTP", code=220)}), cures=(BANNER,)),
    good=connected(),
)
def check(host: HostEvidence, talks: tuple[Dialled, ...]) -> Iterator[Found]:
    found = first_fault(talks, _nameless)
    if found is None or not ours(host):
        return
    yield Found(
        subject=host.name,
        message=f"{shown(host.name)} greets with {found[1]}, which does not begin with its name",
        evidence=(greeting(found[0], told(found[0].banner)),),
        remedy=settled(host, BANNER),
    )


def _nameless(talk: Dialled) -> str:
    if talk.banner is None or talk.banner.code != 220 or is_fqdn(name_of(talk)):
        return ""
    return told(talk.banner)
