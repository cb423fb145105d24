"""Whether a certificate was made out to a host (RFC 9525 §6.3)."""

from collections.abc import Iterable

from mailworthy.names import normalize


def covers(names: Iterable[str], host: str) -> bool:
    """Whether one of the DNS names of a certificate is that of a host.

    `names` are those of `Certificate.names`, `host` a name in the inside form. A wildcard stands
    for one whole label, the first (RFC 9525 §6.3). The common name counts for nothing.
    """
    wanted = normalize(host)
    first, _, parent = wanted.partition(".")
    return any(name == wanted or (first and parent and name == f"*.{parent}") for name in names)
