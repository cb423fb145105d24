"""Why there was no connection: because of the other side, or of this machine."""

import errno
import os

from mailworthy.lookup.model import Why
from mailworthy.names import printable

# This machine, or its network, has no way there: of the other side nothing was learned.
_OURS = frozenset(
    {
        errno.ENETUNREACH,
        errno.ENETDOWN,
        errno.EADDRNOTAVAIL,
        errno.EAFNOSUPPORT,
        errno.EACCES,
        errno.EPERM,
        errno.EMFILE,
        errno.ENFILE,
        errno.ENOBUFS,
    }
)


def missed(error: OSError, ip: str) -> tuple[Why, str]:
    """What to make of an attempt to connect to `ip` that failed.

    NO_MEANS where it never left, as for IPv6 on a machine that has none; else UNREACHABLE.
    """
    text = os.strerror(error.errno) if error.errno else str(error) or type(error).__name__
    shown = printable(text, 120)
    if error.errno in _OURS:
        kind = "IPv6" if ":" in ip else "IPv4"
        return Why.NO_MEANS, f"no way from here to {ip} by {kind}: {shown}"
    return Why.UNREACHABLE, f"{ip}: {shown}"


def root_of(error: BaseException) -> OSError | None:
    """The error of the system below those of libraries."""
    below: BaseException | None = error
    while below is not None:
        if isinstance(below, OSError) and below.errno:
            return below
        below = below.__cause__ or below.__context__
    return None
