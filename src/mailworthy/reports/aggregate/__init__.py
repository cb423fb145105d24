"""Aggregate reports: what receivers made of the mail of a domain (RFC 9990, RFC 7489)."""

from mailworthy.reports.aggregate.limits import Limits
from mailworthy.reports.aggregate.reader import read

__all__ = ["Limits", "read"]
