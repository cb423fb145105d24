"""One source beside what was expected: the questions that the rules ask of both."""

from enum import StrEnum
from functools import cached_property

import msgspec

from mailworthy.sources.expect import Approved, Expected, Word
from mailworthy.sources.facts import DkimCount, Facts, KeyKind, SpfCount
from mailworthy.sources.grouping import generic, service_of
from mailworthy.sources.match import by_selector
from mailworthy.sources.table import ReturnPath, Sender, load

FEW = 10  # one message in ten


class Holder(StrEnum):
    """Whose a key is that signed in one of our domains."""

    OWN = "own"  # the intent says so
    APPROVED = "approved"  # it belongs to a sender that the intent names
    SERVICE = "service"  # its selector is one that only one service has
    PRESUMED = "presumed"  # the intent names no keys, so it may be any of ours
    STRANGE = "strange"  # the intent names keys, but not this one


class View(msgspec.Struct, frozen=True, dict=True):
    """Facts, what was expected, and what follows from both. Only passes count as evidence."""

    facts: Facts
    expected: Expected

    @cached_property
    def sender(self) -> Sender | None:
        """The service of the table that the source is."""
        return load().get(service_of(self.facts.key) or "")

    @cached_property
    def approved(self) -> Approved | None:
        """What the intent says of that service."""
        return self.expected.approved_sender(self.sender) if self.sender else None

    @property
    def approved_aligns(self) -> bool:
        """Whether the service's mail for us would have our envelope without further ado."""
        return self.sender is not None and self.sender.return_path is ReturnPath.CUSTOMER

    @cached_property
    def relay(self) -> bool:
        """Whether the source is a service, but with mail that others signed."""
        return self.facts.key.kind is KeyKind.RELAY

    @cached_property
    def word(self) -> Word | None:
        """What the user said of the source."""
        return self.expected.words.get(str(self.facts.key))

    @cached_property
    def signed(self) -> tuple[DkimCount, ...]:
        """The signatures that pass."""
        return tuple(d for d in self.facts.dkim if d.result == "pass" and d.count > 0)

    @cached_property
    def keys(self) -> dict[Holder, tuple[DkimCount, ...]]:
        """The signatures that pass in a domain of ours, by whose key it is."""
        ours = [d for d in self.signed if self.aligned and self.expected.ours(d.domain)]
        return {h: tuple(d for d in ours if self._holder(d) is h) for h in Holder}

    def _holder(self, found: DkimCount) -> Holder:
        if self.expected.own_key(found.domain, found.selector):
            return Holder.OWN
        if self.expected.approved_key(found.domain, found.selector):
            return Holder.APPROVED
        if by_selector(found.selector):
            return Holder.SERVICE
        return Holder.STRANGE if self.expected.names_keys() else Holder.PRESUMED

    @property
    def aligned(self) -> int:
        """Messages with an aligned signature that passes."""
        return self.facts.both + self.facts.dkim_only

    @property
    def named(self) -> int:
        """Messages whose envelope is ours and passes SPF."""
        return self.facts.both + self.facts.spf_only

    @cached_property
    def foreign(self) -> tuple[SpfCount, ...]:
        """Envelopes of others that pass SPF."""
        return tuple(
            s
            for s in self.facts.spf
            if s.result == "pass" and s.count > 0 and s.domain and not self.expected.ours(s.domain)
        )

    @cached_property
    def strange_signers(self) -> tuple[str, ...]:
        """The domains of others that signed."""
        return tuple(
            dict.fromkeys(d.domain for d in self.signed if not self.expected.ours(d.domain))
        )

    @cached_property
    def unlisted(self) -> tuple[str, ...]:
        """The addresses that the intent does not let send."""
        return tuple(ip for ip in self.facts.addresses if not self.expected.allows(ip))

    @cached_property
    def hosts(self) -> tuple[str, ...]:
        """The hosts of the intent whose addresses these are."""
        found = (self.expected.host_at(ip) for ip in self.facts.addresses)
        return tuple(dict.fromkeys(name for name in found if name))

    @cached_property
    def refused(self) -> int:
        """Messages with our envelope for which SPF does not pass: the address may not use it."""
        wrong = ("fail", "softfail", "neutral")
        found = [s for s in self.facts.spf if s.result in wrong and self.expected.ours(s.domain)]
        return sum(s.count for s in found)

    @cached_property
    def anonymous(self) -> bool:
        """Whether the reverse name is known to be missing, or made from the address."""
        name = self.facts.reverse
        return name is not None and (
            not name or any(generic(name, ip) for ip in self.facts.addresses)
        )

    def weighty(self, count: int) -> bool:
        """Whether so many messages say something of the whole source."""
        return FEW * count >= self.facts.messages

    def reasons(self, *types: str) -> int:
        """Messages with a reason of one of these types."""
        return sum(r.count for r in self.facts.reasons if r.type in types)
