"""The milter that Postfix asks is not there.

## What it checks
Where `smtpd_milters` names a port of this machine, something listens there.

## Why it matters
With `milter_default_action = tempfail` no mail comes in and none goes out; with `accept` nothing is judged
or signed.

## How to fix
Start Rspamd, or name the port on which its proxy worker listens (11332 unless it was changed).
"""

from collections.abc import Iterator

from mailworthy.audit.finding import Execute, Found, Remedy, Severity
from mailworthy.audit.healthyserver import served
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.server._milters import Milter, sockets
from mailworthy.audit.rules.server._shared import RELOAD, assign, named, noted, short, show
from mailworthy.servers.reading.model import Postfix, Rspamd, Server, Service


@rule(
    over="postfixes",
    severity=Severity.BLOCKER,
    references=("RFC 5321 §4.5.4.1",),
    bad=served(main=("smtpd_milters = inet:127.0.0.1:8891",)),
    good=served(),
)
def check(postfix: Postfix, server: Server) -> Iterator[Found]:
    for service in postfix.public[:1]:
        for each in sockets(postfix.value("smtpd_milters", service)):
            if not isinstance(server.listening, tuple) or not each.local:
                continue
            if each.answers(server.listening):
                continue
            yield Found(
                subject=named(postfix),
                message=f"Postfix asks a milter at {short(each.text)}, where nothing listens",
                evidence=(
                    *show(postfix, "smtpd_milters", service=service),
                    noted("ss -ltn", f"no line with :{each.port}"),
                ),
                remedy=_mended(postfix, server, service, each),
            )


def _mended(postfix: Postfix, server: Server, service: Service, milter: Milter) -> Remedy:
    """The port of the milter that is there, or else start it."""
    listening = server.listening if isinstance(server.listening, tuple) else ()
    ports = [p for p in _usual(server) if any(each.port == p for each in listening)]
    if not ports:
        return Remedy((Execute("systemctl enable --now rspamd"),))
    value = postfix.value("smtpd_milters", service).replace(
        milter.text, f"inet:127.0.0.1:{ports[0]}"
    )
    return Remedy((assign(postfix, "smtpd_milters", value, service),), RELOAD)


def _usual(server: Server) -> list[int]:
    """The ports at which Rspamd speaks to Postfix."""
    places = server.rspamd.milters if isinstance(server.rspamd, Rspamd) else ()
    ports = (place.rpartition(":")[2] for place in places)
    return [int(port) for port in ports if port.isascii() and port.isdigit() and len(port) < 6]
