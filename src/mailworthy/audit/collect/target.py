"""What an audit is asked to look at."""

from datetime import datetime

import msgspec

from mailworthy.audit.part import NotAsked
from mailworthy.domain.intent import Domain, Intent
from mailworthy.domain.recordset import RecordSet
from mailworthy.lookup.model import Trial
from mailworthy.servers.reading.model import Server, Unread

OUTWARD = "port 25 on the way out"
NO_RECEIVERS = NotAsked(OUTWARD, "that takes --server and --connect on the mail server itself")


class Target(msgspec.Struct, frozen=True):
    """One domain, and what is known of it beforehand.

    `keys` gives the DKIM keys on disk as the TXT values that they should be published as, by
    selector; `wanted` the record sets of the intent; `bystanders` names with an address but no
    mail. With `checkpoint` only what the six dots need is asked. `server` is the reading of the
    mail server, if there is one; `first` says that no other domain was judged with it before.
    `trials` are what the hosts of the intent are put to. `receivers` are domains to whose servers
    port 25 should be open on the way out, where the audit runs on the mail server itself.
    """

    domain: str
    now: datetime
    intent: Intent | None = None
    selectors: tuple[str, ...] = ()
    keys: dict[str, str] = {}
    wanted: tuple[RecordSet, ...] = ()
    bystanders: tuple[str, ...] = ("www",)
    parked: bool = False
    checkpoint: bool = False
    server: Server | Unread | None = None
    first: bool = True
    trials: tuple[Trial, ...] = ()
    receivers: tuple[str, ...] | NotAsked = NO_RECEIVERS

    @property
    def wish(self) -> Domain | None:
        """The intent's entry for this domain, if there is one."""
        return self.intent.domains.get(self.domain) if self.intent else None

    @property
    def known_selectors(self) -> dict[str, str]:
        """Selectors that need no guessing, with where they come from."""
        wish = self.wish
        wished = (*self.keys, *(wish.selectors if wish else ()))
        return dict.fromkeys(self.selectors, "flag") | dict.fromkeys(wished, "intent")
