"""What shows that a source hands on mail that others sent."""

from mailworthy.sources.signals import Class, Rule, Signal, Weight, known_keys, listed, safe, share
from mailworthy.sources.table import ServiceKind
from mailworthy.sources.view import View

STRANGERS = 3  # unrelated domains from which on an address is no accident


def survived(view: View) -> Signal | None:
    """What forwarding does: the signature lives, the address is no longer that of the sender."""
    if not view.facts.dkim_only or not known_keys(view):
        return None
    if view.sender is not None and not view.relay:
        return None
    text = f"Your signature holds while SPF does not pass: {share(view.facts.dkim_only, view)}."
    return Signal(Class.FORWARDER, min(Weight.HINT, _weight(view.facts.dkim_only, view)), text)


def said_forwarded(view: View) -> Signal | None:
    """Receivers know their forwarders and lists."""
    count = view.reasons("forwarded", "trusted_forwarder", "mailing_list")
    if not count or view.facts.both:
        return None
    text = f"Receivers call it a forwarder or mailing list: {share(count, view)}."
    return Signal(Class.FORWARDER, _weight(count, view), text)


def vouched_by_arc(view: View) -> Signal | None:
    """Receivers that accepted the ARC seals of who forwarded."""
    count = sum(r.count for r in view.facts.reasons if "arc=pass" in r.comment.lower())
    if not count:
        return None
    return Signal(Class.FORWARDER, Weight.HINT, f"It seals with ARC: {share(count, view)}.")


def rewritten(view: View) -> Signal | None:
    """SRS and lists put a domain of their own into the envelope of mail that we signed."""
    if not view.foreign or not view.facts.dkim_only or not known_keys(view):
        return None
    if view.sender is not None and not view.relay:
        return None
    names = listed(tuple(s.domain for s in view.foreign))
    text = f"The envelope is that of {names}, as forwarders rewrite it (SRS), the signature yours."
    return Signal(Class.FORWARDER, _weight(view.facts.dkim_only, view), text)


def for_strangers(view: View) -> Signal | None:
    """An address that hands on good signatures of many who have nothing to do with each other."""
    if view.facts.strangers < STRANGERS or not view.facts.dkim_only:
        return None
    if view.sender is not None and not view.relay:
        return None
    text = f"The same address sends for {view.facts.strangers} domains that are not related."
    return Signal(Class.FORWARDER, _weight(view.facts.dkim_only, view), text)


def relays(view: View) -> Signal | None:
    """A provider of mailboxes, lists or filters hands on what others signed."""
    kinds = (ServiceKind.FORWARDER, ServiceKind.LIST)
    if view.sender is None or not (view.relay or view.sender.kind in kinds):
        return None
    if not view.relay and (view.approved or view.named):
        return None
    text = f"It is {view.sender.title}, which hands on mail of others."
    return Signal(Class.FORWARDER, Weight.STRONG, text)


def elsewhere(view: View) -> Signal | None:
    """A reverse name of somebody else, on a machine that has mail with our signature."""
    name = view.facts.reverse
    if not name or view.expected.ours(name) or not view.facts.dkim_only or view.sender:
        return None
    text = f"Its reverse name {safe(name)} is somebody else's."
    return Signal(Class.FORWARDER, Weight.HINT, text)


def _weight(count: int, view: View) -> Weight:
    """One old mail of ours, sent once more among a thousand forged ones, makes no forwarder."""
    return Weight.STRONG if view.weighty(count) else Weight.NOTE


FORWARDER: tuple[Rule, ...] = (
    survived,
    said_forwarded,
    vouched_by_arc,
    rewritten,
    for_strangers,
    relays,
    elsewhere,
)
