"""What is noticed while a report is read: flaws once each, omissions up to a bound."""

from mailworthy.reports.model import Flaw, Omission
from mailworthy.reports.shown import shown


class Notes:
    """Gathers `flaws` and `omissions` in the lists of a report."""

    def __init__(self, limit: int = 1000) -> None:
        self.flaws: list[Flaw] = []
        self.omissions: list[Omission] = []
        self._limit = limit
        self._codes: set[str] = set()

    def flaw(self, code: str, message: str, section: str) -> None:
        """Add a flaw; the first of each code is told, since all tell the same of the reporter."""
        if code not in self._codes:
            self._codes.add(code)
            self.flaws.append(Flaw(code, message, section))

    def omit(self, where: str, reason: str, excerpt: object = "") -> None:
        """Add something that is left out, as long as there are not too many."""
        if len(self.omissions) < self._limit:
            text = excerpt if isinstance(excerpt, str) else type(excerpt).__name__
            self.omissions.append(Omission(where, reason, shown(text, 80)))
        elif len(self.omissions) == self._limit:
            self.omissions.append(Omission("from there on", "more was left out than is told here"))
