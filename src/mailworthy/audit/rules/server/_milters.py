"""Where Postfix expects its milters."""

from collections.abc import Iterator

import msgspec

from mailworthy.servers.reading.model import Listener
from mailworthy.servers.reading.places import LOCAL, asked


class Milter(msgspec.Struct, frozen=True):
    """A milter at a TCP port."""

    text: str
    host: str
    port: int

    @property
    def local(self) -> bool:
        """Whether it is on this machine."""
        return self.host in LOCAL

    def answers(self, listening: tuple[Listener, ...]) -> bool:
        """Whether something listens there: at the address, at its family's every address."""
        every = {"*", "0.0.0.0", "::"}
        return any(
            each.port == self.port and (each.address in every or self._at(each.address))
            for each in listening
        )

    def _at(self, address: str) -> bool:
        return address == self.host or (self.host == "localhost" and address in LOCAL)


def sockets(value: str) -> Iterator[Milter]:
    """The milters of a list that are reached by TCP: `inet:host:port`, also in braces."""
    for place in asked(value):
        if not place.path:
            yield Milter(place.text, place.host, place.port)
