"""DMARC: policy records, discovery and report destinations (RFC 9989, RFC 9990 §4)."""

from mailworthy.dmarc.record import (
    Alignment,
    DmarcRecord,
    Policy,
    Psd,
    is_dmarc,
    parse,
    render,
)
from mailworthy.dmarc.uri import ReportUri, mailto

__all__ = [
    "Alignment",
    "DmarcRecord",
    "Policy",
    "Psd",
    "ReportUri",
    "is_dmarc",
    "mailto",
    "parse",
    "render",
]
