"""Whether two domains are one organization's (RFC 9989 §4.10.2)."""

from mailworthy.dmarc.align import Identifier, Method, Modes, align
from mailworthy.dmarc.discover import walk
from mailworthy.lookup.model import Asking
from mailworthy.names import is_within

# Reporters that write mail under one name and report under another, both their own.
TOGETHER = (("microsoft.com", "outlook.com"),)


def belongs(name: str, domain: str) -> Asking[bool | None]:
    """Whether two names in the inside form have one Organizational Domain; None if not learned.

    Nothing is asked where they are identical, or known to be the same company's.
    """
    if name == domain or _together(name, domain):
        return True
    walked = yield from walk(domain)
    (check,) = yield from align(walked, [Identifier(Method.DKIM, name, "pass")], Modes())
    return check.aligned


def _together(name: str, domain: str) -> bool:
    return any(
        (is_within(name, one) or is_within(name, two))
        and (is_within(domain, one) or is_within(domain, two))
        for one, two in TOGETHER
    )
