"""Whether an address would pass, read off a tree without asking anything (RFC 7208 §4.6)."""

from enum import StrEnum
from functools import lru_cache
from ipaddress import ip_network

import msgspec

from mailworthy.lookup.model import Status
from mailworthy.rdata.address import client as client_of
from mailworthy.spf.model import LIMITS, Kind, Limits, Mechanism
from mailworthy.spf.treemodel import Node, Skipped, SpfTree, State

ARROW = " › "


class Standing(StrEnum):
    """The result for one address, as far as it follows from the tree."""

    NONE = "none"
    NEUTRAL = "neutral"
    PASS = "pass"
    FAIL = "fail"
    SOFTFAIL = "softfail"
    PERMERROR = "permerror"
    UNKNOWN = "unknown"  # it depends on the message, or on a look-up that failed


class Authorisation(msgspec.Struct, frozen=True):
    """The standing of an address, the terms that decide it, and why in words.

    `possible` are all results that could be; more than one makes `result` UNKNOWN.
    """

    result: Standing
    by: str = ""
    why: str = ""
    possible: tuple[Standing, ...] = ()


class _Cause(msgspec.Struct, frozen=True):
    by: str
    why: str


_Outcomes = dict[Standing, _Cause]


def authorises(tree: SpfTree, ip: str, *, limits: Limits = LIMITS) -> Authorisation:
    """What check_host() would say of this client, in the order and with the limits of the RFC.

    A term that depends on the message may match or not, so both ways are followed; if they
    end alike, that is the result. Raises NotAnAddress if `ip` is no address.
    """
    four, number = _family(ip)
    evaluation = _Evaluation(four, number, limits)
    outcomes = evaluation.tree(tree, ())
    possible = tuple(outcomes)
    if len(possible) == 1:
        cause = outcomes[possible[0]]
        return Authorisation(possible[0], cause.by, cause.why, possible)
    cause = outcomes.get(Standing.UNKNOWN) or evaluation.fork or outcomes[possible[0]]
    return Authorisation(Standing.UNKNOWN, cause.by, cause.why, possible)


def _family(ip: str) -> tuple[bool, int]:
    """Whether it is IPv4, and its number; IPv4-mapped addresses are IPv4 (§5)."""
    client = client_of(ip)
    return client.version == 4, int(client)


class _Evaluation(msgspec.Struct):
    """One check_host() for one client.

    `fork` is the first term that may or may not match, `doubtful` counts those that may be void.
    """

    four: bool
    number: int
    limits: Limits
    lookups: int = 0
    voids: int = 0
    doubtful: int = 0
    fork: _Cause | None = None

    def tree(self, tree: SpfTree, path: tuple[str, ...]) -> _Outcomes:
        """Every result that the record of this tree can have."""
        if tree.state is not State.RECORD:
            standing, why = _STATES[tree.state]
            return {standing: _cause(path, f"{tree.domain} {why}")}
        outcomes: _Outcomes = {}
        live = [node for node in tree.nodes if node.skipped is not Skipped.IGNORED]
        for node in live:
            if isinstance(node.term, Mechanism) and self._mechanism(node, path, outcomes):
                return outcomes
        self._end(live, path, tree, outcomes)
        return outcomes

    def _end(
        self, live: list[Node], path: tuple[str, ...], tree: SpfTree, outcomes: _Outcomes
    ) -> None:
        """No mechanism matched: redirect, else neutral (§4.7)."""
        redirect = next((n for n in live if not isinstance(n.term, Mechanism) and n.lookups), None)
        if redirect is not None:
            self._redirect(redirect, (*path, redirect.text), outcomes)
        elif tree.cut:
            _add(outcomes, Standing.UNKNOWN, path, f"{tree.domain} has too many terms to read")
        else:
            _add(outcomes, Standing.NEUTRAL, path, f"no term of {tree.domain} matches (§4.7)")

    def _redirect(self, node: Node, path: tuple[str, ...], outcomes: _Outcomes) -> None:
        if self._over(node, path, outcomes) or self._unfollowed(node, path, outcomes):
            return
        if node.child is None:
            _add(outcomes, Standing.UNKNOWN, path, "the name depends on the message")
            return
        for standing, cause in self.tree(node.child, path).items():
            if standing is Standing.NONE:
                _add(outcomes, Standing.PERMERROR, path, f"{cause.why} (§6.1)")
            else:
                outcomes.setdefault(standing, cause)

    def _mechanism(self, node: Node, above: tuple[str, ...], outcomes: _Outcomes) -> bool:
        """Adds what this term can lead to; True if nothing behind it is evaluated."""
        path = (*above, node.text)
        if self._over(node, path, outcomes):
            return True
        if isinstance(node.term, Mechanism) and node.term.kind is Kind.INCLUDE:
            return self._include(node, node.term, path, outcomes)
        if len(node.mx) > self.limits.mx_names:
            why = f"{node.target} has more than {self.limits.mx_names} MX names (§4.6.4)"
            return _add(outcomes, Standing.PERMERROR, path, why)
        if any(_contains(cidr, self.four, self.number) for cidr in node.addresses):
            return _add(outcomes, _standing(node), path, "it matches")
        return self._unmatched(node, path, outcomes)

    def _unmatched(self, node: Node, path: tuple[str, ...], outcomes: _Outcomes) -> bool:
        if self._unfollowed(node, path, outcomes):
            return True
        if node.skipped is Skipped.DYNAMIC:
            self.doubtful += 1
            self._maybe(node, path, outcomes, "it depends on the message whether this matches")
        elif self._failed(node):
            self._maybe(node, path, outcomes, "a look-up failed, so this may match")
        self.voids += node.voids4 if self.four else node.voids6
        if self.voids > self.limits.voids:
            why = f"more than {self.limits.voids} look-ups find nothing (§4.6.4)"
            return self._limit(path, outcomes, why)
        if self.voids + self.doubtful > self.limits.voids:
            why = f"more than {self.limits.voids} look-ups may find nothing (§4.6.4)"
            _add(outcomes, Standing.PERMERROR, path, why)
        return False

    def _include(
        self, node: Node, term: Mechanism, path: tuple[str, ...], outcomes: _Outcomes
    ) -> bool:
        """The table of §5.2."""
        if self._unfollowed(node, path, outcomes):
            return True
        if node.child is None:
            self._maybe(node, path, outcomes, "the included name depends on the message")
            _add(outcomes, Standing.PERMERROR, path, "nothing may be published at that name")
            return False
        inner = self.tree(node.child, path)
        for standing, cause in inner.items():
            if standing is Standing.PASS:
                outcomes.setdefault(_standing(node), cause)
            elif standing is Standing.NONE:
                _add(outcomes, Standing.PERMERROR, path, f"{cause.why} (§5.2)")
            elif standing not in _NOT_MATCHING:
                outcomes.setdefault(standing, cause)
        return not _NOT_MATCHING & inner.keys()

    def _unfollowed(self, node: Node, path: tuple[str, ...], outcomes: _Outcomes) -> bool:
        """Terms that were not followed for a reason that decides the result."""
        if node.skipped is Skipped.LOOP:
            return _add(outcomes, Standing.PERMERROR, path, "the records lead in a circle")
        if node.skipped is Skipped.TRUNCATED:
            return _add(outcomes, Standing.UNKNOWN, path, "the record tree is too large to read")
        if node.skipped is not Skipped.BAD_NAME:
            return False
        why = "no DNS name can have this form"
        _add(outcomes, Standing.PERMERROR, path, why)
        # For include and redirect that is sure (§5.2, §6.1); else receivers differ (§4.8).
        self.fork = self.fork or _cause(path, why)
        return not isinstance(node.term, Mechanism) or node.term.kind is Kind.INCLUDE

    def _over(self, node: Node, path: tuple[str, ...], outcomes: _Outcomes) -> bool:
        self.lookups += node.lookups
        if self.lookups <= self.limits.lookups:
            return False
        why = f"more than {self.limits.lookups} look-ups are needed (§4.6.4)"
        return self._limit(path, outcomes, why)

    def _limit(self, path: tuple[str, ...], outcomes: _Outcomes, why: str) -> bool:
        """Behind a fork the count is that of the longer way, so the limit is only possible."""
        if self.fork:
            _add(outcomes, Standing.UNKNOWN, path, why)
        return _add(outcomes, Standing.PERMERROR, path, why)

    def _maybe(self, node: Node, path: tuple[str, ...], outcomes: _Outcomes, why: str) -> None:
        self.fork = self.fork or _cause(path, why)
        _add(outcomes, _standing(node), path, why)

    def _failed(self, node: Node) -> bool:
        """Whether an answer that this client's family needs is missing."""
        other = "AAAA" if self.four else "A"
        is_exists = isinstance(node.term, Mechanism) and node.term.kind is Kind.EXISTS
        return any(
            a.status is Status.FAILED and (is_exists or a.ask.type != other) for a in node.answers
        )


_NOT_MATCHING = {Standing.FAIL, Standing.SOFTFAIL, Standing.NEUTRAL}
_STATES = {
    State.NONE: (Standing.NONE, "has no SPF record"),
    State.SEVERAL: (Standing.PERMERROR, "has several SPF records (§4.5)"),
    State.SYNTAX: (Standing.PERMERROR, "has an SPF record with a syntax error (§4.6)"),
    State.FAILED: (Standing.UNKNOWN, "could not be looked up"),
}


def _standing(node: Node) -> Standing:
    """What a match of this mechanism means."""
    assert isinstance(node.term, Mechanism)
    return Standing(node.term.qualifier.result.value)


def _cause(path: tuple[str, ...], why: str) -> _Cause:
    return _Cause(ARROW.join(path), why)


def _add(outcomes: _Outcomes, standing: Standing, path: tuple[str, ...], why: str) -> bool:
    """Adds an outcome unless it is known already; always True, for `return _add(…)`."""
    outcomes.setdefault(standing, _cause(path, why))
    return True


def _contains(cidr: str, four: bool, number: int) -> bool:
    is_four, low, bits = _range(cidr)
    return is_four == four and number >> bits == low


@lru_cache(maxsize=4096)
def _range(cidr: str) -> tuple[bool, int, int]:
    """Family, prefix and the number of bits behind it."""
    network = ip_network(cidr)
    bits = network.max_prefixlen - network.prefixlen
    return network.version == 4, int(network.network_address) >> bits, bits
