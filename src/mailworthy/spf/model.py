"""The values of an SPF record (RFC 7208 §4.5-§6)."""

from enum import StrEnum
from typing import TypeAlias

import msgspec

from mailworthy.spf.macro import DomainSpec


class Result(StrEnum):
    """What check_host() returns (RFC 7208 §2.6)."""

    NONE = "none"
    NEUTRAL = "neutral"
    PASS = "pass"
    FAIL = "fail"
    SOFTFAIL = "softfail"
    TEMPERROR = "temperror"
    PERMERROR = "permerror"


class Qualifier(StrEnum):
    """What a mechanism's match means (RFC 7208 §4.6.2)."""

    PASS = "+"
    FAIL = "-"
    SOFTFAIL = "~"
    NEUTRAL = "?"

    @property
    def result(self) -> Result:
        """The result of check_host() when a mechanism with this qualifier matches."""
        return Result[self.name]


class Kind(StrEnum):
    """The mechanisms (RFC 7208 §5)."""

    ALL = "all"
    INCLUDE = "include"
    A = "a"
    MX = "mx"
    PTR = "ptr"
    IP4 = "ip4"
    IP6 = "ip6"
    EXISTS = "exists"


LOOKING_UP = frozenset({Kind.INCLUDE, Kind.A, Kind.MX, Kind.PTR, Kind.EXISTS})


class Mechanism(msgspec.Struct, frozen=True, tag="mechanism"):
    """One directive.

    `domain` is None where the record gives none. A prefix is None where it is omitted (then it
    means /32 and /128). `network` is the address of ip4 and ip6 in canonical text.
    """

    kind: Kind
    qualifier: Qualifier = Qualifier.PASS
    domain: DomainSpec | None = None
    prefix4: int | None = None
    prefix6: int | None = None
    network: str | None = None


class Modifier(msgspec.Struct, frozen=True, tag="modifier"):
    """One `name=value`; `domain` is set for redirect and exp. `name` is in lower case."""

    name: str
    value: str
    domain: DomainSpec | None = None


Term: TypeAlias = Mechanism | Modifier


class SpfRecord(msgspec.Struct, frozen=True):
    """A record without syntax errors; its terms in the order of the text."""

    terms: tuple[Term, ...] = ()

    @property
    def mechanisms(self) -> tuple[Mechanism, ...]:
        """The directives, in order."""
        return tuple(t for t in self.terms if isinstance(t, Mechanism))

    @property
    def modifiers(self) -> tuple[Modifier, ...]:
        """The modifiers, known and unknown, in order."""
        return tuple(t for t in self.terms if isinstance(t, Modifier))

    @property
    def all(self) -> Mechanism | None:
        """The first `all`: nothing behind it is ever evaluated (RFC 7208 §5.1)."""
        return next((m for m in self.mechanisms if m.kind is Kind.ALL), None)

    @property
    def redirect(self) -> DomainSpec | None:
        """Where `redirect=` points, also where an `all` makes it void (RFC 7208 §6.1)."""
        return self._domain_of("redirect")

    @property
    def exp(self) -> DomainSpec | None:
        """Where the explanation is published (RFC 7208 §6.2)."""
        return self._domain_of("exp")

    def _domain_of(self, name: str) -> DomainSpec | None:
        return next((m.domain for m in self.modifiers if m.name == name), None)


class Limits(msgspec.Struct, frozen=True):
    """The processing limits of RFC 7208 §4.6.4 and our own bounds for walking a tree."""

    lookups: int = 10
    voids: int = 2
    mx_names: int = 10
    descend: int = 30  # stop asking after so many terms that cost a lookup
    depth: int = 12
    terms: int = 1000  # of one record; 450 octets (§3.4) hold far fewer
    octets: int = 65535  # of all records of one evaluation: no single one can have more


LIMITS = Limits()
