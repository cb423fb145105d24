"""The demo's steps: order, generate, rehearse, break, cure."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import msgspec

from mailworthy.audit.collect import Target, collect
from mailworthy.audit.cure import changes, cured
from mailworthy.audit.facade import Audit, conclude
from mailworthy.audit.finding import Finding
from mailworthy.audit.rule import load
from mailworthy.demo.pitfalls import Pitfall, pitfalls
from mailworthy.domain.folder import Folder
from mailworthy.domain.generate import Generated
from mailworthy.domain.recordset import Record
from mailworthy.lookup.drive import drive
from mailworthy.lookup.memory import Memory
from mailworthy.lookup.zonetext import ZoneRecord
from mailworthy.setup.order import Order, intent_of
from mailworthy.setup.produce import prepare, write_all
from mailworthy.setup.rehearse import policies
from mailworthy.setup.targets import of_folder
from mailworthy.setup.trial import Mail, signed, trials

ORDER = Order(
    "example.com",
    hostname="mail.example.com",
    ipv4=("192.0.2.25",),
    ipv6=("2001:db8::25",),
    nameservers=("ns1.example.net", "ns2.example.net"),
    reports="dmarc@example.com",
)

# The rest of the internet, as far as the story needs it.
_SOA = "ns1.example.net. hostmaster.example.net. 1 7200 900 1209600 300"
ELSEWHERE = (
    Record("2.0.192.in-addr.arpa", "SOA", _SOA),
    Record("example.net", "SOA", _SOA),
    Record("ns1.example.net", "A", "198.51.100.53"),
    Record("ns2.example.net", "A", "203.0.113.53"),
    Record("v1234.example.net", "A", "198.51.100.34"),
    Record("spf.example.net", "TXT", "v=spf1 ip4:198.51.100.99 ~all"),
)


class Stage(msgspec.Struct, frozen=True):
    """The folder that was written, the world that it would be published in, and mail to try."""

    folder: Folder
    generated: Generated
    now: datetime
    records: tuple[Record, ...]
    mails: tuple[Mail, ...]


class Scene(msgspec.Struct, frozen=True):
    """One pitfall: what happened, what was found, and the audit after the remedy."""

    pitfall: Pitfall
    audit: Audit
    finding: Finding | None
    after: Audit

    @property
    def healed(self) -> bool:
        """Whether the rule saw it, and the remedies left nothing to do and nobody who refuses."""
        clean = not self.after.findings and not self.after.exit_code()
        return self.finding is not None and clean


def stage(path: Path, now: datetime) -> Stage:
    """Write the folder of the demo's order."""
    folder = prepare(path, intent_of(ORDER, now), now)
    generated = folder.generated(now)
    write_all(folder, generated, now, overwrite=lambda change: True)
    sets = [s for zone in generated.zones.values() for s in zone] + list(generated.others)
    records = tuple(record for s in sets for record in s.records) + ELSEWHERE
    return Stage(folder, generated, now, records, signed(folder, "example.com", now))


def judged(stage: Stage, records: tuple[Record, ...]) -> Audit:
    """The audit, and what receivers do, in a world of these records."""
    sets = stage.generated.zones["example.com"]
    target = of_folder(stage.folder, Target(domain="example.com", now=stage.now), sets)
    zone = [ZoneRecord(r.name, r.type, r.value, r.ttl) for r in records]
    memory = Memory(zone, fetches=policies(stage.folder.intent))
    audit = conclude(drive(collect(target), memory), load(), ())
    return msgspec.structs.replace(audit, trials=trials(stage.mails, memory, stage.now))


def scenes(stage: Stage) -> Iterator[Scene]:
    """Each pitfall, met and cured."""
    for pitfall in pitfalls(*stage.folder.intent.domains["example.com"].selectors):
        broken = pitfall.harm(stage.records)
        audit = judged(stage, broken)
        finding = next((f for f in audit.findings if f.rule == pitfall.rule), None)
        if finding is not None and not finding.remedy.steps:
            finding = msgspec.structs.replace(finding, remedy=_doable(audit)[0].remedy)
        yield Scene(pitfall, audit, finding, _cured(stage, broken, audit, pitfall.blanks))


def _cured(
    stage: Stage, records: tuple[Record, ...], audit: Audit, blanks: dict[str, str]
) -> Audit:
    """The audit after remedies, worst finding first, until there is none to carry out."""
    for _ in range(6):
        doable = _doable(audit)
        if not doable:
            break
        records = cured(records, doable[0].remedy, blanks)
        audit = judged(stage, records)
    return audit


def _doable(audit: Audit) -> list[Finding]:
    """The findings with records to change; the remedies of others lead to these."""
    return [f for f in audit.findings if any(changes(f.remedy))]
