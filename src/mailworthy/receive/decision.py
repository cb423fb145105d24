"""What one receiver does with a message, and why."""

from typing import NoReturn

import msgspec

from mailworthy.receive.profile import Line
from mailworthy.receive.words import Disposition, Fact, Held


class Finding(msgspec.Struct, frozen=True):
    """One fact about a message: whether it holds, and one printable line that says why."""

    fact: Fact
    held: Held
    reason: str


class Outcome(msgspec.Struct, frozen=True):
    """One line of a profile for this message.

    `broken` is YES, NO or not known; `finding` is the fact that decided, None if the requirement
    is met.
    """

    line: Line
    broken: Held
    finding: Finding | None = None


class Decision(msgspec.Struct, frozen=True):
    """What a receiver of this profile would do, in `reason` in one line for people.

    `outcomes` are all lines of the profile in order. `code` is what the SMTP session would hear,
    empty for mail that is taken without a word, and where the receiver publishes none. `weight`
    is the sum where the profile weighs.
    """

    profile: str
    title: str
    disposition: Disposition
    reason: str
    outcomes: tuple[Outcome, ...] = ()
    code: str = ""
    weight: float | None = None

    def __bool__(self) -> NoReturn:
        raise TypeError("a decision has no truth value: compare its .disposition")

    @property
    def broken(self) -> tuple[Outcome, ...]:
        """The requirements that are not met, advice included."""
        return tuple(o for o in self.outcomes if o.broken is Held.YES)
