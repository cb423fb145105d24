"""Changing DNS in the running lab (RFC 2136, RFC 8945), until everybody has seen it."""

import contextlib
import time
from collections.abc import Iterable, Iterator

import dns.message
import dns.name
import dns.query
import dns.rcode
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.tsigkeyring
import dns.update
import msgspec

from lab.dns import KEY_NAME, SECRET
from lab.machine import Machine, wait_for
from lab.plan import MEMORY, RESOLVER, server_of

TTL = 60
Key = tuple[dns.name.Name, dns.rdatatype.RdataType]
State = dict[Key, frozenset[dns.rdata.Rdata]]


class Line(msgspec.Struct, frozen=True):
    """`NAME TYPE DATA` or, to delete all of a type, `NAME TYPE`; names are absolute."""

    name: dns.name.Name
    type: dns.rdatatype.RdataType
    data: str

    @property
    def key(self) -> Key:
        """What it is about."""
        return self.name, self.type

    @property
    def rdata(self) -> dns.rdata.Rdata:
        """Its data."""
        return dns.rdata.from_text(dns.rdataclass.IN, self.type, self.data)


def read(text: str) -> Line:
    """A line of an update."""
    name, type_, *data = text.split(None, 2)
    return Line(dns.name.from_text(name), dns.rdatatype.from_text(type_), "".join(data))


class Updates:
    """Speaks to all name servers, from the machine of the provider."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine

    def send(
        self,
        zone: str,
        adds: Iterable[str] = (),
        deletes: Iterable[str] = (),
        *,
        secret: str | None = SECRET,
    ) -> str:
        """Send one update, without TSIG if `secret` is None; the rcode of the answer."""
        update = dns.update.UpdateMessage(zone)
        if secret is not None:
            update.use_tsig(dns.tsigkeyring.from_text({KEY_NAME: ("hmac-sha256", secret)}))
        for line in map(read, deletes):
            what = (line.rdata,) if line.data else (line.type,)
            update.delete(line.name, *what)
        for line in map(read, adds):
            update.add(line.name, TTL, line.rdata)
        with self._machine.inside():
            answer = dns.query.tcp(update, server_of(zone), timeout=5)
        return dns.rcode.to_text(answer.rcode())

    def apply(self, zone: str, adds: Iterable[str], deletes: Iterable[str]) -> State:
        """Update, and wait until every program asks for what is there now; what was before."""
        adds, deletes = tuple(adds), tuple(deletes)
        before = {line.key: self._ask(zone, line.key) for line in map(read, (*adds, *deletes))}
        said = self.send(zone, adds, deletes)
        assert said == "NOERROR", f"{zone}: {said}"
        self._settle(zone, _after(before, adds, deletes))
        return before

    @contextlib.contextmanager
    def changed(self, zone: str, adds: Iterable[str], deletes: Iterable[str]) -> Iterator[None]:
        """The same for a while."""
        before = self.apply(zone, adds, deletes)
        try:
            yield
        finally:
            texts = {k: f"{k[0]} {dns.rdatatype.to_text(k[1])}" for k in before}
            old = (
                f"{texts[k]} {rdata.to_text()}" for k, found in before.items() for rdata in found
            )
            self.apply(zone, old, texts.values())

    def _ask(self, zone: str | None, key: Key) -> frozenset[dns.rdata.Rdata]:
        """The records that a zone's server has, or with None the resolver."""
        server = RESOLVER[0] if zone is None else server_of(zone)
        query = dns.message.make_query(*key)
        with self._machine.inside():
            answer, _ = dns.query.udp_with_fallback(query, server, timeout=5)
        found = answer.get_rrset(answer.answer, key[0], dns.rdataclass.IN, key[1])
        return frozenset(found or ())

    def _settle(self, zone: str, wanted: State) -> None:
        wait_for(
            f"{zone} to be signed anew",
            lambda: all(self._ask(zone, key) == found for key, found in wanted.items()),
        )
        self._machine.run(["unbound-control", "flush_zone", zone], check=True)
        wait_for(
            f"the resolver to see {zone}",
            lambda: all(self._ask(None, key) == found for key, found in wanted.items()),
        )
        # Whoever asked the resolver a moment ago may remember the answer as long as it said.
        time.sleep(MEMORY + 0.1)


def _after(before: State, adds: Iterable[str], deletes: Iterable[str]) -> State:
    after = dict(before)
    for line in map(read, deletes):
        after[line.key] = after[line.key] - {line.rdata} if line.data else frozenset()
    for line in map(read, adds):
        after[line.key] = after[line.key] | {line.rdata}
    return after
