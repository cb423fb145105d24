"""Who a report says reports: names that its mail has to prove (RFC 9990 §3.5.2)."""

import re

from mailworthy.reports.model import Head, Kind

_DOMAIN = re.compile(r"[\w-]{1,63}(?:\.[\w-]{1,63}){0,8}\.[^\W\d_]{2,63}")


def claims(head: Head) -> tuple[str, ...]:
    """The domains that an aggregate or TLS report gives for its reporter: that of the address, and
    the name where it is a domain, as `google.com` is.

    Where one is not the author's of the mail, the report speaks in another's name; for TLS reports
    RFC 8460 §5.3 has the two agree.
    """
    if head.kind not in (Kind.AGGREGATE, Kind.TLS):
        return ()
    name, domain = head.reporter.name.strip(), head.reporter.email.rpartition("@")[2]
    found = (domain, name if _DOMAIN.fullmatch(name) else "")
    return tuple(dict.fromkeys(each.lower() for each in found if each))
