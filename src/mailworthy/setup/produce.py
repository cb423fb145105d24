"""Everything that follows from an intent, as files in a folder."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

from mailworthy.domain import keys as dkim_keys
from mailworthy.domain.folder import INTENT, KEYS, Folder
from mailworthy.domain.generate import Generated, files
from mailworthy.domain.intent import Intent
from mailworthy.domain.intentfile import dumps
from mailworthy.domain.write import (
    File,
    Overwrite,
    Written,
    read_foreign,
    write,
    zone_texts,
)
from mailworthy.servers import DmarcReject, configuration

CONFIG = "config"


def prepare(path: Path, intent: Intent, now: datetime) -> Folder:
    """The folder as it will be: keys are created where they are missing, nothing else."""
    foreign = read_foreign(intent, path)
    keys = dkim_keys.ensure(path / KEYS, intent, now)
    return Folder(path, intent, keys, foreign, dkim_keys.tls_pins(intent, path).by_host)


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


def write_all(
    folder: Folder,
    generated: Generated,
    now: datetime,
    *,
    overwrite: Overwrite,
    more: Mapping[str, File] = MappingProxyType({}),
) -> tuple[Written, ...]:
    """The intent, the zones and the configuration, and `more`; `overwrite` is asked about each
    file that exists with another text."""
    wanted = {INTENT: File(dumps(folder.intent)), **more}
    wanted |= zone_files(folder, generated, now) | config_files(folder, now)
    return write(folder.path, wanted, overwrite=overwrite)
