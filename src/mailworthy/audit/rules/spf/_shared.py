"""What the rules about SPF records share: findings, their evidence, and their worlds."""

from collections.abc import Iterable
from typing import Any

from mailworthy.audit.case import Case
from mailworthy.audit.evidence import Published, Read
from mailworthy.audit.finding import (
    AskOther,
    Blank,
    Found,
    Remedy,
    Shown,
    Step,
    cite,
    dig,
    publish,
    withdraw,
)
from mailworthy.audit.healthy import healthy
from mailworthy.audit.rules._steps import edit
from mailworthy.audit.rules.spf._repair import Repair
from mailworthy.audit.rules.spf._text import Span, spans
from mailworthy.lookup.model import Answer, Question
from mailworthy.names import is_within, printable
from mailworthy.parsed import Problem, caret
from mailworthy.rdata.text import quote
from mailworthy.spf.model import SpfRecord, Term
from mailworthy.spf.show import render_tree
from mailworthy.spf.treemodel import SpfTree, TreeError

Spf = Published[SpfRecord]
BASE = "ip4:192.0.2.25 ip6:2001:db8::25"
MAX_SHOWN = 4
_WINDOW = 60  # characters of a record on each side of a caret
_TREE_LINES = 40


def line(text: str, name: str = "example.com") -> str:
    """A TXT record as a line of zone text."""
    return f"{name}. TXT {quote(text)}"


def world(text: str | None, *add: str, **more: Any) -> Case:
    """The healthy world with this SPF record in place of its own, and more lines."""
    own = () if text is None else (line(text),)
    drop = ("example.com. TXT", *more.pop("drop", ()))
    return healthy(drop=drop, add=(*own, *add), **more)


def shown(text: str) -> str:
    """A term or a name for a sentence."""
    return printable(text, 100)


def path_of(error: TreeError) -> str:
    """The terms that lead to a fault."""
    return " › ".join(map(shown, error.path))


def pointed(answer: Answer, text: str, problems: Iterable[Problem]) -> tuple[Shown, ...]:
    """The record with carets under each problem, as evidence."""
    found = list(problems)[:MAX_SHOWN]
    return tuple(Shown(dig(answer.ask), caret(*_window(text, p))) for p in found)


def _window(text: str, problem: Problem) -> tuple[str, Problem]:
    """The part of a long record that a problem lies in."""
    first = max(0, problem.start - _WINDOW)
    last = min(len(text), problem.start + _WINDOW)
    start, end = problem.start - first, min(problem.end, last) - first
    return text[first:last], Problem(problem.code, problem.message, start, end)


def of_tree(tree: SpfTree) -> Shown:
    """The record tree and what it costs, as evidence."""
    lines = render_tree(tree)
    more = ["…"] if len(lines) > _TREE_LINES else []
    return Shown(dig(Question(tree.domain, "TXT")), "\n".join([*lines[:_TREE_LINES], *more]))


def own(spf: Spf) -> Read[SpfRecord] | None:
    """The only record of the domain, if it obeys the grammar."""
    return spf.only if spf.record is not None else None


def noted(spf: Spf, *codes: str) -> tuple[str, list[Problem]]:
    """The text of a usable record, and those of its problems that have one of these codes."""
    read = own(spf)
    if read is None:
        return "", []
    return read.text, [p for p in read.parsed.problems if p.code in codes]


def placed(spf: Spf) -> list[tuple[Span, Term]]:
    """The terms of a usable record, with their places in the text."""
    read = own(spf)
    if read is None or read.parsed.record is None:
        return []
    return list(zip(spans(read.text), read.parsed.record.terms, strict=True))


def replaced(spf: Spf, old: str, new: str | Repair, note: str = "") -> Remedy:
    """The remedy that puts another record in the place of the domain's own."""
    repair = new if isinstance(new, Repair) else Repair(new)
    return Remedy(edit(spf.answer, old, repair.text), note, repair.blanks)


def said(
    spf: Spf, about: tuple[str, list[Problem]], message: str, new: str | Repair, note: str = ""
) -> Found:
    """A finding about the text of the domain's record and some of its problems."""
    text, problems = about
    return Found(
        subject=spf.name,
        message=f"the SPF record of {shown(spf.name)} {message}",
        evidence=pointed(spf.answer, text, problems) or (cite(spf.answer, text),),
        remedy=replaced(spf, text, new, note),
    )


def amended(
    domain: str,
    tree: SpfTree,
    new: str,
    wish: str,
    *,
    blanks: tuple[Blank, ...] = (),
    note: str = "",
) -> Remedy:
    """The remedy that puts another record where a tree has its own.

    Outside of `domain` it is for somebody else to do: `wish` says what, in a sentence, and
    `note` what can be done until then.
    """
    answer = tree.answer
    owner = answer.chain[-1] if answer and answer.chain else tree.domain
    changes = (
        *(withdraw(owner, "TXT", text) for text in tree.texts if text != new),
        *(() if new in tree.texts else (publish(owner, "TXT", new),)),
    )
    if is_within(owner, domain):
        return Remedy(changes, blanks=blanks)
    what = f"{wish} It should read: {printable(new, 1000)}"
    steps: tuple[Step, ...] = (AskOther(f"whoever runs {shown(owner)}", what, changes),)
    return Remedy(steps, note, blanks)
