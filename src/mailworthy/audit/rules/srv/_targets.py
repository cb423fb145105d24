"""The servers that SRV records name for people's mail programs."""

from mailworthy.audit.evidence import ServiceEvidence
from mailworthy.audit.part import Known
from mailworthy.audit.rules.srv._shared import PORTS


def targets(services: tuple[ServiceEvidence, ...]) -> tuple[str, ...]:
    """Each once, those for sending first."""
    wanted = sorted(s for s in PORTS if "submission" in s) + [s for s in PORTS if "submi" not in s]
    known = {s.service: s.records.value for s in services if isinstance(s.records, Known)}
    found = (r.target for service in wanted for r in known.get(service, ()) if r.offered)
    return tuple(dict.fromkeys(found))


def preferred(services: tuple[ServiceEvidence, ...]) -> str:
    """The first of them; empty if there is none."""
    return next(iter(targets(services)), "")
