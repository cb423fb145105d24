"""What our own server found when a mail arrived (RFC 8601 §4.1, §5)."""

from collections.abc import Collection

import msgspec

from mailworthy.message import authres
from mailworthy.message.authresmodel import AuthResults, MethodResult
from mailworthy.message.header import Message
from mailworthy.names import BadName, to_ascii

_MAX_FIELDS = 50


class OwnResults(msgspec.Struct, frozen=True):
    """`dmarc` is its word, empty if it was not judged; `signers` are the domains whose
    signatures were good. `unsigned` says that signatures were looked for, and that none was good
    nor left open."""

    dmarc: str = ""
    signers: tuple[str, ...] = ()
    unsigned: bool = False


def own_results(message: Message, author: str, own_ids: Collection[str]) -> OwnResults | None:
    """The topmost Authentication-Results field of our own; None if there is none to rely on.

    It is not relied on where another field claims to be ours too and says otherwise, or where
    it is about another author: then somebody forged one, and nobody removed it. Never raises.
    """
    lines = [message.lines[i] for i in message.places.get(b"authentication-results", [])]
    values = [line.partition(b":")[2] for line in lines[:_MAX_FIELDS]]
    claims = [removal for removal in authres.forged(values, own_ids) if removal.authserv_id]
    found = [authres.parse(values[claim.index]).record for claim in claims]
    read = [record for record in found if record is not None]
    if not read or not _is_ours(read[0], own_ids):
        return None
    top = read[0]
    if any(_contradict(top, other) for other in read[1:]):
        return None
    if not all(_is_about(result, author) for result in top.results):
        return None
    return _summed(top)


def _is_ours(record: AuthResults, own_ids: Collection[str]) -> bool:
    """Exactly one of our ids: a name below one is a host that we were not told of."""
    names = {name.lower().rstrip(".") for name in own_ids}
    return record.authserv_id.partition("/")[0].strip().lower().rstrip(".") in names


def _contradict(one: AuthResults, other: AuthResults) -> bool:
    for method in ("dmarc", "dkim"):
        mine = {r.result for r in one.results if r.method == method}
        theirs = {r.result for r in other.results if r.method == method}
        if mine and theirs and mine != theirs:
            return True
    return False


def _is_about(result: MethodResult, author: str) -> bool:
    """Whether what DMARC judged is the author that we see."""
    named = result.get("header", "from") if result.method == "dmarc" else None
    return named is None or _domain(named) == author


def _summed(record: AuthResults) -> OwnResults:
    words = [r.result for r in record.results if r.method == "dmarc"]
    dkim = [r for r in record.results if r.method == "dkim"]
    good = (_signer(result) for result in dkim if result.result == "pass")
    closed = all(r.result not in ("pass", "temperror") for r in dkim)
    return OwnResults(
        words[0] if words else "",
        tuple(dict.fromkeys(name for name in good if name)),
        bool(dkim) and closed,
    )


def _signer(result: MethodResult) -> str:
    return _domain(result.get("header", "d") or result.get("header", "i") or "")


def _domain(text: str) -> str:
    try:
        return to_ascii(text.rpartition("@")[2].strip("<>"))
    except BadName:
        return ""
