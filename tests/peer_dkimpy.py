"""Where dkimpy judges a signed message otherwise than we do, and which section decides.

Every question is about the message and the key record beside it, never about one of the cases.
"""

import re

from agreement import Difference
from mailworthy.dkim import record, signature
from mailworthy.dkim.canonical import Canonicalization
from mailworthy.dkim.result import DkimSignature
from mailworthy.message.header import Message


def unended_line(message: Message, key: str, ours: DkimSignature) -> bool:
    """White space at the end of a line goes, also of one without CRLF."""
    found = ours.signature
    relaxed = found is not None and found.body is Canonicalization.RELAXED
    return relaxed and message.body[-1:] in (b" ", b"\t")


def python_space(message: Message, key: str, ours: DkimSignature) -> bool:
    """WSP is space and tab; dkimpy also takes VT, FF and CR for it, at both ends of a value and
    anywhere in a signature."""
    values = [line.replace(b"\r\n", b"").partition(b":")[2].strip(b" \t") for line in message.lines]
    own = values[ours.index]
    return any(value != value.strip() for value in values) or bool(re.search(rb"[\v\f\r]", own))


def unreadable_line(message: Message, key: str, ours: DkimSignature) -> bool:
    """A line that is no field is no reason not to verify, nor is white space before a colon."""
    return any(not re.match(rb"[\x21-\x7e]+:", line) for line in message.lines)


def times(message: Message, key: str, ours: DkimSignature) -> bool:
    """x= lies after t=, and clocks may be wrong by an hour, not by ten."""
    return ours.code in ("bad-times", "expired", "from-the-future")


def beyond_the_body(message: Message, key: str, ours: DkimSignature) -> bool:
    """dkimpy takes as much as there is."""
    return ours.code == "length-beyond-body"


def ways_to_ask(message: Message, key: str, ours: DkimSignature) -> bool:
    """q= may list several ways."""
    return any(b"q" in _tags(line) and _tags(line)[b"q"] != b"dns/txt" for line in message.lines)


def _tags(line: bytes) -> dict[bytes, bytes]:
    found = signature.parse(line.partition(b":")[2])
    if found.record is None:
        return {}
    tags = signature.tags(line.partition(b":")[2])
    return {name.encode(): value.encode() for name, value in tags.items()}


def not_base64(message: Message, key: str, ours: DkimSignature) -> bool:
    """dkimpy skips what is not base64 and what follows a key."""
    return ours.code == "bad-base64" or record.parse(key).has(
        "bad-base64", "bad-key", "private-key-published"
    )


SPOILED = (
    *("duplicate-tag", "missing-equals", "empty-name", "bad-name", "empty-tag"),
    *("bad-version", "version-not-first"),
)


def broken_list(message: Message, key: str, ours: DkimSignature) -> bool:
    """One bad tag spoils a list, and v= stands first if at all."""
    return ours.code == "bad-tag-list" or record.parse(key).has(*SPOILED)


def services(message: Message, key: str, ours: DkimSignature) -> bool:
    """s= is a list; dkimpy compares the whole of it."""
    found = record.parse(key).record
    return found is not None and found.s not in (("*",), ("email",), ("tlsrpt",))


def restrictions(message: Message, key: str, ours: DkimSignature) -> bool:
    """A key may be for certain hashes (h=) and for no subdomain (t=s)."""
    return ours.code in ("hash-not-allowed", "identity-not-exact")


CLASSES = (
    Difference("dkimpy keeps white space behind the last line break", "§3.4.4 (a)", unended_line),
    Difference("dkimpy strips what Python calls white space", "§3.4.2", python_space),
    Difference(
        "dkimpy gives up at a line that is no field", "§6.1, RFC 5322 §4.5", unreadable_line
    ),
    Difference("dkimpy allows clocks ten hours, and x= at t=", "§3.5 t=, x=", times),
    Difference("dkimpy takes l= beyond the body", "§3.5 l=", beyond_the_body),
    Difference("dkimpy reads no list in q=", "§3.5 q=", ways_to_ask),
    Difference("dkimpy skips what is not base64, or no key", "§3.2, §3.6.1 p=", not_base64),
    Difference("dkimpy reads tag-lists loosely", "§3.2, §3.6.1 v=", broken_list),
    Difference("dkimpy reads no list in s=", "§3.6.1 s=", services),
    Difference("dkimpy ignores h= and t=s of a key", "§3.6.1, §6.1.2", restrictions),
)
