"""What the user says of sources, and what is expected of a domain: kept beside the reports."""

import msgspec

from mailworthy.domain.intent import Intent
from mailworthy.sources.expect import Expected, Word, expect
from mailworthy.store import Store, intake
from mailworthy.store.queries.chosen import newest_of

_WORDS = "words about "
FORGET = "forget"


def words(store: Store, domain: str) -> dict[str, Word]:
    """What the user said of the sources of a domain, by the text of a source key."""
    known = {word.value for word in Word}
    found = intake.recall(store, _WORDS + domain)
    return {key: Word(text) for key, text in found.items() if text in known}


def say(store: Store, domain: str, key: str, word: Word | None, *, now: int) -> None:
    """Keep the user's word on a source, or take it back with None. Raises StoreError."""
    intake.remember(store, _WORDS + domain, {key: word.value if word else FORGET}, now=now)


class Known(msgspec.Struct, frozen=True):
    """An intent, and the names of the DKIM keys beside it: `domain.selector`."""

    intent: Intent
    keys: tuple[str, ...] = ()

    def selectors(self, domain: str) -> tuple[str, ...]:
        """The selectors of a domain's keys."""
        mine = (key.removeprefix(f"{domain}.") for key in self.keys if key.startswith(f"{domain}."))
        return tuple(selector for selector in mine if "." not in selector)


def expected(store: Store, domain: str, known: Known | None = None) -> Expected:
    """What is known beforehand of who sends for a domain: by the intent, the user's word and
    the policy of the newest report. Raises StoreError."""
    said, policy = words(store, domain), policy_of(store, domain)
    if known is None:
        return Expected((domain,), words=said, policy=policy)
    selectors = known.selectors(domain)
    return expect(known.intent, domain, selectors=selectors, words=said, policy=policy)


def policy_of(store: Store, domain: str) -> str:
    """The p= that the newest report about a domain was judged by."""
    return next((row.p for row in store.rows(newest_of(domain)) if row.p), "none")
