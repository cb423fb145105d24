"""Whether the waivers of a folder are about rules that exist, and still do anything."""

from collections.abc import Iterator, Sequence
from datetime import date

from mailworthy.audit.facade import Audit
from mailworthy.audit.rule import UnknownRule, find
from mailworthy.domain.folder import INTENT, Folder
from mailworthy.domain.intent import Waiver
from mailworthy.errors import UsageError


def check_waivers(folder: Folder) -> None:
    """Raises UsageError for a waiver that can never cover anything, with what may be meant."""
    for waiver in folder.intent.waive:
        try:
            find(waiver.rule)
        except UnknownRule as error:
            raise UsageError(f"{folder.path / INTENT}: [[waive]]: {error}") from None


def stale(waivers: Sequence[Waiver], audits: Sequence[Audit], today: date) -> Iterator[str]:
    """One line for each waiver that has ended, or that covers nothing any more."""
    used = {f.rule for audit in audits for f in audit.findings if f.waived is not None}
    for waiver in waivers:
        if waiver.until < today:
            yield f"the waiver of {waiver.rule} ended on {waiver.until}"
        elif waiver.rule not in used:
            yield f"the waiver of {waiver.rule} covers nothing here; it can go"
