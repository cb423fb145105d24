"""What is worth saying of any source, whoever it is."""

from mailworthy.sources.signals import Class, Rule, Signal, Weight, listed, named_keys, share
from mailworthy.sources.view import Holder, View


def strange_key(view: View) -> Signal | None:
    """A key in our DNS that the intent does not know."""
    keys = view.keys[Holder.STRANGE]
    if not keys:
        return None
    text = f"{named_keys(keys)} signs well: in your DNS, but not in mailworthy.toml."
    return Signal(Class.UNKNOWN, Weight.NOTE, text)


def named_service(view: View) -> Signal | None:
    """A known service, but nothing that ties it to us: any customer of it can write our name."""
    if view.sender is None or view.approved or view.relay or view.aligned or view.named:
        return None
    text = f"It is {view.sender.title}, but nothing shows that the account there is yours."
    return Signal(Class.UNKNOWN, Weight.NOTE, text)


def signs_for_itself(view: View) -> Signal | None:
    """Somebody's good signature, which says who it is and not that he may."""
    if not view.strange_signers or view.aligned or view.sender is not None:
        return None
    text = f"It signs as {listed(view.strange_signers)}, which is not yours."
    return Signal(Class.UNKNOWN, Weight.NOTE, text)


def forged_signature(view: View) -> Signal | None:
    """A signature in our name that fails: a list that changed the text, or a forgery."""
    count = sum(
        d.count for d in view.facts.dkim if d.result != "pass" and view.expected.ours(d.domain)
    )
    if not count or view.aligned:
        return None
    text = f"Signatures in your name fail: {share(count, view)}. That proves nothing."
    return Signal(Class.UNKNOWN, Weight.NOTE, text)


NOTES: tuple[Rule, ...] = (
    strange_key,
    named_service,
    signs_for_itself,
    forged_signature,
)
