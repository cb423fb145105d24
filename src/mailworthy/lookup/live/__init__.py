"""DNS servers, asked over the network."""

from mailworthy.lookup.live.exchange import Pace
from mailworthy.lookup.live.resolver import Live
from mailworthy.lookup.live.servers import Server, Transport

__all__ = ["Live", "Pace", "Server", "Transport"]
