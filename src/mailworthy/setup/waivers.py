"""Whether the waivers of a folder are about rules that exist."""

from mailworthy.audit.rule import UnknownRule, find
from mailworthy.domain.folder import INTENT, Folder
from mailworthy.errors import UsageError


def check_waivers(folder: Folder) -> None:
    """Raises UsageError for a waiver that can never cover anything, with what may be meant."""
    for waiver in folder.intent.waive:
        try:
            find(waiver.rule)
        except UnknownRule as error:
            raise UsageError(f"{folder.path / INTENT}: [[waive]]: {error}") from None
