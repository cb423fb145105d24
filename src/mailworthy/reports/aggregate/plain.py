"""Elements written with nothing but plain tags and plain text, read without a parser of XML."""

import re
from functools import lru_cache

from mailworthy.reports.aggregate.element import (
    ORDINARY,
    Branch,
    Element,
    Picker,
    bare,
    picker,
    tree,
)

# What may stand in a plain record beside the signs of tags: printable ASCII, white space.
_PLAIN = bytes(sorted({9, 10, 13, *range(0x20, 0x7F)} - set(b"<>&")))
_ALTERNATING = b"<>" * ORDINARY
_TAG = re.compile(r"/?[A-Za-z_][A-Za-z0-9_]{0,99}")
DEPTH = 8  # elements in each other; deeper ones are for the parser to judge


def plain(text: bytes) -> Element | None:
    """The one element that a text consists of; None for any text that is not as plain as that.

    Where there is a result it is what a parser of XML would give: in a text of printable ASCII
    without `&` and `]]>` in which `<` and `>` take turns, and all that stands between them is a
    mere name, there is nothing but start tags, end tags and character data (XML 1.0 §2.4, §3.1),
    and the text is well-formed if these are balanced.
    """
    signs = text.translate(None, _PLAIN)
    if len(signs) % 2 or not _ALTERNATING.startswith(signs) or b"]]>" in text:
        return None
    parts = text.decode("ascii").replace(">", "<").split("<")
    tags = tuple(parts[1::2])
    taking = _bare(tags)
    if taking is None:
        return None
    texts = [*map(str.strip, parts[2::2]), ""]
    if parts[0].strip() or any(taking(texts)):
        return None
    return Element(tags, texts)


@lru_cache(maxsize=512)
def _bare(tags: tuple[str, ...]) -> Picker | None:
    """What takes the texts that must be empty: all but those of elements that hold only text.

    None if the tags are not those of one element, or the parser would have something to say.
    """
    if not all(map(_TAG.fullmatch, tags)):
        return None
    top = tree(tags)
    if top is None or "record" in tags[1:] or _deep(top):
        return None
    ends = {i for i, tag in enumerate(tags) if tag[0] == "/"}
    return picker(sorted(ends | set(bare(top))))


def _deep(branch: Branch, depth: int = 1) -> bool:
    return depth > DEPTH or any(_deep(kid, depth + 1) for kid in branch.kids)
