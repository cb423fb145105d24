"""Which servers to ask, as people write them."""

import ipaddress
import sys
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from mailworthy.errors import UsageError
from mailworthy.names import is_hostname, normalize, printable

RESOLV_CONF = "/etc/resolv.conf"
_EXAMPLES = "9.9.9.9, [2620:fe::fe]:53, tls://dns.quad9.net or https://dns.quad9.net/dns-query"


class Transport(StrEnum):
    """How questions travel."""

    UDP = "udp"  # and TCP where an answer is too long
    TLS = "tls"  # RFC 7858
    HTTPS = "https"  # RFC 8484


class Server(msgspec.Struct, frozen=True):
    """One server. `tls_name` is what its certificate must say; `url` is set for HTTPS."""

    transport: Transport
    host: str
    port: int
    tls_name: str = ""
    url: str = ""
    trust_ad: bool = False

    def __str__(self) -> str:
        if self.url:
            return self.url
        host = f"[{self.host}]" if ":" in self.host else self.host
        scheme = "tls://" if self.transport is Transport.TLS else ""
        return f"{scheme}{host}:{self.port}"


def servers(spec: str) -> list[Server]:
    """Read `system`, `ADDRESS[:PORT]`, `tls://HOST[:PORT][#NAME]` or `https://HOST/PATH`.

    The AD bit of a server is trusted by default where nobody between could have set it: over
    TLS and on this machine, and where resolv.conf says so. Raises UsageError.
    """
    if spec == "system":
        return system()
    if spec.startswith("https://"):
        return [_https(spec)]
    if spec.startswith("tls://"):
        return [_tls(spec)]
    host, port = _address(spec, spec, 53)
    return [plain(host, port)]


def plain(host: str, port: int = 53, *, trust_ad: bool = False) -> Server:
    """A server for UDP and TCP."""
    trusted = trust_ad or ipaddress.ip_address(host).is_loopback
    return Server(Transport.UDP, host, port, trust_ad=trusted)


def system(path: str = RESOLV_CONF) -> list[Server]:
    """The servers of this machine. Raises UsageError if none is configured."""
    try:
        text = Path(path).read_text("utf-8", "replace")
    except OSError:
        text = _from_registry() if sys.platform == "win32" else ""
    found = resolv_conf(text)
    if not found:
        raise UsageError(f"{path} names no DNS server; say which to ask, for example --dns 9.9.9.9")
    return found


def resolv_conf(text: str) -> list[Server]:
    """The servers that a resolv.conf(5) names, three at most; others are skipped."""
    lines = [line.split() for line in text.splitlines()]
    options = [word for line in lines if line[:1] == ["options"] for word in line[1:]]
    hosts = [line[1] for line in lines if line[:1] == ["nameserver"] and len(line) > 1]
    usable = [host for host in hosts if _is_address(host)]
    return [plain(host, trust_ad="trust-ad" in options) for host in usable[:3]]


def _from_registry() -> str:
    """Windows keeps its servers elsewhere; dnspython knows where."""
    import dns.resolver

    try:
        found = dns.resolver.Resolver().nameservers
    except dns.resolver.NoResolverConfiguration:
        return ""
    return "\n".join(f"nameserver {address}" for address in found)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _fail(spec: str, fault: str) -> UsageError:
    return UsageError(f"{printable(spec, 80)} is no DNS server: {fault} (try {_EXAMPLES})")


def _port(text: str, spec: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= 5 and 0 < int(text) < 65536):
        raise _fail(spec, "the port is not a number from 1 to 65535")
    return int(text)


def _host_port(text: str, spec: str, default: int) -> tuple[str, int]:
    """Split `host`, `host:port`, `v6` or `[v6]:port`."""
    if text.startswith("["):
        host, closed, rest = text[1:].partition("]")
        if not closed or (rest and not rest.startswith(":")):
            raise _fail(spec, "an IPv6 address with a port is written [address]:port")
        return host, _port(rest[1:], spec) if rest else default
    if text.count(":") == 1:
        host, _, port = text.partition(":")
        return host, _port(port, spec)
    return text, default


def _address(text: str, spec: str, default: int) -> tuple[str, int]:
    host, port = _host_port(text, spec, default)
    if not _is_address(host):
        raise _fail(spec, f"{printable(host, 60) or 'nothing'} is not an IP address")
    return host, port


def _tls(spec: str) -> Server:
    text, _, tls_name = spec.removeprefix("tls://").partition("#")
    host, port = _host_port(text.rstrip("/"), spec, 853)
    for name in (host, tls_name or host):
        if not _is_address(name) and not is_hostname(normalize(name)):
            raise _fail(spec, f"{printable(name, 60) or 'nothing'} is no host name or address")
    return Server(Transport.TLS, host, port, tls_name or host, trust_ad=True)


def _https(spec: str) -> Server:
    try:
        parts = urlsplit(spec)
        host, port = parts.hostname, parts.port or 443
    except ValueError:
        raise _fail(spec, "the URL cannot be read") from None
    if not host or parts.username or parts.query or parts.fragment or not spec.isprintable():
        raise _fail(spec, "the URL needs a host and a path, and nothing else")
    if not _is_address(host) and not is_hostname(normalize(host)):
        raise _fail(spec, f"{printable(host, 60)} is no host name or address")
    url = spec if parts.path.strip("/") else spec.rstrip("/") + "/dns-query"
    return Server(Transport.HTTPS, host, port, host, url, trust_ad=True)
