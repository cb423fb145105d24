"""How the judges differ from us, each way with the section that makes us right."""

from collections.abc import Callable

import msgspec

from agreement import Difference
from lab.comparemails import Case
from lab.compareworld import LAME, SPF
from lab.judges import Said

_LIMITED = ("eleven", "ten", "loop", "void", "void2", "manymx")
_UNUSABLE = "From header field"  # what our reason then speaks of
_SERVFAIL = f"x.{LAME}", LAME


class Seen(msgspec.Struct, frozen=True):
    """What a class is asked about: one word of ours, one of theirs, and all that is known.

    `signature` is domain, selector and what is special about it, where the words are about one.
    """

    case: Case
    ours: Said
    theirs: Said
    mine: str | None
    other: str | None
    signature: tuple[str, str, str] = ("", "", "")

    @property
    def record(self) -> str:
        """Which SPF record the sender has, by its name in the world; empty for none of those."""
        posted = self.case.posted
        domain = posted.sender.partition("@")[2] or posted.helo
        name = domain.removesuffix(".spf.example")
        return name if name in SPF and name != domain else ""

    @property
    def special(self) -> str:
        """What is special about the signature."""
        return self.signature[2]

    @property
    def undone(self) -> bool:
        """We refuse the signature, whatever the word."""
        return self.mine == "fail"

    def why(self, method: str) -> str:
        """Our reason."""
        return self.ours.why.get(method, "")

    def under(self, *domains: str) -> bool:
        """Whether the author's domain is one of these, or below."""
        author = self.case.author
        return any(author == d or author.endswith(f".{d}") for d in domains)


def coarse(word: str | None) -> str | None:
    """The result of a signature as far as it matters to others: pass, fail, temperror or nothing.

    Which word of RFC 8601 §2.7.1 tells of a signature that is worth nothing is for each to choose.
    """
    return word if word in ("pass", "temperror", None) else "fail"


def _is(*words: str) -> Callable[[Seen], bool]:
    return lambda seen: seen.special in words


def _signed_otherwise(seen: Seen) -> bool:
    """They see an aligned signature differently than we do, which is explained there."""
    return any(
        (seen.ours.dkim.get((d, s)) == "pass") != (seen.theirs.dkim.get((d, s)) == "pass")
        for d, s, _ in seen.case.signatures
    )


def _by_tree(seen: Seen) -> bool:
    """A psd tag somewhere above the author makes another organization."""
    return (
        seen.mine == "fail" and seen.other == "pass" and seen.under("psd.example", "parts.example")
    )


def _testing(seen: Seen) -> bool:
    return seen.mine != "pass" and "key trial" in seen.case.traits


RSPAMD_SPF = (
    Difference(
        "an error anywhere spoils the whole record",
        "RFC 7208 §4.6",
        lambda s: s.mine == "permerror" and s.record in ("syntax", "unknown", "badmacro"),
    ),
    Difference(
        "a modifier that stands twice is an error",
        "RFC 7208 §6",
        lambda s: s.mine == "permerror" and s.record == "tworedirect",
    ),
    Difference(
        "two records are an error",
        "RFC 7208 §4.5",
        lambda s: s.mine == "permerror" and s.record == "twice",
    ),
    Difference(
        "ten look-ups, two of them void, and no more",
        "RFC 7208 §4.6.4",
        lambda s: s.mine in ("pass", "permerror") and s.record in _LIMITED,
    ),
    Difference(
        "an unknown modifier means nothing",
        "RFC 7208 §6",
        lambda s: s.mine == "pass" and s.record == "modifier",
    ),
    Difference(
        "the version ends with a space or the record",
        "RFC 7208 §4.5",
        lambda s: s.mine == "none" and s.record == "tab",
    ),
    Difference(
        "including or redirecting to no record is an error",
        "RFC 7208 §5.2, §6.1",
        lambda s: s.mine == "permerror" and s.record in ("include-none", "redirect-none"),
    ),
)
OPEN_SPF = (
    Difference(
        "OpenDMARC calls fail whatever is no pass",
        "RFC 7208 §2.6",
        lambda s: s.mine in ("softfail", "neutral", "permerror") and s.other == "fail",
    ),
    Difference(
        "a modifier that stands twice is an error",
        "RFC 7208 §6",
        lambda s: s.mine == "permerror" and s.record == "tworedirect",
    ),
    Difference(
        "no more than two void look-ups",
        "RFC 7208 §4.6.4",
        lambda s: s.mine == "permerror" and s.record in ("void", "ten"),
    ),
    Difference(
        "no answer is no policy",
        "RFC 7208 §4.4",
        lambda s: s.mine == "temperror" and s.other == "fail",
    ),
    Difference(
        "OpenDMARC says nothing without an author",
        "RFC 9989 §5.3.1",
        lambda s: s.other is None and s.theirs.dmarc is None and _UNUSABLE in s.why("dmarc"),
    ),
)
RSPAMD_DKIM = (
    Difference(
        "Rspamd looks at five signatures",
        "RFC 6376 §6.1",
        lambda s: s.other is None and len(s.case.signatures) > 5,
    ),
    Difference(
        "Rspamd says nothing of what it cannot read or what has expired",
        "RFC 8601 §2.7.1",
        lambda s: s.undone and s.other is None,
    ),
    Difference(
        "of fields with one name the lowest is signed first",
        "RFC 6376 §5.4.2",
        lambda s: s.mine == "pass" and s.other == "fail" and "two subjects" in s.case.traits,
    ),
    Difference(
        "keys of less than 1024 bits are worth nothing",
        "RFC 8301 §3.2",
        lambda s: s.undone and s.special == "key w",
    ),
    Difference(
        "the key record says what the key is for",
        "RFC 6376 §3.6.1",
        lambda s: s.undone and s.special in ("key tls", "key sha1", "key other", "key version"),
    ),
    Difference("i= lies in d=", "RFC 6376 §3.5", lambda s: s.undone and s.special == "i outside"),
    Difference(
        "q= has to name a way that we know",
        "RFC 6376 §3.5",
        lambda s: s.undone and s.special == "unknown q",
    ),
    Difference(
        "l= is no more than there is, and may be nothing",
        "RFC 6376 §3.5",
        _is("l too long", "l=0"),
    ),
    Difference(
        "an empty body is nothing in relaxed form",
        "RFC 6376 §3.4.4",
        lambda s: (
            s.mine == "pass"
            and s.other == "fail"
            and not s.case.posted.message.partition(b"\r\n\r\n")[2].strip()
        ),
    ),
)
OPEN_DKIM = (
    Difference(
        "OpenDKIM looks at three signatures",
        "RFC 6376 §6.1",
        lambda s: s.other == "fail" and len(s.case.signatures) > 3,
    ),
    Difference(
        "OpenDKIM says nothing without an author, or with a signature that lacks d= or s=",
        "RFC 6376 §6.1",
        lambda s: (
            not s.theirs.dkim
            and (_UNUSABLE in s.why("dmarc") or bool({"no d", "no s", "no v"} & s.case.traits))
        ),
    ),
    Difference(
        "the key has to be of the kind that a= says",
        "RFC 6376 §3.6.1",
        lambda s: s.undone and s.special == "key kind",
    ),
    Difference(
        "a record that is no key will not become one",
        "RFC 6376 §6.1.2",
        lambda s: s.undone and s.other == "temperror" and s.special == "key text",
    ),
    Difference(
        "a From that was not signed is a forgery",
        "RFC 6376 §8.15",
        lambda s: s.undone and s.other == "pass" and s.case.posted.message.count(b"From: ") > 1,
    ),
    Difference(
        "no answer is not the end of it",
        "RFC 6376 §6.1.2",
        lambda s: s.mine == "temperror" and s.signature[0] == LAME,
    ),
)
_MALFORMED = Difference(
    "the author has to be beyond doubt",
    "RFC 9989 §5.3.1, §11.5",
    lambda s: s.mine == "permerror" and _UNUSABLE in s.why("dmarc"),
)
_OBSOLETE = Difference(
    "white space around the at sign is allowed to be read",
    "RFC 5322 §4.4",
    lambda s: "spaces" in s.case.traits,
)
_TREE = Difference("an organization ends where a psd tag says so", "RFC 9989 §4.10.2", _by_tree)
_TRIAL = Difference("a key for tests proves nothing", "RFC 6376 §3.6.1", _testing)
_FOLLOWS = Difference("follows from another view of a signature", "above", _signed_otherwise)
RSPAMD_DMARC = (
    Difference(
        "two records are no record",
        "RFC 9989 §4.10",
        lambda s: s.mine == "none" and s.other == "permerror" and s.under("twice.example"),
    ),
    _MALFORMED,
    _TREE,
    _OBSOLETE,
    Difference(
        "several authors of one domain are one author domain",
        "RFC 9989 §5.3.1",
        lambda s: "two" in s.case.traits and s.other == "none",
    ),
    Difference(
        "an author in a group is an author",
        "RFC 5322 §3.4, RFC 6854",
        lambda s: "group" in s.case.traits and s.other is None,
    ),
    _TRIAL,
    _FOLLOWS,
)
OPEN_DMARC = (
    Difference(
        "two records are no record",
        "RFC 9989 §4.10",
        lambda s: s.mine == "none" and s.other in ("pass", "fail") and s.under("twice.example"),
    ),
    Difference(
        "a record without p= that wants reports is one with p=none",
        "RFC 9989 §4.10.1",
        lambda s: s.other == "permerror" and s.under("bare.example"),
    ),
    _MALFORMED,
    _TREE,
    _OBSOLETE,
    Difference(
        "no answer is not no record",
        "RFC 9989 §4.10",
        lambda s: s.mine == "temperror" and s.other == "none" and s.under(LAME),
    ),
    _TRIAL,
    _FOLLOWS,
)
TABLES = {
    ("Rspamd", "spf"): RSPAMD_SPF,
    ("Rspamd", "dkim"): RSPAMD_DKIM,
    ("Rspamd", "dmarc"): RSPAMD_DMARC,
    ("OpenDMARC", "spf"): OPEN_SPF,
    ("OpenDKIM", "dkim"): OPEN_DKIM,
    ("OpenDMARC", "dmarc"): OPEN_DMARC,
}
