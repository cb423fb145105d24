"""What the rules about a server share: how its settings are shown, and how they are changed."""

import shlex
from collections.abc import Iterable

from mailworthy.audit.evidence import AddressEvidence, HostEvidence, SelectorEvidence
from mailworthy.audit.finding import Blank, Configure, Execute, Remedy, Shown, Step
from mailworthy.audit.part import Known
from mailworthy.audit.serverparts import Departure
from mailworthy.names import printable
from mailworthy.servers.reading.model import Postfix, Rspamd, Server, Service
from mailworthy.spf.authorise import Standing

RELOAD = "then: postfix reload"
RESTART = "then: systemctl reload rspamd"
MAIL_HOST = Blank("mail-host", "the name of this host, the one that its PTR record has")
_FAILS = frozenset({Standing.FAIL, Standing.SOFTFAIL, Standing.NEUTRAL, Standing.NONE})


def named(postfix: Postfix) -> str:
    """The name that the server has, as the subject of findings."""
    return printable(postfix.value("myhostname") or "Postfix", 253)


def short(text: str, limit: int = 200) -> str:
    """A value, made safe to show."""
    return printable(text, limit)


def noted(command: str, said: str) -> Shown:
    """A line of evidence, made safe to show."""
    return Shown(short(command, 500), short(said, 500))


def show(postfix: Postfix, *names: str, service: Service | None = None) -> tuple[Shown, ...]:
    """The evidence for parameters of Postfix, as a service sees them."""
    conf = "" if postfix.folder == "/etc/postfix" else f" -c {shlex.quote(postfix.folder)}"
    found = []
    for name in names:
        own = service is not None and name in service.options
        where = (
            f" -P {shlex.quote(f'{service.label}/{name}')}" if service and own else f" -x {name}"
        )
        value = postfix.value(name, service)
        said = f"{name} = {value}".rstrip() if own or name in postfix.values else "not known here"
        found.append(noted(f"postconf{conf}{short(where)}", short(said, 500)))
    return tuple(found)


def assign(postfix: Postfix, name: str, value: str, service: Service | None = None) -> Step:
    """Set a parameter where it is set now: in main.cf, or for one service in master.cf."""
    if service is not None and name in service.options:
        conf = "" if postfix.folder == "/etc/postfix" else f"-c {shlex.quote(postfix.folder)} "
        place = shlex.quote(f"{service.label}/{name}={value}")
        return Execute(f"postconf {conf}-P {place}")
    return Configure(postfix.main, f"{name} = {value}".rstrip())


def main(postfix: Postfix, *pairs: tuple[str, str], note: str = "") -> Remedy:
    """Lines of main.cf, and what makes them count."""
    steps = tuple(assign(postfix, name, value) for name, value in pairs)
    return Remedy(steps, f"{note}; {RELOAD}" if note else RELOAD)


def rspamd_file(rspamd: Rspamd, name: str, line: str, note: str = "") -> Remedy:
    """A line of a file of Rspamd, and what makes it count."""
    step = Configure(f"{rspamd.folder}/{name}", line)
    return Remedy((step,), f"{note}; {RESTART}" if note else RESTART)


def dump(rspamd: Rspamd, section: str, said: str) -> tuple[Shown, ...]:
    """The evidence for a setting of Rspamd."""
    standard = rspamd.folder == "/etc/rspamd"
    local = "" if standard else f"--var=LOCAL_CONFDIR={shlex.quote(rspamd.folder)} "
    return (noted(f"rspamadm {short(local)}configdump {section}", short(said, 500)),)


def number(text: str, default: int) -> int:
    """A number of a few digits, `default` for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else default


def items(value: str) -> list[str]:
    """The words of a list."""
    return value.replace(",", " ").split()


def here(hosts: Iterable[HostEvidence], postfix: Postfix, server: Server) -> list[HostEvidence]:
    """The MX hosts that are this machine: by name, or by an address."""
    own = set(server.addresses) if isinstance(server.addresses, tuple) else set()
    name = postfix.value("myhostname").lower()
    return [
        host
        for host in hosts
        if host.preference is not None and (host.name == name or own & set(_ips(host)))
    ]


def _ips(host: HostEvidence) -> tuple[str, ...]:
    return host.addresses.value.ips if isinstance(host.addresses, Known) else ()


def judged(departure: Departure, addresses: Iterable[AddressEvidence]) -> bool:
    """Whether other rules say what there is to say: the address is known as one that sends."""
    return any(a.ip == departure.ip and a.outbound for a in addresses)


def unauthorised(departure: Departure) -> bool:
    """Whether SPF was read, and does not let this address send."""
    said = departure.authorisation
    return isinstance(said, Known) and said.value.result in _FAILS


def chosen_by(departure: Departure) -> str:
    """Where the address comes from, in words."""
    return f"by {departure.setting}" if departure.setting else "as the kernel chooses"


def with_keys(selectors: Iterable[SelectorEvidence]) -> list[str]:
    """The selectors that have a key in DNS."""
    return [s.selector for s in selectors if isinstance(s.key, Known) and s.key.value.record]
