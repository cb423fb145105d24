"""DKIM as calls: verify, sign, check oneself; each has a twin for asyncio where it asks."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from mailworthy.dkim import engine
from mailworthy.dkim.canonical import Canonicalization
from mailworthy.dkim.result import POLICY, DkimResults, Policy
from mailworthy.dkim.selfcheck import KeyCheck, selfcheck
from mailworthy.dkim.signing import Signer, signing_key
from mailworthy.errors import UsageError
from mailworthy.lookup.drive import Resolver
from mailworthy.lookup.run import arun, moment, run
from mailworthy.message.header import Message
from mailworthy.names import to_ascii

if TYPE_CHECKING:
    from mailworthy.dkim.material import PrivateKey

DEADLINE = 20.0  # seconds for one message


def verify(
    message: bytes | Message,
    *,
    resolver: Resolver | None = None,
    now: datetime | None = None,
    policy: Policy = POLICY,
) -> DkimResults:
    """Evaluate every DKIM signature of a message (RFC 6376 §6).

    `message` is what came, to the octet; `now` is when, the present by default. The result has
    no truth value: look at each signature's `.result`. Raises UsageError for text in place of
    bytes; whatever the message or a name server says is a result.
    """
    return run(engine.verify(message, now=moment(now), policy=policy), resolver, deadline=DEADLINE)


async def averify(
    message: bytes | Message,
    *,
    resolver: Resolver | None = None,
    now: datetime | None = None,
    policy: Policy = POLICY,
) -> DkimResults:
    """`verify` under asyncio."""
    judging = engine.verify(message, now=moment(now), policy=policy)
    return await arun(judging, resolver, deadline=DEADLINE)


def signer(
    domain: str,
    keys: "Iterable[tuple[str, bytes | str | PrivateKey]]",
    *,
    canonicalization: str = "relaxed/relaxed",
    identity: str = "",
    expires: int | None = None,
    oversign: bool = True,
    fields: Iterable[str] | None = None,
) -> Signer:
    """A Signer from pairs of selector and key: PEM or base64 text, or a loaded key.

    `canonicalization`, `identity` and `expires` (seconds) become c=, i= and x=; `fields` are
    the header fields to sign, in place of a good choice. Raises UsageError for a key, a name or
    a word that is none.
    """
    header, slash, body = canonicalization.partition("/")
    try:
        algorithms = Canonicalization(header), Canonicalization(body if slash else "simple")
    except ValueError:
        raise UsageError("a canonicalization is simple or relaxed, or two with a slash") from None
    return Signer(
        to_ascii(domain),
        tuple(signing_key(selector, key) for selector, key in keys),
        *algorithms,
        identity=identity,
        expires=expires,
        oversign=oversign,
        fields=None if fields is None else tuple(fields),
    )


def sign(
    message: bytes | Message,
    *,
    domain: str,
    selector: str,
    key: "bytes | str | PrivateKey",
    now: datetime | None = None,
    canonicalization: str = "relaxed/relaxed",
    identity: str = "",
    expires: int | None = None,
    oversign: bool = True,
    fields: Iterable[str] | None = None,
) -> bytes:
    """The whole message with a DKIM-Signature field on top (RFC 6376 §5).

    Options as for `signer`, which signs with several keys at once and can return the fields
    alone. Raises UsageError as it does, and for a message that nobody should sign (see `unfit`):
    without From or with several, with a line in its header that is no field.
    """
    made = signer(
        domain,
        [(selector, key)],
        canonicalization=canonicalization,
        identity=identity,
        expires=expires,
        oversign=oversign,
        fields=fields,
    )
    return made.sign(message, now=moment(now))


def check(
    signer: Signer, *, resolver: Resolver | None = None, now: datetime | None = None
) -> tuple[KeyCheck, ...]:
    """Sign a message, fetch each key as a receiver would, and verify."""
    return run(selfcheck(signer, now=moment(now)), resolver, deadline=DEADLINE)


async def acheck(
    signer: Signer, *, resolver: Resolver | None = None, now: datetime | None = None
) -> tuple[KeyCheck, ...]:
    """`check` under asyncio."""
    return await arun(selfcheck(signer, now=moment(now)), resolver, deadline=DEADLINE)
