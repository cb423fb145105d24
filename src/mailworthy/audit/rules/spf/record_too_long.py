"""The TXT records of the domain do not fit into one small DNS answer, for the SPF record is long.

## What it checks
The domain's name and all TXT records there have no more than 450 octets together, if moving the
SPF record elsewhere could bring that about.

## Why it matters
DNS answers of more than 512 octets do not fit into a plain UDP packet, and receivers behind an old
firewall never see them.
Then no record is found, or mail is deferred.

## How to fix
Move the terms to a name of their own and point there with `redirect=`, which costs one look-up.
Proofs of ownership that are no longer needed can go as well.
"""

from collections.abc import Iterator

from mailworthy.audit.finding import Found, Remedy, Severity, cite, publish
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._steps import edit
from mailworthy.audit.rules.spf._shared import BASE, Spf, own, placed, shown, world
from mailworthy.audit.rules.spf._text import bound, record
from mailworthy.rdata.text import text_size
from mailworthy.spf.model import LIMITS
from mailworthy.spf.treemodel import SpfTree

_ROOM = 450  # RFC 7208 §3.4
_MANY = " ".join(f"ip4:198.51.100.{n}" for n in range(1, 25))


@rule(
    severity=Severity.ADVICE,
    references=("RFC 7208 §3.4",),
    bad=world(f"v=spf1 {BASE} {_MANY} ~all"),
    good=world(f"v=spf1 {BASE} {_MANY[:330].rpartition(' ')[0]} ~all"),
)
def check(domain: str, spf: Spf, spf_tree: SpfTree) -> Iterator[Found]:
    read, size = own(spf), text_size(spf.name, spf.texts)
    if read is None or size <= _ROOM:
        return
    parts = _parts(domain, [bound(word, term, domain) for (_, _, word), term in placed(spf)])
    new = record([f"redirect=_spf1.{domain}"])
    fits = size - len(read.text) + len(new) <= _ROOM
    if not (parts and fits and spf_tree.lookups + len(parts) <= LIMITS.lookups):
        return
    moved = (publish(f"_spf{n}.{domain}", "TXT", text) for n, text in enumerate(parts, 1))
    yield Found(
        subject=spf.name,
        message=f"the TXT records of {shown(spf.name)} have {size} octets; 450 fit everywhere",
        evidence=(cite(spf.answer),),
        remedy=Remedy((*moved, *edit(spf.answer, read.text, new))),
    )


def _parts(domain: str, terms: list[str | None]) -> list[str]:
    """The records that together say what these terms say, each with room for its own name."""
    parts: list[list[str]] = [[]]
    for term in terms:
        if term is None:
            return []
        # What follows is handed over to with a redirect=, whose name is no longer than _spf99.
        used = len(record([*parts[-1], term, f"redirect=_spf99.{domain}"]))
        if parts[-1] and used + len(f"_spf99.{domain}") > _ROOM:
            parts.append([])
        parts[-1].append(term)
    last = len(parts)
    links = [[f"redirect=_spf{n + 1}.{domain}"] if n < last else [] for n in range(1, last + 1)]
    return [record([*part, *link]) for part, link in zip(parts, links, strict=True)]
