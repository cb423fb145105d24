"""An alias at the start of a zone: seen wherever the zone has no other record of a type."""

from typing import Any

from msgspec.structs import replace

from mailworthy.audit.part import Known, NotAsked
from mailworthy.lookup.model import Answer

_WHY = "the start of the zone is an alias: what its target says is not the domain's own"


def as_alias(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields of Evidence, with the CNAME at the apex noted, if there is one.

    SPF as the target publishes it is then left out: to mend it there would mend the wrong name.
    """
    existence = fields["existence"]
    if not isinstance(existence, Known) or not existence.value.apex:
        return fields
    shown = next((a for a in _answers(fields) if a.chain), None)
    if shown is None:
        return fields
    noted: dict[str, Any] = {"existence": Known(replace(existence.value, alias=shown))}
    spf = fields["spf"]
    if isinstance(spf, Known) and spf.value.answer.chain:
        noted |= dict.fromkeys(("spf", "spf_tree"), NotAsked(f"{spf.value.name} TXT", _WHY))
    return fields | noted


def _answers(fields: dict[str, Any]) -> list[Answer]:
    """Answers about the domain itself; hardly a zone has records of all these types."""
    known = {k: f.value for k, f in fields.items() if isinstance(f, Known)}
    found = [known["own"].a, known["own"].aaaa] if "own" in known else []
    found += [known[name].answer for name in ("mx", "spf", "ns") if name in known]
    return found + ([known["legacy"].spf_type] if "legacy" in known else [])
