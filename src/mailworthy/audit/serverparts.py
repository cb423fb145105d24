"""What `check --server` adds to the evidence: the reading of a server, beside what DNS says."""

import msgspec

from mailworthy.audit.connectparts import ConnectParts
from mailworthy.audit.part import Known, NotAsked, Part
from mailworthy.certificate import Certificate
from mailworthy.lookup.model import Answer, Dialled
from mailworthy.servers.reading.model import (
    CertificateFile,
    KeyFile,
    OpenDkim,
    Postfix,
    Rspamd,
    Server,
    Signer,
)
from mailworthy.spf.authorise import Authorisation

NO_SERVER = "no_server"
NOT_READ = NotAsked("the server itself", NO_SERVER)


class KeyOnServer(msgspec.Struct, frozen=True):
    """A DKIM key that the server signs mail of the domain with.

    `program` signs, as `config` tells it to; `text` is the public half on the server as a TXT
    value, empty where there is no usable key; `published` is the answer for the selector.
    """

    selector: str
    name: str
    program: str
    config: str
    file: KeyFile
    text: Part[str]
    published: Part[Answer]


class Departure(msgspec.Struct, frozen=True):
    """An address that mail leaves from: by `setting` of main.cf, or as the kernel chooses.

    `here` says whether the machine has it, `outside` whether others can see it, `confirmed` which
    PTR names lead back to it.
    """

    ip: str
    setting: str
    here: bool
    outside: bool
    ptr: Part[Answer]
    names: Part[tuple[str, ...]]
    confirmed: Part[tuple[str, ...]]
    authorisation: Part[Authorisation]

    @property
    def version(self) -> int:
        """4 or 6."""
        return 6 if ":" in self.ip else 4


class Outlet(msgspec.Struct, frozen=True):
    """A family of addresses that mail leaves by, and how calls of large receivers went.

    `ip` is the address of this machine that it leaves from, before any translation (NAT). `open`
    says whether port 25 is open on the way out; False only where several receivers were called
    and none of them answered.
    """

    version: int
    ip: str
    calls: tuple[Dialled, ...]
    open: Part[bool]


class Served(msgspec.Struct, frozen=True):
    """A file of certificates that the server shows to others, read."""

    file: CertificateFile
    chain: Part[tuple[Certificate, ...]]


class Greeting(msgspec.Struct, frozen=True):
    """The name that Postfix says in HELO, and the addresses that it has."""

    name: str
    a: Answer
    aaaa: Answer
    ips: tuple[str, ...]


class ServerParts(ConnectParts, frozen=True, kw_only=True):
    """The parts that only a look at the server gives.

    `signers` are the programs that are to sign mail on its way out. `postfixes`, `rspamds`,
    `files` and `outlets` hold what concerns the whole server; they are empty for all domains but
    the first, so that nothing is said twice.
    """

    server: Part[Server] = NOT_READ
    postfix: Part[Postfix] = NOT_READ
    rspamd: Part[Rspamd] = NOT_READ
    opendkim: Part[OpenDkim] = NOT_READ
    signers: Part[tuple[Signer, ...]] = NOT_READ
    postfixes: Part[tuple[Postfix, ...]] = NOT_READ
    rspamds: Part[tuple[Rspamd, ...]] = NOT_READ
    files: Part[tuple[Served, ...]] = NOT_READ
    served: Part[tuple[Served, ...]] = NOT_READ
    signing_keys: Part[tuple[KeyOnServer, ...]] = NOT_READ
    departures: Part[tuple[Departure, ...]] = NOT_READ
    greeting: Part[Greeting] = NOT_READ
    outlets: Part[tuple[Outlet, ...]] = NOT_READ

    @property
    def confirmed_name(self) -> str:
        """A name that leads to an address that mail leaves from, and back; empty if none is
        known. For remedies, so gaps are left out."""
        known = self.departures.value if isinstance(self.departures, Known) else ()
        names = (n for d in known if isinstance(d.confirmed, Known) for n in d.confirmed.value)
        return next(names, "")
