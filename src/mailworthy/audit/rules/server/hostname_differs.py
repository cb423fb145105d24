"""The mail server calls itself otherwise than mailworthy.toml does.

## What it checks
`myhostname` of Postfix is the host of `mailworthy.toml` that has the addresses of this machine.

## Why it matters
PTR record, certificate, SPF of the HELO name and MTA-STS policy are made for the name in the intent.
A server that greets with another name fits none of them.

## How to fix
Set `myhostname`, or rename the host in `mailworthy.toml`.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import HostEvidence
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthyserver import served
from mailworthy.audit.part import Known
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._intent import INTENT
from mailworthy.audit.rules.server._shared import main, named, short, show
from mailworthy.domain.intent import Domain
from mailworthy.helo.form import form
from mailworthy.servers.reading.model import Postfix, Server


@rule(
    over="postfixes",
    severity=Severity.WARNING,
    references=("RFC 5321 §2.3.5", "RFC 1912 §2.1"),
    bad=served(
        main=("myhostname = box.example.com", "smtp_helo_name = mail.example.com"),
        intent=INTENT,
    ),
    good=served(intent=INTENT),
)
def check(
    postfix: Postfix, server: Server, intent: Domain, hosts: tuple[HostEvidence, ...]
) -> Iterator[Found]:
    name = postfix.value("myhostname").lower()
    own = set(server.addresses) if isinstance(server.addresses, tuple) else set()
    ours = [host for host in hosts if host.ours]
    found = form(name)
    if not found.name or found.local or any(host.name == name for host in ours):
        return
    for host in ours:
        its = host.addresses.value.ips if isinstance(host.addresses, Known) else ()
        if not own & set(its):
            continue
        shared = ", ".join(sorted(own & set(its)))
        yield Found(
            subject=named(postfix),
            message=f"this machine ({shared}) is {host.name} in mailworthy.toml, and Postfix calls it {short(name)}",
            evidence=show(postfix, "myhostname"),
            remedy=main(postfix, ("myhostname", host.name)),
        )
        return
