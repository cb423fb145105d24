"""Finding one's way in a record tree, and mending the record that a fault is in."""

from collections.abc import Iterator

from mailworthy.audit.evidence import Sending
from mailworthy.audit.finding import Remedy
from mailworthy.audit.rules.spf._repair import ended
from mailworthy.audit.rules.spf._shared import Spf, amended, path_of, replaced, shown
from mailworthy.audit.rules.spf._text import is_all, record, spans, swapped, words
from mailworthy.spf.model import Mechanism, Qualifier
from mailworthy.spf.treemodel import ErrorKind, Node, Skipped, SpfTree, State, TreeError


def nodes_of(tree: SpfTree) -> list[tuple[int, str, Node]]:
    """The terms of a usable record: place in the text, text as written, node."""
    places = spans(tree.text or "")
    pairs = zip(places, tree.nodes, strict=False)  # a very long record is walked in part
    return [(start, word, node) for (start, _, word), node in pairs]


def errors(tree: SpfTree, kind: ErrorKind) -> list[TreeError]:
    """The faults of one kind below the top, one a name."""
    found: dict[str, TreeError] = {}
    for error in tree.errors:
        if error.kind is kind and error.path:
            found.setdefault(error.name, error)
    return list(found.values())


def holder(tree: SpfTree, path: tuple[str, ...]) -> tuple[SpfTree, int, Node]:
    """The record that holds the last term of a path, with that term's place and node."""
    for text in path[:-1]:
        tree = next(n.child for n in tree.nodes if n.text == text and n.child)
    found = nodes_of(tree)
    # Of several that read alike the last is the one that is too much.
    return next((tree, start, node) for start, _, node in reversed(found) if node.text == path[-1])


def where(tree: SpfTree, error: TreeError) -> str:
    """The term at fault, for a sentence: where it stands, and how one gets there."""
    at, _, node = holder(tree, error.path)
    way = "" if at is tree else f", reached by {path_of(error)},"
    return f"{shown(node.text)} in the SPF record of {shown(at.domain)}{way}"


def without_term(
    spf: Spf, domain: str, tree: SpfTree, error: TreeError, sending: Sending
) -> Remedy:
    """The remedy that takes the last term of the path out of the record that holds it."""
    at, start, node = holder(tree, error.path)
    rest = swapped(at.text or "", {start: ""})
    if at is tree:
        return replaced(spf, at.text or "", ended(rest, sending))
    wish = (
        f"The SPF record of {shown(at.domain)} cannot be evaluated, because of the term "
        f"{shown(node.text)}; mail of all who include it fails. Please take the term away."
    )
    return amended(domain, at, terminated(rest), wish, note=until_then(error.path, domain))


def until_then(path: tuple[str, ...], domain: str) -> str:
    """What the owner of the top record can do alone."""
    return f"Until then, take {shown(path[0])} out of the SPF record of {shown(domain)}."


def terminated(text: str) -> str:
    """The record with `~all` at its end if it has no end."""
    terms = words(text)
    has_end = any(is_all(w) or w.lower().startswith("redirect=") for w in terms)
    return record(terms if has_end else [*terms, "~all"])


def is_pass(node: Node) -> bool:
    """Whether a match of the term lets a host pass; redirect= hands over, which is as good."""
    if node.skipped is Skipped.IGNORED:
        return False
    return not isinstance(node.term, Mechanism) or node.term.qualifier is Qualifier.PASS


def below(tree: SpfTree, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], SpfTree]]:
    """The records below the top under which hosts can pass, with the way to each."""
    for node in tree.nodes:
        if node.child and is_pass(node) and node.child.state is State.RECORD:
            way = (*path, node.text)
            yield way, node.child
            yield from below(node.child, way)


def redirected(tree: SpfTree) -> SpfTree | None:
    """The record in which evaluation ends, if this one hands over to it."""
    for node in tree.nodes:
        if not isinstance(node.term, Mechanism) and node.child and node.skipped is None:
            return redirected(node.child) or node.child
    return None
