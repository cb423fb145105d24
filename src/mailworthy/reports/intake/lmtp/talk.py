"""Reports by LMTP: for which addresses they are taken."""

from collections.abc import Collection

from mailworthy.reports.intake.lmtp.conversation import Conversation


def address(text: str) -> str:
    """An address to compare: without what follows a `+`, in lower case."""
    local, _, domain = text.lower().rpartition("@")
    return f"{local.partition('+')[0]}@{domain.rstrip('.')}"


class Talk(Conversation[str]):
    """One conversation in which reports are handed over."""

    nobody = "550 5.1.1 no reports are taken for this address"

    def __init__(self, own: Collection[str], most: int) -> None:
        super().__init__("mailworthy", most, lmtp=True)
        self._own = frozenset(address(each) for each in own)

    def _known(self, text: str) -> str | None:
        name = address(text)
        return name if name in self._own else None
