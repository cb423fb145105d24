"""Name servers: BIND for the root, the top and the provider in three views, and Unbound."""

import secrets
from base64 import b64encode
from collections.abc import Iterator, Sequence

from lab import zones
from lab.machine import Machine
from lab.plan import BLOCKLIST, MEMORY, NETWORKS, PROVIDER, RESOLVER, REVERSE, ROOT, TLD, UNSIGNED

KEY_NAME = "lab"
SECRET = b64encode(secrets.token_bytes(32)).decode()
TSIG = f'key "{KEY_NAME}" {{ algorithm hmac-sha256; secret "{SECRET}"; }};\n'
CONF = "/etc/bind/named.conf"
CACHE = "/var/cache/bind"
POLICY = "box"
VIEWS = {
    "root": (ROOT, (".",)),
    "top": (TLD, ("example", "arpa")),
    "provider": (PROVIDER, ("provider.example", *REVERSE, UNSIGNED, BLOCKLIST)),
}
# By the zone in which the DS records stand.
SIGNED = {".": ("example", "arpa"), "example": ("provider.example",), "arpa": REVERSE}

# Unbound has its own addresses, on the same machine as the world.
OPTIONS = f"""\
options {{
    directory "{CACHE}";
    listen-on {{ !{RESOLVER[0]}; any; }};
    listen-on-v6 {{ !{RESOLVER[1]}; any; }};
    recursion no;
    dnssec-validation no;
    notify no;
    empty-zones-enable no;
    minimal-responses yes;
    allow-update {{ key {KEY_NAME}; }};
}};
"""
UNBOUND = """\
server:
  username: "unbound"
  chroot: ""
  pidfile: "/run/unbound.pid"
  use-syslog: no
  logfile: ""
  root-hints: "/etc/unbound/root.hints"
  trust-anchor-file: "/etc/unbound/root.anchor"
  module-config: "validator iterator"
  cache-max-ttl: {memory}
  cache-max-negative-ttl: {memory}
  infra-host-ttl: 5
  val-bogus-ttl: {memory}
{lines}
remote-control:
  control-enable: yes
  control-interface: "/run/unbound.ctl"
  control-use-cert: no
"""


def sign(machine: Machine, zone: str, policy: str, conf: str) -> str:
    """Make the key of a zone before its server starts; the DS record for the parent."""
    name = machine.script(
        f"dnssec-keygen -q -K {CACHE} -k {policy} -l {conf} '{zone}' 2>/dev/null"
    ).strip()
    return machine.script(f"chown bind:bind K*; dnssec-dsfromkey -2 {name}.key", folder=CACHE)


def start_bind(machine: Machine) -> None:
    """Start BIND with the configuration that is there."""
    machine.script("install -o bind -g bind -d /run/named")
    machine.spawn("named", ["named", "-g", "-u", "bind", "-n", "1"])


def make_keys(machine: Machine) -> list[str]:
    """Configure the world's BIND, and make its keys; the DS records of all signed zones."""
    machine.write(CONF, _named_conf())
    return [sign(machine, zone, POLICY, CONF) for zone in (".", *_children())]


def start_world(machine: Machine, ds: Sequence[str], pointers: Sequence[str]) -> None:
    """Start BIND with the world's zones; `ds` are all DS records, `pointers` PTR records."""
    texts = {
        ".": zones.root(_below(ds, SIGNED["."])),
        "example": zones.top([line for line in ds if line.split()[0].endswith(".example.")]),
        "arpa": zones.arpa(_below(ds, SIGNED["arpa"])),
        "provider.example": zones.provider(),
        UNSIGNED: zones.spoofer(),
        BLOCKLIST: zones.blocklist(),
        **{zone: zones.reverse(zone, pointers) for zone in REVERSE},
    }
    for zone, text in texts.items():
        machine.write(_file(zone), text, owner="bind")
    start_bind(machine)


def _children() -> Iterator[str]:
    for children in SIGNED.values():
        yield from children


def _below(ds: Sequence[str], children: Sequence[str]) -> list[str]:
    return [line for line in ds if line.split()[0].rstrip(".") in children]


def start_unbound(machine: Machine) -> None:
    """Start the resolver; the zones must be signed by then, or it remembers that they were not."""
    lines = [f'  interface: "{address}"' for address in RESOLVER]
    lines += [f'  access-control: "{network}" allow' for network in NETWORKS]
    lines += [f'  local-zone: "{zone}." nodefault' for zone in REVERSE]
    text = UNBOUND.format(memory=MEMORY, lines="\n".join(lines))
    machine.write("/etc/unbound/unbound.conf", text)
    hints = [". 3600000 NS a.root.example.", *zones.addresses("a.root.example. 3600000", ROOT)]
    machine.write("/etc/unbound/root.hints", "\n".join((*hints, "")))
    machine.script(f"cat {CACHE}/K.+*.key >/etc/unbound/root.anchor")
    machine.spawn("unbound", ["unbound", "-d", "-p", "-c", "/etc/unbound/unbound.conf"])


def _named_conf() -> str:
    views = (_view(name, *what) for name, what in VIEWS.items())
    policy = f"dnssec-policy {POLICY} {{ keys {{ csk lifetime unlimited algorithm 13; }}; }};"
    return "\n".join((TSIG, OPTIONS, policy, *views, ""))


def _view(name: str, addresses: Sequence[str], served: Sequence[str]) -> str:
    match = " ".join(f"{address};" for address in addresses)
    signed = f"dnssec-policy {POLICY}; inline-signing yes;"
    lines = []
    for zone in served:
        how = "" if zone in (UNSIGNED, BLOCKLIST) else signed
        lines.append(f'  zone "{zone}" {{ type primary; file "{_file(zone)}"; {how} }};')
    return "\n".join((f"view {name} {{ match-destinations {{ {match} }};", *lines, "};"))


def _file(zone: str) -> str:
    return f"/var/lib/bind/{zone if zone != '.' else 'root'}.zone"
