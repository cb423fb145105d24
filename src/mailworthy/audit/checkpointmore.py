"""Two more dots, where there is something to tell: what was called, and the server read."""

from collections.abc import Iterator

from mailworthy.audit.connectparts import Conversation
from mailworthy.audit.evidence import Evidence
from mailworthy.audit.part import Known, Part, Unknown, short, value_or
from mailworthy.lookup.model import Dialled
from mailworthy.names import printable

CONNECTIONS, SERVER = "Connections", "Server"
REDDENED_BY_MORE = {
    CONNECTIONS: ("smtp-", "tls-", "dane-matches-", "dane-without-tls", "mtasts-mx-not-validated"),
    SERVER: ("server-",),
}
_MOST = 3  # hosts


def called(e: Evidence) -> bool:
    """Whether a connection was opened, or tried."""
    return any(not _untried(c.dialled) for c in value_or(e.conversations, ()))


def _untried(part: Part[Dialled]) -> bool:
    return not isinstance(part, Known | Unknown)


def call_parts(e: Evidence) -> Iterator[Part[object]]:
    """What servers said; where one address of a host was not called, another one was."""
    yield from (c.dialled for c in value_or(e.conversations, ()) if not _untried(c.dialled))


def call_says(e: Evidence) -> str:
    """Host by host: the encryption on port 25, and at how many of its addresses."""
    hosts: dict[str, list[Conversation]] = {}
    for call in value_or(e.conversations, ()):
        hosts.setdefault(call.host, []).append(call)
    shown = [f"{printable(host, 60)} {_host(calls)}" for host, calls in hosts.items()]
    more = f" and {len(shown) - _MOST} more" if len(shown) > _MOST else ""
    return ", ".join(shown[:_MOST]) + more


def _host(calls: list[Conversation]) -> str:
    counted: dict[str, int] = {}
    for call in calls:
        said = _said(call.dialled)
        counted[said] = counted.get(said, 0) + 1
    if len(counted) == 1:
        return f"({next(iter(counted))})"
    return f"({', '.join(f'{said} at {n} of {len(calls)}' for said, n in counted.items())})"


def _said(part: Part[Dialled]) -> str:
    if not isinstance(part, Known):
        return short(part)
    if part.value.tls is not None:
        return printable(part.value.tls.version, 20)
    return "no TLS"


def read(e: Evidence) -> bool:
    """Whether a server was looked at."""
    return isinstance(e.server, Known | Unknown)


def server_parts(e: Evidence) -> Iterator[Part[object]]:
    """The look itself and what of it failed; a program that is not installed is no gap."""
    yield e.server
    ways = (outlet.open for outlet in value_or(e.outlets, ()))
    parts = (e.postfix, e.rspamd, e.opendkim, e.signing_keys, *ways)
    yield from (part for part in parts if isinstance(part, Unknown))


def server_says(e: Evidence) -> str:
    """The programs that were read, and the selectors that they sign with."""
    if not isinstance(e.server, Known):
        return short(e.server)
    version = e.postfix.value.version if isinstance(e.postfix, Known) else ""
    programs = [f"Postfix {printable(version, 20)}".rstrip()] if _has(e.postfix) else []
    programs += ["Rspamd"] if _has(e.rspamd) else []
    # Its settings lie about wherever it is installed: it counts where it signs.
    programs += ["OpenDKIM"] if isinstance(e.opendkim, Known) and e.opendkim.value.keys else []
    selectors = [printable(k.selector, 30) for k in value_or(e.signing_keys, ())]
    signs = f"; signs with {', '.join(selectors)}" if selectors else ""
    return (", ".join(programs) or "neither Postfix nor Rspamd") + signs + _outward(e)


def _outward(e: Evidence) -> str:
    """The families over which receivers were reached."""
    ways = [f"IPv{o.version}" for o in value_or(e.outlets, ()) if value_or(o.open, False)]
    return f"; reaches others on port 25 ({', '.join(ways)})" if ways else ""


def _has(part: Part[object]) -> bool:
    return isinstance(part, Known)
