"""Which elements belong where (RFC 9990 §3.1.1, the tables, and Appendix A)."""

from functools import lru_cache

import msgspec

from mailworthy.names import printable
from mailworthy.reports.aggregate.element import FOREIGN, NOWHERE, ORDINARY, Branch, tree

Found = tuple[tuple[str, str], ...]


class Model(msgspec.Struct, frozen=True):
    """The children of an element in order; after each name `?` or `*` where it is not required."""

    once: frozenset[str]
    rank: dict[str, int]
    required: tuple[str, ...]
    ordered: bool


def _model(text: str, *, ordered: bool = False) -> Model:
    words = text.split()
    names = [word.rstrip("?*") for word in words]
    once = frozenset(n for n, word in zip(names, words, strict=True) if not word.endswith("*"))
    required = tuple(word for word in words if word[-1] not in "?*")
    return Model(once, {name: i for i, name in enumerate(names)}, required, ordered)


MODELS = {
    "feedback": _model(
        "version? report_metadata policy_published extension? record*", ordered=True
    ),
    "report_metadata": _model(
        "org_name email extra_contact_info? report_id date_range error? generator?"
    ),
    "date_range": _model("begin end"),
    "policy_published": _model("domain discovery_method? p sp? np? fo? adkim? aspf? testing?"),
    "record": _model("row identifiers auth_results", ordered=True),
    "row": _model("source_ip count policy_evaluated"),
    "policy_evaluated": _model("disposition dkim spf reason*", ordered=True),
    "reason": _model("type comment?"),
    "identifiers": _model("header_from envelope_from? envelope_to?"),
    "auth_results": _model("dkim* spf?", ordered=True),
    "dkim": _model("domain selector result human_result?"),
    "spf": _model("domain scope? result human_result?"),
}
CONTAINERS = MODELS.keys() - {"dkim", "spf"}  # those two are also the names of mere words
SPECIAL = {
    ("unknown", "policy_published", "pct"): "pct-present",
    ("missing", "dkim", "selector"): "selector-missing",
    ("repeated", "auth_results", "spf"): "spf-repeated",
}


class Shape(msgspec.Struct, frozen=True):
    """What the tags of an element tell: its tree, and where it differs from the standard."""

    branch: Branch
    faults: Found  # codes and details


def shape(tags: tuple[str, ...]) -> Shape:
    """The shape of an element by its tags."""
    return _remembered(tags) if len(tags) <= ORDINARY else _shape(tags)


def _shape(tags: tuple[str, ...]) -> Shape:
    branch = tree(tags) or NOWHERE
    return Shape(branch, _faults(branch))


_remembered = lru_cache(maxsize=512)(_shape)


def _faults(branch: Branch) -> Found:
    found: dict[str, str] = {}
    for part in branch.walk():
        if part.kids or part.name in CONTAINERS:
            for code, detail in order(part.name, tuple([kid.name for kid in part.kids])):
                found.setdefault(code, detail)
    return tuple(found.items())


def order(parent: str, names: tuple[str, ...]) -> Found:
    """Where the children of one element differ from the standard: codes and details."""
    model = MODELS.get(parent)
    if model is None:
        return (("element-unknown", f"in <{printable(parent, 40)}>"),) if names else ()
    return (
        *_unknown(parent, names, model),
        *_missing(parent, names, model),
        *_repeated(parent, names, model),
        *_order(parent, names, model),
    )


def _unknown(parent: str, names: tuple[str, ...], model: Model) -> Found:
    return tuple(
        _fault("unknown", parent, name)
        for name in dict.fromkeys(names)
        if name not in model.rank and not (parent == "record" and name == FOREIGN)
    )


def _missing(parent: str, names: tuple[str, ...], model: Model) -> Found:
    return tuple(_fault("missing", parent, name) for name in model.required if name not in names)


def _repeated(parent: str, names: tuple[str, ...], model: Model) -> Found:
    if len(set(names)) == len(names):
        return ()
    return tuple(
        _fault("repeated", parent, name) for name in sorted(model.once) if names.count(name) > 1
    )


def _order(parent: str, names: tuple[str, ...], model: Model) -> Found:
    known = model.rank | ({FOREIGN: len(model.rank)} if parent == "record" else {})
    ranks = [known[name] for name in names if name in known]
    if not model.ordered or ranks == sorted(ranks):
        return ()
    return (("element-order", f"in <{parent}>"),)


def _fault(kind: str, parent: str, name: str) -> tuple[str, str]:
    if special := SPECIAL.get((kind, parent, name)):
        return special, ""
    shown = f"<{printable(name, 40)}>" if name else "one of another namespace"
    return f"element-{kind}", f"{shown} in <{parent}>"
