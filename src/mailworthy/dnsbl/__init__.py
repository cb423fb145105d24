"""DNS lists of addresses and domains: is one listed, and can the list be believed (RFC 5782)?

`check` is for callers, `lists` knows the lists; the generator behind it is in `engine`.
"""

from mailworthy.dnsbl.facade import acheck, check
from mailworthy.dnsbl.lists import UnknownList, default, find, load, parse, with_key
from mailworthy.dnsbl.model import Code, Dnsbl, Kind, Refusal, Severity
from mailworthy.dnsbl.result import Cause, Health, Listing, Listings, Result, Status

__all__ = [
    "Cause",
    "Code",
    "Dnsbl",
    "Health",
    "Kind",
    "Listing",
    "Listings",
    "Refusal",
    "Result",
    "Severity",
    "Status",
    "UnknownList",
    "acheck",
    "check",
    "default",
    "find",
    "load",
    "parse",
    "with_key",
]
