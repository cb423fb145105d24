"""SPF: who may send mail for a domain (RFC 7208, RFC 6652).

Text to values in `record`, macros in `macro`, the engine that counts a whole tree in `tree`,
and what follows from a tree in `authorise`, `space` and `show`.
"""

from mailworthy.spf.authorise import Authorisation, Standing, authorises
from mailworthy.spf.hints import intended
from mailworthy.spf.macro import Context, DomainSpec, Explanation, Macro, expand, explain
from mailworthy.spf.model import (
    LIMITS,
    Kind,
    Limits,
    Mechanism,
    Modifier,
    Qualifier,
    Result,
    SpfRecord,
)
from mailworthy.spf.record import Placed, is_spf, parse, parse_terms, render, render_term
from mailworthy.spf.show import render_tree
from mailworthy.spf.space import Space, networks
from mailworthy.spf.tree import cost
from mailworthy.spf.treemodel import ErrorKind, Missing, Node, Skipped, SpfTree, State, TreeError

__all__ = [
    "LIMITS",
    "Authorisation",
    "Context",
    "DomainSpec",
    "ErrorKind",
    "Explanation",
    "Kind",
    "Limits",
    "Macro",
    "Mechanism",
    "Missing",
    "Modifier",
    "Node",
    "Placed",
    "Qualifier",
    "Result",
    "Skipped",
    "Space",
    "SpfRecord",
    "SpfTree",
    "Standing",
    "State",
    "TreeError",
    "authorises",
    "cost",
    "expand",
    "explain",
    "intended",
    "is_spf",
    "networks",
    "parse",
    "parse_terms",
    "render",
    "render_term",
    "render_tree",
]
