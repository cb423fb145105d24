"""What shows that a source is the user's own."""

from mailworthy.sources.expect import Word
from mailworthy.sources.signals import Class, Rule, Signal, Weight, listed, named_keys, safe, share
from mailworthy.sources.view import Holder, View

MANY = 200  # messages
REGULAR = 20  # days


def own_word(view: View) -> Signal | None:
    """The user said so."""
    if view.word is not Word.MINE:
        return None
    return Signal(Class.OWN, Weight.PROOF, "You said that this source is yours.")


def own_address(view: View) -> Signal | None:
    """A connection cannot be made from somebody else's address."""
    if not view.hosts or view.unlisted:
        return None
    text = f"{listed(view.facts.addresses)} belongs to {listed(view.hosts)} in mailworthy.toml."
    return Signal(Class.OWN, Weight.PROOF, text)


def own_term(view: View) -> Signal | None:
    """Addresses that the intent has in SPF by number."""
    if view.hosts or view.unlisted or not view.facts.addresses:
        return None
    text = f"{listed(view.facts.addresses)} may send by spf_terms in mailworthy.toml."
    return Signal(Class.OWN, Weight.PROOF, text)


def own_key_and_envelope(view: View) -> Signal | None:
    """Signed with our key and sent from where our SPF record allows."""
    keys = view.keys[Holder.OWN]
    if not _direct(view):
        return None
    text = f"It signs with your key {named_keys(keys)}, and your SPF record lets it send."
    return Signal(Class.OWN, Weight.PROOF, text)


def own_envelope(view: View) -> Signal | None:
    """Our SPF record lets it send, and it is no service that others use too."""
    if not view.named or view.sender is not None or _direct(view):
        return None
    return Signal(
        Class.OWN, Weight.STRONG, f"Your SPF record lets it send: {share(view.named, view)}."
    )


def own_reverse(view: View) -> Signal | None:
    """Only who has our DNS can confirm such a reverse name."""
    name = view.facts.reverse
    if not name or not view.expected.ours(name):
        return None
    text = f"Its reverse name {safe(name)} is yours and leads back to it."
    return Signal(Class.OWN, Weight.STRONG, text)


def own_key(view: View) -> Signal | None:
    """Our key signed; by itself this also happens to forwarded mail."""
    keys = view.keys[Holder.OWN]
    if not keys or _direct(view):
        return None
    text = f"Mail from it carries good signatures of your key {named_keys(keys)}."
    return Signal(Class.OWN, Weight.HINT, text)


def presumed_key(view: View) -> Signal | None:
    """A key in our DNS signed, and the intent does not say which keys are whose."""
    keys = view.keys[Holder.PRESUMED]
    if not keys or view.sender is not None:
        return None
    text = f"Mail from it carries good signatures of {named_keys(keys)}, a key in your DNS."
    return Signal(Class.OWN, Weight.HINT, text)


def own_relayed(view: View) -> Signal | None:
    """A machine of ours hands its signed mail to a service, which delivers it."""
    keys = view.keys[Holder.OWN]
    if not keys or view.sender is None or view.sender.kind.passes_on:
        return None
    text = f"Your key {named_keys(keys)} signs, and {view.sender.title} carries it."
    return Signal(Class.OWN, Weight.STRONG, text)


def own_neighbour(view: View) -> Signal | None:
    """Our key on a machine beside one of ours."""
    near = [ip for ip in view.facts.addresses if view.expected.near(ip)]
    if not near or not _signed(view):
        return None
    text = f"{listed(tuple(near))} is in the same network as a host of mailworthy.toml."
    return Signal(Class.OWN, Weight.STRONG, text)


def all_signed(view: View) -> Signal | None:
    """Few forwarders carry so much, for so long, and change nothing."""
    facts = view.facts
    if facts.messages < MANY or len(facts.days) < REGULAR or not _signed(view) or view.foreign:
        return None
    if facts.neither:
        return None
    text = f"All {facts.messages} messages on {len(facts.days)} days have your signature."
    return Signal(Class.OWN, Weight.HINT, text)


def _direct(view: View) -> bool:
    """Whether our key signed what came from where SPF allows."""
    return bool(view.keys[Holder.OWN] and view.facts.both and not view.relay)


def _signed(view: View) -> bool:
    return bool(view.keys[Holder.OWN] or view.keys[Holder.PRESUMED])


OWN: tuple[Rule, ...] = (
    own_word,
    own_address,
    own_term,
    own_key_and_envelope,
    own_envelope,
    own_reverse,
    own_key,
    presumed_key,
    own_relayed,
    own_neighbour,
    all_signed,
)
