"""Who may send, read from a published SPF record."""

from typing import TYPE_CHECKING

import msgspec

from mailworthy.domain.intent import SenderWish, SpfEnd
from mailworthy.domain.recordset import Record
from mailworthy.domain.senders import needed_blanks, resolve
from mailworthy.names import normalize
from mailworthy.sources.table import Sender, load
from mailworthy.spf.macro import render_parts
from mailworthy.spf.model import Kind, Mechanism, Qualifier, SpfRecord
from mailworthy.spf.record import is_spf, parse, render_term

if TYPE_CHECKING:
    from mailworthy.domain.drafts.servers import Exchanges


class SpfWish(msgspec.Struct, frozen=True):
    """What the record says in the words of an intent.

    `rest` holds mechanisms that no sender stands for; `understood` the record itself, empty if
    it must be kept as it is.
    """

    senders: tuple[str | SenderWish, ...] = ()
    end: SpfEnd = SpfEnd.SOFTFAIL
    rest: tuple[Mechanism, ...] = ()
    understood: tuple[Record, ...] = ()
    notes: tuple[str, ...] = ()
    present: bool = False

    @property
    def literals(self) -> frozenset[str]:
        """The single addresses that may send."""
        return frozenset(m.network or "" for m in self.rest if m.kind in (Kind.IP4, Kind.IP6))

    @property
    def names_mx(self) -> bool:
        """Whether the MX hosts may send."""
        return any(m.kind is Kind.MX and m.domain is None for m in self.rest)

    def terms(self, exchanges: "Exchanges") -> tuple[str, ...]:
        """The mechanisms that the hosts of the intent do not make superfluous."""
        return tuple(render_term(m) for m in self.rest if not exchanges.cover(m))


def spf_wish(domain: str, records: tuple[Record, ...]) -> SpfWish:
    """The SPF record at the domain; one that an intent cannot say is kept."""
    found = [r for r in records if r.name == domain and r.type == "TXT" and is_spf(r.value)]
    if not found:
        return SpfWish()
    spf = parse(found[0].value).record
    why = _unsayable(spf) if len(found) == 1 else "there is more than one SPF record"
    if spf is None or why:
        kept = f"the SPF record is kept as it is, since {why}"
        return SpfWish(rest=spf.mechanisms if spf else (), notes=(kept,), present=True)
    plain = [m for m in spf.mechanisms if m.kind is not Kind.ALL]
    pairs = [(m, _sender(domain, m, records)) for m in plain]
    senders = tuple(s for _, s in pairs if s is not None)
    end, notes = _end(spf)
    return SpfWish(
        senders,
        end,
        tuple(m for m, s in pairs if s is None),
        tuple(found),
        notes,
        present=True,
    )


def _unsayable(spf: SpfRecord | None) -> str:
    if spf is None:
        return "it has a syntax error"
    if spf.modifiers:
        return f"an intent has no word for {spf.modifiers[0].name}="
    if any(m.qualifier is not Qualifier.PASS for m in spf.mechanisms if m.kind is not Kind.ALL):
        return "it refuses or doubts some senders by name"
    return ""


def _end(spf: SpfRecord) -> tuple[SpfEnd, tuple[str, ...]]:
    qualifier = spf.all.qualifier if spf.all else None
    if qualifier is Qualifier.FAIL:
        return SpfEnd.FAIL, ()
    if qualifier is Qualifier.SOFTFAIL:
        return SpfEnd.SOFTFAIL, ()
    ended = f"ended in {qualifier.value}all" if qualifier else "had no end"
    return SpfEnd.SOFTFAIL, (f"the SPF record {ended}; it will end in ~all",)


def _sender(
    domain: str, mechanism: Mechanism, records: tuple[Record, ...]
) -> str | SenderWish | None:
    """The service behind an include: by name where its keys are published as the table says."""
    if mechanism.kind is not Kind.INCLUDE or mechanism.domain is None:
        return None
    target = normalize(render_parts(mechanism.domain.parts))
    if "%" in target:
        return None
    there = {(r.name, r.type, r.value) for r in records}
    for sender in load().values():
        if target in sender.spf and len(sender.spf) == 1 and _complete(sender, domain, there):
            return sender.name
    return SenderWish(include=target)


def _complete(sender: Sender, domain: str, there: set[tuple[str, str, str]]) -> bool:
    if needed_blanks(sender):
        return False
    keys = [r for r in resolve(sender.name, domain).records if not r.bounce]
    return all((r.name, r.type, r.value) in there for r in keys)
