"""SPF: who may send mail for a domain (RFC 7208, RFC 6652).

Text to values in `record`, macros in `macro`; check_host() in `engine`, for callers in `run`;
the engine that counts a whole tree in `tree`, and what follows from a tree in `authorise`,
`space` and `show`.
"""

from mailworthy.spf.authorise import Authorisation, Standing, authorises
from mailworthy.spf.hints import intended
from mailworthy.spf.identity import Identity, Scope, helo_identity, mail_from_identity
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
from mailworthy.spf.result import Cause, SpfResult
from mailworthy.spf.run import acheck_host, check_host
from mailworthy.spf.show import render_tree
from mailworthy.spf.space import Space, networks
from mailworthy.spf.tree import cost
from mailworthy.spf.treemodel import ErrorKind, Missing, Node, Skipped, SpfTree, State, TreeError

__all__ = [
    "LIMITS",
    "Authorisation",
    "Cause",
    "Context",
    "DomainSpec",
    "ErrorKind",
    "Explanation",
    "Identity",
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
    "Scope",
    "Skipped",
    "Space",
    "SpfRecord",
    "SpfResult",
    "SpfTree",
    "Standing",
    "State",
    "TreeError",
    "acheck_host",
    "authorises",
    "check_host",
    "cost",
    "expand",
    "explain",
    "helo_identity",
    "intended",
    "is_spf",
    "mail_from_identity",
    "networks",
    "parse",
    "parse_terms",
    "render",
    "render_term",
    "render_tree",
]
