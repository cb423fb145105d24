"""Audits as JSON Lines: one line a domain, as soon as it is judged."""

from collections.abc import Sequence

from mailworthy.audit.facade import Audit
from mailworthy.render.jsontext import encode


def document(audits: Sequence[Audit]) -> str:
    """One line each."""
    return "".join(map(encode, audits))
