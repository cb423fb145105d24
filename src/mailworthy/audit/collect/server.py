"""The reading of a server, and what DNS says of the names, keys and addresses in it."""

import base64
import binascii
from typing import Any

import msgspec

from mailworthy.audit.collect.hosts import addresses_of
from mailworthy.audit.collect.target import Target
from mailworthy.audit.evidence import AddressSet
from mailworthy.audit.part import Known, NotAsked, Part, Unknown, every, part
from mailworthy.audit.serverparts import Departure, Greeting, KeyOnServer, Served
from mailworthy.certificate import Certificate, read
from mailworthy.lookup.drive import gather, together
from mailworthy.lookup.model import Asking, look
from mailworthy.names import normalize
from mailworthy.rdata.address import Kind, canonical, kind, reverse_name
from mailworthy.reserved import documentation_name
from mailworthy.servers.reading.engine import fallbacks
from mailworthy.servers.reading.model import (
    CertificateFile,
    KeyFile,
    KeyState,
    OpenDkim,
    Postfix,
    Rspamd,
    Server,
    Signer,
    SigningKey,
    Unread,
)
from mailworthy.servers.reading.opendkimtables import chosen
from mailworthy.servers.reading.places import asks_opendkim, asks_rspamd
from mailworthy.spf.authorise import authorises
from mailworthy.spf.treemodel import SpfTree

MAX_PTR_NAMES = 10  # RFC 8601 §3
MAX_KEYS = 20  # keys of one domain
_PUBLIC = (Kind.GLOBAL, Kind.DOCUMENTATION)
_BIND = {4: "smtp_bind_address", 6: "smtp_bind_address6"}

Fields = dict[str, Any]


def server_of(target: Target) -> Asking[Fields]:
    """The parts that a server gives; none where none was read."""
    server = target.server
    if server is None:
        return {}
    if isinstance(server, Unread):
        gap = Unknown(server.what, server.why)
        return dict.fromkeys(_NAMES, gap)
    signs = isinstance(server.opendkim, OpenDkim) and server.opendkim.signs
    postfix = _known(server.postfix)
    rspamd = _known(server.rspamd, optional=signs)
    if signs and not asks_rspamd(server):
        rspamd = NotAsked("Rspamd's settings", "Postfix does not ask Rspamd")
    opendkim = _known(server.opendkim, optional=True)
    unread = next((p for p in (postfix, rspamd, opendkim) if isinstance(p, Unknown)), None)
    keys, departures, greeting = yield from together(
        _keys(target.domain, server), _departures(target.domain, server), _greeting(postfix)
    )
    served = Known(tuple(_served(file) for file in server.certificates))
    return {
        "server": Known(server),
        "postfix": postfix,
        "rspamd": rspamd,
        "opendkim": opendkim,
        "signers": unread or Known(_signers(server)),
        "postfixes": _once(target, postfix),
        "rspamds": _once(target, rspamd),
        "files": served if target.first else Known(()),
        "served": served,
        "signing_keys": keys,
        "departures": departures,
        "greeting": greeting,
    }


_NAMES = (
    *("server", "postfix", "rspamd", "opendkim", "postfixes", "rspamds", "files", "served"),
    *("signing_keys", "signers", "departures", "greeting"),
)


def _known(value: Any, *, optional: bool = False) -> Part[Any]:
    """What was read; a program that nobody needs and that is not installed was not asked for."""
    if not isinstance(value, Unread):
        return Known(value)
    return (NotAsked if optional and value.absent else Unknown)(value.what, value.why)


def _signers(server: Server) -> tuple[Signer, ...]:
    """The programs that are to sign: those that Postfix asks, of all if it asks none of them."""
    found: list[tuple[Signer, bool]] = []
    if isinstance(server.rspamd, Rspamd) and "dkim_signing" not in server.rspamd.off:
        found.append((server.rspamd, asks_rspamd(server)))
    if isinstance(server.opendkim, OpenDkim) and server.opendkim.signs:
        found.append((server.opendkim, asks_opendkim(server)))
    here = tuple(signer for signer, asked in found if asked)
    return here or tuple(signer for signer, _ in found)


def _once(target: Target, found: Part[Any]) -> Part[tuple[Any, ...]]:
    if not target.first:
        return Known(())
    return Known((found.value,)) if isinstance(found, Known) else found


def _served(file: CertificateFile) -> Served:
    what = f"the certificates in {file.path}"
    if file.state is KeyState.DENIED:
        return Served(file, Unknown(what, f"{file.path} may not be read: run this with sudo"))
    found = tuple(_certificate(pem) for pem in file.chain)
    readable = tuple(c for c in found if c is not None)
    return Served(file, Known(readable if len(readable) == len(found) else ()))


def _certificate(pem: str) -> Certificate | None:
    body = "".join(line for line in pem.splitlines() if not line.startswith("-----"))
    try:
        return read(base64.b64decode(body, validate=True)).record
    except (binascii.Error, ValueError):
        return None


def signing_keys(server: Server, domain: str) -> tuple[tuple[str, str, SigningKey], ...]:
    """The keys for one domain: the program that signs, its file of settings, the key."""
    found = []
    for signer in _signers(server):
        if isinstance(signer, Rspamd):
            place = f"{signer.folder}/local.d/dkim_signing.conf"
            own = tuple(k for k in signer.keys if k.domain == domain)
            keys = own or _tried(server, fallbacks(signer, server.postfix), domain)
            found += [("Rspamd", place, key) for key in keys]
        else:
            found += [("OpenDKIM", signer.file, key) for key in chosen(signer, domain).keys]
    return tuple(found[:MAX_KEYS])


def _tried(server: Server, keys: tuple[SigningKey, ...], domain: str) -> tuple[SigningKey, ...]:
    """Rspamd signs by `try_fallback` only if the file is there."""
    there = {file.path for file in server.keys if file.state is not KeyState.MISSING}
    return tuple(k for k in keys if k.domain == domain and k.path in there)


def _keys(domain: str, server: Server) -> Asking[Part[tuple[KeyOnServer, ...]]]:
    if isinstance(server.rspamd, Unread) and not server.rspamd.absent:
        return Unknown(server.rspamd.what, server.rspamd.why)
    if isinstance(server.opendkim, OpenDkim) and server.opendkim.signs and server.opendkim.open:
        why = f"{server.opendkim.open[0]} in {server.opendkim.file} was not read"
        return Unknown("the keys that OpenDKIM signs with", why)
    files = {file.path: file for file in server.keys}
    wanted = signing_keys(server, domain)
    found = yield from gather([_key(*each, files) for each in wanted])
    return Known(tuple(found))


def _key(
    program: str, config: str, key: SigningKey, files: dict[str, KeyFile]
) -> Asking[KeyOnServer]:
    name = normalize(f"{key.selector}._domainkey.{key.domain}")
    answer = yield from look(name, "TXT")
    file = files.get(key.path) or KeyFile(key.path, KeyState.DENIED, why="it was not read")
    text: Part[str] = Known(file.text)
    if file.state is KeyState.DENIED:
        text = Unknown(f"the key in {key.path}", "it may not be read: run this with sudo")
    published = part(answer, lambda: answer)
    return KeyOnServer(key.selector, name, program, config, file, text, published)


def _departures(domain: str, server: Server) -> Asking[Part[tuple[Departure, ...]]]:
    what = "the address that mail leaves from"
    postfix = server.postfix
    if isinstance(postfix, Unread):
        return Unknown(what, postfix.why)
    if isinstance(server.addresses, Unread):
        return Unknown(what, server.addresses.why)
    if postfix.value("relayhost"):
        return NotAsked(what, f"mail leaves by the relay {postfix.value('relayhost')[:100]}")
    found = leaving(postfix, server)
    public = {ip: setting for ip, setting in found.items() if kind(ip) in _PUBLIC}
    if found and not public:
        return NotAsked(what, f"{next(iter(found))} is translated (NAT) on the way")
    departed = yield from gather(
        [_departure(ip, s, server.addresses, _outside(ip, domain)) for ip, s in public.items()]
    )
    return Known(tuple(departed))


def leaving(postfix: Postfix, server: Server) -> dict[str, str]:
    """The addresses by the setting that chose them, empty for the kernel's own choice."""
    found: dict[str, str] = {}
    families = postfix.value("inet_protocols") or "all"
    for version, setting in _BIND.items():
        if families not in ("all", f"ipv{version}") and f"ipv{version}" not in families:
            continue
        bound = canonical(postfix.value(setting).strip("[]")) if postfix.value(setting) else None
        chosen = bound or _chosen(postfix, server, version)
        if chosen:
            found[chosen] = setting if bound else ""
    return found


def _chosen(postfix: Postfix, server: Server, version: int) -> str:
    """Where nothing is bound: the one address of `inet_interfaces`, else the kernel's source."""
    own = [
        ip
        for word in postfix.value("inet_interfaces").replace(",", " ").split()
        if (ip := canonical(word.strip("[]"))) and version_of(ip) == version
    ]
    if len(own) == 1 and kind(own[0]) is not Kind.LOOPBACK:
        return own[0]
    routed = server.sources if isinstance(server.sources, tuple) else ()
    known = server.addresses if isinstance(server.addresses, tuple) else ()
    readable = filter(None, map(canonical, (*routed, *known)))  # a recording may hold anything
    return next((ip for ip in readable if version_of(ip) == version), "")


def _outside(ip: str, domain: str) -> bool:
    """Whether others see this address; in examples those for documentation are seen."""
    found = kind(ip)
    return found is Kind.GLOBAL or (found is Kind.DOCUMENTATION and documentation_name(domain))


def version_of(ip: str) -> int:
    """4 or 6."""
    return 6 if ":" in ip else 4


def _departure(
    ip: str, setting: str, addresses: tuple[str, ...], outside: bool
) -> Asking[Departure]:
    answer = yield from look(reverse_name(ip), "PTR")
    ptr = part(answer, lambda: answer, f"the PTR of {ip}")
    pointed = tuple(normalize(n) for n in answer.records[:MAX_PTR_NAMES])
    names: Part[tuple[str, ...]] = Known(pointed) if isinstance(ptr, Known) else ptr
    sets = yield from gather([addresses_of(n) for n in pointed])
    later = NotAsked("SPF", "assembled later")
    confirmed = _confirmed(ip, every(sets)) if isinstance(ptr, Known) else ptr
    here = ip in addresses
    return Departure(ip, setting, here, outside, ptr, names, confirmed, later)


def _confirmed(ip: str, sets: Part[tuple[AddressSet, ...]]) -> Part[tuple[str, ...]]:
    if not isinstance(sets, Known):
        return sets
    return Known(tuple(s.name for s in sets.value if ip in s.ips))


def _greeting(postfix: Part[Postfix]) -> Asking[Part[Greeting]]:
    if not isinstance(postfix, Known):
        return postfix
    said = postfix.value.value("smtp_helo_name") or postfix.value.value("myhostname")
    name = normalize(said)[:253]
    if not name or not name.isprintable() or " " in name:
        return NotAsked("the name in HELO", "it is no name")
    found = yield from addresses_of(name)
    if not isinstance(found, Known):
        return found
    its = found.value
    return Known(Greeting(name, its.a, its.aaaa, its.ips))


def authorised(departures: Part[Any], tree: Part[SpfTree]) -> Part[tuple[Departure, ...]]:
    """Add to each departure what the SPF record says of it."""
    if not isinstance(departures, Known):
        return departures
    return Known(tuple(_authorised(each, tree) for each in departures.value))


def _authorised(departure: Departure, tree: Part[SpfTree]) -> Departure:
    said = Known(authorises(tree.value, departure.ip)) if isinstance(tree, Known) else tree
    return msgspec.structs.replace(departure, authorisation=said)
