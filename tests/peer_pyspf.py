"""Where pyspf, another implementation of RFC 7208, judges otherwise, and which section decides."""

import re
from typing import NamedTuple

from agreement import Difference
from mailworthy.lookup.model import Status
from mailworthy.spf.result import SpfResult


class Theirs(NamedTuple):
    """What pyspf returned."""

    result: str
    text: str
    voids: int
    lookups: int


def failed_types(found: SpfResult) -> set[str]:
    return {a.ask.type for a in found.answers if a.status is Status.FAILED}


def seen(found: SpfResult) -> list[str]:
    """The texts that were read."""
    return [t for a in found.answers if a.ask.type == "TXT" for t in a.records]


def voids(ours: SpfResult, theirs: Theirs) -> bool:
    return theirs.text.endswith("Void lookup limit of 2 exceeded") and ours.voids <= 2


def redirect_counted(ours: SpfResult, theirs: Theirs) -> bool:
    return "Too many DNS lookups" in theirs.text and ours.lookups <= 10


def itself(ours: SpfResult, theirs: Theirs) -> bool:
    return "trivial recursion" in theirs.text


def mx_matches(ours: SpfResult, theirs: Theirs) -> bool:
    return theirs.result == "temperror" and ours.section == "5.4"


def nameless(ours: SpfResult, theirs: Theirs) -> bool:
    return theirs.result == "temperror" and any("%{p" in text.lower() for text in seen(ours))


def deaf_ptr(ours: SpfResult, theirs: Theirs) -> bool:
    asked = any(a.ask.type == "PTR" for a in ours.answers)
    return (
        theirs.result == "temperror" and asked and bool(failed_types(ours) & {"PTR", "A", "AAAA"})
    )


def not_ascii(ours: SpfResult, theirs: Theirs) -> bool:
    local = ours.sender.rpartition("@")[0]
    return not local.isascii() and any(re.search("%{[sl]", t, re.IGNORECASE) for t in seen(ours))


HOSTS = (
    Difference("pyspf counts the empty answers of a term, not the terms", "§4.6.4", voids),
    Difference("pyspf counts redirect when it reads it", "§4.6.4, §6.1", redirect_counted),
    Difference("pyspf never lets a record include itself", "§5.2, §4.6.4", itself),
    Difference("pyspf gives up at a DNS error though an MX host matches", "§5.4", mx_matches),
    Difference("pyspf gives up where %{p} is 'unknown'", "§7.3", nameless),
    Difference("pyspf gives up where ptr does not match for a DNS error", "§5.5", deaf_ptr),
    Difference("pyspf lets a local part that is not ASCII match", "RFC 8616 §4", not_ascii),
)


def percents(term: str, ours: bool) -> bool:
    """Of `%%` at the end it sees one %, and of a % behind it none."""
    return "%%" in term


def letters_of_explanations(term: str, ours: bool) -> bool:
    return ours and re.search(r"=.*%\{[crt]", term, re.IGNORECASE) is not None


def no_parts(term: str, ours: bool) -> bool:
    return not ours and re.search(r"%\{[a-z]0+r?[^0-9a-z]*\}", term, re.IGNORECASE) is not None


TERMS = (
    Difference("pyspf misreads what stands beside %%", "§7.1", percents),
    Difference(
        "pyspf refuses c, r, t in modifiers it ignores", "§7.1, §6", letters_of_explanations
    ),
    Difference("pyspf takes a macro that keeps 0 parts", "§7.3", no_parts),
)
