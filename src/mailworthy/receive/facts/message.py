"""Facts of the message itself: its author, who could be answered, its form."""

from collections.abc import Callable

from mailworthy.mx.result import MxResult
from mailworthy.mx.result import Result as Mx
from mailworthy.names import printable
from mailworthy.receive.evidence import Evidence
from mailworthy.receive.facts.view import NO, Said, View, shown, unlearned
from mailworthy.receive.flaw import Code, Flaw, Level
from mailworthy.receive.words import Held

# Not malformed: what has a fact of its own, and the old ways that everybody must still accept
# (RFC 5322 §4).
_OTHER = frozenset(
    {
        *(Code.NO_MESSAGE_ID, Code.DUPLICATE_FIELD, Code.BROKEN_ONE_CLICK),
        *(Code.OBSOLETE_DATE, Code.SPACE_BEFORE_COLON),
    }
)
_MESSAGE_ID = (Code.NO_MESSAGE_ID, Code.BAD_MESSAGE_ID)
_DUPLICATE = (Code.SEVERAL_FROM, Code.SEVERAL_DATE, Code.SEVERAL_MESSAGE_ID, Code.DUPLICATE_FIELD)


def author_unclear(view: View) -> Said:
    """From has no single domain on which all readers agree (RFC 9989 §5.3.1)."""
    author = view.evidence.author
    if author.domain is not None:
        return NO
    if author.fault is not None:
        detail = f" ({printable(author.detail, 100)})" if author.detail else ""
        return Held.YES, f"nobody can tell who wrote the message: {author.fault}{detail}"
    names = ", ".join(map(shown, author.domains[:3]))
    return Held.YES, f"From names authors of several domains: {names}"


def unreachable(who: str, where: Callable[[Evidence], MxResult | None]) -> Callable[[View], Said]:
    """The fact that a domain cannot be answered; `who` says whose it is."""

    def test(view: View) -> Said:
        found = where(view.evidence)
        if found is None or found.result in (Mx.PASS, Mx.NONE):
            return NO
        if found.result is Mx.TEMPERROR:
            return unlearned(found.answers)
        return Held.YES, f"nobody can answer {who}: {found.reason}"

    return test


def malformed(view: View) -> Said:
    """A flaw that no message may have, other than those with a fact of their own."""
    flaws = [f for f in view.evidence.form.flaws if f.level is Level.MUST and f.code not in _OTHER]
    return _told(flaws)


def no_message_id(view: View) -> Said:
    """No Message-ID, or none that is one (RFC 5322 §3.6.4)."""
    return _told([f for f in view.evidence.form.flaws if f.code in _MESSAGE_ID])


def duplicate_field(view: View) -> Said:
    """A field twice that may stand there once (RFC 5322 §3.6)."""
    return _told([f for f in view.evidence.form.flaws if f.code in _DUPLICATE])


def _told(flaws: list[Flaw]) -> Said:
    if not flaws:
        return NO
    first = flaws[0]
    detail = f": {first.detail}" if first.detail else ""
    more = f", and {len(flaws) - 1} more" if len(flaws) > 1 else ""
    return Held.YES, f"the message is not formed as it must be: {first.message}{detail}{more}"


def no_one_click(view: View) -> Said:
    """Readers cannot leave with one click (RFC 8058)."""
    offer = view.evidence.form.one_click
    if offer.ok or offer.problem is None:
        return NO
    held = Held.UNKNOWN if offer.ok is None else Held.YES
    return held, f"readers cannot unsubscribe with one click: {offer.problem.message}"
