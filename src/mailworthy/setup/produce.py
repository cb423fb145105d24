"""Everything that follows from an intent, as files in a folder."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from types import MappingProxyType

from mailworthy.domain import keys as dkim_keys
from mailworthy.domain.folder import INTENT, KEYS, Folder
from mailworthy.domain.generate import Generated, files
from mailworthy.domain.intent import Intent
from mailworthy.domain.intentfile import dumps, load
from mailworthy.domain.intenttext import tables
from mailworthy.domain.write import (
    File,
    Overwrite,
    Written,
    read_foreign,
    read_texts,
    write,
    zone_texts,
)
from mailworthy.servers import DmarcReject, configuration, milter_configuration

CONFIG = "config"


def prepare(path: Path, intent: Intent, now: datetime) -> Folder:
    """The folder as it will be, with new keys where they are missing; writes nothing."""
    foreign = read_foreign(intent, path)
    made = dkim_keys.plan(path / KEYS, intent, now)
    pins = dkim_keys.tls_pins(intent, path).by_host
    return Folder(path, intent, made.keys, foreign, pins, made.fresh)


def zone_files(folder: Folder, generated: Generated, now: datetime) -> dict[str, File]:
    """The zones, snippets, reverse zones and requests."""
    texts = files(generated, now=now, existing=zone_texts(folder.path))
    return {path: File(text) for path, text in texts.items()}


def config_files(
    folder: Folder, now: datetime, dmarc_reject: DmarcReject = DmarcReject.INDEPENDENT
) -> dict[str, File]:
    """The configuration of the servers, below `config/`."""
    made = configuration(folder.intent, now=now, selectors=folder.keys, dmarc_reject=dmarc_reject)
    return {f"{CONFIG}/{file.path}": File(file.text, file.mode) for file in made}


def milter_files(
    folder: Folder, now: datetime, dmarc_reject: DmarcReject = DmarcReject.INDEPENDENT
) -> dict[str, File]:
    """The configuration of our own milter, below `config/milter/`."""
    made = milter_configuration(
        folder.intent, now=now, selectors=folder.keys, dmarc_reject=dmarc_reject
    )
    return {f"{CONFIG}/{file.path}": File(file.text, file.mode) for file in made}


def write_all(
    folder: Folder,
    generated: Generated,
    now: datetime,
    *,
    overwrite: Overwrite,
    more: Mapping[str, File] = MappingProxyType({}),
) -> tuple[Written, ...]:
    """The keys, the intent, the zones and the configuration, and `more`.

    `overwrite` is asked about each file that exists with another text; nothing at all is
    written before every answer is there. Keys come first: what names a key never lies on disk
    without it.
    """
    wanted = {INTENT: File(_intent_text(folder)), **more}
    wanted |= zone_files(folder, generated, now) | config_files(folder, now)
    keep = partial(dkim_keys.keep, folder.key_folder, folder.fresh)
    return write(folder.path, wanted, overwrite=overwrite, decided=keep)


def _intent_text(folder: Folder) -> str:
    """The file as it is where it says the same: its comments and its order are the user's.

    What is only added stands at its end.
    """
    there = read_texts(folder.path, [INTENT]).get(INTENT)
    if there is None:
        return dumps(folder.intent)
    before = load(folder.path / INTENT)
    if before == folder.intent:
        return there
    more = _added(before, folder.intent)
    return dumps(folder.intent) if more is None else f"{there.rstrip()}\n\n{more}"


def _added(before: Intent, after: Intent) -> str | None:
    """The tables that a file has to gain; None where something in it has to change."""
    kept = (
        all(after.hosts.get(name) == host for name, host in before.hosts.items())
        and all(after.domains.get(name) == wish for name, wish in before.domains.items())
        and before.waive == after.waive
    )
    hosts = {n: h for n, h in after.hosts.items() if n not in before.hosts}
    domains = {n: d for n, d in after.domains.items() if n not in before.domains}
    return tables(Intent(hosts, domains)) if kept else None
