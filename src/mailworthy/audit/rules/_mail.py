"""Whether a domain sends mail at all, as far as its records say."""

from mailworthy.audit.evidence import MxSet, Published
from mailworthy.spf.model import Qualifier, SpfRecord


def sends(parked: bool, mx: MxSet, spf: Published[SpfRecord]) -> bool:
    """Whether nothing says that the domain sends no mail, and something says that it does.

    A null MX, an SPF record that is `-all` alone, or neither MX nor SPF: no mail comes from
    here (RFC 7505 §4.2, RFC 7208 §10.1.2).
    """
    if parked or mx.refuses or authorises_nobody(spf):
        return False
    return bool(mx.exchanges or spf.found)


def authorises_nobody(spf: Published[SpfRecord]) -> bool:
    """Whether the SPF record is `v=spf1 -all`, so that nobody may send."""
    record = spf.record
    if record is None or record.redirect is not None:
        return False
    mechanisms = record.mechanisms
    return record.all is not None and mechanisms[0] is record.all and _fails(record)


def _fails(record: SpfRecord) -> bool:
    return record.all is not None and record.all.qualifier is Qualifier.FAIL
