"""What reporters saw of SPF and DKIM, as dictionary entries: trails and remarks."""

from collections.abc import Iterable, Mapping
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import msgspec
import sqlalchemy as sa

from mailworthy.reports.model import AggregateRecord, DkimAuth, Reason, SpfAuth
from mailworthy.reports.shown import shown
from mailworthy.store.schema.dictionaries import (
    domains,
    remarks,
    trail_dkim,
    trail_spf,
    trails,
)

if TYPE_CHECKING:
    from mailworthy.store.dictionary import Dictionaries

Seen = tuple[tuple[DkimAuth, ...], tuple[SpfAuth, ...], tuple[Reason, ...]]

# RFC 7489 §6.6 and appendix C; RFC 9990 has removed the first.
FORWARDED = {"forwarded", "trusted_forwarder", "mailing_list"}
TEXT = 255


def seen(record: AggregateRecord) -> Seen:
    """What a record tells about authentication, apart from alignment."""
    return record.dkim_auth, record.spf_auth, record.reasons


class Trails:
    """Enters combinations that are new."""

    def __init__(self, connection: sa.Connection, dictionaries: "Dictionaries") -> None:
        self._connection = connection
        self._dictionaries = dictionaries

    def numbers(self, new: Iterable[Seen]) -> dict[Seen, tuple[int, int | None]]:
        """The numbers of the trail and of the remark, if there is any, of each combination."""
        digests = {each: (digest(trail(each)), _remark_digest(each)) for each in new}
        trail_ids = self._trails({trail_: each for each, (trail_, _) in digests.items()})
        remark_ids = self._remarks({r: each for each, (_, r) in digests.items() if r})
        return {
            each: (trail_ids[trail_], remark_ids[remark] if remark else None)
            for each, (trail_, remark) in digests.items()
        }

    def _trails(self, wanted: Mapping[str, Seen]) -> dict[str, int]:
        names = {auth.domain for dkim, _, _ in wanted.values() for auth in dkim}
        names |= {auth.domain for _, spf, _ in wanted.values() for auth in spf}
        ids = self._dictionaries.numbers(self._connection, domains, names)
        found = self._dictionaries.look_up(self._connection, trails, sorted(wanted))
        missing = sorted(wanted.keys() - found.keys())
        if not missing:
            return found
        with self._dictionaries.entering(self._connection) as writer:
            self._dictionaries.enter(writer, trails, [(name,) for name in missing])
            new = self._dictionaries.look_up(writer, trails, missing)
            dkim = (row for name, id_ in new.items() for row in _dkim(id_, wanted[name], ids))
            self._dictionaries.insert(writer, trail_dkim, dkim)
            spf = (row for name, id_ in new.items() for row in _spf(id_, wanted[name], ids))
            self._dictionaries.insert(writer, trail_spf, spf)
        return found | new

    def _remarks(self, wanted: Mapping[str, Seen]) -> dict[str, int]:
        found = self._dictionaries.look_up(self._connection, remarks, sorted(wanted))
        if missing := sorted(wanted.keys() - found.keys()):
            rows = [(name, *_remark(wanted[name])) for name in missing]
            with self._dictionaries.entering(self._connection) as writer:
                self._dictionaries.enter(writer, remarks, rows)
            found |= self._dictionaries.look_up(self._connection, remarks, missing)
        return found


def trail(each: Seen) -> Any:
    """What makes a trail: results with their domains, in the order of the report."""
    return (
        [(auth.domain, auth.selector, auth.result) for auth in each[0]],
        [(auth.domain, auth.scope, auth.result) for auth in each[1]],
    )


def digest(value: Any) -> str:
    """A name for a value; nobody can make two values with one name."""
    return blake2b(msgspec.json.encode(_encodable(value)), digest_size=16).hexdigest()


def _encodable(value: Any) -> Any:
    """Text with lone surrogates has no UTF-8; it stands here as it is shown."""
    if isinstance(value, str):
        return value if value.isprintable() else shown(value, 4 * TEXT)
    if isinstance(value, list | tuple):
        return [_encodable(item) for item in value]
    return value


def _remark_digest(each: Seen) -> str:
    return digest(_remark_parts(each)) if any(_remark_parts(each)) else ""


def _remark_parts(each: Seen) -> tuple[list[Any], list[Any], list[Any]]:
    """Reasons, then what was said about signatures and about SPF with their positions."""
    return (
        [(reason.type, reason.comment) for reason in each[2]],
        [(at, auth.human_result) for at, auth in enumerate(each[0]) if auth.human_result],
        [(at, auth.human_result) for at, auth in enumerate(each[1]) if auth.human_result],
    )


def _remark(each: Seen) -> tuple[int, int, str]:
    reasons, dkim, spf = _remark_parts(each)
    body = {"reasons": reasons, "dkim": dkim, "spf": spf}
    encoded = msgspec.json.encode({name: _encodable(value) for name, value in body.items()})
    return int(any(map(is_forward, each[2]))), int(bool(each[2])), encoded.decode()


def is_forward(reason: Reason) -> bool:
    """Whether a reason says that mail came by way of somebody else (ARC: RFC 8617 §7.2.2)."""
    if reason.type == "local_policy":
        return "arc=pass" in reason.comment
    return reason.type in FORWARDED


def _dkim(id_: int, each: Seen, ids: Mapping[str, int]) -> list[tuple[Any, ...]]:
    return [
        (id_, at, ids[auth.domain], shown(auth.selector, TEXT), shown(auth.result, TEXT))
        for at, auth in enumerate(each[0])
    ]


def _spf(id_: int, each: Seen, ids: Mapping[str, int]) -> list[tuple[Any, ...]]:
    return [
        (id_, at, ids[auth.domain], shown(auth.scope, TEXT), shown(auth.result, TEXT))
        for at, auth in enumerate(each[1])
    ]
