"""What receivers require: the profiles, from their files."""

from mailworthy.receive.load import every
from mailworthy.receive.profile import Line, Profile
from mailworthy.receive.weights import MARK, REFUSE, WEIGHTS
from mailworthy.receive.words import Disposition
from pages.markdown import code, escape, table

INTRODUCTION = f"""\
# Receivers

`mailworthy verify --profile NAME` judges a message as one of these would, `--profile all` as all
of them.

Every line rests on the page linked in the last column, seen on the day given.
*Otherwise* is what happens where a requirement is not met; *advice* changes nothing.
A code is given where the receiver publishes one.
Large receivers also go by reputation, complaints and content, of which nobody outside knows:
a message that meets all this may still land among spam, and one that does not may still pass.

Where a message cannot be judged, since DNS does not answer, a line that would refuse it defers it.

`strict` adds up: from {MARK:g} a message goes into the spam folder, from {REFUSE:g} it is refused.
A check counts once, by the heaviest of its facts.

"""
HEADER = ("Requirement", "Otherwise", "Code", "Source")
WORDS = {
    Disposition.ACCEPT: "nothing",
    Disposition.SPAM: "spam folder",
    Disposition.DEFER: "later",
    Disposition.REJECT: "refused",
}


def page() -> str:
    """A table for each profile, in the order of `--profile all`."""
    return INTRODUCTION + _weights() + "".join(_section(profile) for profile in every())


def _weights() -> str:
    rows = [(code(fact.value), group.value, f"{w:g}") for fact, (group, w) in WEIGHTS.items()]
    return table(("Fact", "Check", "Weight"), rows)


def _section(profile: Profile) -> str:
    lines = table(HEADER, [_row(line, weighed=profile.weighed) for line in profile.lines])
    title = f"{code(profile.name)}: {escape(profile.title)}"
    return f"\n## {title}\n\n{escape(profile.note)}\n\n{_algorithms(profile)}{lines}"


def _algorithms(profile: Profile) -> str:
    """Which signatures count, where that is not all."""
    found = profile.algorithms
    if found is None:
        return ""
    names = ", ".join(code(name) for name in found.verified)
    return f"Of signatures, only {names} count [{found.date.isoformat()}]({found.source}).\n\n"


def _row(line: Line, *, weighed: bool) -> tuple[str, ...]:
    action = "advice" if line.advice else WORDS[line.action]
    if weighed:
        action = "weighs"
    return (
        escape(line.requirement),
        action,
        code(line.code) if line.code else "",
        f"[{line.date.isoformat()}]({line.source})",
    )
