"""The MTA-STS policy of each domain, as a file for the web server (RFC 8461 §3.2)."""

from collections.abc import Iterator

from mailworthy.domain.intent import Intent
from mailworthy.domain.records.policy import sts_policy
from mailworthy.mtasts.policy import render
from mailworthy.servers.model import ConfigFile

ROOT = "/var/www/mta-sts"


def domains(intent: Intent) -> tuple[str, ...]:
    """The domains that publish a policy: they receive mail and have not turned it off."""
    return tuple(served(intent))


def served(intent: Intent) -> dict[str, bytes]:
    """The policies by domain, to the byte what the id in the TXT record was made from."""
    wished = {domain: sts_policy(intent, domain) for domain in intent.domains}
    return {domain: render(policy) for domain, policy in wished.items() if policy is not None}


def url(domain: str) -> str:
    """Where a policy is fetched (RFC 8461 §3.3)."""
    return f"https://mta-sts.{domain}/.well-known/mta-sts.txt"


def files(intent: Intent) -> Iterator[ConfigFile]:
    """One policy file a domain."""
    for domain, policy in served(intent).items():
        path = f"{domain}/.well-known/mta-sts.txt"
        yield ConfigFile(
            path=f"mta-sts/{path}",
            text=policy.decode("ascii"),
            install=f"{ROOT}/{path}",
            why=url(domain),
        )
