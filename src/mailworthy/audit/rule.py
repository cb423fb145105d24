"""What a rule is, and how rules are found.

A rule is one file, `rules/<family>/<problem>.py`: a docstring that is its page, and a function
under `@rule`. The parameters of the function are its needs. With `over`, the first one is the
subject (a host, an address, …); every other name is looked up on the subject, then on Evidence.
"""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

import msgspec

from mailworthy.audit.case import Case
from mailworthy.audit.finding import Found, Severity
from mailworthy.errors import UsageError

SUBJECTS = (
    "hosts",
    "addresses",
    "selectors",
    "destinations",
    "services",
    "nameservers",
    "bystanders",
    "wanted",
)

Check = Callable[..., Iterator[Found]]


class Meta(msgspec.Struct, frozen=True):
    """What the decorator is told; `checkpoint` is the dot that the rule's findings turn red."""

    severity: Severity
    references: tuple[str, ...]
    bad: Case
    good: Case
    over: str | None = None


class Rule(msgspec.Struct, frozen=True):
    """A rule, ready to run."""

    id: str
    family: str
    meta: Meta
    doc: str
    needs: tuple[str, ...]
    check: Check

    @property
    def title(self) -> str:
        """The first line of the docstring."""
        return self.doc.strip().splitlines()[0]


class UnknownRule(UsageError):
    """No rule has this id."""


def rule(
    *,
    severity: Severity,
    references: tuple[str, ...],
    bad: Case,
    good: Case,
    over: str | None = None,
) -> Callable[[Check], Check]:
    """Mark the one function of a rule file; `over` names the subjects it is called for."""
    if over is not None and over not in SUBJECTS:
        raise UsageError(f"no such subjects: {over}")

    def mark(check: Check) -> Check:
        check.__dict__["meta"] = Meta(severity, references, bad, good, over)
        return check

    return mark


@lru_cache(maxsize=4)
def load(package: str = "mailworthy.audit.rules") -> tuple[Rule, ...]:
    """Every rule of a package of families, sorted by id."""
    root = importlib.import_module(package)
    found = []
    for module in pkgutil.walk_packages(root.__path__, package + "."):
        if module.ispkg or module.name.rpartition(".")[2].startswith("_"):
            continue
        found.append(_from_module(importlib.import_module(module.name)))
    return tuple(sorted(found, key=lambda r: r.id))


def find(rule_id: str) -> Rule:
    """The rule with this id; raises UnknownRule with near matches."""
    rules = {r.id: r for r in load()}
    if rule_id in rules:
        return rules[rule_id]
    import difflib

    near = difflib.get_close_matches(rule_id, rules, n=3, cutoff=0.5)
    hint = f"; did you mean {', '.join(near)}?" if near else ""
    raise UnknownRule(f"there is no rule {rule_id!r}{hint}")


def _from_module(module: Any) -> Rule:
    family, problem = module.__name__.rsplit(".", 2)[1:]
    (check,) = (f for f in vars(module).values() if hasattr(f, "__dict__") and "meta" in vars(f))
    meta: Meta = check.meta
    return Rule(
        id=f"{family}-{problem}".replace("_", "-"),
        family=family,
        meta=meta,
        doc=inspect.cleandoc(module.__doc__ or ""),
        needs=tuple(inspect.signature(check).parameters),
        check=check,
    )
