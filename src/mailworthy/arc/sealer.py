"""Sealing: one complete set more (RFC 8617 §5.1)."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import NoReturn

import msgspec

from mailworthy.arc.result import ArcResult, Result
from mailworthy.arc.sets import MAX_SETS, Chain, SetFound, read_chain
from mailworthy.dkim.canonical import Canonicalization
from mailworthy.dkim.hashing import Hashing
from mailworthy.dkim.signing import Signer, SigningKey, b_value, covering, on_top, unsigned
from mailworthy.errors import UsageError
from mailworthy.message import authres
from mailworthy.message.authresmodel import AuthResults, MethodResult
from mailworthy.message.header import Message, read
from mailworthy.names import printable

_RELAXED = Canonicalization.RELAXED
_MAX_SIGNATURES = 20  # DKIM-Signature fields that a message signature covers


class Refusal(StrEnum):
    """Why no set was added."""

    FAILED_BEFORE = "failed-before"  # the newest seal says so: the chain is over (§5.1 step 2)
    TOO_MANY_SETS = "too-many-sets"  # there is no instance left (§4.2.1)
    UNDETERMINED = "undetermined"  # no answer about a key: cv=fail would be for ever, and a guess


class Sealed(msgspec.Struct, frozen=True):
    """What sealing came to.

    `message` is the whole with the three `fields` on top, or what was given where sealing was
    `refused`. `instance` is i= and `status` cv= of the new set.
    """

    message: bytes
    fields: bytes = b""
    instance: int = 0
    status: Result | None = None
    refused: Refusal | None = None

    def __bool__(self) -> NoReturn:
        raise TypeError("this has no truth value: look at .refused")


class Sealer(msgspec.Struct, frozen=True):
    """Seals for one domain with one key; `signer` holds both, and chooses the fields to sign."""

    signer: Signer
    authserv_id: str

    def __post_init__(self) -> None:
        if len(self.signer.keys) != 1:
            raise UsageError("a set is sealed with one key (RFC 8617 §4.2.1)")
        if not self.authserv_id.strip():
            raise UsageError("sealing needs an authserv-id: the name of this service")

    def seal(
        self,
        message: bytes | Message,
        results: AuthResults | Iterable[MethodResult],
        verified: ArcResult | Result | str,
        *,
        now: datetime,
    ) -> Sealed:
        """Add a set on top. `verified` is what validation has said of the chain at arrival.

        Raises UsageError for a message without From or with white space at its beginning, and
        for a `verified` that was said of another message.
        """
        read_message = read(message)
        if not read_message.count(b"from"):
            raise UsageError("a message without From cannot be sealed (RFC 6376 §5.4)")
        chain = read_chain(read_message)
        status = _status(chain, verified)
        refused = _refusal(chain, verified)
        if refused is not None:
            return Sealed(read_message.given, refused=refused)
        instance = 1 if chain is None else chain.highest + 1
        sets = chain.sets if chain is not None and status is Result.PASS else ()
        payload = _payload(self.authserv_id, results, verified, status)
        work = _Work(Hashing(read_message), self.signer, instance, int(now.timestamp()))
        fields = work.fields(sets, payload, status)
        return Sealed(on_top(read_message, fields), fields, instance, status)


def _status(chain: Chain | None, verified: ArcResult | Result | str) -> Result:
    """cv= of the new seal (RFC 8617 §5.1, §5.2)."""
    said = _word(verified)
    if chain is None and said is not Result.NONE:
        raise UsageError(f"the message has no chain, so that {said} was said of another")
    if chain is not None and said is Result.NONE:
        raise UsageError("the message has a chain: verify it before you seal")
    if chain is None or said is not Result.PASS:
        return said
    if isinstance(verified, ArcResult) and not _same(chain, verified):
        raise UsageError("another chain was verified than the message has")
    return Result.FAIL if chain.fault else Result.PASS  # a pass is not taken on trust


def _word(verified: ArcResult | Result | str) -> Result:
    try:
        return verified.result if isinstance(verified, ArcResult) else Result(verified)
    except ValueError:
        shown = printable(str(verified), 40)
        raise UsageError(f"{shown} is no status of a chain: none, pass or fail") from None


def _same(chain: Chain, verified: ArcResult) -> bool:
    """Whether these are the seals that were verified."""
    there = [one.seal.field.signature.record for one in chain.sets]
    return there == [one.seal.signature for one in verified.instances]


def _refusal(chain: Chain | None, verified: ArcResult | Result | str) -> Refusal | None:
    if chain is None:
        return None
    if chain.fault is not None and chain.fault.code == "failed-before":
        return Refusal.FAILED_BEFORE
    if chain.highest >= MAX_SETS:
        return Refusal.TOO_MANY_SETS
    undetermined = isinstance(verified, ArcResult) and verified.temporary
    return Refusal.UNDETERMINED if undetermined else None


def _payload(
    authserv_id: str,
    results: AuthResults | Iterable[MethodResult],
    verified: ArcResult | Result | str,
    status: Result,
) -> AuthResults:
    """All results of this service in one (RFC 8617 §4.1.1), that of ARC among them (§6)."""
    found = results.results if isinstance(results, AuthResults) else tuple(results)
    if not any(result.method == "arc" for result in found):
        found = (*found, _own_result(verified, status))
    return AuthResults(authserv_id, found)


def _own_result(verified: ArcResult | Result | str, status: Result) -> MethodResult:
    if isinstance(verified, ArcResult) and verified.result is status:
        return verified.authres()
    return MethodResult("arc", status.value)


class _Work:
    """The set that is being made."""

    def __init__(self, hashing: Hashing, signer: Signer, instance: int, now: int) -> None:
        self.hashing, self.signer = hashing, signer
        self.instance, self.now = instance, now

    @property
    def key(self) -> SigningKey:
        return self.signer.keys[0]

    def fields(self, sets: tuple[SetFound, ...], payload: AuthResults, status: Result) -> bytes:
        """The three fields, the seal on top; `sets` are those that the seal covers too."""
        name, _, value = authres.field(payload).partition(b":")
        results = b"ARC-%s: i=%d;%s" % (name, self.instance, value)
        signature = self.message_signature()
        before = [self.hashing.field(i, _RELAXED) for one in sets for i in one.places]
        own = unsigned("ARC-Seal", self.tags(f"cv={status}"), [])
        new = [results.removesuffix(b"\r\n"), signature.removesuffix(b"\r\n"), own]
        covered = b"\r\n".join([*before, *[self.hashing.apart(line, _RELAXED) for line in new]])
        return own + b_value(self.key.sign(covered)) + signature + results

    def message_signature(self) -> bytes:
        names = self.signer.names(self.hashing.message)
        count = self.hashing.message.count(b"dkim-signature")
        names += [b"dkim-signature"] * min(count, _MAX_SIGNATURES)
        about = covering(self.hashing, names, _RELAXED)
        own = unsigned("ARC-Message-Signature", self.tags("c=relaxed/relaxed"), about)
        return own + b_value(self.key.sign(self.hashing.header(names, own, _RELAXED)))

    def tags(self, own: str) -> list[str]:
        return [
            f"i={self.instance}",
            f"a={self.key.algorithm}",
            own,
            f"d={self.signer.domain}",
            f"s={self.key.selector}",
            f"t={self.now}",
        ]
