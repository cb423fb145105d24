"""What a rule is, and how rules are found.

A rule is one file, `rules/<family>/<problem>.py`: a docstring that is its page, and a function
under `@rule`. The parameters of the function are its needs. With `over`, the first one is the
subject (a host, an address, …); every other name is looked up on the subject, then on Evidence.
"""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

import msgspec

from mailworthy.audit.case import Case
from mailworthy.audit.finding import Found, Severity
from mailworthy.errors import UsageError
from mailworthy.names import printable

SUBJECTS = (
    "hosts",
    "addresses",
    "selectors",
    "destinations",
    "services",
    "nameservers",
    "bystanders",
    "wanted",
    "postfixes",
    "rspamds",
    "files",
    "served",
    "signing_keys",
    "departures",
    "outlets",
    "conversations",
    "submissions",
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
    """The rule with this id, whatever its case; raises UnknownRule with near matches."""
    rules = {r.id: r for r in load()}
    typed = rule_id.strip().lower().replace("_", "-")
    if typed in rules:
        return rules[typed]
    near = _near(typed, list(rules))
    hint = f"; did you mean {', '.join(near)}?" if near else "; mailworthy explain lists all"
    raise UnknownRule(f"there is no rule {printable(rule_id, 80)}{hint}")


def _near(typed: str, ids: list[str]) -> list[str]:
    """Ids that begin alike first, then those that hold every word, then those spelt alike."""
    words = typed.split("-")
    begun = [i for i in ids if i.startswith(typed)]
    holding = [i for i in ids if all(word in i for word in words)]
    alike = get_close_matches(typed, ids, n=3, cutoff=0.5)
    return list(dict.fromkeys([*begun, *holding, *alike]))[:4]


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
