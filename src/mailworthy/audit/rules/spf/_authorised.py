"""Whether the hosts of a domain may send for it, and the record with those that may not yet."""

from collections.abc import Iterable

from mailworthy.audit.evidence import AddressEvidence
from mailworthy.audit.part import Known
from mailworthy.audit.rules.spf._faults import joints
from mailworthy.audit.rules.spf._shared import Spf, own
from mailworthy.audit.rules.spf._text import in_front, literals
from mailworthy.spf.authorise import Standing
from mailworthy.spf.model import Kind, Qualifier

_REFUSED = frozenset({Standing.FAIL, Standing.SOFTFAIL, Standing.NEUTRAL})
_LOCAL = frozenset({Kind.A, Kind.MX, Kind.PTR, Kind.IP4, Kind.IP6, Kind.EXISTS})


def legible(spf: Spf) -> str | None:
    """The text of a usable record whose terms are what their author meant them to be."""
    read = own(spf)
    return read.text if read and not joints(spf)[1] else None


def refused(address: AddressEvidence) -> bool:
    """Whether mail from the address surely does not pass."""
    said = address.authorisation
    return isinstance(said, Known) and said.value.result in _REFUSED


def passes(address: AddressEvidence) -> bool:
    """Whether mail from the address surely passes."""
    said = address.authorisation
    return isinstance(said, Known) and said.value.result is Standing.PASS


def local_terms(spf: Spf) -> int:
    """How many terms let hosts pass that the record names itself, and leaves to no service."""
    record = spf.record
    mechanisms = record.mechanisms if record else ()
    return len({m for m in mechanisms if m.kind in _LOCAL and m.qualifier is Qualifier.PASS})


def with_hosts(text: str, ips: Iterable[str]) -> str:
    """The record with these addresses, in front so that nothing can come before them."""
    return in_front(text, literals(ips))
