"""Names that had the name of the zone appended, since their final dot was forgotten."""

from mailworthy.names import is_within


def undoubled(name: str, domain: str) -> str | None:
    """The name that was meant, if `name` ends in the domain twice; else None."""
    if not is_within(name, f"{domain}.{domain}"):
        return None
    return name[: -len(domain) - 1]
