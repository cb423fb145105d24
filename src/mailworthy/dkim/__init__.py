"""DKIM: DomainKeys Identified Mail (RFC 6376, with RFC 8301, 8463 and 8616)."""

from mailworthy.dkim.material import Form, public_text
from mailworthy.dkim.record import DkimKey, parse, render, same_key

__all__ = ["DkimKey", "Form", "parse", "public_text", "render", "same_key"]
