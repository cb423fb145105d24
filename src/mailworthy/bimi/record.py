"""BIMI assertion records (draft-brand-indicators-for-message-identification).

An individual draft, not an RFC: sections are named by their headings.
"""

import re
from enum import StrEnum

import msgspec

from mailworthy import taglist
from mailworthy.names import is_fqdn, normalize, printable
from mailworthy.parsed import Parsed, Problem
from mailworthy.taglist import Tag, TagList

VERSION = "BIMI1"
# Receivers must not mend anything, so whatever breaks the tag-list leaves no record.
_BROKEN = frozenset(
    {
        "missing-equals",
        "empty-name",
        "bad-name",
        "empty-tag",
        "duplicate-tag",
        "bad-character",
        "too-many-tags",
        "missing-l",
        "bad-l",
        "bad-a",
        "bad-lps",
        "bad-format",
    }
)
_URI = re.compile(r"https://([A-Za-z0-9.-]{1,254})(?::[0-9]{1,5})?([/?#][!-~]*+)?", re.IGNORECASE)
_PREFIX = re.compile(r"[A-Za-z0-9-]{1,63}")
_SUFFIX = re.compile(r"\.([A-Za-z0-9]{1,5})\Z")
_OTHER_IMAGES = frozenset({"png", "jpg", "jpeg", "gif", "webp", "bmp", "ico", "tiff", "eps", "pdf"})


class Avatar(StrEnum):
    """Which picture the domain would rather see, its own or the sender's (`avp=`)."""

    BRAND = "brand"
    PERSONAL = "personal"


class Bimi(msgspec.Struct, frozen=True):
    """An assertion record.

    `location` (l) is the indicator and `evidence` (a) the mark certificate, each an https URI
    or "". `prefixes` (lps) is None without the tag, and empty if every local part matches.
    """

    location: str
    evidence: str = ""
    prefixes: tuple[str, ...] | None = None
    avatar: Avatar = Avatar.BRAND

    @property
    def declined(self) -> bool:
        """Whether the domain says that it takes no part (Declination to Publish)."""
        return not self.location and not self.evidence


def is_record(text: str) -> bool:
    """Whether a TXT record counts: `v=BIMI1` stands first, in this very spelling."""
    return _version(taglist.parse(text, max_tags=1))


def _version(tags: TagList) -> bool:
    return bool(tags.tags) and (tags.tags[0].name, tags.tags[0].value) == ("v", VERSION)


def parse(text: str) -> Parsed[Bimi]:
    """Read `v=BIMI1; l=https://example.com/logo.svg; a=https://example.com/vmc.pem`.

    No record after `not-bimi`, `missing-l`, `bad-l`, `bad-a`, `bad-lps`, `bad-format` (an image
    that is no SVG) and whatever breaks the tag-list. `bad-avp` is ignored by receivers,
    `unknown-tag` too, and `evidence-only` marks a certificate without an indicator.
    """
    tags = taglist.parse(text)
    if not _version(tags):
        message = f"does not begin with v={VERSION}"
        return Parsed(None, (Problem("not-bimi", message, 0, min(len(text), 7)),))
    problems = list(tags.problems)
    if tags.tag("l") is None:
        problems.append(Problem("missing-l", "there is no l=", len(text), len(text)))
    for tag in tags:
        problems += _tag_problems(tag)
    record = None if any(p.code in _BROKEN for p in problems) else _record(tags)
    if record and record.evidence and not record.location:
        message = "a certificate is named and no indicator"
        problems.append(Problem("evidence-only", message, 0, len(text)))
    return Parsed(record, tuple(sorted(problems, key=lambda p: p.start)))


def _record(tags: TagList) -> Bimi:
    lps, avp = tags.get("lps"), tags.get("avp", "")
    prefixes = None if lps is None else tuple(_prefixes(lps))
    avatar = Avatar.PERSONAL if avp == Avatar.PERSONAL else Avatar.BRAND
    return Bimi(tags.get("l", "") or "", tags.get("a", "") or "", prefixes, avatar)


def _prefixes(value: str) -> list[str]:
    return [item.strip(" \t") for item in value.split(",")] if value else []


def _tag_problems(tag: Tag) -> list[Problem]:
    if tag.name in ("l", "a"):
        return _location_problems(tag)
    good = {
        "v": True,
        "lps": all(_PREFIX.fullmatch(p) for p in _prefixes(tag.value)),
        "avp": tag.value in set(Avatar),
    }
    if good.get(tag.name, False):
        return []
    code = f"bad-{tag.name}" if tag.name in good else "unknown-tag"
    shown = printable(f"{tag.name}={tag.value}", 60)
    return [Problem(code, f"{shown} means nothing", tag.start, tag.end)]


def _location_problems(tag: Tag) -> list[Problem]:
    if not tag.value:
        return []
    span = (tag.value_start, tag.value_end)
    match = _URI.fullmatch(tag.value)
    if match is None or not is_fqdn(normalize(match[1])) or "," in tag.value:
        message = f"{printable(tag.value, 60)} is not one https URI"
        return [Problem(f"bad-{tag.name}", message, *span)]
    suffix = _suffix(match[2] or "")
    if tag.name == "l" and suffix in _OTHER_IMAGES:
        return [Problem("bad-format", f"an indicator is SVG or SVGZ, not {suffix}", *span)]
    return []


def _suffix(path: str) -> str:
    match = _SUFFIX.search(re.split(r"[?#]", path, maxsplit=1)[0])
    return match[1].lower() if match else ""


def render(bimi: Bimi) -> str:
    """The TXT value; l and a always stand, empty or not."""
    pairs = [("v", VERSION), ("l", bimi.location), ("a", bimi.evidence)]
    if bimi.prefixes is not None:
        pairs.append(("lps", ",".join(bimi.prefixes)))
    if bimi.avatar is not Avatar.BRAND:
        pairs.append(("avp", bimi.avatar))
    return taglist.render(pairs) + ";"
