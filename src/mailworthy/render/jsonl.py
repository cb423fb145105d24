"""Audits as JSON Lines: one line a domain, as soon as it is judged."""

from collections.abc import Sequence

import msgspec

from mailworthy.audit.facade import Audit


def document(audits: Sequence[Audit]) -> str:
    """One line each."""
    return "".join(msgspec.json.encode(audit).decode() + "\n" for audit in audits)
