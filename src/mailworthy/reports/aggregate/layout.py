"""Where in a record each value stands: what the tags alone tell, worked out once for each kind."""

from functools import lru_cache

import msgspec

from mailworthy.reports.aggregate.element import ORDINARY, Branch, Picker, bare, picker
from mailworthy.reports.aggregate.schema import Found, shape

KINDS = 512


class Layout(msgspec.Struct, frozen=True):
    """Positions in the texts of a record; -1, where an empty text stands, for what is not there.

    `bare` takes the texts of elements that hold elements, where none belongs.
    """

    source_ip: int
    count: int
    disposition: int
    dkim: int
    spf: int
    header_from: int
    envelope_from: int
    envelope_to: int
    reasons: tuple[tuple[int, int], ...]
    dkim_auth: tuple[tuple[int, int, int, int], ...]
    spf_auth: tuple[tuple[int, int, int, int], ...]
    bare: Picker
    faults: Found


def layout(tags: tuple[str, ...]) -> Layout:
    """The layout of a record by its tags, which are those of one element."""
    return _remembered(tags) if len(tags) <= ORDINARY else _layout(tags)


def _layout(tags: tuple[str, ...]) -> Layout:
    kind = shape(tags)
    record = kind.branch
    row = record.first("row")
    evaluated = row.first("policy_evaluated")
    names = record.first("identifiers", "identities")
    results = record.first("auth_results")
    return Layout(
        source_ip=row.first("source_ip").at,
        count=row.first("count").at,
        disposition=evaluated.first("disposition").at,
        dkim=evaluated.first("dkim").at,
        spf=evaluated.first("spf").at,
        header_from=names.first("header_from").at,
        envelope_from=names.first("envelope_from").at,
        envelope_to=names.first("envelope_to").at,
        reasons=tuple([_two(kid, "type", "comment") for kid in evaluated.all("reason")]),
        dkim_auth=tuple([_four(kid, "selector") for kid in results.all("dkim")]),
        spf_auth=tuple([_four(kid, "scope") for kid in results.all("spf")]),
        bare=picker(bare(record)),
        faults=kind.faults,
    )


_remembered = lru_cache(maxsize=KINDS)(_layout)


def _two(branch: Branch, first: str, second: str) -> tuple[int, int]:
    return branch.first(first).at, branch.first(second).at


def _four(branch: Branch, third: str) -> tuple[int, int, int, int]:
    return (*_two(branch, "domain", "result"), *_two(branch, third, "human_result"))
