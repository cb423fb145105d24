"""SRV records (RFC 2782), with which clients find mail services (RFC 6186, RFC 8314 §5.1)."""

import msgspec

from mailworthy.parsed import Parsed, Problem
from mailworthy.rdata.fields import Reader, absolute


class Srv(msgspec.Struct, frozen=True):
    """One server of a service; `target` in the inside form."""

    priority: int
    weight: int
    port: int
    target: str

    @property
    def offered(self) -> bool:
        """False if the record says that there is no such service (RFC 2782, RFC 6186 §3.4)."""
        return self.target != "."


def parse(text: str) -> Parsed[Srv]:
    """Read `0 1 993 mail.example.com.`; `port-zero` marks an offered service without a port."""
    read = Reader(text)
    srv = Srv(
        read.number("priority", 65535),
        read.number("weight", 65535),
        read.number("port", 65535),
        read.name("target"),
    )
    if srv.offered and not srv.port:
        span = read.span()
        return read.done(srv, Problem("port-zero", "port 0 is no port", span.start, span.end))
    return read.done(srv)


def render(srv: Srv) -> str:
    """Presentation text with the absolute name."""
    return f"{srv.priority} {srv.weight} {srv.port} {absolute(srv.target)}"
