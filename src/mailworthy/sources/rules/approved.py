"""What shows that a source is a third party that may send."""

from mailworthy.sources.expect import Word
from mailworthy.sources.signals import Class, Rule, Signal, Weight, named_keys
from mailworthy.sources.view import Holder, View


def approved_word(view: View) -> Signal | None:
    """The user said so."""
    if view.word is not Word.APPROVED:
        return None
    return Signal(Class.APPROVED, Weight.PROOF, "You approved this source.")


def approved_service(view: View) -> Signal | None:
    """A service that the intent names, and that is known by what it cannot deny.

    Where nothing aligns it may be another of its customers; one that always uses the customer's
    envelope would align if it were ours.
    """
    if view.approved is None or view.relay:
        return None
    weight = Weight.PROOF if view.aligned or view.named else Weight.STRONG
    if weight is Weight.STRONG and view.approved_aligns:
        weight = Weight.HINT
    text = f"It is {view.approved.title}, which mailworthy.toml names as a sender."
    return Signal(Class.APPROVED, weight, text)


def approved_key(view: View) -> Signal | None:
    """A key of a sender that the intent names; forwarded mail carries it too."""
    keys = view.keys[Holder.APPROVED]
    if not keys:
        return None
    whose = view.expected.approved_key(keys[0].domain, keys[0].selector)
    title = whose.title if whose else ""
    text = f"Mail from it carries good signatures of {named_keys(keys)}, the key of {title}."
    direct = view.facts.both or (view.sender and not view.relay)
    return Signal(Class.APPROVED, Weight.PROOF if direct else Weight.HINT, text)


def published_service(view: View) -> Signal | None:
    """A service of the table for which our DNS has a key or an SPF entry."""
    if view.sender is None or view.relay or view.approved or not (view.aligned or view.named):
        return None
    by = "a key" if view.aligned else "an SPF entry"
    text = f"It is {view.sender.title}, and your DNS has {by} for it."
    return Signal(Class.APPROVED, Weight.STRONG, text)


def service_key(view: View) -> Signal | None:
    """The selector is of a kind that one service only has; forwarded mail carries it too."""
    keys = view.keys[Holder.SERVICE]
    if not keys or view.sender is not None:
        return None
    text = f"Mail from it carries good signatures of {named_keys(keys)}, the key of a service."
    return Signal(Class.APPROVED, Weight.HINT, text)


APPROVED: tuple[Rule, ...] = (
    approved_word,
    approved_service,
    approved_key,
    published_service,
    service_key,
)
