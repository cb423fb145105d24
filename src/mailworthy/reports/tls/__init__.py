"""TLS reports: how sessions with other servers' STARTTLS went (RFC 8460 §4)."""

from mailworthy.reports.tls.limits import LIMITS, Limits
from mailworthy.reports.tls.reader import read

__all__ = ["LIMITS", "Limits", "read"]
