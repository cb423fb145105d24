"""Taking over a domain that exists: from what is published to an intent."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

import msgspec

from mailworthy.domain.draft import Draft, from_records, from_survey
from mailworthy.domain.drafts.servers import host_table
from mailworthy.domain.folder import Folder
from mailworthy.domain.generate import everything
from mailworthy.domain.intent import Host, Intent, MtaStsMode
from mailworthy.domain.intentcheck import check_host, check_intent, name_of
from mailworthy.domain.keys import selectors_for
from mailworthy.domain.records.bystanders import full_name
from mailworthy.domain.recordset import Record
from mailworthy.domain.regular import read_regular
from mailworthy.domain.survey import survey
from mailworthy.domain.weaker import weakenings
from mailworthy.domain.write import File
from mailworthy.errors import UsageError
from mailworthy.lookup.drive import Resolver, drive
from mailworthy.lookup.zonetext import MAX_OCTETS, read_zone
from mailworthy.names import is_within
from mailworthy.rdata.address import canonical
from mailworthy.setup.notes import host_missing
from mailworthy.setup.order import Order, apart
from mailworthy.setup.produce import prepare

DEADLINE = 30.0
_HOW = "run this again with --hostname NAME --ipv4 ADDRESS, the host that sends"


class Adopted(msgspec.Struct, frozen=True):
    """A draft, and the records that it was drafted from."""

    draft: Draft
    before: tuple[Record, ...]


def from_live(domain: str, resolver: Resolver, now: datetime) -> Adopted:
    """Draft from the live DNS. Raises UsageError where too little could be learned."""
    found = drive(survey(domain), resolver, deadline=DEADLINE)
    return _with_selectors(from_survey(found), found.records, now)


def from_zone(domain: str, paths: Sequence[Path], now: datetime) -> Adopted:
    """Draft from zone files; those of other zones serve to find addresses and PTR records.

    Raises UsageError for a file that is none, and where none holds the domain.
    """
    records = tuple(record for path in paths for record in _read(domain, path))
    if not any(is_within(r.name, domain) for r in records):
        raise UsageError(f"{' and '.join(map(str, paths))} holds no record of {domain}")
    return _with_selectors(from_records(domain, records), records, now)


def _read(domain: str, path: Path) -> Iterator[Record]:
    try:
        data = read_regular(path, MAX_OCTETS + 1)
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from None
    zone = read_zone(data.decode("utf-8", "surrogateescape"), origin=domain, source=str(path))
    return (Record(r.name, r.type, r.value, r.ttl) for r in zone)


def with_host(
    adopted: Adopted, order: Order, now: datetime, before: Intent | None = None
) -> Adopted:
    """The draft with the host that was typed, where DNS gave none; it receives if nobody does.

    A host that the folder has already needs no address.

    Raises UsageError where DNS gave one, for a host without an address, and for an address
    that DNS contradicts.
    """
    draft = adopted.draft
    if draft.intent.hosts:
        known = ", ".join(draft.intent.hosts)
        raise UsageError(f"--from found the host {known}; add others to mailworthy.toml afterwards")
    if draft.intent.domains[draft.domain].parked:
        raise UsageError(f"{draft.domain} has a null MX, so no host serves it: leave --from out")
    name = name_of(order.hostname or f"mail.{draft.domain}", ())
    receives = not any((r.name, r.type) == (draft.domain, "MX") for r in adopted.before)
    there = before.hosts.get(name) if before and not order.ipv4 and not order.ipv6 else None
    host = there or Host(
        ipv4=_addresses(adopted, name, "A", order.ipv4),
        ipv6=_addresses(adopted, name, "AAAA", order.ipv6),
        mx=10 if receives else None,
    )
    if not host.ipv4 and not host.ipv6:
        raise UsageError(f"{name} needs an address: --ipv4 ADDRESS, and --ipv6 if it has one")
    hosted = _hosted(draft, name, check_host(host, ()), receives=receives)
    return _with_selectors(hosted, adopted.before, now)


def _addresses(adopted: Adopted, name: str, type_: str, typed: tuple[str, ...]) -> tuple[str, ...]:
    """What was typed, or else what DNS says; both only if they agree."""
    there = tuple(r.value for r in adopted.before if (r.name, r.type) == (name, type_))
    wanted = {canonical(text.strip()) or text for text in typed}
    if typed and there and wanted != set(there):
        raise UsageError(f"{name} has {type_} {', '.join(there)} in DNS, not {', '.join(typed)}")
    return typed or there


def _hosted(draft: Draft, name: str, host: Host, *, receives: bool) -> Draft:
    """The draft with its host; where others receive, MTA-STS is theirs to promise."""
    wish = draft.intent.domains[draft.domain]
    foreign = tuple(r for r in draft.foreign if r.name != name or r.type not in ("A", "AAAA"))
    wish = msgspec.structs.replace(
        wish,
        records=draft.records_path if foreign else None,
        mta_sts=wish.mta_sts if receives else MtaStsMode.OFF,
        no_mail=tuple(n for n in wish.no_mail or () if full_name(draft.domain, n) != name),
    )
    intent = Intent({name: host}, {draft.domain: wish})
    return msgspec.structs.replace(draft, intent=intent, foreign=foreign)


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


def notes(draft: Draft) -> tuple[str, ...]:
    """What a person must know of a draft, and what it lacks."""
    if not host_missing(draft.intent, draft.domain):
        return draft.notes
    name = f"mail.{draft.domain}"
    lacks = (
        f"no host that sends for {draft.domain} is known, so there are no keys and no server "
        f"configuration: run this again with --hostname {name} --ipv4 ADDRESS, or write into "
        f"mailworthy.toml {host_table(name)}"
    )
    return (*draft.notes, lacks)


def joined(draft: Draft, before: Intent | None) -> Intent:
    """The drafted domain beside those that the folder has already, each with its own hosts.

    Raises UsageError, in one line, for what does not go together.
    """
    wish = draft.intent.domains[draft.domain]
    if host_missing(draft.intent, draft.domain) and not wish.records and not wish.senders:
        raise UsageError(f"nothing of {draft.domain} is known but its policies: {_HOW}")
    if before is None:
        check_intent(draft.intent)
        return draft.intent
    if draft.domain in before.domains:
        raise UsageError(f"{draft.domain} is in mailworthy.toml already: edit it there")
    intent = Intent(
        {**draft.intent.hosts, **before.hosts},
        {**before.domains, **draft.intent.domains},
        before.waive,
    )
    intent = apart(before, intent, draft.domain, draft.intent.hosts)
    check_intent(intent)
    return intent


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
