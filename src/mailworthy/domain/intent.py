"""The intent: what `mailworthy.toml` says, as values.

Reading the file, with its errors and positions, is `domain.intentfile`.
"""

from datetime import date
from enum import StrEnum

import msgspec

from mailworthy.names import ancestors


class MtaStsMode(StrEnum):
    """RFC 8461 §3.2, and `off` for a domain that publishes no policy at all."""

    TESTING = "testing"
    ENFORCE = "enforce"
    NONE = "none"
    OFF = "off"


class SpfEnd(StrEnum):
    """How the SPF record ends: `~all` first, `-all` when proven."""

    SOFTFAIL = "softfail"
    FAIL = "fail"


class Host(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One machine. `mx` is the preference with which it receives, None if it does not."""

    ipv4: tuple[str, ...] = ()
    ipv6: tuple[str, ...] = ()
    mx: int | None = None
    sends: bool = True


class DmarcWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The DMARC record wanted (RFC 9989 §4.7); None means what the roll-out starts with.

    `rua` holds addresses besides the domain's `reports`.
    """

    p: str | None = None
    sp: str | None = None
    np: str | None = None
    psd: str | None = None
    adkim: str | None = None
    aspf: str | None = None
    fo: str | None = None
    t: bool = False
    rua: tuple[str, ...] = ()
    ruf: tuple[str, ...] = ()


class SenderWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A third party that sends for a domain.

    Either `name` is a key of the sender table, with `values` for its blanks, or the parts are
    spelt out: `include` for SPF, `dkim` as selector to CNAME target or TXT value.
    """

    name: str | None = None
    include: str | None = None
    dkim: dict[str, str] = {}
    values: dict[str, str] = {}


class Domain(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One mail domain, as the user wants it.

    `hosts` None means all hosts; `tls_reports` None means `reports`. A nameserver is `NAME` or
    `NAME=ADDRESS`, a TLS key `FILE` or `HOST=FILE` (PEM: a certificate or a key). `spf_terms`
    are SPF mechanisms besides the hosts and senders, such as `ip4:198.51.100.7`. `no_mail` None
    means every name of the zone that is known to have an address and shows no sign of mail.
    """

    people: bool = True
    parked: bool = False
    reports: str | None = None
    tls_reports: str | None = None
    hosts: tuple[str, ...] | None = None
    senders: tuple[str | SenderWish, ...] = ()
    nameservers: tuple[str, ...] = ()
    records: str | None = None
    no_mail: tuple[str, ...] | None = None
    dnssec: bool = False
    tls_keys: tuple[str, ...] = ()
    ca: tuple[str, ...] = ()
    selectors: tuple[str, ...] = ()
    spf: SpfEnd = SpfEnd.SOFTFAIL
    spf_terms: tuple[str, ...] = ()
    dmarc: DmarcWish = DmarcWish()
    mta_sts: MtaStsMode = MtaStsMode.TESTING
    clients: bool = True
    ttl: int = 3600


class Waiver(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A finding that the user accepts, why, and until when."""

    rule: str
    reason: str
    until: date
    subject: str | None = None


class Intent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file. Keys of `hosts` and `domains` are names in the inside form."""

    hosts: dict[str, Host] = {}
    domains: dict[str, Domain] = {}
    waive: tuple[Waiver, ...] = ()

    def domain_hosts(self, domain: str) -> dict[str, Host]:
        """The hosts that serve one domain: those it names, or all."""
        wish = self.domains[domain]
        return {n: h for n, h in self.hosts.items() if wish.hosts is None or n in wish.hosts}

    def receivers(self, domain: str) -> dict[str, Host]:
        """The hosts with an MX preference for one domain, best first."""
        found = {n: h for n, h in self.domain_hosts(domain).items() if h.mx is not None}
        return dict(sorted(found.items(), key=lambda item: (item[1].mx or 0, item[0])))

    def zone_of(self, name: str) -> str | None:
        """The domain in whose zone a name lies: the longest that holds it."""
        return next((n for n in ancestors(name) if n in self.domains), None)

    def hosts_within(self, domain: str) -> dict[str, Host]:
        """The hosts whose names lie in the zone of one domain."""
        return {n: h for n, h in self.hosts.items() if self.zone_of(n) == domain}

    def senders(self, domain: str) -> dict[str, Host]:
        """The hosts that send for one domain."""
        return {n: h for n, h in self.domain_hosts(domain).items() if h.sends}
