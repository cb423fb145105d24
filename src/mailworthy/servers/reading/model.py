"""A mail server as its own programs describe it.

Only what rules look at is kept: no password, no private key and no user's name is in here, so
that a reading can be recorded and sent around.
"""

from enum import StrEnum
from typing import TypeAlias

import msgspec

MAIN = "main.cf"


class Unread(msgspec.Struct, frozen=True, tag="unread", omit_defaults=True):
    """Something that could not be read: what, why, and whether it is simply not installed, or
    for root alone to read."""

    what: str
    why: str
    absent: bool = False
    denied: bool = False


class Service(msgspec.Struct, frozen=True, omit_defaults=True):
    """A line of master.cf: its name and type, the program, its own settings (`-o`), and whether
    the queue directory is its root (chroot)."""

    name: str
    type: str
    command: str
    options: dict[str, str] = {}
    chroot: bool = False

    @property
    def label(self) -> str:
        """As `postconf -M` and `-P` name it."""
        return f"{self.name}/{self.type}"


class Postfix(msgspec.Struct, frozen=True, tag="postfix", omit_defaults=True):
    """Postfix as it would run now.

    `values` are effective and expanded, for the parameters that rules look at; `given` are the
    names that main.cf sets, `unknown` those of them that nothing uses. `accepts` lists the domains
    of each class of addresses, `sealed` the tables whose domains cannot be listed.
    """

    folder: str = "/etc/postfix"
    version: str = ""
    values: dict[str, str] = {}
    given: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    services: tuple[Service, ...] = ()
    accepts: dict[str, tuple[str, ...]] = {}
    sealed: tuple[str, ...] = ()

    @property
    def main(self) -> str:
        """The file that most remedies are about."""
        return f"{self.folder}/{MAIN}"

    def value(self, name: str, service: Service | None = None) -> str:
        """A parameter, as a service sees it; empty if it is not known here."""
        own = service.options.get(name) if service else None
        return self.values.get(name, "") if own is None else own

    @property
    def public(self) -> tuple[Service, ...]:
        """The services to which strangers on port 25 come."""
        return tuple(s for s in self.services if _is_public(s))


def _is_public(service: Service) -> bool:
    port = service.name.rpartition(":")[2]
    if service.command == "smtpd" and service.type == "pass":
        return True  # behind postscreen
    return service.command == "smtpd" and service.type == "inet" and port in ("smtp", "25")


class SigningKey(msgspec.Struct, frozen=True):
    """A DKIM key that a program signs with: for which domain, under which selector, from where."""

    domain: str
    selector: str
    path: str


class Rspamd(msgspec.Struct, frozen=True, tag="rspamd", omit_defaults=True):
    """Rspamd's effective settings.

    `signing` holds the options of `dkim_signing` that rules look at, `keys` what it signs with,
    `open` maps that were not read; `off` names the modules that are switched off. `milters` are
    the addresses at which it speaks the milter protocol.
    """

    folder: str = "/etc/rspamd"
    local: tuple[str, ...] = ()
    keys: tuple[SigningKey, ...] = ()
    signing: dict[str, bool | str] = {}
    open: tuple[str, ...] = ()
    off: tuple[str, ...] = ()
    dmarc: dict[str, str] = {}
    headers: tuple[str, ...] = ()
    milters: tuple[str, ...] = ()


class NamedKey(msgspec.Struct, frozen=True):
    """A row of a KeyTable; `domain` may be `%`, and so may parts of `path`, for the author's.

    Without a path the key stands in the table itself, or the row is none. `odd` is what stands
    in the place of a key and is neither a key nor, to OpenDKIM, a path.
    """

    name: str
    domain: str
    selector: str
    path: str
    odd: str = ""

    @property
    def malformed(self) -> bool:
        """Whether the row is none: OpenDKIM refuses mail for which it needs it (4xx)."""
        return not (self.domain or self.selector)


class SigningRow(msgspec.Struct, frozen=True):
    """A row of a SigningTable: for whom, and the name of a key (`%`: the author's domain)."""

    pattern: str
    name: str


class OpenDkim(msgspec.Struct, frozen=True, tag="opendkim", omit_defaults=True):
    """OpenDKIM's settings: `mode` holds s where it signs and v where it verifies.

    `keys` are those that it names for domains. With tables, `rows` and `table` say which of them
    it takes for whom (`opendkimtables.chosen`); `patterns` and `key_patterns` say that the keys of
    these are patterns, `multiple` that several rows may count. `open` are tables not read,
    `key_file` and `row_file` the texts of the two tables. `wrong` is what it says where it does
    not start with these settings.
    """

    file: str = "/etc/opendkim.conf"
    mode: str = "sv"
    keys: tuple[SigningKey, ...] = ()
    socket: str = ""
    open: tuple[str, ...] = ()
    table: tuple[NamedKey, ...] = ()
    rows: tuple[SigningRow, ...] = ()
    patterns: bool = False
    key_patterns: bool = False
    multiple: bool = False
    key_file: str = ""
    row_file: str = ""
    wrong: str = ""

    @property
    def signs(self) -> bool:
        """Whether it is to sign, as far as is known."""
        meant = self.keys or self.rows or self.open or self.wrong
        return "s" in self.mode and bool(meant)


class KeyState(StrEnum):
    """What became of a key file."""

    READ = "read"
    MISSING = "missing"
    DENIED = "denied"
    UNUSABLE = "unusable"


class KeyFile(msgspec.Struct, frozen=True, omit_defaults=True):
    """A private key on the server. `text` is its public half as a TXT value."""

    path: str
    state: KeyState
    text: str = ""
    why: str = ""
    mode: int | None = None
    owner: str = ""


class CertificateFile(msgspec.Struct, frozen=True, omit_defaults=True):
    """A file of certificates (PEM), and the programs that serve it.

    `chain` holds the certificates, private keys left out; `why` says why there are none, and
    `state` which way.
    """

    path: str
    services: tuple[str, ...]
    setting: str
    state: KeyState
    chain: tuple[str, ...] = ()
    why: str = ""


class Listener(msgspec.Struct, frozen=True):
    """A TCP address on which something waits."""

    address: str
    port: int


class MilterSocket(msgspec.Struct, frozen=True):
    """A UNIX socket at which Postfix looks for a milter.

    `heard` says whether a program listens there, `opens` whether Postfix's user may write to it
    (None: not known); `group` is the one that it belongs to.
    """

    path: str
    state: KeyState
    heard: bool | None
    opens: bool | None
    group: str = ""


class Server(msgspec.Struct, frozen=True, kw_only=True):
    """One machine. `where` names it for people; `sources` are the addresses that the kernel
    would send from, one a family."""

    where: str = "this host"
    hostname: str | Unread
    postfix: Postfix | Unread
    rspamd: Rspamd | Unread
    opendkim: OpenDkim | Unread
    addresses: tuple[str, ...] | Unread
    sources: tuple[str, ...] | Unread
    listening: tuple[Listener, ...] | Unread
    keys: tuple[KeyFile, ...] = ()
    certificates: tuple[CertificateFile, ...] = ()
    sockets: tuple[MilterSocket, ...] = ()

    @property
    def domains(self) -> tuple[str, ...]:
        """The mail domains that the server's own settings name, in their order."""
        found: dict[str, None] = {}
        if isinstance(self.postfix, Postfix):
            found |= dict.fromkeys(_mail_domains(self.postfix))
        for signer in (self.rspamd, self.opendkim):
            if isinstance(signer, Rspamd | OpenDkim):
                found |= dict.fromkeys(key.domain for key in signer.keys)
        return tuple(found)


def _mail_domains(postfix: Postfix) -> list[str]:
    """The domains that are more than names of the machine itself."""
    own = {postfix.value("myhostname"), "localhost", f"localhost.{postfix.value('mydomain')}"}
    names = [name for group in postfix.accepts.values() for name in group]
    return [name for name in names if "." in name and name not in own]


def needs_root(server: Server) -> tuple[str, ...]:
    """What was not read because it takes root to do so."""
    parts = (server.hostname, server.postfix, server.rspamd, server.opendkim, server.addresses)
    found = [part.what for part in parts if isinstance(part, Unread) and part.denied]
    files: tuple[KeyFile | CertificateFile, ...] = (*server.keys, *server.certificates)
    return (*found, *dict.fromkeys(f.path for f in files if f.state is KeyState.DENIED))


Signer: TypeAlias = Rspamd | OpenDkim
