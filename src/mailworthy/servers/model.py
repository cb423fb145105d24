"""What the writers of this package have in common."""

from collections.abc import Iterable, Mapping
from datetime import datetime

import msgspec

from mailworthy.domain.intent import Domain, Host, Intent
from mailworthy.domain.keys import selectors_for


class ConfigFile(msgspec.Struct, frozen=True):
    """One file of the folder that `config` writes.

    `path` is relative to the folder. `install` is where the file goes on the server, absolute;
    it is empty for a file that is read or run and stays where it is. `host` is the machine that
    it is meant for, None where that depends on who serves DNS or the web.
    """

    path: str
    text: str
    install: str
    why: str
    mode: int = 0o644
    host: str | None = None


class Site(msgspec.Struct, frozen=True):
    """One machine to configure: its name, its addresses, and the domains it works for."""

    name: str
    host: Host
    domains: dict[str, Domain]
    selectors: dict[str, tuple[str, ...]]
    folder: str

    @property
    def signs(self) -> bool:
        """Whether mail leaves from here and so is signed here."""
        return self.host.sends and bool(self.domains)

    @property
    def submission(self) -> bool:
        """Whether people hand in mail here (RFC 6409)."""
        return self.host.sends and any(d.people and d.clients for d in self.domains.values())


def sites(
    intent: Intent, *, now: datetime, selectors: Mapping[str, Iterable[str]]
) -> tuple[Site, ...]:
    """The machines that handle mail; each has a folder of its own where there are several.

    A domain signs with the selectors of its keys, else with those of its intent, else with this
    month's RSA and Ed25519.
    """
    names = [n for n, h in intent.hosts.items() if h.sends or h.mx is not None]
    signing = {
        domain: tuple(selectors.get(domain, ())) or wish.selectors or selectors_for(now)
        for domain, wish in intent.domains.items()
    }
    return tuple(
        Site(
            name=name,
            host=intent.hosts[name],
            domains=_served(intent, name),
            selectors={domain: signing[domain] for domain in _served(intent, name)},
            folder=f"{name}/" if len(names) > 1 else "",
        )
        for name in names
    )


def _served(intent: Intent, host: str) -> dict[str, Domain]:
    return {
        name: wish
        for name, wish in intent.domains.items()
        if not wish.parked and host in intent.domain_hosts(name)
    }


def commented(*paragraphs: str, sign: str = "#", width: int = 96) -> str:
    """Prose as comment lines, each paragraph wrapped."""
    return "\n".join(line for text in paragraphs for line in _wrapped(text, sign, width))


def _wrapped(text: str, sign: str, width: int) -> Iterable[str]:
    line = sign
    for word in text.split():
        if len(line) + 1 + len(word) > width and line != sign:
            yield line
            line = sign
        line += f" {word}"
    yield line
