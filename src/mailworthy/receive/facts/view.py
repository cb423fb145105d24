"""The evidence as one profile sees it, and what all tests of it share."""

import re
from collections.abc import Iterable
from functools import cached_property
from typing import TypeAlias

from mailworthy.dkim.result import DkimSignature
from mailworthy.dkim.result import Result as Dkim
from mailworthy.dmarc.align import Identifier
from mailworthy.dmarc.discover import Unknown
from mailworthy.dmarc.result import DmarcResult
from mailworthy.errors import UsageError
from mailworthy.lookup.model import NOT_ASKED, Answer, Status
from mailworthy.names import printable
from mailworthy.receive.evidence import Evidence
from mailworthy.receive.identifiers import identifiers
from mailworthy.receive.profile import Alignment, Profile
from mailworthy.receive.words import Held

Said: TypeAlias = tuple[Held, str]
SHOWN = 100  # characters of one name in a reason
_FIRST_NAME = re.compile(", | and ")
NO: Said = (Held.NO, "")


class View:
    """One message, one receiver: what it verifies, and which DMARC it follows."""

    def __init__(self, evidence: Evidence, profile: Profile) -> None:
        self.evidence, self.profile = evidence, profile

    @cached_property
    def dmarc(self) -> DmarcResult:
        """The DMARC result that this receiver has; UsageError where it was never worked out."""
        found = self.evidence.dmarc.get(self.profile.verifier)
        if self.profile.discovery is Alignment.PUBLIC_SUFFIX_LIST:
            found = self.evidence.dmarc_rfc7489
        if found is None:
            raise UsageError(f"the evidence was not gathered for profile {self.profile.name}")
        return found

    @cached_property
    def signatures(self) -> tuple[tuple[DkimSignature, Dkim], ...]:
        """Every signature with the result that this receiver sees."""
        result = self.profile.verifier.result
        return tuple([(s, result(s)) for s in self.evidence.dkim.signatures])

    @cached_property
    def passing(self) -> tuple[DkimSignature, ...]:
        """The signatures that pass."""
        return tuple([s for s, result in self.signatures if result is Dkim.PASS])

    @cached_property
    def doubtful(self) -> tuple[DkimSignature, ...]:
        """The signatures whose keys could not be had for the moment."""
        return tuple([s for s, result in self.signatures if result is Dkim.TEMPERROR])

    @cached_property
    def ignored(self) -> str:
        """That this receiver does not verify what others do, in words; empty where it does."""
        ignores = self.profile.verifier.ignores
        if not any(ignores(signature) for signature, _ in self.signatures):
            return ""
        return f"{_FIRST_NAME.split(self.profile.title)[0]} does not verify Ed25519"

    @cached_property
    def identifiers(self) -> tuple[Identifier, ...]:
        """What was authenticated, and what was not."""
        return identifiers(self.evidence.spf, self.evidence.dkim, self.profile.verifier)


def shown(name: str) -> str:
    """A name from outside, for a reason."""
    return printable(name, SHOWN)


def unlearned(answers: Iterable[Answer | None]) -> Said:
    """That nothing was learned: in vain, or since this run cannot ask; and of which question."""
    failed = [a for a in answers if a is not None and a.status is Status.FAILED]
    if not failed:
        return Held.UNKNOWN, "a look-up failed"
    first = next((a for a in failed if a.why not in NOT_ASKED), failed[0])
    held = Held.NOT_ASKED if first.why in NOT_ASKED else Held.UNKNOWN
    return held, f"{first.ask.type} of {shown(first.ask.name)} could not be learned ({first.why})"


def unknown(missing: Unknown | None) -> Said:
    """The same of a question of DMARC."""
    if missing is None:
        return Held.UNKNOWN, "what would decide could not be checked for the moment"
    held = Held.NOT_ASKED if missing.why in NOT_ASKED else Held.UNKNOWN
    return held, f"{missing.type} of {shown(missing.name)} could not be learned ({missing.why})"
