"""DKIM keys: those we know of, or those that common selectors reveal."""

import msgspec

from mailworthy.audit.collect.target import Target
from mailworthy.audit.collect.texts import published
from mailworthy.audit.evidence import Keys, Published, SelectorEvidence
from mailworthy.audit.part import Known, NotAsked, Part, missing
from mailworthy.dkim.record import DkimKey
from mailworthy.dkim.record import parse as parse_key
from mailworthy.dkim.selectors import COMMON
from mailworthy.lookup.drive import gather, together
from mailworthy.lookup.model import Asking, Question, Status, ask, look

# No real selector is called so: what it answers, every name answers.
WILDCARD_PROBE = "mailworthy-probe-7f3a"
# Where the RSA key of somebody who named only an Ed25519 key is looked for.
TWINS = ("rsa", "default", "dkim", "mail", "s1")


def keys_of(
    target: Target,
) -> Asking[tuple[Part[Keys], Part[tuple[SelectorEvidence, ...]]]]:
    """The keys under known selectors; with none known, under the common ones.

    Where all known keys are Ed25519, a few more names are tried for an RSA key.
    Nothing is guessed where `_domainkey` does not exist (RFC 8020), nor where a wildcard
    answers for every selector.
    """
    known = target.known_selectors
    base = f"_domainkey.{target.domain}"
    (root, probe), found = yield from together(
        ask(Question(base, "TXT"), Question(f"{WILDCARD_PROBE}.{base}", "TXT")),
        _selectors(target, known),
    )
    wildcard = probe.records if probe.status is Status.FOUND else ()
    guessing, names = not known, known
    if guessing:
        if probe.status is Status.FAILED:
            return missing(probe), missing(probe)
        names = _guesses(root.status is Status.ABSENT or bool(wildcard))
        found = yield from _selectors(target, names)
        found = [s for s in found if not isinstance(s.key, Known) or s.key.value.texts]
    elif _only_ed25519(found) and not wildcard:
        twins = [s for s in TWINS if s not in names]
        more = yield from _selectors(target, dict.fromkeys(twins, "guess"))
        found += [s for s in more if isinstance(s.key, Known) and s.key.value.texts]
    found = [_compared(s, wildcard) for s in found]
    silent = tuple(s.selector for s in found if not isinstance(s.key, Known))
    keys = Keys(not guessing, tuple(names), wildcard, _found(found), root, probe, silent)
    return Known(keys), Known(tuple(found))


def _guesses(pointless: bool) -> dict[str, str]:
    return {} if pointless else dict.fromkeys(COMMON, "guess")


def _only_ed25519(found: list[SelectorEvidence]) -> bool:
    """Whether every selector has an Ed25519 key: an RSA key may have gone unmentioned."""
    records = [s.key.value.record for s in found if isinstance(s.key, Known)]
    return len(records) == len(found) and all(r is not None and r.k == "ed25519" for r in records)


def _selectors(target: Target, names: dict[str, str]) -> Asking[list[SelectorEvidence]]:
    return (yield from gather([_selector(target, s, source) for s, source in names.items()]))


def _selector(target: Target, selector: str, source: str) -> Asking[SelectorEvidence]:
    name = f"{selector}._domainkey.{target.domain}"
    answer = yield from look(name, "TXT")
    key = published(answer, lambda text: True, parse_key)
    alias = answer.chain[-1] if answer.chain and not isinstance(key, Known) else ""
    on_disk = target.keys.get(selector)
    wanted: Part[str] = (
        Known(on_disk) if on_disk else NotAsked("the DKIM private keys", "no keys were given")
    )
    return SelectorEvidence(selector, source, name, key, wanted, alias=alias)


def _compared(found: SelectorEvidence, wildcard: tuple[str, ...]) -> SelectorEvidence:
    same = bool(wildcard) and isinstance(found.key, Known) and found.key.value.texts == wildcard
    return msgspec.structs.replace(found, by_wildcard=same)


def _found(
    selectors: list[SelectorEvidence],
) -> tuple[tuple[str, Published[DkimKey]], ...]:
    return tuple(
        (s.selector, s.key.value)
        for s in selectors
        if isinstance(s.key, Known) and s.key.value.texts
    )
