"""A DNSBL or DNSWL as data: where to ask, and what its answers mean (RFC 5782 §2, §3)."""

import re
from datetime import date
from enum import StrEnum

import msgspec

from mailworthy.names import is_hostname

_ANSWER = re.compile(r"127(?:\.(?:\*|0|[1-9][0-9]{0,2})){3}")


class Kind(StrEnum):
    """What a list has entries for."""

    IP4 = "ip4"
    IP6 = "ip6"
    DOMAIN = "domain"


class Severity(StrEnum):
    """What a listing means for mail."""

    HIGH = "high"  # receivers refuse mail for it
    POLICY = "policy"  # by its place, no mail server should be there
    INFORMATIONAL = "informational"  # worth knowing, no reason to refuse


class _Answer(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One answer: an address in which `*` is any octet, or one bit of the last octet (§2.3)."""

    answer: str = ""
    bit: int = 0
    means: str

    def __post_init__(self) -> None:
        if bool(self.answer) == bool(self.bit):
            raise ValueError("either answer or bit")
        if self.answer and not _ANSWER.fullmatch(self.answer):
            raise ValueError(f"answer {self.answer!r} is not in 127.0.0.0/8")
        if self.bit not in (0, 1, 2, 4, 8, 16, 32, 64, 128):
            raise ValueError(f"bit {self.bit} is not one bit of an octet")

    def fits(self, octets: list[str]) -> bool:
        """Whether this is what an address says, given as four decimal texts.

        A bit counts in 127.0.0.x only: elsewhere in 127.0.0.0/8 are the refusals of some lists,
        and those have all bits.
        """
        if self.bit:
            return octets[:3] == ["127", "0", "0"] and bool(int(octets[3]) & self.bit)
        return all(p in ("*", o) for p, o in zip(self.answer.split("."), octets, strict=True))


class Code(_Answer, frozen=True, kw_only=True):
    """An answer that means a listing; `severity` where it is not that of the list."""

    name: str
    severity: Severity | None = None


class Refusal(_Answer, frozen=True, kw_only=True):
    """An answer that means that the list did not answer the question; `fix` is what to do."""

    fix: str


class Dnsbl(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One list; `id` is the word that it goes by here, `zone` its name in DNS.

    `white` lists name the good. `asked` says that it is asked by default. `keyed` is the zone of
    a subscriber, with "{key}" in it. `present` and `absent` are the test entries of a list of
    domains, where they differ from RFC 5782 §5. `closed` is when the list ceased to be: nothing
    is asked then. `source` is the page that all this rests on, seen on the day `checked`.
    """

    id: str
    title: str
    zone: str
    kinds: tuple[Kind, ...]
    source: str
    checked: date
    codes: tuple[Code, ...] = ()
    refused: tuple[Refusal, ...] = ()
    severity: Severity = Severity.HIGH
    white: bool = False
    asked: bool = False
    keyed: str = ""
    present: str = "test"
    absent: str = "invalid"
    terms: str = ""
    removal: str = ""
    closed: date | None = None

    def __post_init__(self) -> None:
        if not is_hostname(self.zone):
            raise ValueError(f"zone {self.zone!r} is not a domain name in lower case")
        if not self.codes and self.closed is None:
            raise ValueError("a list without codes lists nothing")
