"""Who signs a message: the keys of the folder, or keys that were named."""

import re
from collections.abc import Sequence
from pathlib import Path

from mailworthy.dkim.facade import signer
from mailworthy.dkim.selfcheck import KeyCheck
from mailworthy.dkim.signing import Signer, SigningKey
from mailworthy.dkim.unfit import unfit
from mailworthy.domain.folder import Folder
from mailworthy.domain.keys import read_private
from mailworthy.errors import UsageError
from mailworthy.message.author import Author, author
from mailworthy.message.disguise import disguised
from mailworthy.message.header import Message
from mailworthy.names import ancestors, is_within, printable, to_ascii

_LONE_LF = re.compile(rb"(?<!\r)\n")


def domain_for(message: Message, wanted: str | None, *, force: bool = False) -> str:
    """The domain to sign for: the one wanted, or the author's.

    Raises UsageError for a message that is not to be signed, and where From does not name a
    domain, or names none to which a signature of the wanted one could belong: DMARC would not
    count it. With `force` that domain is signed for all the same, as lists do.
    """
    if (problem := unfit(message)) is not None:
        raise UsageError(problem.message)
    if not force:
        _check_ends(message)
    found = author(message.values(b"from"), disguised(message))
    if wanted is not None:
        name = to_ascii(wanted)
        if not force:
            _check_author(found, name)
        return name
    if found.domain is None:
        why = found.fault or "From names several domains"
        raise UsageError(f"{why}: mend the message, or say for whom to sign with --domain")
    return found.domain


def _check_ends(message: Message) -> None:
    """Servers make all line ends alike, and not all of them in the same way."""
    if not message.lone_lf or b"\r\n" not in message.given:
        return
    found = _LONE_LF.search(message.given)
    line = message.given.count(b"\n", 0, found.start()) + 1 if found else 1
    raise UsageError(
        f"line {line} ends in LF alone and others in CR and LF: save it with one kind of line "
        "ends, or insist with --force"
    )


def _check_author(found: Author, name: str) -> None:
    """A domain at, above or below the author's can align (RFC 9989 §4.4)."""
    if found.fault is None and any(_related(each, name) for each in found.domains):
        return
    shown, who = printable(name, 100), ", ".join(printable(d, 100) for d in found.domains[:3])
    why = f"From is of {who}" if found.fault is None else found.fault.value
    raise UsageError(
        f"{why}, so a signature of {shown} proves nothing about its author: sign for that domain, "
        "mend From, or insist with --force, as a mailing list may"
    )


def _related(author: str, name: str) -> bool:
    return is_within(author, name) or is_within(name, author)


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
