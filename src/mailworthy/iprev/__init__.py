"""iprev: the reverse name of a client, and whether it leads back (RFC 8601 §3).

`check` is for callers; the generator behind it is in `engine`.
"""

from mailworthy.iprev.engine import MAX_NAMES, Forward, IprevResult, Result
from mailworthy.iprev.facade import acheck, check

__all__ = ["MAX_NAMES", "Forward", "IprevResult", "Result", "acheck", "check"]
