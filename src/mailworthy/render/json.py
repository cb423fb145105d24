"""Audits as JSON: `{"audits": [...]}`, for one domain and for many."""

from collections.abc import Sequence

from mailworthy.audit.facade import Audit
from mailworthy.render.jsontext import encode


def document(audits: Sequence[Audit]) -> str:
    """One object, indented, keys in the order of the structs."""
    return encode({"audits": audits}, indent=2)
