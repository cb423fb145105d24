"""The MTA-STS policy of each domain, as a file for the web server (RFC 8461 §3.2)."""

from collections.abc import Iterator

from mailworthy.domain.intent import Intent
from mailworthy.domain.records.policy import sts_policy
from mailworthy.mtasts.policy import render
from mailworthy.servers.model import ConfigFile

ROOT = "/var/www/mta-sts"


def domains(intent: Intent) -> tuple[str, ...]:
    """The domains that publish a policy: they receive mail and have not turned it off."""
    return tuple(name for name in intent.domains if sts_policy(intent, name) is not None)


def files(intent: Intent) -> Iterator[ConfigFile]:
    """One policy file a domain, to the byte what the id in its TXT record was made from."""
    for domain in intent.domains:
        policy = sts_policy(intent, domain)
        if policy is None:
            continue
        path = f"{domain}/.well-known/mta-sts.txt"
        yield ConfigFile(
            path=f"mta-sts/{path}",
            text=render(policy).decode("ascii"),
            install=f"{ROOT}/{path}",
            why=f"https://mta-sts.{domain}/.well-known/mta-sts.txt",
        )
