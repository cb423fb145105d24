"""Reading a server: this machine, or another one over the system's `ssh`. Nothing is changed."""

from collections.abc import Sequence
from typing import Protocol

from mailworthy.probe.local import Local
from mailworthy.probe.ssh import Ssh
from mailworthy.servers.reading.engine import Places, reading
from mailworthy.servers.reading.model import Server
from mailworthy.servers.reading.request import Request, Told

__all__ = ["Local", "Places", "Reach", "Ssh", "read_server"]


class Reach(Protocol):
    """A way to a machine; `where` names it for people."""

    where: str

    def tell(self, requests: Sequence[Request]) -> Sequence[Told]:
        """An answer to each request, in order. Trouble is an answer."""
        ...


def read_server(reach: Reach, places: Places | None = None) -> Server:
    """Everything about one server. Raises UsageError only for an `ssh` that cannot connect."""
    engine = reading(places or Places(), reach.where)
    try:
        wanted = next(engine)
        while True:
            wanted = engine.send(tuple(reach.tell(wanted)) if wanted else ())
    except StopIteration as end:
        result: Server = end.value
        return result
