"""What a broken SPF record was probably meant to be."""

import re
from contextlib import suppress

import idna
import msgspec

from mailworthy.audit.evidence import Sending
from mailworthy.audit.finding import Blank
from mailworthy.audit.rules.spf._text import (
    authorises_somebody,
    is_all,
    literals,
    mechanism,
    record,
    unlisted,
    words,
)
from mailworthy.names import printable
from mailworthy.spf.hints import intended
from mailworthy.spf.model import Kind
from mailworthy.spf.record import VERSION, is_spf
from mailworthy.spf.terms import read_term

MAX_BLANKS = 5  # who has more broken terms is asked for all of them at once
_QUALIFIERS = ("+", "-", "~", "?")
_STUB = re.compile(r"[+\-?~]?(?:ip4|ip6|include|a|mx|exists):", re.IGNORECASE)
_LISTED = re.compile(r"([+\-?~]?[A-Za-z0-9]+:)([^,;]+(?:[,;][^,;]+)+)[,;]?")
_JUNK = re.compile(r"[\s\"'\xa0\xc2\xe2\x80-\x9f\xef\xbb\xbf]+")
_VERSION = re.compile(r"(?:v\s*=?\s*[\"']?\s*)?spf-?\s*1?(?:\.0)?[\"';:,.0-9]*", re.IGNORECASE)
_INVISIBLE = re.compile("[\u200b-\u200f\u2028-\u202f\u2060\ufeff\xad]")
_QUOTES = re.compile("[\u2018-\u201f\xab\xbb\"'\x91-\x94]")
_DASHES = re.compile("[\u2010-\u2015\u2212\x96\x97]")


class Repair(msgspec.Struct, frozen=True):
    """A record, and what of it only its owner can know."""

    text: str
    blanks: tuple[Blank, ...] = ()


def fresh(sending: Sending) -> Repair:
    """A record for a domain whose own record says nothing usable."""
    if sending.spf:
        return Repair(sending.spf)
    if sending.never:
        return Repair(f"{VERSION} -all")
    if sending.ips:
        return Repair(record([*literals(sending.ips), "~all"]))
    meaning = (
        "the terms for the hosts that send, such as ip4:ADDRESS for a server of your own or the "
        "include: that your mail provider names"
    )
    return Repair(f"{VERSION} <senders> ~all", (Blank("senders", meaning),))


def closed(text: str, sending: Sending) -> Repair:
    """The record, ended by `~all` in place of an `all` that lets others in or says nothing.

    The domain's own hosts that the end alone let pass get terms of their own.
    """
    terms = [word for word in words(text) if not is_all(word)]
    if not authorises_somebody(terms):
        return fresh(sending)
    return Repair(record([*terms, *unlisted(terms, sending.ips), "~all"]))


def listed(text: str, sending: Sending) -> Repair:
    """The record from which a term was taken, with the domain's own hosts if they are in none."""
    terms = words(text)
    if not authorises_somebody(terms):
        return fresh(sending)
    return Repair(record([*unlisted(terms, sending.ips), *terms]))


def ended(text: str, sending: Sending) -> Repair:
    """The same, with an end if it has lost its own."""
    has_end = any(is_all(w) or w.lower().startswith("redirect=") for w in words(text))
    return listed(text, sending) if has_end else closed(text, sending)


def repaired(text: str, sending: Sending) -> Repair:
    """The record with every term that cannot be read put right, the others as they were.

    Where no repair suggests itself the user is asked, unless the intent knows.
    """
    terms: list[str] = []
    broken: list[str] = []
    for word in _whole_terms(plain(text)):
        mended = _mended(word)
        if mended is None:
            broken.append(word)
            terms.append(f"<{_placeholder(len(broken))}>")
        else:
            terms.extend(mended)
    if broken and (sending.spf or len(broken) > MAX_BLANKS):
        return fresh(sending)
    blanks = (
        Blank(_placeholder(n), f"the term that {printable(word, 80)!r} should have been")
        for n, word in enumerate(broken, 1)
    )
    return Repair(record(_once(terms)), tuple(blanks))


def _placeholder(number: int) -> str:
    return "term" if number == 1 else f"term-{number}"


def plain(text: str) -> str:
    """The record in plain ASCII: dashes as typed, no quotes, spaces that are spaces."""
    if text.isascii() and text.isprintable():
        return text
    with suppress(UnicodeError):  # what is not UTF-8 is read octet by octet
        text = text.encode("latin-1").decode("utf-8")
    text = _DASHES.sub("-", _QUOTES.sub("", _INVISIBLE.sub("", text)))
    text = "".join(" " if c.isspace() or not c.isprintable() else c for c in text)
    return " ".join(_ascii(word) for word in text.split())


def _ascii(word: str) -> str:
    """A term whose domain is written in its own script, with A-labels (RFC 8616 §4)."""
    head, mark, name = word.partition(":" if ":" in word else "=")
    if word.isascii() or not mark:
        return word
    try:
        return f"{head}{mark}{idna.encode(name, uts46=True).decode()}"
    except (idna.IDNAError, UnicodeError):
        return word


def _whole_terms(text: str) -> list[str]:
    """The terms, those joined again that a space tore apart (`ip4: 192.0.2.1`, `~ all`)."""
    found: list[str] = []
    for word in words(text):
        last = found[-1] if found else ""
        if last in _QUALIFIERS or (_STUB.fullmatch(last) and mechanism(last + word)):
            found[-1] = last + word
        else:
            found.append(word)
    return found


def _mended(word: str) -> list[str] | None:
    """The term or terms that were meant, None where nobody can tell."""
    if word.lower().startswith("v=spf1"):
        return []
    if readable(word):
        return [word]
    for guess in (_list(word), (intended(word) or "").split()):
        if guess and all(map(readable, guess)):
            return guess
    return None


def _list(word: str) -> list[str]:
    """`ip4:192.0.2.1,192.0.2.2` as two terms."""
    found = _LISTED.fullmatch(word) if len(word) <= 2000 else None
    if not found:
        return []
    items = re.split("[,;]", found[2])
    return [item if mechanism(item) and ":" in item else found[1] + item for item in items]


def readable(word: str) -> bool:
    """Whether a term obeys the grammar."""
    return word.isascii() and word.isprintable() and read_term(word).term is not None


def _once(terms: list[str]) -> list[str]:
    """redirect= and exp= may stand only once (RFC 7208 §6)."""
    seen: set[str] = set()
    kept = []
    for term in terms:
        name = term.partition("=")[0].lower()
        if name not in seen:
            kept.append(term)
        if name in ("redirect", "exp"):
            seen.add(name)
    return kept


def reversioned(text: str, sending: Sending) -> Repair:
    """A text that was meant to be an SPF record, as one."""
    junk = _JUNK.match(text)
    found = _VERSION.match(text, junk.end() if junk else 0)
    if found is None:
        return fresh(sending)
    rest = text[found.end() :].rstrip("\"' \t\r\n;").replace(";", " ")
    return repaired(f"{VERSION} {rest}", sending)


def merged(texts: tuple[str, ...], sending: Sending) -> Repair:
    """One record that lets every host pass that any of these lets pass.

    It ends as softly as the softest of them, but never in `+all` or `?all`.
    """
    terms = list(dict.fromkeys(word for text in texts for word in words(plain(text))))
    ends = [m.qualifier.value for word in terms if is_all(word) and (m := mechanism(word))]
    end = "-all" if ends and set(ends) == {"-"} else "~all"
    terms = [_included(word) for word in terms if not is_all(word)]
    named = [word for word in terms if not _is_ptr(word)]
    if sending.ips and authorises_somebody(named):  # then ptr names no host that is not known
        terms = [*unlisted(named, sending.ips), *named]
    return repaired(record([*dict.fromkeys(terms), end]), sending)


def _is_ptr(word: str) -> bool:
    found = mechanism(word)
    return found is not None and found.kind is Kind.PTR


def _included(word: str) -> str:
    name, _, target = word.partition("=")
    return f"include:{target}" if name.lower() == "redirect" else word


def is_one_of(repair: Repair, texts: tuple[str, ...]) -> str | None:
    """The text that says what the repair says already."""
    wanted = set(words(repair.text))
    return next((t for t in texts if is_spf(t) and set(words(t)) == wanted), None)


def meant(word: str) -> str:
    """The terms that a modifier was meant to be; nothing where that cannot be read either."""
    guess = (intended(word) or "").split()
    return " ".join(guess) if guess and all(map(readable, guess)) else ""
