"""What walking a whole SPF record tree found (RFC 7208 §4.6.4, §5.2, §6.1)."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from mailworthy.lookup.model import Answer, Why
from mailworthy.parsed import Parsed
from mailworthy.spf.model import LIMITS, Limits, Mechanism, Modifier, SpfRecord


class State(StrEnum):
    """What stands at a domain."""

    RECORD = "record"  # one record without syntax errors
    NONE = "none"
    SEVERAL = "several"
    SYNTAX = "syntax"
    FAILED = "failed"  # the TXT look-up taught us nothing


class Skipped(StrEnum):
    """Why a term that looks something up was not followed."""

    DYNAMIC = "dynamic"  # its name depends on the message (macros, ptr)
    LOOP = "loop"
    BAD_NAME = "bad-name"  # no DNS name can have this form
    TRUNCATED = "truncated"  # our own bounds on the walk
    IGNORED = "ignored"  # behind `all`, or a redirect beside `all` (§5.1)


class ErrorKind(StrEnum):
    """What makes the evaluation, once it gets there, a permerror; the last is only a waste."""

    INCLUDE_WITHOUT_RECORD = "include-without-record"  # §5.2
    REDIRECT_WITHOUT_RECORD = "redirect-without-record"  # §6.1
    LOOP = "loop"
    SEVERAL_RECORDS = "several-records"  # §4.5
    SYNTAX = "syntax"  # §4.6
    MX_OVER_LIMIT = "mx-over-limit"  # §4.6.4
    BAD_NAME = "bad-name"  # §4.8 leaves the result open
    DUPLICATE_INCLUDE = "duplicate-include"


class TreeError(msgspec.Struct, frozen=True):
    """One fault: the terms that lead to it from the top, the name it is about, and for SYNTAX
    the problems of the record at that name."""

    kind: ErrorKind
    path: tuple[str, ...]
    name: str
    parsed: Parsed[SpfRecord] | None = None


class Missing(msgspec.Struct, frozen=True):
    """A look-up that taught us nothing, so that every total is a lower bound."""

    name: str
    why: Why | None


class Node(msgspec.Struct, frozen=True):
    """One term in the tree.

    `lookups` and the voids are what the term itself costs, without its child. `addresses` are
    the networks that it matches, in CIDR text: for exists and all "0.0.0.0/0" and "::/0" where
    they match everyone. `child` is the tree at the target of include and redirect.
    """

    term: Mechanism | Modifier
    text: str
    target: str | None = None
    lookups: int = 0
    voids4: int = 0
    voids6: int = 0
    empty4: int = 0
    empty6: int = 0
    mx: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    child: SpfTree | None = None
    skipped: Skipped | None = None
    unknown: tuple[Missing, ...] = ()
    answers: tuple[Answer, ...] = ()


class SpfTree(msgspec.Struct, frozen=True):
    """The record at a domain, what its terms cost, and the trees below.

    The totals are the worst case, for a client that matches nothing before the last term: real
    evaluations end at the first match. `voids4` and `voids6` count the *terms* with an empty
    answer for a client of that family, as §4.6.4 words it; `empty4` and `empty6` count the
    empty *answers*, as many receivers do (an `mx` may have several). `truncated` says that our
    bounds ended the walk, and then the totals, like those with `unknown`, are lower bounds.
    """

    domain: str
    state: State
    text: str | None = None
    parsed: Parsed[SpfRecord] | None = None
    texts: tuple[str, ...] = ()  # all that claim to be the record, where there are several
    nodes: tuple[Node, ...] = ()
    lookups: int = 0
    voids4: int = 0
    voids6: int = 0
    empty4: int = 0
    empty6: int = 0
    errors: tuple[TreeError, ...] = ()
    unknown: tuple[Missing, ...] = ()
    truncated: bool = False
    cut: bool = False  # this very record has more terms than were read
    answer: Answer | None = None

    @property
    def voids(self) -> int:
        """Terms with an empty answer, for the worse address family (§4.6.4)."""
        return max(self.voids4, self.voids6)

    @property
    def void_answers(self) -> int:
        """Empty answers, for the worse address family."""
        return max(self.empty4, self.empty6)

    @property
    def mx_over_limit(self) -> tuple[str, ...]:
        """The domains with more MX names than one `mx` may use (§4.6.4)."""
        return tuple(e.name for e in self.errors if e.kind is ErrorKind.MX_OVER_LIMIT)

    @property
    def answers(self) -> tuple[Answer, ...]:
        """Every answer that was used, depth first."""
        own = (self.answer,) if self.answer else ()
        below = (n.answers + (n.child.answers if n.child else ()) for n in self.nodes)
        return own + tuple(answer for part in below for answer in part)

    def over(self, limits: Limits = LIMITS) -> bool:
        """Whether some client gets permerror for the number of look-ups."""
        return self.lookups > limits.lookups or self.voids > limits.voids
