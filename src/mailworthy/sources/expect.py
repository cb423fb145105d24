"""What the intent leads one to expect in the reports about a domain."""

import re
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from functools import cached_property
from ipaddress import ip_network

import msgspec

from mailworthy.domain.intent import Domain, Intent, SenderWish
from mailworthy.domain.senders import Resolved, resolve
from mailworthy.errors import UsageError
from mailworthy.names import is_within
from mailworthy.rdata.address import Network, address
from mailworthy.sources.table import Sender, find

_TERM = re.compile(r"\+?ip[46]:(.+)", re.IGNORECASE)
Key = tuple[str, str]


class Word(StrEnum):
    """What a user can say of a source."""

    MINE = "mine"
    APPROVED = "approved"
    IGNORE = "ignore"


class Approved(msgspec.Struct, frozen=True):
    """A third party that the intent names; `sender` is None for one that is spelt out.

    `via` is the service on whose machines it sends, `keys` are the domain and selector of
    each of its keys that the intent determines.
    """

    title: str
    sender: str | None = None
    via: str | None = None
    keys: tuple[Key, ...] = ()


class Expected(msgspec.Struct, frozen=True, dict=True):
    """What is known beforehand about the senders of a domain.

    `domains` are the user's own, `hosts` the names of its machines, `networks` their addresses
    and those that its SPF record names one by one. `keys` are its own DKIM keys as domain and
    selector. `words` is what the user said, by the text of a source key. `policy` is the p= of
    today.
    """

    domains: tuple[str, ...]
    hosts: tuple[str, ...] = ()
    addresses: Mapping[str, str] = {}
    networks: tuple[str, ...] = ()
    keys: tuple[Key, ...] = ()
    approved: tuple[Approved, ...] = ()
    words: Mapping[str, Word] = {}
    policy: str = "none"

    @cached_property
    def _nets(self) -> tuple[Network, ...]:
        return tuple(ip_network(text) for text in self.networks)

    def host_at(self, ip: str) -> str | None:
        """The host that has an address in the intent."""
        return self.addresses.get(ip)

    def allows(self, ip: str) -> bool:
        """Whether the intent lets an address send: a host's, or one of the SPF terms."""
        found = address(ip)
        return ip in self.addresses or any(
            found is not None and found.version == net.version and found in net
            for net in self._nets
        )

    def ours(self, name: str) -> bool:
        """Whether a name is the user's or below one that is."""
        return any(is_within(name, domain) for domain in self.domains)

    def near(self, ip: str) -> bool:
        """Whether an address is not a host's, but in the network of one (/24, or /64)."""
        if ip in self.addresses:
            return False
        return any(_network(ip) == _network(own) != "" for own in self.addresses)

    def approved_key(self, domain: str, selector: str) -> Approved | None:
        """The third party to which a key of ours belongs."""
        return next((a for a in self.approved if (domain, selector.lower()) in a.keys), None)

    def approved_sender(self, sender: Sender) -> Approved | None:
        """The intent's word on a service of the table, or on one that sends by way of it."""
        return next((a for a in self.approved if sender.name in (a.sender, a.via)), None)

    def own_key(self, domain: str, selector: str) -> bool:
        """Whether a key is one that the intent calls the user's own."""
        return (domain, selector.lower()) in self.keys

    def names_keys(self) -> bool:
        """Whether the intent says which keys there are."""
        return bool(self.keys)


def expect(
    intent: Intent,
    domain: str,
    *,
    selectors: Iterable[str] = (),
    words: Mapping[str, Word] | None = None,
    policy: str = "none",
) -> Expected:
    """What an intent says about one of its domains.

    `selectors` are own keys besides those of the intent: from the folder of keys, and older
    ones that were withdrawn. Senders that the table does not know are left out.
    """
    wish = intent.domains.get(domain, Domain())
    hosts = intent.domain_hosts(domain) if domain in intent.domains else intent.hosts
    own = dict.fromkeys(s.lower() for s in (*wish.selectors, *selectors))
    return Expected(
        domains=tuple(dict.fromkeys((domain, *intent.domains))),
        hosts=tuple(intent.hosts),
        addresses={ip: name for name, host in hosts.items() for ip in (*host.ipv4, *host.ipv6)},
        networks=tuple(_networks(wish.spf_terms)),
        keys=tuple((domain, selector) for selector in own),
        approved=tuple(_approved(wish.senders, domain)),
        words=words or {},
        policy=policy,
    )


def _network(ip: str) -> str:
    found = address(ip)
    size = {4: 24, 6: 64}
    return str(ip_network((found, size[found.version]), strict=False)) if found else ""


def _networks(terms: tuple[str, ...]) -> Iterator[str]:
    """The networks of ip4: and ip6: terms."""
    for term in terms:
        if found := _TERM.fullmatch(term):
            try:
                yield str(ip_network(found[1], strict=False))
            except ValueError:
                continue


def _approved(wishes: tuple[str | SenderWish, ...], domain: str) -> Iterator[Approved]:
    for wish in wishes:
        name = wish if isinstance(wish, str) else wish.name
        try:
            sender = find(name) if name is not None else None
        except UsageError:
            continue
        keys = tuple(_keys(wish, domain))
        title = sender.title if sender else _spelt(wish)
        via = sender.via if sender else None
        yield Approved(title, sender.name if sender else None, via, keys)


def _spelt(wish: str | SenderWish) -> str:
    return (wish if isinstance(wish, str) else wish.include) or "a sender of yours"


def _keys(wish: str | SenderWish, domain: str) -> Iterator[Key]:
    """The keys whose names the wish determines; a blank in a selector leaves one out."""
    resolved = _resolved(wish, domain)
    names = [r.name for r in resolved.records] if resolved else _plain(wish, domain)
    for name in names:
        selector, found, holder = name.partition("._domainkey.")
        if found:
            yield holder, selector.lower()


def _resolved(wish: str | SenderWish, domain: str) -> Resolved | None:
    try:
        return resolve(wish, domain)
    except UsageError:
        return None


def _plain(wish: str | SenderWish, domain: str) -> list[str]:
    """Where blanks of a sender are not filled: its selectors that have none."""
    name = wish if isinstance(wish, str) else wish.name
    keys = find(name).dkim if name is not None else ()
    return [f"{k.selector}._domainkey.{domain}" for k in keys if "{" not in k.selector]
