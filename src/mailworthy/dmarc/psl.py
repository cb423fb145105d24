"""The Organizational Domain by the Public Suffix List, as RFC 7489 §3.2 had it.

RFC 9989 walks the DNS instead. The list is that of the library, as old as its release.
"""

from functools import cache, lru_cache
from typing import TYPE_CHECKING

from mailworthy.names import labels

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList


@lru_cache(maxsize=16384)
def organizational_domain(name: str) -> str:
    """The public suffix of a name and one label more; the name itself if it is a suffix.

    `name` in the inside form. Nothing is asked.
    """
    parts = labels(name)
    plain = [part if part.isascii() and "\\" not in part else "x" for part in parts]
    found = _suffixes().privatesuffix(".".join(plain)) if all(plain) and plain else None
    count = found.count(".") + 1 if found else len(parts)
    return ".".join(parts[-count:]) if parts else name


@cache
def _suffixes() -> "PublicSuffixList":
    """The list: reading it takes longer than a verdict, and few verdicts need it."""
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList()
