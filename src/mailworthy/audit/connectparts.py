"""What `check --connect` adds to the evidence: what servers say when they are called."""

import msgspec

from mailworthy.audit.part import NotAsked, Part
from mailworthy.lookup.model import Dialled, Encryption, Fetched

NOT_CALLED = NotAsked("what servers say", "not part of this check")


class Conversation(msgspec.Struct, frozen=True):
    """One call of a host at one of its addresses, on the port for mail from strangers.

    `reply` is whatever came of it; `dialled` is known where the server spoke, to the end.
    """

    host: str
    ip: str
    reply: Dialled
    dialled: Part[Dialled]


class Called(msgspec.Struct, frozen=True, kw_only=True):
    """What a host that receives mail says on port 25.

    `calls` are the attempts, one an address; `talks` what was said in those that came about;
    `old_tls` what the host says to one who knows old versions of TLS only.
    """

    calls: tuple[Conversation, ...] = ()
    talks: Part[tuple[Dialled, ...]] = NOT_CALLED
    old_tls: Part[Dialled] = NOT_CALLED


class Submission(msgspec.Struct, frozen=True):
    """One call of a server that an SRV record names for the mail of the domain's own users.

    `service` is the SRV name that leads there, such as `_submission._tcp`; `own` says whether
    the host lies in the domain or is one of the intent.
    """

    service: str
    host: str
    ip: str
    port: int
    encryption: Encryption
    own: bool
    dialled: Part[Dialled]


class ConnectParts(msgspec.Struct, frozen=True, kw_only=True):
    """The parts that only connections give."""

    conversations: Part[tuple[Conversation, ...]] = NOT_CALLED
    submissions: Part[tuple[Submission, ...]] = NOT_CALLED
    mta_sts_fetch: Part[Fetched] = NOT_CALLED
    bimi_logo: Part[Fetched] = NOT_CALLED
    bimi_certificate: Part[Fetched] = NOT_CALLED
    autoconfig_file: Part[Fetched] = NOT_CALLED
