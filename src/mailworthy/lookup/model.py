"""What engines ask and what they are told.

Engines are generators: they yield a batch of asks, are sent the answers in the same order, and
return their result. They open no socket, read no clock and catch no I/O error; trouble is an
Answer whose status is FAILED.
"""

from collections.abc import Generator
from enum import StrEnum
from functools import lru_cache
from typing import Any, TypeAlias, TypeVar

import msgspec

from mailworthy.names import normalize

T = TypeVar("T")


class Status(StrEnum):
    """What a resolver can answer. ABSENT and EMPTY are knowledge, FAILED is the lack of it."""

    FOUND = "found"
    EMPTY = "empty"  # the name exists, this type does not (NODATA, empty non-terminal)
    ABSENT = "absent"  # the name does not exist (NXDOMAIN)
    FAILED = "failed"  # nothing was learned; `why` says which way


class Why(StrEnum):
    """Why nothing was learned."""

    TIMEOUT = "timeout"
    SERVFAIL = "servfail"
    REFUSED = "refused"
    BOGUS = "bogus"  # DNSSEC validation failed
    LOOP = "loop"  # CNAME or DNAME chain too long or circular
    OVERSIZE = "oversize"
    DEADLINE = "deadline"  # the run's time was used up
    OUTSIDE = "outside"  # a zone file says nothing about this name
    NOT_RECORDED = "not_recorded"  # a replay does not hold this answer
    NO_MEANS = "no_means"  # this run may not open such a connection, or has no way (IPv6)
    BAD_NAME = "bad_name"  # the name cannot be sent: a label or the whole is too long
    BUSY = "busy"  # the host takes no more connections for now (SMTP 421), or we open no more
    UNREACHABLE = "unreachable"  # no connection: refused, or no way there
    GARBLED = "garbled"  # the peer does not speak the protocol, or hung up in its middle
    TLS = "tls"  # no encryption could be agreed on, or the certificate is not to be trusted


# These say that the run had no way to ask, not that asking went wrong.
NOT_ASKED = frozenset({Why.OUTSIDE, Why.NO_MEANS})


class Question(msgspec.Struct, frozen=True, cache_hash=True, tag_field="kind", tag="dns"):
    """One DNS question; `name` in presentation text, `type` a mnemonic such as "TXT"."""

    name: str
    type: str

    def __post_init__(self) -> None:
        msgspec.structs.force_setattr(self, "name", normalize(self.name))


class Fetch(msgspec.Struct, frozen=True, tag_field="kind", tag="fetch"):
    """One HTTPS GET: no redirects, at most `max_bytes` of body and `timeout` seconds."""

    url: str
    max_bytes: int = 65536
    timeout: float = 60.0


class Encryption(StrEnum):
    """When a conversation is to be encrypted."""

    NEVER = "never"
    STARTTLS = "starttls"  # where the server offers it (RFC 3207)
    IMPLICIT = "implicit"  # from the first octet on (RFC 8314 §3)


class Trial(StrEnum):
    """What is tried beyond a greeting, on the user's own hosts and on request only."""

    VRFY = "vrfy"  # whether the server tells which mailboxes there are (RFC 5321 §7.3)
    RELAY = "relay"  # whether it takes mail from strangers for strangers; nothing is sent


class Dial(msgspec.Struct, frozen=True, tag_field="kind", tag="dial"):
    """One SMTP conversation: banner, EHLO, encryption, EHLO again, trials, QUIT.

    `host` is the server's name, used for SNI and for its certificate; `ip` the address to
    connect to. `newest` is the newest version of TLS to offer, such as "TLSv1.1"; empty for all.
    With `greeting` nothing but the banner is heard, and QUIT said.
    """

    host: str
    ip: str = ""
    port: int = 25
    encryption: Encryption = Encryption.STARTTLS
    newest: str = ""
    trials: tuple[Trial, ...] = ()
    greeting: bool = False


NO_REPLY = "no reply in time"  # `detail` of a Dialled: there was a connection, and then silence


class Inspect(msgspec.Struct, frozen=True, tag_field="kind", tag="server"):
    """A look at the mail server itself, at its programs and files; a run looks at one."""


class Answer(msgspec.Struct, frozen=True, tag_field="kind", tag="dns"):
    """What was learned of one Question.

    `records` are presentation text: joined strings for TXT (one character an octet, latin-1),
    absolute lower-case names with the final dot elsewhere, sorted. `splits` tells, for TXT, at
    which offsets of each record its character-strings were joined; it is empty if none was.
    `chain` holds the CNAME targets that led to the last name, in the inside form. `rcode` is
    empty where a failure has none. `ad` is set only by a
    resolver that the settings trust. `server` and `ms` are for traces and never reach findings.
    """

    ask: Question
    status: Status
    why: Why | None = None
    records: tuple[str, ...] = ()
    ttl: int = 0
    ad: bool = False
    chain: tuple[str, ...] = ()
    rcode: str = "NOERROR"
    ede: tuple[int, ...] = ()
    splits: tuple[tuple[int, ...], ...] = ()
    server: str = ""
    ms: float = 0.0


class Fetched(msgspec.Struct, frozen=True, tag_field="kind", tag="fetch"):
    """What was learned of one Fetch; FOUND means a response with any HTTP status `code`."""

    ask: Fetch
    status: Status
    why: Why | None = None
    detail: str = ""
    code: int = 0
    content_type: str = ""
    body: bytes = b""
    ms: float = 0.0


class Said(msgspec.Struct, frozen=True):
    """One reply of an SMTP server: its code, and its lines without the code."""

    code: int
    lines: tuple[str, ...] = ()


class Handshake(msgspec.Struct, frozen=True):
    """What TLS agreed on.

    `chain` are the certificates as sent, DER, the server's own first. `untrusted` is empty where
    the chain leads to an authority that this machine trusts and is in date, else the reason;
    names are for the reader of `chain` to compare.
    """

    version: str
    cipher: str = ""
    chain: tuple[bytes, ...] = ()
    untrusted: str = ""


class Dialled(msgspec.Struct, frozen=True, tag_field="kind", tag="dial"):
    """What was learned of one Dial; FOUND means that the server greeted us, whatever it said.

    `banner` is its greeting, `ehlo` and `ehlo_tls` the replies to EHLO before and after
    encryption, `starttls` the reply to that command, `tls` what was agreed on, and `tls_error`
    why nothing was though the server agreed to it; it stays empty where that took too long or
    the server hung up, but to old versions of TLS that is an answer too.
    `tried` holds the replies of the trials: to VRFY for postmaster, then for a mailbox that
    nobody has; the last to RELAY is the one that counts.
    """

    ask: Dial
    status: Status
    why: Why | None = None
    detail: str = ""
    banner: Said | None = None
    ehlo: Said | None = None
    starttls: Said | None = None
    tls: Handshake | None = None
    tls_error: str = ""
    ehlo_tls: Said | None = None
    tried: tuple[tuple[Trial, Said], ...] = ()
    ms: float = 0.0

    @property
    def extensions(self) -> frozenset[str]:
        """The keywords of EHLO before encryption, in upper case (RFC 5321 §4.1.1.1)."""
        return _keywords(self.ehlo)

    @property
    def extensions_tls(self) -> frozenset[str]:
        """The same after it."""
        return _keywords(self.ehlo_tls)


class Inspected(msgspec.Struct, frozen=True, tag_field="kind", tag="server"):
    """What was learned of one Inspect: `found` is the reading as plain values."""

    ask: Inspect
    status: Status
    why: Why | None = None
    detail: str = ""
    found: dict[str, Any] = {}
    ms: float = 0.0


def _keywords(said: Said | None) -> frozenset[str]:
    if said is None or said.code != 250:
        return frozenset()
    return frozenset(line.split()[0].upper() for line in said.lines[1:] if line.split())


Ask: TypeAlias = Question | Fetch | Dial | Inspect
Reply: TypeAlias = Answer | Fetched | Dialled | Inspected
Asking: TypeAlias = Generator[tuple[Ask, ...], tuple[Reply, ...], T]


def failed(ask: Ask, why: Why, *, detail: str = "", server: str = "", ms: float = 0.0) -> Reply:
    """The reply that says that nothing was learned, of the kind that fits the ask."""
    if isinstance(ask, Question):
        rcode = {Why.SERVFAIL: "SERVFAIL", Why.REFUSED: "REFUSED"}.get(why, "")
        return Answer(ask, Status.FAILED, why, rcode=rcode, server=server, ms=ms)
    if isinstance(ask, Fetch):
        return Fetched(ask, Status.FAILED, why, detail=detail, ms=ms)
    if isinstance(ask, Inspect):
        return Inspected(ask, Status.FAILED, why, detail=detail, ms=ms)
    return Dialled(ask, Status.FAILED, why, detail=detail, ms=ms)


@lru_cache(maxsize=8192)
def question(name: str, type_: str) -> Question:
    """A Question, made once: every message leads to the same ones."""
    return Question(name, type_)


def ask(*questions: Question) -> Asking[tuple[Answer, ...]]:
    """`answers = yield from ask(Question(...), ...)`: DNS questions, exactly typed."""
    replies = yield questions
    return tuple(r for r in replies if isinstance(r, Answer))


def look(name: str, type_: str) -> Asking[Answer]:
    """`answer = yield from look(name, "TXT")`: a single DNS question."""
    (answer,) = yield (question(name, type_),)
    assert isinstance(answer, Answer)
    return answer


def fetch(url: str) -> Asking[Fetched]:
    """`fetched = yield from fetch(url)`: one HTTPS GET."""
    (reply,) = yield (Fetch(url),)
    assert isinstance(reply, Fetched)
    return reply


def dial(ask: Dial) -> Asking[Dialled]:
    """`dialled = yield from dial(Dial(host, ip))`: one SMTP conversation."""
    (reply,) = yield (ask,)
    assert isinstance(reply, Dialled)
    return reply
