"""The engine that walks a whole SPF record tree and counts what it costs."""

from collections.abc import Iterable
from typing import TypeVar

import msgspec

from mailworthy.lookup.drive import gather, together
from mailworthy.lookup.model import Answer, Asking, Question, Status, ask
from mailworthy.names import labels, normalize, too_long
from mailworthy.parsed import Parsed
from mailworthy.spf.macro import Context, DomainSpec, expand
from mailworthy.spf.model import LIMITS, LOOKING_UP, Kind, Limits, Mechanism, SpfRecord, Term
from mailworthy.spf.record import is_spf, parse, render_term
from mailworthy.spf.resolve import Resolved, resolve
from mailworthy.spf.treemodel import (
    ErrorKind,
    Missing,
    Node,
    Skipped,
    SpfTree,
    State,
    TreeError,
)

T = TypeVar("T")
STATIC = frozenset({"d", "o"})  # macros that are known without a message

# The states of a target's tree that make the term which leads there a permerror.
_CHILD_ERRORS = {State.SEVERAL: ErrorKind.SEVERAL_RECORDS, State.SYNTAX: ErrorKind.SYNTAX}
_OWN_ERRORS = {Skipped.LOOP: ErrorKind.LOOP, Skipped.BAD_NAME: ErrorKind.BAD_NAME}


class _Draft(msgspec.Struct):
    """A Node in the making."""

    term: Term
    target: str | None = None
    lookups: int = 0
    skipped: Skipped | None = None
    resolved: Resolved = Resolved()
    page: "_Page | None" = None


class _Page(msgspec.Struct):
    """An SpfTree in the making; `above` are the domains on the way to it."""

    domain: str
    above: tuple[str, ...] = ()
    state: State = State.NONE
    parsed: Parsed[SpfRecord] | None = None
    texts: tuple[str, ...] = ()
    drafts: list[_Draft] = []
    answer: Answer | None = None
    truncated: bool = False


class _Walk(msgspec.Struct):
    root: str
    limits: Limits
    lookups: int = 0


def cost(domain: str, *, text: str | None = None, limits: Limits = LIMITS) -> Asking[SpfTree]:
    """The tree of SPF records at `domain`, with the look-ups of every term (RFC 7208 §4.6.4).

    `text` takes the place of the record that is published at `domain`. Every total is the worst
    case, for a client that matches nothing: a real evaluation ends with the first match. The
    walk stops asking after `limits.descend` terms with look-ups and at `limits.depth`, and
    marks what it left out TRUNCATED. Levels of the tree are read one by one, each at once.
    """
    walk = _Walk(normalize(domain), limits)
    root = _Page(walk.root)
    if text is not None:
        _found(root, (text,))
    elif _askable(root.domain):
        yield from _read([root])
    yield from _open([root], walk)
    return _frozen(root, (), set())


def _askable(domain: str) -> bool:
    """Whether check_host() gets to ask for a record there (§4.3)."""
    return len(labels(domain)) > 1 and not too_long(domain)


# --- reading, level by level -----------------------------------------------------------------


def _read(pages: list[_Page]) -> Asking[None]:
    answers = yield from ask(*(Question(page.domain, "TXT") for page in pages))
    for page, answer in zip(pages, answers, strict=True):
        page.answer = answer
        if answer.status is Status.FAILED:
            page.state = State.FAILED
        else:
            _found(page, tuple(t for t in answer.records if is_spf(t)))


def _found(page: _Page, texts: tuple[str, ...]) -> None:
    page.texts = texts
    if len(texts) > 1:
        page.state = State.SEVERAL
    elif texts:
        page.parsed = parse(texts[0])
        page.state = State.RECORD if page.parsed.record else State.SYNTAX


def _open(pages: list[_Page], walk: _Walk) -> Asking[None]:
    """Resolves what stands on these pages, and side by side walks the level below.

    Only the walk decides what is asked, and it goes level by level: what falls to the bounds
    must not depend on which answer came first.
    """
    for page in pages:
        _draft(page, walk)
    drafts = [draft for page in pages for draft in page.drafts]
    below = [draft.page for draft in drafts if draft.page]
    yield from together(_resolve(drafts, walk.limits), _descend(below, walk))


def _descend(pages: list[_Page], walk: _Walk) -> Asking[None]:
    if pages:
        yield from _read(pages)
        yield from _open(pages, walk)


def _resolve(drafts: list[_Draft], limits: Limits) -> Asking[None]:
    results = yield from gather([_resolve_one(draft, limits) for draft in drafts])
    for draft, resolved in zip(drafts, results, strict=True):
        draft.resolved = resolved


def _resolve_one(draft: _Draft, limits: Limits) -> Asking[Resolved]:
    if draft.skipped or not isinstance(draft.term, Mechanism):
        return Resolved()
    return (yield from resolve(draft.term, draft.target or "", limits))


def _draft(page: _Page, walk: _Walk) -> None:
    record = page.parsed.record if page.parsed else None
    if record is None:
        return
    terms = record.terms[: walk.limits.terms]
    page.truncated = len(terms) < len(record.terms)
    ended, has_all = False, record.all is not None
    page.drafts = []
    for term in terms:
        ignored = ended if isinstance(term, Mechanism) else has_all and term.name == "redirect"
        page.drafts.append(_Draft(term, skipped=Skipped.IGNORED) if ignored else _Draft(term))
        if not ignored and _looks_up(term):
            _aim(page.drafts[-1], page, walk)
        ended = ended or (isinstance(term, Mechanism) and term.kind is Kind.ALL)


def _looks_up(term: Term) -> bool:
    """The terms of §4.6.4; `exp` is none of them."""
    return term.kind in LOOKING_UP if isinstance(term, Mechanism) else term.name == "redirect"


def _aim(draft: _Draft, page: _Page, walk: _Walk) -> None:
    """Where the term points, and whether it can be followed there."""
    draft.lookups = 1
    walk.lookups += 1
    draft.target = _target(draft.term.domain, page, walk)
    follows = not isinstance(draft.term, Mechanism) or draft.term.kind is Kind.INCLUDE
    is_ptr = isinstance(draft.term, Mechanism) and draft.term.kind is Kind.PTR
    above = (*page.above, page.domain)
    if draft.target is None or is_ptr:
        draft.skipped = Skipped.DYNAMIC
    elif too_long(draft.target) or (follows and not _askable(draft.target)):
        draft.skipped = Skipped.BAD_NAME
    elif follows and draft.target in above:
        draft.skipped = Skipped.LOOP
    elif walk.lookups > walk.limits.descend or (follows and len(above) >= walk.limits.depth):
        draft.skipped = Skipped.TRUNCATED
    elif follows:
        draft.page = _Page(draft.target, above)


def _target(spec: DomainSpec | None, page: _Page, walk: _Walk) -> str | None:
    if spec is None:
        return page.domain
    if not spec.letters <= STATIC:
        return None
    return expand(spec, Context("", page.domain, f"postmaster@{walk.root}"))


# --- freezing --------------------------------------------------------------------------------


def _frozen(page: _Page, path: tuple[str, ...], seen: set[str] | None) -> SpfTree:
    """`seen` collects the domains that were included, and is None inside a repetition."""
    nodes: list[Node] = []
    errors = list(_page_errors(page)) if not path else []
    for draft in page.drafts:
        node = _node(draft, path, seen)
        errors.extend(_errors(draft, node, path, seen))
        if seen is not None and _is_include(draft) and node.target:
            seen.add(node.target)
        nodes.append(node)
    children = [node.child for node in nodes if node.child]
    parts: list[Node | SpfTree] = [*nodes, *children]
    return SpfTree(
        page.domain,
        page.state,
        text=page.texts[0] if len(page.texts) == 1 else None,
        parsed=page.parsed,
        texts=page.texts,
        nodes=tuple(nodes),
        lookups=sum(p.lookups for p in parts),
        voids4=sum(p.voids4 for p in parts),
        voids6=sum(p.voids6 for p in parts),
        empty4=sum(p.empty4 for p in parts),
        empty6=sum(p.empty6 for p in parts),
        errors=tuple(errors),
        unknown=_once((*_own_missing(page), *(m for p in parts for m in p.unknown))),
        truncated=page.truncated
        or any(n.skipped is Skipped.TRUNCATED for n in nodes)
        or any(c.truncated for c in children),
        cut=page.truncated,
        answer=page.answer,
    )


def _own_missing(page: _Page) -> tuple[Missing, ...]:
    failed = page.state is State.FAILED
    return (Missing(page.domain, page.answer.why),) if failed and page.answer else ()


def _once(items: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(items))


def _is_include(draft: _Draft) -> bool:
    return isinstance(draft.term, Mechanism) and draft.term.kind is Kind.INCLUDE


def _node(draft: _Draft, path: tuple[str, ...], seen: set[str] | None) -> Node:
    text = render_term(draft.term)
    repeated = seen is None or (_is_include(draft) and draft.target in seen)
    below = None if repeated else seen
    child = _frozen(draft.page, (*path, text), below) if draft.page else None
    found = draft.resolved
    # An empty answer to the TXT question of include and redirect is one for both families.
    empty = int(bool(child and child.answer and child.answer.status in _EMPTY))
    empty4, empty6 = found.empty4 + empty, found.empty6 + empty
    return Node(
        draft.term,
        text,
        draft.target,
        draft.lookups,
        voids4=int(empty4 > 0),
        voids6=int(empty6 > 0),
        empty4=empty4,
        empty6=empty6,
        mx=found.mx,
        addresses=found.addresses,
        child=child,
        skipped=draft.skipped,
        unknown=found.unknown,
        answers=found.answers,
    )


_EMPTY = frozenset({Status.EMPTY, Status.ABSENT})


def _page_errors(page: _Page) -> Iterable[TreeError]:
    """What is wrong at the top itself; below, it is the fault of the term that leads there."""
    if page.state in _CHILD_ERRORS:
        yield TreeError(_CHILD_ERRORS[page.state], (), page.domain, page.parsed)


def _errors(
    draft: _Draft, node: Node, path: tuple[str, ...], seen: set[str] | None
) -> Iterable[TreeError]:
    path, name, child = (*path, node.text), node.target or "", node.child
    if draft.skipped in _OWN_ERRORS:
        yield TreeError(_OWN_ERRORS[draft.skipped], path, name)
    if draft.resolved.over_limit:
        yield TreeError(ErrorKind.MX_OVER_LIMIT, path, name)
    if seen is not None and _is_include(draft) and name in seen and child:
        yield TreeError(ErrorKind.DUPLICATE_INCLUDE, path, name)
    if child is None:
        return
    if child.state in _CHILD_ERRORS:
        yield TreeError(_CHILD_ERRORS[child.state], path, name, child.parsed)
    elif child.state is State.NONE:
        kinds = ErrorKind.INCLUDE_WITHOUT_RECORD, ErrorKind.REDIRECT_WITHOUT_RECORD
        yield TreeError(kinds[0] if _is_include(draft) else kinds[1], path, name)
    yield from child.errors
