"""ARC as calls: verify and seal. The protocol is being retired: see `mailworthy.arc.RETIRED`."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from mailworthy.arc import engine
from mailworthy.arc.result import POLICY, ArcResult, Result
from mailworthy.arc.sealer import Sealed, Sealer
from mailworthy.dkim.result import Policy
from mailworthy.dkim.signing import Signer, signing_key
from mailworthy.lookup.drive import Resolver
from mailworthy.lookup.run import arun, moment, run
from mailworthy.message.authresmodel import AuthResults, MethodResult
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
) -> ArcResult:
    """Validate the chain of a message (RFC 8617 §5.2).

    `message` is what came, to the octet; `now` is when, the present by default. A pass says who
    sealed, not that they can be trusted. Raises UsageError for text in place of bytes; whatever
    the message or a name server says is a result.
    """
    return run(engine.verify(message, now=moment(now), policy=policy), resolver, deadline=DEADLINE)


async def averify(
    message: bytes | Message,
    *,
    resolver: Resolver | None = None,
    now: datetime | None = None,
    policy: Policy = POLICY,
) -> ArcResult:
    """`verify` under asyncio."""
    judging = engine.verify(message, now=moment(now), policy=policy)
    return await arun(judging, resolver, deadline=DEADLINE)


def sealed(
    message: bytes | Message,
    *,
    domain: str,
    selector: str,
    key: "bytes | str | PrivateKey",
    authserv_id: str,
    results: AuthResults | Iterable[MethodResult],
    verified: ArcResult | Result | str,
    now: datetime | None = None,
) -> Sealed:
    """`seal`, with what was added, or why nothing was."""
    signer = Signer(to_ascii(domain), (signing_key(selector, key),))
    return Sealer(signer, authserv_id).seal(message, results, verified, now=moment(now))


def seal(
    message: bytes | Message,
    *,
    domain: str,
    selector: str,
    key: "bytes | str | PrivateKey",
    authserv_id: str,
    results: AuthResults | Iterable[MethodResult],
    verified: ArcResult | Result | str,
    now: datetime | None = None,
) -> bytes:
    """The whole message with one complete set on top (RFC 8617 §5.1), made last of all changes.

    `results` are those of this service at arrival, `verified` what `verify` said then (or "none"
    where there was no chain): no chain is taken on trust. After a fail the new seal says cv=fail
    and covers only its own set (§5.1.2). The message comes back unchanged where its chain is
    over, is full, or could not be judged for want of an answer; `sealed` tells which. Raises
    UsageError for a key or a name that is none, for a message without From, and where `verified`
    does not fit the message.
    """
    return sealed(
        message,
        domain=domain,
        selector=selector,
        key=key,
        authserv_id=authserv_id,
        results=results,
        verified=verified,
        now=now,
    ).message
