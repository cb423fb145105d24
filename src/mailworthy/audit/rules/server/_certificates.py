"""What the rules about served certificates share."""

from collections.abc import Iterable

from mailworthy.audit.evidence import HostEvidence
from mailworthy.audit.finding import Execute, Remedy, Shown, word
from mailworthy.audit.rules.server._shared import here, noted, short
from mailworthy.audit.serverparts import Served
from mailworthy.certificate import Certificate
from mailworthy.servers.reading.model import Postfix, Server

DEPLOY = "then have Postfix and Dovecot read it: certbot's --deploy-hook does so at each renewal"


def leaf_of(chain: tuple[Certificate, ...]) -> Certificate | None:
    """The certificate of the server itself: the first one."""
    return chain[0] if chain else None


def seen(each: Served, what: str) -> tuple[Shown, ...]:
    """The evidence: how to see the same in the file."""
    command = f"openssl x509 -in {word(each.file.path)} -noout -subject -issuer -dates -ext subjectAltName"
    return (noted(command, short(what, 500)),)


def renewed(*names: str) -> Remedy:
    """Get a certificate for these names, at once."""
    domains = " ".join(f"-d {word(name)}" for name in names)
    hook = "--deploy-hook 'systemctl reload postfix dovecot'"
    step = Execute(f"certbot certonly --standalone --force-renewal {domains} {hook}")
    return Remedy((step,), DEPLOY)


def who(each: Served) -> str:
    """The programs that show it, in words."""
    return short(" and ".join(each.file.services))


def postfix_serves(each: Served) -> bool:
    """Whether senders see it, and not only people who read their mail."""
    return "Postfix" in each.file.services


def mx_hosts(hosts: Iterable[HostEvidence], postfix: Postfix, server: Server) -> tuple[str, ...]:
    """The names under which senders come to this machine."""
    return tuple(host.name for host in here(hosts, postfix, server))
