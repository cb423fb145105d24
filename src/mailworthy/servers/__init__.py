"""Configuration for the servers themselves: Postfix, Rspamd, BIND and the web sites mail needs."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from types import MappingProxyType

from mailworthy.domain.intent import Intent
from mailworthy.receive.words import DmarcReject
from mailworthy.servers import (
    autoconfig,
    autodiscover,
    bind,
    guard,
    milter,
    mtasts,
    postfix,
    readme,
    rspamd,
    web,
)
from mailworthy.servers.model import ConfigFile, sites

__all__ = ["ConfigFile", "DmarcReject", "configuration", "milter_configuration"]


def configuration(
    intent: Intent,
    *,
    now: datetime,
    selectors: Mapping[str, Iterable[str]] = MappingProxyType({}),
    dmarc_reject: DmarcReject = DmarcReject.INDEPENDENT,
) -> tuple[ConfigFile, ...]:
    """Every file that a server needs to be what the intent says, README.md first.

    `selectors` are those of the keys that exist, by domain; a domain without keys signs with the
    selectors in its intent, or with new ones dated by `now`. Nothing else is looked at.
    Raises UsageError for a name or address that cannot stand in a configuration file.
    """
    guard.check(intent, selectors)
    machines = sites(intent, now=now, selectors=selectors)
    files: list[ConfigFile] = []
    for site in machines:
        files += rspamd.files(site, dmarc_reject=dmarc_reject)
        files += postfix.files(site)
    if intent.domains:
        files.append(bind.file(intent))
    files += mtasts.files(intent)
    files += autoconfig.files(intent)
    files += autodiscover.files(intent)
    files += web.files(intent)
    return (readme.file(intent, machines, files, dmarc_reject=dmarc_reject), *files)


def milter_configuration(
    intent: Intent,
    *,
    now: datetime,
    selectors: Mapping[str, Iterable[str]] = MappingProxyType({}),
    dmarc_reject: DmarcReject = DmarcReject.INDEPENDENT,
) -> tuple[ConfigFile, ...]:
    """Every file for `mailworthy milter` on the machines that handle mail, its README.md first.

    Raises UsageError as `configuration` does.
    """
    guard.check(intent, selectors)
    machines = sites(intent, now=now, selectors=selectors)
    files = tuple(f for site in machines for f in milter.files(site, dmarc_reject=dmarc_reject))
    return (milter.readme(machines, files), *files)
