"""Nothing waits for mail on port 25.

## What it checks
Where an MX record leads to this machine, something listens on port 25.

## Why it matters
Nobody can deliver mail. Senders try for some days, then give up and tell their users.

## How to fix
Start Postfix, and have master.cf start smtpd (or postscreen) on port 25.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import HostEvidence
from mailworthy.audit.finding import Execute, Found, Remedy, Severity
from mailworthy.audit.healthyserver import served
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.server._shared import here, noted, short
from mailworthy.servers.reading.model import Postfix, Server


@rule(
    over="postfixes",
    severity=Severity.BLOCKER,
    references=("RFC 5321 §5.1", "RFC 5321 §4.5.4.2"),
    bad=served(commands={"ss": "127.0.0.1:11332"}, after={"$ ss": "0.0.0.0:25 127.0.0.1:11332"}),
    good=served(),
)
def check(postfix: Postfix, server: Server, hosts: tuple[HostEvidence, ...]) -> Iterator[Found]:
    if not isinstance(server.listening, tuple):
        return
    if any(each.port == 25 for each in server.listening):
        return
    for host in here(hosts, postfix, server)[:1]:
        services = ", ".join(s.label for s in postfix.services if s.command == "smtpd")
        yield Found(
            subject=host.name,
            message=f"mail for this domain comes to {host.name}, and nothing listens on port 25 there",
            evidence=(
                noted("ss -ltn", "no line with :25"),
                noted("postconf -M", f"smtpd: {short(services) or 'no service'}"),
            ),
            remedy=Remedy((Execute("systemctl enable --now postfix"),)),
        )
