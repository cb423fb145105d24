"""Reports about single messages: failures and complaints (RFC 5965, RFC 6591, RFC 9991)."""

from mailworthy.reports.feedback.reader import read
from mailworthy.reports.feedback.redact import Redactor
from mailworthy.reports.feedback.retold import retold

__all__ = ["Redactor", "read", "retold"]
