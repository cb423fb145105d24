"""Repairs of malformed issue values."""

import re

from mailworthy.audit.rules.caa._shared import SLOT
from mailworthy.rdata.caa import issue_value

_DOMAIN = re.compile(r"(?:[a-z0-9]++(?:-++[a-z0-9]++)*\.)+[a-z][a-z0-9-]*+(?<!-)")
_MAX = 1000  # no issue value is longer; the rest is not looked at


def repaired(value: str) -> str:
    """The value that was meant: the first domain name in it, with its parameters if they can be
    read; else a blank."""
    head, semicolon, rest = value[:_MAX].partition(";")
    name = _DOMAIN.search(head.lower())
    if name is None:
        return SLOT
    with_parameters = f"{name[0]}{semicolon}{rest}".rstrip("; \t")
    return with_parameters if issue_value(with_parameters).record else name[0]
