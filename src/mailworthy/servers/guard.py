"""Nothing but names and addresses gets into a configuration file.

Whoever built the intent may have let anything through; a quote, a semicolon or a line break in
a name would be configuration of its own.
"""

from collections.abc import Iterable, Mapping
from ipaddress import IPv4Address, IPv6Address

from mailworthy.domain.intent import Host, Intent
from mailworthy.errors import UsageError
from mailworthy.names import is_fqdn, is_hostname, printable


def check(intent: Intent, selectors: Mapping[str, Iterable[str]]) -> None:
    """Raise UsageError for the first text that cannot stand in a configuration file."""
    for name, host in intent.hosts.items():
        if not is_fqdn(name):
            raise UsageError(f"{printable(name)} is not a host name that mail can use")
        _addresses(name, host)
    for name, wish in intent.domains.items():
        if not is_hostname(name):
            raise UsageError(f"{printable(name)} is not a mail domain")
        for selector in (*wish.selectors, *selectors.get(name, ())):
            if not is_hostname(selector):
                raise UsageError(f"{printable(selector)} is not a DKIM selector ({name})")


def _addresses(name: str, host: Host) -> None:
    for kind, family, texts in (
        ("IPv4", IPv4Address, host.ipv4),
        ("IPv6", IPv6Address, host.ipv6),
    ):
        for text in texts:
            try:
                plain = str(family(text)) and "%" not in text
            except ValueError:
                plain = False
            if not plain:
                raise UsageError(f"{printable(text)} is not an {kind} address ({name})")
