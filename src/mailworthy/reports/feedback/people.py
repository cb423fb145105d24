"""Who is named in a report, to find them where senders hide them: in labels of mailings."""

import re
from collections.abc import Iterable

from mailworthy.reports.envelope.fields import words as encoded_words
from mailworthy.reports.feedback.redact import Redactor
from mailworthy.reports.feedback.roles import ROLES

MOST = 200
MAX_TEXT = 4000
_LOCAL = re.compile(r'(?P<local>[^\s<>@,;:"()\[\]]{1,200}+|"[^"\r\n]{1,200}+")@')
_NAME = re.compile(r'(?:^|[,;:])\s*+"?(?P<name>[^"<>@,;:]{1,200}+)"?\s*<')
_QUOTED = re.compile(r'"([^"]{1,200}+)"')
_COMMENT = re.compile(r"\(([^()]{1,200})\)")
_WORDS = re.compile(r"[^\W\d_]{3,}")
_SHORT = 5  # letters; shorter names are parts of many words


class People:
    """Words that name somebody."""

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor
        self._names: set[str] = set()
        self._pattern: re.Pattern[str] | None = None

    def add(self, texts: Iterable[str], *, parts: bool = False) -> None:
        """Fields with addresses. `parts`: each word of a local part too, as in anna.smith."""
        for text in texts:
            decoded = encoded_words(text[:MAX_TEXT])
            for local in _LOCAL.findall(decoded):
                self._know(local.strip('"'))
                if parts:
                    self._several(local)
            for name in (n for form in (_NAME, _QUOTED, _COMMENT) for n in form.findall(decoded)):
                self._know(name.strip())
                self._several(name)
        self._pattern = _pattern(self._names)

    def _several(self, text: str) -> None:
        if not self._redactor.is_own(text):
            for word in _WORDS.findall(text):
                self._know(word)

    def _know(self, name: str) -> None:
        known = len(name) < 3 or name.lower() in ROLES or self._redactor.is_own(name)
        if not known and len(self._names) < MOST:
            self._names.add(name.lower())

    def named(self, text: str) -> bool:
        """Whether somebody is named in a text."""
        return bool(self._pattern and self._pattern.search(text.lower()))


def _pattern(names: set[str]) -> re.Pattern[str] | None:
    if not names:
        return None
    return re.compile("|".join(_one(name) for name in sorted(names, key=len, reverse=True)))


def _one(name: str) -> str:
    found = re.escape(name)
    return rf"(?<![^\W\d_]){found}(?![^\W\d_])" if len(name) < _SHORT else found
