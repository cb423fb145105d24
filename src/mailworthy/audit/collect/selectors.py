"""DKIM keys: those we know of, or those that common selectors reveal."""

from mailworthy.audit.collect.target import Target
from mailworthy.audit.collect.texts import texts_at
from mailworthy.audit.evidence import Keys, Published, SelectorEvidence
from mailworthy.audit.part import Known, NotAsked, Part, missing
from mailworthy.dkim.record import DkimKey
from mailworthy.dkim.record import parse as parse_key
from mailworthy.dkim.selectors import COMMON
from mailworthy.lookup.drive import gather
from mailworthy.lookup.model import Asking, Question, Status, ask

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
    root, probe = yield from ask(Question(base, "TXT"), Question(f"{WILDCARD_PROBE}.{base}", "TXT"))
    wildcard = probe.records if probe.status is Status.FOUND else ()
    guessing = not known
    if guessing and probe.status is Status.FAILED:
        return missing(probe), missing(probe)
    names = known or _guesses(root.status is Status.ABSENT or bool(wildcard))
    found = yield from gather(
        [_selector(target, s, source, wildcard) for s, source in names.items()]
    )
    if guessing:
        found = [s for s in found if not isinstance(s.key, Known) or s.key.value.texts]
    elif _only_ed25519(found) and not wildcard:
        twins = [s for s in TWINS if s not in names]
        more = yield from gather([_selector(target, s, "guess", ()) for s in twins])
        found += [s for s in more if isinstance(s.key, Known) and s.key.value.texts]
    keys = Keys(not guessing, tuple(names), wildcard, _found(found), root, probe)
    return Known(keys), Known(tuple(found))


def _guesses(pointless: bool) -> dict[str, str]:
    return {} if pointless else dict.fromkeys(COMMON, "guess")


def _only_ed25519(found: list[SelectorEvidence]) -> bool:
    """Whether every selector has an Ed25519 key: an RSA key may have gone unmentioned."""
    records = [s.key.value.record for s in found if isinstance(s.key, Known)]
    return len(records) == len(found) and all(r is not None and r.k == "ed25519" for r in records)


def _selector(
    target: Target, selector: str, source: str, wildcard: tuple[str, ...]
) -> Asking[SelectorEvidence]:
    name = f"{selector}._domainkey.{target.domain}"
    key = yield from texts_at(name, lambda text: True, parse_key)
    on_disk = target.keys.get(selector)
    wanted: Part[str] = (
        Known(on_disk) if on_disk else NotAsked("the DKIM private keys", "no keys were given")
    )
    same = bool(wildcard) and isinstance(key, Known) and key.value.texts == wildcard
    return SelectorEvidence(selector, source, name, key, wanted, same)


def _found(
    selectors: list[SelectorEvidence],
) -> tuple[tuple[str, Published[DkimKey]], ...]:
    return tuple(
        (s.selector, s.key.value)
        for s in selectors
        if isinstance(s.key, Known) and s.key.value.texts
    )
