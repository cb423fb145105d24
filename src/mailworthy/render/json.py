"""Audits as JSON: `{"audits": [...]}`, for one domain and for many."""

from collections.abc import Sequence

import msgspec

from mailworthy.audit.facade import Audit


def document(audits: Sequence[Audit]) -> str:
    """One object, indented, keys in the order of the structs."""
    return msgspec.json.format(msgspec.json.encode({"audits": audits}), indent=2).decode() + "\n"
