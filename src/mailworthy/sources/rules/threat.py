"""What speaks for a forger, or against one."""

from mailworthy.sources.signals import Class, Rule, Signal, Weight, day_count, passing, share
from mailworthy.sources.view import View

STRANGERS = 3  # unrelated domains from which on an address is no accident
REPORTERS = 3
SWARM = 5  # addresses of one network
LONG = 30  # days
FEW = 10  # one day in ten
MANY = 20  # messages
EACH_DAY = 5


def fails_everything(view: View) -> Signal | None:
    """Not one message has anything to do with us."""
    if view.facts.neither < view.facts.messages or not view.facts.messages:
        return None
    text = "Not one message has a good signature of yours or an address that may send for you."
    return Signal(Class.THREAT, Weight.HINT, text)


def nobody_vouches(view: View) -> Signal | None:
    """Proper services pass SPF or DKIM for themselves at least."""
    if view.signed or view.foreign or view.aligned or view.named:
        return None
    return Signal(Class.THREAT, Weight.HINT, "Nobody at all signs for it or names it in SPF.")


def claims_us(view: View) -> Signal | None:
    """Our domain in the envelope, against our SPF record."""
    if not view.refused:
        return None
    text = f"It uses your domain in the envelope against SPF: {share(view.refused, view)}."
    return Signal(Class.THREAT, Weight.HINT, text)


def no_reverse(view: View) -> Signal | None:
    """Mail servers have names."""
    if not view.anonymous:
        return None
    return Signal(Class.THREAT, Weight.HINT, "Its address has no reverse name of its own.")


def burst(view: View) -> Signal | None:
    """Much on few days, and then nothing."""
    facts, days = view.facts, view.facts.days
    if facts.messages < MANY or passing(view):
        return None
    span = max(days[-1].day - days[0].day + 1, LONG) if days else 0
    if not 0 < FEW * len(days) <= span or facts.messages < EACH_DAY * len(days):
        return None
    text = f"It comes in bursts: {facts.messages} messages on {day_count(len(days))}."
    return Signal(Class.THREAT, Weight.HINT, text)


def swarm(view: View) -> Signal | None:
    """Many neighbours at once, which is how bought addresses are used."""
    if len(view.facts.addresses) < SWARM or passing(view) or view.sender is not None:
        return None
    text = f"{len(view.facts.addresses)} neighbouring addresses send it."
    return Signal(Class.THREAT, Weight.HINT, text)


def widely_seen(view: View) -> Signal | None:
    """What a real server of yours sends wrongly is seldom seen everywhere."""
    if len(view.facts.reporters) < REPORTERS or passing(view):
        return None
    text = f"{len(view.facts.reporters)} receivers report it."
    return Signal(Class.THREAT, Weight.HINT, text)


def forges_others(view: View) -> Signal | None:
    """The same for many domains that have nothing to do with each other."""
    if view.facts.strangers < STRANGERS or passing(view):
        return None
    text = f"The same address fails for {view.facts.strangers} domains that are not related."
    return Signal(Class.THREAT, Weight.STRONG, text)


def steady(view: View) -> Signal | None:
    """Every few days for weeks: rather a forgotten machine of somebody than a forger."""
    days = view.facts.days
    if len(days) < LONG // 3 or days[-1].day - days[0].day < LONG or passing(view):
        return None
    text = f"It comes regularly, on {len(days)} days: perhaps a forgotten machine or service."
    return Signal(Class.THREAT, Weight.AGAINST, text)


THREAT: tuple[Rule, ...] = (
    fails_everything,
    nobody_vouches,
    claims_us,
    no_reverse,
    burst,
    swarm,
    widely_seen,
    forges_others,
    steady,
)
