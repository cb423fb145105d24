"""Cases: small worlds in which a rule fires, or is silent."""

from datetime import UTC, datetime

import msgspec

from mailworthy.domain.recordset import RecordSet
from mailworthy.lookup.model import Dialled, Fetched, Trial

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


class Case(msgspec.Struct, frozen=True):
    """A world for one rule.

    `zones` is zone text (several zones allowed, each with its SOA), `signed` the zones to be
    taken as validated, `fetches` bodies (or whole responses) by URL, `intent` the text of a
    `mailworthy.toml`. `wanted` is what the intent's generator would want. `keys` gives, by
    "domain/selector", the TXT value of the DKIM private key on disk. `selectors` are given as by
    flag. `blanks` fills the placeholders of the remedy. `changes` tells people what was changed in
    the healthy world.

    `files` are the texts of files on the server by path; without any there is no server to look
    at. `commands` is what programs print there, `modes` the permission bits of its files, and
    `after` the files as the programs leave them that a remedy runs.
    `dials` is what servers say, `trials` what they are put to; `redials` is what they say once a
    step of a remedy was taken, by its line of configuration or command (empty for a request).
    `receivers` are the domains to whose servers port 25 should be open.
    """

    zones: str
    signed: tuple[str, ...] = ()
    files: dict[str, str] = {}
    fetches: dict[str, str | Fetched] = {}
    intent: str | None = None
    keys: dict[str, str] = {}
    selectors: tuple[str, ...] = ()
    parked: bool = False
    now: datetime = NOON
    domain: str = "example.com"
    blanks: dict[str, str] = {}
    wanted: tuple[RecordSet, ...] = ()
    changes: tuple[str, ...] = ()
    commands: dict[str, str] = {}
    modes: dict[str, int] = {}
    after: dict[str, str] = {}
    dials: tuple[Dialled, ...] = ()
    trials: tuple[Trial, ...] = ()
    redials: dict[str, tuple[Dialled, ...]] = {}
    receivers: tuple[str, ...] = ()
