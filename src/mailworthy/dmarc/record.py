"""DMARC Policy Records: the TXT at `_dmarc.<domain>` (RFC 9989 §4.7, §4.8, §4.10.1)."""

import re
from collections.abc import Callable
from enum import StrEnum
from typing import TypeVar

import msgspec

from mailworthy import taglist
from mailworthy.dmarc.uri import ReportUri
from mailworthy.dmarc.uri import read as read_uris
from mailworthy.names import printable
from mailworthy.parsed import Parsed, Problem
from mailworthy.taglist import Tag, TagList

W = TypeVar("W", bound=StrEnum)


class Policy(StrEnum):
    """A Domain Owner Assessment Policy: p=, sp=, np=."""

    NONE = "none"
    QUARANTINE = "quarantine"
    REJECT = "reject"


class Alignment(StrEnum):
    """adkim= and aspf=."""

    RELAXED = "r"
    STRICT = "s"


class Psd(StrEnum):
    """psd=: whether the domain is a Public Suffix Domain, is not, or does not say."""

    YES = "y"
    NO = "n"
    UNKNOWN = "u"


KNOWN_TAGS = ("v", "p", "sp", "np", "adkim", "aspf", "fo", "psd", "t", "rua", "ruf")
REMOVED_TAGS = ("pct", "rf", "ri")  # RFC 7489 had them; RFC 9989 §9.3 calls them historic
DEFAULT_FO = ("0",)
_LOWER = {Policy.REJECT: Policy.QUARANTINE, Policy.QUARANTINE: Policy.NONE}
_DMARC = re.compile(r"[ \t\r\n]*[vV][ \t\r\n]*=[ \t\r\n]*DMARC1[ \t\r\n]*(?:;|\Z)")


class DmarcRecord(msgspec.Struct, frozen=True):
    """A record that receivers act on.

    `sp` and `np` are None when left out. `rua` and `ruf` hold the valid URIs; `removed` the
    tags of RFC 7489 that mean nothing now, `unknown` all others, each as (name, value).
    """

    p: Policy = Policy.NONE
    sp: Policy | None = None
    np: Policy | None = None
    adkim: Alignment = Alignment.RELAXED
    aspf: Alignment = Alignment.RELAXED
    fo: tuple[str, ...] = DEFAULT_FO
    psd: Psd = Psd.UNKNOWN
    t: bool = False
    rua: tuple[ReportUri, ...] = ()
    ruf: tuple[ReportUri, ...] = ()
    removed: tuple[tuple[str, str], ...] = ()
    unknown: tuple[tuple[str, str], ...] = ()

    def tag_for(self, *, subdomain: bool, exists: bool) -> str:
        """Which tag speaks for a name: "p", "sp" or "np" (RFC 9989 §4.7, §4.10.1)."""
        if not subdomain:
            return "p"
        if not exists and self.np is not None:
            return "np"
        return "p" if self.sp is None else "sp"

    def policy_for(self, *, subdomain: bool, exists: bool) -> Policy:
        """The policy published for the domain itself or for a subdomain; t= is not applied."""
        tag = self.tag_for(subdomain=subdomain, exists=exists)
        return {"p": self.p, "sp": self.sp or self.p, "np": self.np or self.p}[tag]

    def effective(self, policy: Policy) -> Policy:
        """The policy that t= leaves of a published one: with t=y one level lower."""
        return _LOWER.get(policy, Policy.NONE) if self.t else policy


def is_dmarc(text: str) -> bool:
    """Whether a TXT record is a DMARC Policy Record: v=DMARC1 stands first (RFC 9989 §4.10)."""
    return _DMARC.match(text) is not None


def psd_of(text: str) -> Psd:
    """The psd= of a text that `is_dmarc`, even when the record has no usable policy."""
    found = _word(_tags(text).get("psd") or "", Psd)
    return Psd.UNKNOWN if found is None else found


def parse(text: str) -> Parsed[DmarcRecord]:
    """Read a record. Never raises; linear in the length of `text`.

    `record` is None when the text is no DMARC record, and when receivers apply no DMARC for its
    sake: no valid p=, or an invalid sp= or np=, and no valid URI in rua=. With such a URI the
    record counts as p=none (RFC 9989 §4.10.1). Values of other tags that break their syntax
    fall to the default (§4.8). Tag names are read in any case, as the ABNF allows.
    """
    tags = _tags(text)
    problems = list(tags.problems)
    problems += _first_tag(tags, text)
    record = None
    if is_dmarc(text):
        reader = _Reader(tags, text)
        record = reader.read()
        problems += reader.problems
    return Parsed(record, tuple(sorted(problems, key=lambda p: (p.start, p.end))))


def _tags(text: str) -> TagList:
    return taglist.parse(text, fold_case=True)


def _word(value: str, kind: type[W]) -> W | None:
    """The member that a value names; literals of ABNF ignore case (RFC 5234 §2.3)."""
    return next((w for w in kind if w.value == value.lower()), None)


def _first_tag(tags: TagList, text: str) -> list[Problem]:
    tag = tags.tag("v")
    if tag is None:
        return [Problem("missing-v", "v=DMARC1 is missing", 0, len(text))]
    found: list[Problem] = []
    if text[: tag.start].strip(" \t\r\n"):
        message = "v=DMARC1 must be the first tag: receivers ignore this record"
        found.append(Problem("not-first-v", message, tag.start, tag.end))
    elif tag.start:
        message = "white space stands before v=DMARC1"
        found.append(Problem("leading-whitespace", message, 0, tag.start))
    if tag.value != "DMARC1":
        code = "wrong-case-v" if tag.value.upper() == "DMARC1" else "bad-version"
        shown = printable(tag.value, 40)
        message = f"the version must be DMARC1, not {shown}"
        found.append(Problem(code, message, tag.value_start, max(tag.value_end, tag.start + 1)))
    return found


class _Reader:
    def __init__(self, tags: TagList, text: str) -> None:
        self.tags = tags
        self.text = text
        self.problems: list[Problem] = []
        self.bad_policy = False

    def read(self) -> DmarcRecord | None:
        self.names()
        policies = [self.policy(name) for name in ("p", "sp", "np")]
        rua, ruf = self.uris("rua"), self.uris("ruf")
        record = DmarcRecord(
            p=policies[0] or Policy.NONE,
            sp=policies[1],
            np=policies[2],
            adkim=self.word("adkim", Alignment.RELAXED),
            aspf=self.word("aspf", Alignment.RELAXED),
            fo=self.fo(),
            psd=self.word("psd", Psd.UNKNOWN),
            t=self.testing(),
            rua=rua,
            ruf=ruf,
            removed=self.left(lambda name: name in REMOVED_TAGS),
            unknown=self.left(lambda name: name not in REMOVED_TAGS + KNOWN_TAGS),
        )
        return self.settle(record)

    def settle(self, record: DmarcRecord) -> DmarcRecord | None:
        """RFC 9989 §4.10.1: what a record without a valid policy is worth."""
        if not record.rua:
            self.note("no-rua", "no aggregate reports are asked for", self.tags.tag("rua"))
        missing = self.tags.tag("p") is None
        if (missing or self.bad_policy) and not record.rua:
            return None
        if self.bad_policy:
            return msgspec.structs.replace(record, p=Policy.NONE, sp=None, np=None)
        return record

    def note(self, code: str, message: str, tag: Tag | None = None) -> None:
        if tag is None:
            self.problems.append(Problem(code, message, 0, len(self.text)))
        else:
            self.problems.append(Problem(code, message, tag.start, tag.end))

    def names(self) -> None:
        """What the names and the order of the tags say, apart from their values."""
        for index, tag in enumerate(self.tags):
            written = self.text[tag.start : tag.start + len(tag.name)]
            if written != tag.name and written.lower() == tag.name:
                message = f"write {printable(tag.name, 20)} in lower case: some readers insist"
                self.note("uppercase-tag", message, tag)
            if tag.name == "p" and index > 1:
                self.note("p-not-second", "readers of RFC 7489 want p= right after v=", tag)
            self.name(tag)

    def name(self, tag: Tag) -> None:
        if tag.name in REMOVED_TAGS:
            message = f"{tag.name}= was removed from DMARC and is ignored"
            self.note(f"removed-{tag.name}", message, tag)
        elif tag.name not in KNOWN_TAGS:
            message = f"{printable(tag.name, 40)}= is not defined and is ignored"
            self.note("unknown-tag", message, tag)

    def policy(self, name: str) -> Policy | None:
        tag = self.tags.tag(name)
        if tag is None:
            if name == "p":
                self.note("p-missing", "p= is missing")
            return None
        found = _word(tag.value, Policy)
        if found is None:
            self.bad_policy = True
            shown = printable(tag.value, 40) or "an empty value"
            self.note(f"{name}-invalid", f"{shown} is not none, quarantine or reject", tag)
        return found

    def word(self, name: str, default: W) -> W:
        tag = self.tags.tag(name)
        if tag is None:
            return default
        found = _word(tag.value, type(default))
        if found is None:
            known = ", ".join(type(default))
            message = f"{name}= must be one of {known}; it counts as {default}"
            self.note(f"{name}-invalid", message, tag)
        return default if found is None else found

    def testing(self) -> bool:
        tag = self.tags.tag("t")
        if tag is not None and tag.value.lower() not in ("y", "n"):
            self.note("t-invalid", "t= must be y or n; it counts as n", tag)
        return tag is not None and tag.value.lower() == "y"

    def uris(self, name: str) -> tuple[ReportUri, ...]:
        tag = self.tags.tag(name)
        if tag is None:
            return ()
        found, problems = read_uris(tag)
        self.problems += problems
        return found

    def fo(self) -> tuple[str, ...]:
        tag = self.tags.tag("fo")
        if tag is None:
            return DEFAULT_FO
        if self.tags.tag("ruf") is None:
            self.note("fo-without-ruf", "fo= means nothing without ruf=", tag)
        words = tuple(w.strip(" \t").lower() for w in tag.value.split(":", 4))
        fits = len(set(words)) == len(words) and set(words) <= {"0", "1", "d", "s"}
        if not fits or {"0", "1"} <= set(words):
            message = "fo= must be 0 or 1, d and s, each once, with colons; it counts as 0"
            self.note("fo-invalid", message, tag)
            return DEFAULT_FO
        return words

    def left(self, wanted: Callable[[str], bool]) -> tuple[tuple[str, str], ...]:
        first: dict[str, str] = {}
        for tag in self.tags:
            if wanted(tag.name):
                first.setdefault(tag.name, tag.value)
        return tuple(first.items())


def render(record: DmarcRecord) -> str:
    """The record as text: v= and p= first, as old readers want, defaults left out."""
    pairs = [("v", "DMARC1"), ("p", str(record.p))]
    defaults = DmarcRecord()
    for name in ("sp", "np", "adkim", "aspf", "psd"):
        value = getattr(record, name)
        if value != getattr(defaults, name):
            pairs.append((name, str(value)))
    if record.t:
        pairs.append(("t", "y"))
    for name, uris in (("rua", record.rua), ("ruf", record.ruf)):
        if uris:
            pairs.append((name, ",".join(u.text or u.uri for u in uris)))
    if record.fo != DEFAULT_FO:
        pairs.append(("fo", ":".join(record.fo)))
    return taglist.render([*pairs, *record.removed, *record.unknown])
