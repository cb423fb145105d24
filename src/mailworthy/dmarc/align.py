"""Identifier Alignment: who of those authenticated is the author? (RFC 9989 §4.10.2)."""

from collections.abc import Sequence
from enum import StrEnum

import msgspec

from mailworthy.dmarc.discover import Unknown, Walk, organizational_domain, walk
from mailworthy.dmarc.record import Alignment
from mailworthy.lookup.drive import gather
from mailworthy.lookup.model import Asking
from mailworthy.names import is_within, labels, normalize

MAX_WALKS = 10  # identifiers below one organization that are walked for one author


class Method(StrEnum):
    """The Authentication Mechanisms of DMARC (RFC 9989 §4.3)."""

    SPF = "spf"  # the MAIL FROM identity, never HELO (§4.4.2)
    DKIM = "dkim"


class Identifier(msgspec.Struct, frozen=True):
    """What one mechanism found: `result` is its word of RFC 8601 §2.7, such as "pass".

    `domain` is the domain of the MAIL FROM identity, or d= of one signature.
    """

    method: Method
    domain: str
    result: str
    selector: str = ""

    @property
    def authenticated(self) -> bool:
        """Whether this is an Authenticated Identifier (RFC 9989 §3.2.1)."""
        return self.result == "pass"

    @property
    def undecided(self) -> bool:
        """Whether a later attempt might authenticate it."""
        return self.result == "temperror"


class Check(msgspec.Struct, frozen=True):
    """One identifier beside the Author Domain.

    `aligned` is None where it was not learned: `unknown` names the look-up that failed, and
    `over_limit` says that too many others came first. Identifiers that are neither
    authenticated nor undecided are not compared, and `aligned` is False. `organization` is
    given where the identifier's own walk was needed.
    """

    identifier: Identifier
    aligned: bool | None
    organization: str | None = None
    unknown: Unknown | None = None
    over_limit: bool = False


class Modes(msgspec.Struct, frozen=True):
    """The alignment that a record asks for: aspf= and adkim=."""

    spf: Alignment = Alignment.RELAXED
    dkim: Alignment = Alignment.RELAXED

    def strict(self, method: Method) -> bool:
        """Whether only identical names align."""
        return (self.spf if method is Method.SPF else self.dkim) is Alignment.STRICT


def align(author: Walk, identifiers: Sequence[Identifier], modes: Modes) -> Asking[list[Check]]:
    """Compare every identifier with the Author Domain that `author` is the walk of.

    Each identifier that is neither identical nor a stranger gets a walk of its own, all in one
    round: the author's Organizational Domain says nothing about boundaries below it
    (RFC 9989 §4.10.2). Identifiers in the order given; never raises.
    """
    organization = organizational_domain(author)
    checks = [_without_walk(author, organization, i, modes) for i in identifiers]
    wanted = {normalize(i.domain): None for i, c in zip(identifiers, checks, strict=True) if not c}
    names = list(wanted)[:MAX_WALKS]
    walks = yield from gather([walk(name) for name in names])
    known = dict(zip(names, walks, strict=True))
    return [
        check or _with_walk(organization, i, known.get(normalize(i.domain)))
        for i, check in zip(identifiers, checks, strict=True)
    ]


def _without_walk(
    author: Walk, organization: str | None, identifier: Identifier, modes: Modes
) -> Check | None:
    """What needs no look-up; None where the identifier has to be walked."""
    if not (identifier.authenticated or identifier.undecided):
        return Check(identifier, False)
    domain = normalize(identifier.domain)
    if domain == author.start:
        return Check(identifier, True)
    if modes.strict(identifier.method) or _stranger(author, organization, domain):
        return Check(identifier, False)
    if organization is None:
        return Check(identifier, None, unknown=author.unknown)
    return None


def _stranger(author: Walk, organization: str | None, domain: str) -> bool:
    """Whether the two cannot have one Organizational Domain, which is above both or either."""
    if organization is not None:
        return not is_within(domain, organization)
    return labels(domain)[-1:] != labels(author.start)[-1:]


def _with_walk(organization: str | None, identifier: Identifier, walked: Walk | None) -> Check:
    if walked is None:
        return Check(identifier, None, over_limit=True)
    own = organizational_domain(walked)
    if own is None:
        return Check(identifier, None, unknown=walked.unknown)
    return Check(identifier, own == organization, own)
