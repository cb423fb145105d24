"""HELO: is the name that a client gives the name of a host, and of which (RFC 5321 §4.1.4)?

`check` is for callers; the generator behind it is in `engine`.
"""

from mailworthy.helo.facade import acheck, check
from mailworthy.helo.result import Cause, HeloResult, Result

__all__ = ["Cause", "HeloResult", "Result", "acheck", "check"]
