"""Why mail failed: what reporters saw, beside what DNS says today."""

from collections.abc import Iterator
from enum import StrEnum

import msgspec

from mailworthy.dkim.keys import fetch_keys
from mailworthy.dkim.record import parse as parse_key
from mailworthy.dmarc.align import Check, Identifier, Method, Modes, align
from mailworthy.dmarc.discover import Outcome, PolicyFound
from mailworthy.dmarc.discover import policy as discover
from mailworthy.lookup.drive import gather, together
from mailworthy.lookup.model import Answer as DnsAnswer
from mailworthy.lookup.model import Asking, Status
from mailworthy.names import printable
from mailworthy.rdata.address import address
from mailworthy.reports.answers.model import Answer
from mailworthy.reports.answers.sources import Source
from mailworthy.sources.facts import DkimCount, SpfCount
from mailworthy.sources.signals import Class
from mailworthy.spf.authorise import Standing, authorises
from mailworthy.spf.show import render_tree
from mailworthy.spf.tree import cost
from mailworthy.spf.treemodel import SpfTree

SIGNATURES = 6
ENVELOPES = 3
ADDRESSES = 3


class KeyState(StrEnum):
    """What stands at the name of a DKIM key today."""

    THERE = "there"
    REVOKED = "revoked"
    MISSING = "missing"
    UNREADABLE = "unreadable"
    UNKNOWN = "unknown"  # DNS gave no answer


class Signature(msgspec.Struct, frozen=True):
    """One signature as reporters saw it, and its key today.

    `aligned` is whether its domain is aligned with that in From, None where DNS did not tell.
    """

    name: str
    domain: str
    seen: str
    messages: int
    today: KeyState
    detail: str
    aligned: bool | None


class Envelope(msgspec.Struct, frozen=True):
    """One envelope domain as reporters saw it, and what SPF says of the source today.

    `results` are for some addresses of the source, `by` the terms that decide for the first of
    them, `tree` the record with what it costs.
    """

    domain: str
    seen: str
    messages: int
    results: tuple[tuple[str, Standing], ...]
    by: str
    why: str
    aligned: bool | None
    tree: tuple[str, ...]


class Why(Answer, frozen=True):
    """Why mail of one source failed, or would today. `conclusions` are sentences."""

    source: Source
    policy: str
    policy_domain: str | None
    signatures: tuple[Signature, ...]
    envelopes: tuple[Envelope, ...]
    conclusions: tuple[str, ...]

    @property
    def undetermined(self) -> bool:
        """Whether DNS left something open that matters: what is not aligned does not."""
        keys = [s for s in self.signatures if s.aligned is not False]
        records = [e for e in self.envelopes if e.aligned is not False]
        states = [s.aligned is None or s.today is KeyState.UNKNOWN for s in keys]
        states += [e.aligned is None for e in records]
        states += [r is Standing.UNKNOWN for e in records for _, r in e.results]
        return any(states) or self.policy == Outcome.UNKNOWN


def why(source: Source) -> Asking[Why]:
    """Ask DNS about everything that reporters saw of a source; never raises."""
    signed = sorted(source.dkim, key=lambda d: -d.count)[:SIGNATURES]
    sent = sorted((s for s in source.spf if s.domain), key=lambda s: -s.count)[:ENVELOPES]
    names = [key_name(d) for d in signed]
    found, keys, trees = yield from together(
        discover(source.domain),
        fetch_keys(names),
        gather([cost(s.domain) for s in sent]),
    )
    checks = yield from align(found.walk, _identifiers(signed, sent), _modes(found))
    signatures = tuple(
        _signature(d, keys[name], check)
        for d, name, check in zip(signed, names, checks, strict=False)
    )
    envelopes = tuple(
        _envelope(s, tree, check, source.addresses)
        for s, tree, check in zip(sent, trees, checks[len(signed) :], strict=True)
    )
    return Why(
        source,
        found.policy.value if found.policy else found.outcome.value,
        found.domain,
        signatures,
        envelopes,
        tuple(dict.fromkeys(_conclusions(source, signatures, envelopes))),
    )


def key_name(found: DkimCount) -> str:
    """Where the key of a signature stands, as far as the reporter told its selector."""
    return f"{found.selector}._domainkey.{found.domain}" if found.selector else found.domain


def _identifiers(signed: list[DkimCount], sent: list[SpfCount]) -> list[Identifier]:
    """All of them as if they had passed, since only then they are compared."""
    keys = [Identifier(Method.DKIM, d.domain, "pass", d.selector) for d in signed]
    return [*keys, *(Identifier(Method.SPF, s.domain, "pass") for s in sent)]


def _modes(found: PolicyFound) -> Modes:
    return Modes(found.record.aspf, found.record.adkim) if found.record else Modes()


def _signature(found: DkimCount, answer: DnsAnswer, check: Check) -> Signature:
    state, detail = _state(answer) if found.selector else (KeyState.UNKNOWN, "no selector told")
    return Signature(
        key_name(found), found.domain, found.result, found.count, state, detail, check.aligned
    )


def _state(answer: DnsAnswer) -> tuple[KeyState, str]:
    if answer.status is Status.FAILED:
        return KeyState.UNKNOWN, f"no answer ({answer.why})"
    if not answer.records:
        return KeyState.MISSING, "there is no key"
    for text in answer.records[:5]:
        if (key := parse_key(text).record) is not None:
            size = f" with {key.bits} bits" if key.bits else ""
            return (
                (KeyState.REVOKED, "it is revoked (empty p=)")
                if key.revoked
                else (KeyState.THERE, f"a key of type {printable(key.k, 20)}{size}")
            )
    return KeyState.UNREADABLE, "what stands there is no key"


def _envelope(found: SpfCount, tree: SpfTree, check: Check, addresses: tuple[str, ...]) -> Envelope:
    known = [ip for ip in addresses if address(ip)][:ADDRESSES]
    judged = [(ip, authorises(tree, ip)) for ip in known]
    first = judged[0][1] if judged else None
    return Envelope(
        found.domain,
        found.result,
        found.count,
        tuple((ip, one.result) for ip, one in judged),
        first.by if first else "",
        first.why if first else "",
        check.aligned,
        tuple(render_tree(tree)),
    )


def _conclusions(
    source: Source, signatures: tuple[Signature, ...], envelopes: tuple[Envelope, ...]
) -> Iterator[str]:
    if not signatures:
        yield "No signature was seen: nothing signs this mail."
    for signature in signatures:
        yield from _of_signature(source, signature)
    if not envelopes:
        yield "The envelope was empty, or nobody told it, so that SPF cannot align."
    for envelope in envelopes:
        yield from _of_envelope(source, envelope)


def _of_signature(source: Source, found: Signature) -> Iterator[str]:
    name, author = printable(found.name, 120), source.domain
    if found.aligned is None:
        yield f"Whether {found.domain} is aligned with {author} could not be learned."
    elif not found.aligned:
        kind = "holds" if found.seen == "pass" else "fails"
        yield (
            f"The signature of {found.domain} {kind}, but is not aligned with {author}: DMARC "
            "takes no notice of it (RFC 9989 §4.4.1)."
        )
    elif found.seen == "pass":
        yield f"DKIM passes: {name} signs in the name of {author}."
    else:
        texts = _CLAIMED if source.class_ is Class.THREAT else _BROKEN
        yield texts[found.today].format(name=name, detail=found.detail)


_BROKEN = {
    KeyState.THERE: "The key {name} is there today, so either the text was changed on its way, or "
    "another key signs than the one in DNS.",
    KeyState.REVOKED: "The key {name} is revoked: sign with another one, or publish it again.",
    KeyState.MISSING: "The key {name} is not in DNS: publish it, or sign with one that is.",
    KeyState.UNREADABLE: "What stands at {name} is no key that can be read: "
    "`mailworthy check` shows where it is broken.",
    KeyState.UNKNOWN: "The key {name} could not be looked up: {detail}.",
}


# The same of somebody who has no business with our keys, and needs no advice about them.
_MADE_UP = "The signature names the key {name}, where {detail}: it was made up, or is an old one."
_CLAIMED = {
    KeyState.THERE: "The signature names your key {name} and does not fit it: it was made up, or "
    "taken from other mail.",
    KeyState.REVOKED: _MADE_UP,
    KeyState.MISSING: _MADE_UP,
    KeyState.UNREADABLE: _MADE_UP,
    KeyState.UNKNOWN: _BROKEN[KeyState.UNKNOWN],
}


def _of_envelope(source: Source, found: Envelope) -> Iterator[str]:
    where, author = printable(found.domain, 120), source.domain
    if found.aligned is None:
        yield f"Whether {where} is aligned with {author} could not be learned."
        return
    if not found.aligned:
        yield (
            f"The envelope is that of {where}, which is not aligned with {author}: SPF cannot "
            "help, whatever it says (RFC 9989 §4.4.2)."
        )
        return
    for result in dict.fromkeys(result for _, result in found.results):
        ips = ", ".join(ip for ip, each in found.results if each is result)
        yield _standing(found, where, ips, result)


def _standing(found: Envelope, where: str, ip: str, result: Standing) -> str:
    if result is Standing.PASS:
        was = "" if found.seen == "pass" else ", unlike when it was reported"
        return f"Today SPF lets {ip} send for {where}{was}."
    if result is Standing.UNKNOWN:
        return f"Whether SPF lets {ip} send for {where} could not be learned: {found.why}."
    if result is Standing.NONE:
        return f"{where} has no SPF record today: publish one that names {ip}."
    if result is Standing.PERMERROR:
        return f"The SPF record of {where} is broken today: {found.why} (RFC 7208 §2.6.7)."
    return f"Today SPF of {where} gives {result} for {ip}: the record does not let it send."
