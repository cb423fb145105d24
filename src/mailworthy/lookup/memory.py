"""A resolver on zone text: RFC 1034 §4.3.2, RFC 4592, RFC 6672 and RFC 2308, without a network."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from mailworthy.errors import UsageError
from mailworthy.lookup.model import (
    Answer,
    Ask,
    Dial,
    Dialled,
    Fetch,
    Fetched,
    Question,
    Reply,
    Status,
    Why,
    failed,
)
from mailworthy.lookup.nametext import canonical, wire_labels
from mailworthy.lookup.presentation import mnemonic
from mailworthy.lookup.rrset import MAX_CHAIN, ordered
from mailworthy.lookup.zonetext import MAX_OCTETS, ZoneError, ZoneRecord, read_zone
from mailworthy.lookup.zonetree import Found, Tree
from mailworthy.names import is_within

MAX_KEPT = 65536  # answers kept ready


class Memory:
    """The answers that servers of these zones would give through a recursive resolver.

    A zone begins at each SOA. Names in no zone are answered if a record has that very name, and
    are otherwise FAILED, `why=outside`, as is all at and below a delegation.
    Zones in `signed` are answered with `ad`. `fail` makes a name, or a (name, type), fail.
    ANY and other questions that are about no type of data are refused (RFC 8482 §4.3).
    `fetches` answers HTTPS: a body stands for a response 200 of type text/plain. `dials` answers
    SMTP: each its own ask, and with an empty `ip` the same for every address of the host.
    Of several CNAMEs at one name the first in sorted order is followed.
    """

    def __init__(
        self,
        records: Iterable[ZoneRecord],
        *,
        signed: Iterable[str] = (),
        fail: Mapping[str | tuple[str, str], Why] | None = None,
        fetches: Mapping[str, bytes | Fetched] | None = None,
        dials: Iterable[Dialled] = (),
    ) -> None:
        self.records = tuple(records)
        self._tree = Tree(self.records)
        self._signed = frozenset(_inside(name) for name in signed)
        self._fail = {_key(where): why for where, why in (fail or {}).items()}
        self._fetches = dict(fetches or {})
        self._dials = {dialled.ask: dialled for dialled in dials}
        self._kept: dict[Ask, Reply] = {}

    @classmethod
    def from_zone(
        cls,
        text: str | bytes,
        *,
        origin: str | None = None,
        signed: Iterable[str] = (),
        fail: Mapping[str | tuple[str, str], Why] | None = None,
        fetches: Mapping[str, bytes | Fetched] | None = None,
        dials: Iterable[Dialled] = (),
    ) -> "Memory":
        """Read zone text; raises ZoneError with the line that is wrong."""
        records = read_zone(text, origin=origin)
        return cls(records, signed=signed, fail=fail, fetches=fetches, dials=dials)

    @classmethod
    def from_files(
        cls,
        paths: Iterable[str | Path],
        *,
        origin: str | None = None,
        signed: Iterable[str] = (),
    ) -> "Memory":
        """Read zone files into one world; raises ZoneError with file and line."""
        records = [r for path in paths for r in _read_file(Path(path), origin)]
        return cls(records, signed=signed)

    def instant(self, ask: Ask) -> Reply:
        """The reply, always the same for the same ask."""
        reply = self._kept.get(ask)
        if reply is None:
            reply = self._reply(ask)
            if len(self._kept) >= MAX_KEPT:
                self._kept.clear()
            self._kept[ask] = reply
        return reply

    def _reply(self, ask: Ask) -> Reply:
        if isinstance(ask, Question):
            return self._answer(ask)
        if isinstance(ask, Fetch) and ask.url in self._fetches:
            return _fetched(ask, self._fetches[ask.url])
        if isinstance(ask, Dial):
            return self._dialled(ask)
        return failed(ask, Why.NO_MEANS)

    def _dialled(self, ask: Dial) -> Reply:
        anywhere = msgspec.structs.replace(ask, ip="")
        found = self._dials.get(ask) or self._dials.get(anywhere)
        return msgspec.structs.replace(found, ask=ask) if found else failed(ask, Why.NO_MEANS)

    def _answer(self, ask: Question) -> Answer:
        type_, name = mnemonic(ask.type), canonical(ask.name)
        if name is None or type_ is None:
            return _failed(ask, Why.BAD_NAME if name is None else Why.REFUSED)
        chain: list[str] = []
        ttl: list[int] = []
        seen, ad = {name}, True
        while True:
            if why := self._fail.get((name, type_)) or self._fail.get((name, "")):
                return _failed(ask, why, chain)
            found = self._tree.find(name, type_)
            if found is None:
                return _failed(ask, Why.OUTSIDE, chain)
            ad = ad and self._is_signed(found)
            ttl.append(found.ttl)
            if found.alias is None:
                return _finished(ask, found, tuple(chain), min(ttl), ad)
            chain.append(found.alias)
            if wire_labels(found.alias) is None:  # RFC 6672 §2.2: the new name is too long
                return _failed(ask, Why.BAD_NAME, chain)
            if len(chain) > MAX_CHAIN or found.alias in seen:
                return _failed(ask, Why.LOOP, chain[:MAX_CHAIN])
            name = found.alias
            seen.add(name)

    def _is_signed(self, found: Found) -> bool:
        if found.zone is not None:
            return found.zone in self._signed
        return any(is_within(found.name, zone) for zone in self._signed)


def _inside(name: str) -> str:
    found = canonical(Question(name, "SOA").name)
    if found is None:
        raise UsageError(f"{name!r} is not a domain name")
    return found


def _key(where: str | tuple[str, str]) -> tuple[str, str]:
    if isinstance(where, str):
        return _inside(where), ""
    return _inside(where[0]), where[1].upper()


def _read_file(path: Path, origin: str | None) -> tuple[ZoneRecord, ...]:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_OCTETS + 1)
    except OSError as error:
        raise ZoneError(f"{path}: {error.strerror}") from None
    if len(data) > MAX_OCTETS:
        raise ZoneError(f"{path}: larger than {MAX_OCTETS >> 20} MiB")
    return read_zone(data, origin=origin, source=str(path))


def _failed(ask: Question, why: Why, chain: Iterable[str] = ()) -> Answer:
    reply = failed(ask, why)
    assert isinstance(reply, Answer)
    return msgspec.structs.replace(reply, chain=tuple(chain))


def _finished(ask: Question, found: Found, chain: tuple[str, ...], ttl: int, ad: bool) -> Answer:
    records, splits = ordered((r.value, r.splits) for r in found.records)
    status = Status.FOUND if records else Status.EMPTY if found.exists else Status.ABSENT
    rcode = "NXDOMAIN" if status is Status.ABSENT else "NOERROR"
    return Answer(
        ask, status, records=records, splits=splits, ttl=ttl, ad=ad, chain=chain, rcode=rcode
    )


def _fetched(ask: Fetch, given: bytes | Fetched) -> Fetched:
    if isinstance(given, Fetched):
        reply = msgspec.structs.replace(given, ask=ask)
    else:
        reply = Fetched(ask, Status.FOUND, code=200, content_type="text/plain", body=given)
    if len(reply.body) <= ask.max_bytes:
        return reply
    return Fetched(ask, Status.FAILED, Why.OVERSIZE, detail=f"more than {ask.max_bytes} octets")
