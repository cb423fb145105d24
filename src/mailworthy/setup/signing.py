"""Who signs a message: the keys of the folder, or keys that were named."""

from collections.abc import Sequence
from pathlib import Path

from mailworthy.dkim.facade import signer
from mailworthy.dkim.selfcheck import KeyCheck
from mailworthy.dkim.signing import Signer, SigningKey
from mailworthy.domain.folder import Folder
from mailworthy.domain.keys import read_private
from mailworthy.errors import UsageError
from mailworthy.message.author import author
from mailworthy.message.disguise import disguised
from mailworthy.message.header import Message
from mailworthy.names import ancestors, printable, to_ascii


def domain_for(message: Message, wanted: str | None) -> str:
    """The domain to sign for: the one wanted, or the author's.

    Raises UsageError where From does not name one.
    """
    if wanted is not None:
        return to_ascii(wanted)
    found = author([field.value for field in message.named(b"from")], disguised(message))
    if found.domain is None:
        why = found.fault or "From names several domains"
        raise UsageError(f"{why}: mend the message, or say for whom to sign with --domain")
    return found.domain


def by_folder(folder: Folder, domain: str, selectors: Sequence[str], *, exact: bool) -> Signer:
    """A signer with the keys of a folder: all of a domain, or those of `selectors`.

    A domain without keys is signed for by the nearest one above it, which aligns unless the
    policy is strict; `exact` forbids that. Raises UsageError, naming what there is.
    """
    name = _with_keys(folder, domain, exact=exact)
    known = folder.keys[name]
    names = [to_ascii(s) for s in selectors] or list(known)
    for selector in names:
        if selector not in known:
            there = ", ".join(known)
            raise UsageError(f"{folder.path} has no key {selector} of {name}; it has {there}")
    return signer(name, [(s, read_private(folder.key_folder, name, s)) for s in names])


def _with_keys(folder: Folder, domain: str, *, exact: bool) -> str:
    for name in [domain] if exact else ancestors(domain):
        if folder.keys.get(name):
            return name
    there = ", ".join(n for n, keys in folder.keys.items() if keys) or "none"
    raise UsageError(
        f"{folder.path} has no DKIM key of {printable(domain, 100)}, only of: {there}; "
        "choose with --domain, or give --selector and --key"
    )


def by_files(domain: str, selectors: Sequence[str], keys: Sequence[tuple[str, bytes]]) -> Signer:
    """A signer with keys from elsewhere, pairs of file name and content, one for each selector.

    Raises UsageError where they do not pair, and names the file that holds no usable key.
    """
    if len(selectors) != len(keys):
        raise UsageError(
            f"{len(selectors)} --selector and {len(keys)} --key: each key needs its selector"
        )
    made: list[SigningKey] = []
    for selector, (name, data) in zip(selectors, keys, strict=True):
        try:
            made += signer(domain, [(selector, data)]).keys
        except UsageError as error:
            raise UsageError(f"{printable(name, 200)}: {error}") from None
    return Signer(domain, tuple(made))


def faults(checks: Sequence[KeyCheck], place: Path | None) -> list[str]:
    """What is wrong with the published keys, a line a key; `place` is the folder they are of."""
    return [_fault(check, place) for check in checks if not check.good]


def undecided(checks: Sequence[KeyCheck]) -> bool:
    """Whether nothing is known to be wrong, and something could not be asked."""
    return all(check.good or check.result.result == "temperror" for check in checks)


def _fault(check: KeyCheck, place: Path | None) -> str:
    name = f"{check.selector}._domainkey.{check.domain}"
    cure = f"mailworthy zone {check.domain} --dir {place} --as records shows it" if place else ""
    if check.result.result == "temperror":
        return f"{name}: {check.result.reason}; ask again, or elsewhere with --dns"
    if check.records == 0:
        return _joined(f"{name}: no key is published there; publish it first", cure)
    if check.records > 1:
        return f"{name}: {check.records} records are published, where one belongs"
    if check.matches is False:
        return _joined(f"{name}: another key is published there; replace it", cure)
    return _joined(f"{name}: {check.result.reason}", cure)


def _joined(text: str, cure: str) -> str:
    return f"{text} ({cure})" if cure else text
