"""MX records (RFC 1035 §3.3.9, RFC 5321 §5.1) and the null MX (RFC 7505)."""

import msgspec

from mailworthy.names import ancestors
from mailworthy.parsed import Parsed, Problem
from mailworthy.rdata.address import canonical
from mailworthy.rdata.fields import Reader, absolute


class Mx(msgspec.Struct, frozen=True):
    """One mail exchanger; `exchange` in the inside form, "." for the null MX."""

    preference: int
    exchange: str

    @property
    def null(self) -> bool:
        """Whether this record says that the domain takes no mail (RFC 7505 §3)."""
        return self.exchange == "."


def parse(text: str) -> Parsed[Mx]:
    """Read `10 mail.example.com.`; `null-preference` marks a null MX whose preference is not 0."""
    read = Reader(text)
    mx = Mx(read.number("preference", 65535), read.name("exchange"))
    if mx.null and mx.preference:
        span = read.span()
        message = "the null MX has preference 0"
        return read.done(mx, Problem("null-preference", message, span.start, span.end))
    return read.done(mx)


def render(mx: Mx) -> str:
    """Presentation text with the absolute name."""
    return f"{mx.preference} {absolute(mx.exchange)}"


def looks_like_address(exchange: str, domain: str) -> str | None:
    """The IP address that someone wrote where an exchange's name belongs, else None.

    Finds `192.0.2.1`, `[192.0.2.1]`, `[IPv6:2001:db8::25]`, and those to which a zone's origin
    was appended because the final dot was missing: `192.0.2.1.example.com` for example.com or
    for a name below it. Names in the inside form; the address comes in canonical text.
    """
    origins = [origin for origin in ancestors(domain) if exchange.endswith("." + origin)]
    stems = [exchange, *(exchange[: -len(origin) - 1] for origin in origins)]
    found = (canonical(_bare(stem)) for stem in stems)
    return next((address for address in found if address), None)


def _bare(stem: str) -> str:
    stem = stem.removesuffix(".")
    if stem.startswith("[") and stem.endswith("]"):
        stem = stem[1:-1]
    return stem.removeprefix("ipv6:")
