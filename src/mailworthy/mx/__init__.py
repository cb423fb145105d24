"""Can mail from a domain be answered: MX, null MX, addresses (RFC 5321 §5.1, RFC 7505)?

`check` is for callers; the generator behind it is in `engine`. MX records as such are in
`mailworthy.rdata.mx`.
"""

from mailworthy.mx.facade import acheck, check
from mailworthy.mx.result import Cause, Exchange, MxResult, Result

__all__ = ["Cause", "Exchange", "MxResult", "Result", "acheck", "check"]
