"""The rehearsal: the audit, and mail, in a world where everything is published."""

from collections.abc import Iterator
from datetime import datetime

from mailworthy.audit.collect.target import Target
from mailworthy.audit.facade import DEADLINE, Audit
from mailworthy.audit.many import audits
from mailworthy.audit.rule import load
from mailworthy.domain.folder import Folder
from mailworthy.domain.generate import Generated
from mailworthy.domain.intent import Intent
from mailworthy.domain.recordset import RecordSet
from mailworthy.domain.zonefile import render_loose
from mailworthy.lookup.memory import Memory
from mailworthy.servers import mtasts
from mailworthy.setup.targets import of_folder
from mailworthy.setup.trial import tried


def rehearsal(folder: Folder, generated: Generated, now: datetime) -> Iterator[Audit]:
    """Judge every domain of the folder, and a signed message from each of its hosts, as if its
    zones, the reverse DNS and what other parties owe us were published as generated."""
    targets = [
        of_folder(folder, Target(domain=domain, now=now), sets)
        for domain, sets in generated.zones.items()
    ]
    memory = world(folder, generated)
    for audit in audits(targets, memory, load(), deadline=DEADLINE):
        yield tried(audit, folder, memory, now)


def world(folder: Folder, generated: Generated) -> Memory:
    """A resolver that knows what was generated, and nothing else."""
    text = render_loose(_everything(generated), title="rehearsal")
    signed = tuple(d for d, wish in folder.intent.domains.items() if wish.dnssec)
    return Memory.from_zone(text, signed=signed, fetches=policies(folder.intent))


def _everything(generated: Generated) -> Iterator[RecordSet]:
    for sets in generated.zones.values():
        yield from sets
    yield from generated.others


def policies(intent: Intent) -> dict[str, bytes]:
    """The MTA-STS policy files by the URL that they will have."""
    return {mtasts.url(domain): policy for domain, policy in mtasts.served(intent).items()}
