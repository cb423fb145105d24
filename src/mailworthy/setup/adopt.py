"""Taking over a domain that exists: from what is published to an intent."""

from datetime import datetime
from pathlib import Path

import msgspec

from mailworthy.domain.draft import Draft, from_records, from_survey
from mailworthy.domain.folder import Folder
from mailworthy.domain.generate import everything
from mailworthy.domain.intent import Intent
from mailworthy.domain.keys import selectors_for
from mailworthy.domain.recordset import Record
from mailworthy.domain.survey import survey
from mailworthy.domain.weaker import weakenings
from mailworthy.domain.write import File
from mailworthy.errors import UsageError
from mailworthy.lookup.drive import Resolver, drive
from mailworthy.lookup.zonetext import read_zone
from mailworthy.names import is_within
from mailworthy.setup.produce import prepare

DEADLINE = 30.0


class Adopted(msgspec.Struct, frozen=True):
    """A draft, and the records that it was drafted from."""

    draft: Draft
    before: tuple[Record, ...]


def from_live(domain: str, resolver: Resolver, now: datetime) -> Adopted:
    """Draft from the live DNS. Raises UsageError where too little could be learned."""
    found = drive(survey(domain), resolver, deadline=DEADLINE)
    return _with_selectors(from_survey(found), found.records, now)


def from_zone(domain: str, path: Path, now: datetime) -> Adopted:
    """Draft from a zone file. Raises UsageError for a file that is none, or another domain's."""
    try:
        text = path.read_text("utf-8", "surrogateescape")
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from None
    zone = read_zone(text, origin=domain, source=str(path))
    records = tuple(Record(r.name, r.type, r.value, r.ttl) for r in zone)
    if not any(is_within(r.name, domain) for r in records):
        raise UsageError(f"{path} holds no record of {domain}")
    return _with_selectors(from_records(domain, records), records, now)


def _with_selectors(draft: Draft, before: tuple[Record, ...], now: datetime) -> Adopted:
    """The draft with selectors for new keys: names under which nothing is published yet."""
    wish = draft.intent.domains[draft.domain]
    if wish.parked or wish.selectors or not draft.intent.senders(draft.domain):
        return Adopted(draft, before)
    taken = {r.name for r in before}
    free = [p for p in _pairs(now) if not taken & {f"{s}._domainkey.{draft.domain}" for s in p}]
    chosen = msgspec.structs.replace(wish, selectors=free[0])
    intent = msgspec.structs.replace(draft.intent, domains={draft.domain: chosen})
    return Adopted(msgspec.structs.replace(draft, intent=intent), before)


def _pairs(now: datetime) -> list[tuple[str, str]]:
    """Selectors for both keys: of the month, of the day, then numbered."""
    day = f"{now:%Y%m%d}"
    numbered = [(f"r{day}{n:02d}", f"e{day}{n:02d}") for n in range(100)]
    return [selectors_for(now), (f"r{day}", f"e{day}"), *numbered]


def joined(draft: Draft, before: Intent | None) -> Intent:
    """The drafted domain beside those that the folder has already."""
    if before is None:
        return draft.intent
    if draft.domain in before.domains:
        raise UsageError(f"{draft.domain} is in mailworthy.toml already: edit it there")
    return Intent(
        {**draft.intent.hosts, **before.hosts},
        {**before.domains, **draft.intent.domains},
        before.waive,
    )


def adopted_folder(path: Path, adopted: Adopted, intent: Intent, now: datetime) -> Folder:
    """The folder as it will be, with the foreign records that no file holds yet."""
    draft = adopted.draft
    wish = msgspec.structs.replace(intent.domains[draft.domain], records=None)
    without = msgspec.structs.replace(intent, domains={**intent.domains, draft.domain: wish})
    folder = prepare(path, without, now)
    foreign = folder.foreign | ({draft.domain: draft.foreign} if draft.foreign else {})
    return msgspec.structs.replace(folder, intent=intent, foreign=foreign)


def foreign_file(draft: Draft) -> dict[str, File]:
    """The file of the records that are kept as they are."""
    return {draft.records_path: File(draft.records_text)} if draft.foreign else {}


def losses(adopted: Adopted, intent: Intent, now: datetime) -> tuple[str, ...]:
    """What the new zone would allow that the published one does not, a sentence each.

    Keys play no part in it, so this can be asked before any is made.
    """
    domain = adopted.draft.domain
    foreign = {domain: adopted.draft.foreign}
    sets = everything(_alone(intent, domain), keys={}, now=now, foreign=foreign).zones[domain]
    return weakenings(domain, adopted.before, sets)


def _alone(intent: Intent, domain: str) -> Intent:
    return msgspec.structs.replace(intent, domains={domain: intent.domains[domain]})
