"""All that is read of one server, in three rounds: programs, the files they name, the keys.

It only asks to read: `postconf`, `rspamadm configdump`, `doveconf`, `ip`, `ss`, and files.
"""

import re
from collections.abc import Iterator
from itertools import chain

import msgspec

from mailworthy.servers.reading import dovecot, machine, opendkim, postfix, rspamd, sockets
from mailworthy.servers.reading.model import (
    CertificateFile,
    KeyFile,
    KeyState,
    Listener,
    OpenDkim,
    Postfix,
    Rspamd,
    Server,
    SigningKey,
    Unread,
)
from mailworthy.servers.reading.opendkimtables import chosen
from mailworthy.servers.reading.request import (
    Certificates,
    Command,
    File,
    Key,
    Outcome,
    Request,
    Requesting,
    Told,
)

_CERTIFICATE = re.compile(
    r"-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]{1,20000}-----END CERTIFICATE-----"
)
MAX_CHAIN = 10
MAX_KEYS = 500
# Only the kernel's table is asked for a way to these: nothing is sent.
_FAR = {"-4": "198.51.100.1", "-6": "2001:db8::1"}
CERTIFICATE_SETTINGS = (
    "smtpd_tls_chain_files",
    "smtpd_tls_cert_file",
    "smtpd_tls_eccert_file",
    "smtpd_tls_dcert_file",
)
_STOPPED = {
    Outcome.LATE: "it gave no answer in time",
    Outcome.LARGE: "it says more than anybody can read",
}
INSTALL = {
    "postconf": "Postfix (apt install postfix)",
    "rspamadm": "Rspamd (apt install rspamd)",
    "ip": "iproute2 (apt install iproute2)",
    "ss": "iproute2 (apt install iproute2)",
    "doveconf": "Dovecot (apt install dovecot-core)",
    "hostname": "hostname (apt install hostname)",
}


class Places(msgspec.Struct, frozen=True):
    """Where to read where it is not the usual place: folders of Postfix and Rspamd."""

    postfix: str = ""
    rspamd: str = ""
    opendkim: str = "/etc/opendkim.conf"


def reading(places: Places, where: str = "this host") -> Requesting[Server]:
    """Everything about one server. Malformed or missing answers are part of the result."""
    wanted = _first(places)
    told = dict(zip(wanted, (yield tuple(wanted.values())), strict=True))
    found, own = _postfix(told, places), _opendkim_text(told)
    certificates = tuple(_certificates(found, told["doveconf"]))
    paths = list(dict.fromkeys(_tables(found, own)))
    about = tuple(sockets.commands(found)) if isinstance(found, Postfix) else ()
    more = (File(p) for p in paths), (Certificates(c.path) for c in certificates), about
    read = yield tuple(chain.from_iterable(more))
    asked = read[len(read) - len(about) :]
    waiting = sockets.built(found, told["ssx"], asked) if isinstance(found, Postfix) else ()
    said = {path: t.out if t.done else None for path, t in zip(paths, read, strict=False)}
    chains = zip(certificates, read[len(paths) :], strict=False)
    if isinstance(found, Postfix):
        found = postfix.with_domains(found, said)
    signer = _opendkim(told["opendkim"], own, said, places)
    judge = _rspamd(told["rspamadm"], places)
    keys = yield from _keys(judge, signer, found)
    return Server(
        where=where,
        hostname=_hostname(told["hostname"]),
        postfix=found,
        rspamd=judge,
        opendkim=signer,
        addresses=_addresses(told["ip"]),
        sources=_sources(told),
        listening=_listening(told["ss"]),
        keys=keys,
        certificates=tuple(_with_chain(c, t) for c, t in chains),
        sockets=waiting,
    )


def _first(places: Places) -> dict[str, Request]:
    conf = ("postconf", *(("-c", places.postfix) if places.postfix else ()))
    local = (f"--var=LOCAL_CONFDIR={places.rspamd}",) if places.rspamd else ()
    routes = {f"route{n}": Command(("ip", n, "-j", "route", "get", ip)) for n, ip in _FAR.items()}
    return {
        "postconf": Command((*conf, "-x", *postfix.NAMES)),
        "given": Command((*conf, "-n")),
        "services": Command((*conf, "-M")),
        "options": Command((*conf, "-P")),
        "rspamadm": Command(("rspamadm", *local, "configdump", "-j")),
        "doveconf": Command(("doveconf", "-n")),
        "hostname": Command(("hostname",)),
        "ip": Command(("ip", "-j", "addr")),
        "ss": Command(("ss", "-ltnH")),
        "ssx": sockets.LISTENING,
        **routes,
        "opendkim": File(places.opendkim),
    }


def _postfix(told: dict[str, Told], places: Places) -> Postfix | Unread:
    effective = told["postconf"]
    if not effective.done:
        return unread("Postfix's settings", effective, "postconf")
    return postfix.build(
        given=told["given"].out,
        complaints=told["given"].err,
        effective=effective.out,
        lines=told["services"].out,
        options=told["options"].out,
        folder=places.postfix,
    )


def _rspamd(told: Told, places: Places) -> Rspamd | Unread:
    what = "Rspamd's settings"
    if not told.done:
        return unread(what, told, "rspamadm")
    return rspamd.build(told.out, places.rspamd) or Unread(what, "rspamadm printed no JSON")


def _opendkim_text(told: dict[str, Told]) -> str:
    return told["opendkim"].out if told["opendkim"].done else ""


def _opendkim(
    told: Told, text: str, texts: dict[str, str | None], places: Places
) -> OpenDkim | Unread:
    if not told.done:
        return unread("OpenDKIM's settings", told, places.opendkim)
    return opendkim.build(text, texts, places.opendkim)


def _tables(found: Postfix | Unread, own: str) -> Iterator[str]:
    if isinstance(found, Postfix):
        yield from postfix.files(found)
    yield from opendkim.tables(own)


def _certificates(found: Postfix | Unread, doveconf: Told) -> Iterator[CertificateFile]:
    """The files that are served, each once for each program; not read yet."""
    served: dict[str, dict[str, str]] = {}
    if isinstance(found, Postfix):
        for service in (None, *found.public):
            for name in CERTIFICATE_SETTINGS:
                for path in postfix.split_list(found.value(name, service)):
                    served.setdefault(path, {}).setdefault("Postfix", name)
    if doveconf.done:
        for path in dovecot.certificates(doveconf.out):
            served.setdefault(path, {}).setdefault("Dovecot", "ssl_cert")
    for path, programs in served.items():
        if path.startswith("/"):
            setting = next(iter(programs.values()))
            yield CertificateFile(path, tuple(programs), setting, KeyState.MISSING)


def _with_chain(file: CertificateFile, told: Told) -> CertificateFile:
    found = tuple(_CERTIFICATE.findall(told.out)[:MAX_CHAIN]) if told.done else ()
    if found:
        return msgspec.structs.replace(file, state=KeyState.READ, chain=found)
    why = "there is no certificate in it" if told.done else told.err
    return msgspec.structs.replace(file, state=_state(told), why=why)


def _state(told: Told) -> KeyState:
    states = {Outcome.MISSING: KeyState.MISSING, Outcome.DENIED: KeyState.DENIED}
    return states.get(told.outcome, KeyState.UNUSABLE)


def _keys(
    judge: Rspamd | Unread, signer: OpenDkim | Unread, found: Postfix | Unread
) -> Requesting[tuple[KeyFile, ...]]:
    """The public halves of all keys that are signed with."""
    wanted: dict[str, None] = {}
    if isinstance(judge, Rspamd):
        wanted |= dict.fromkeys(k.path for k in (*judge.keys, *fallbacks(judge, found)))
    if isinstance(signer, OpenDkim):
        wanted |= dict.fromkeys(k.path for k in _opendkim_keys(signer, found))
    paths = list(wanted)[:MAX_KEYS]
    told = yield tuple(Key(path) for path in paths)
    return tuple(_key(path, each) for path, each in zip(paths, told, strict=True))


def _opendkim_keys(signer: OpenDkim, found: Postfix | Unread) -> Iterator[SigningKey]:
    """Those of domains that OpenDKIM names, and of those that Postfix has."""
    yield from signer.keys
    if signer.rows and isinstance(found, Postfix):
        domains = dict.fromkeys(d for group in found.accepts.values() for d in group if "." in d)
        for name in list(domains)[:MAX_KEYS]:
            yield from chosen(signer, name).keys


def fallbacks(judge: Rspamd, found: Postfix | Unread) -> tuple[SigningKey, ...]:
    """The keys that Rspamd tries for domains that it does not know by name (`try_fallback`)."""
    if judge.signing.get("try_fallback") is not True or not isinstance(found, Postfix):
        return ()
    selector, path = str(judge.signing.get("selector")), str(judge.signing.get("path"))
    named = {key.domain for key in judge.keys}
    domains = dict.fromkeys(d for group in found.accepts.values() for d in group if "." in d)
    return tuple(
        SigningKey(d, selector, rspamd.filled(path, d, selector)) for d in domains if d not in named
    )[:MAX_KEYS]


def _key(path: str, told: Told) -> KeyFile:
    if told.done:
        return KeyFile(path, KeyState.READ, told.out.strip(), "", told.mode, told.owner)
    return KeyFile(path, _state(told), "", told.err, told.mode, told.owner)


def _hostname(told: Told) -> str | Unread:
    return machine.full_name(told.out) if told.done else unread("the host name", told, "hostname")


def _addresses(told: Told) -> tuple[str, ...] | Unread:
    if not told.done:
        return unread("the addresses of the machine", told, "ip")
    return machine.addresses(told.out)


def _sources(told: dict[str, Told]) -> tuple[str, ...] | Unread:
    """The addresses that mail would leave from, where the kernel alone decides."""
    routes = [told[f"route{n}"] for n in _FAR]
    if not told["ip"].done:
        return unread("the addresses of the machine", told["ip"], "ip")
    found = (machine.source(r.out) for r in routes if r.done)
    return tuple(dict.fromkeys(ip for ip in found if ip))


def _listening(told: Told) -> tuple[Listener, ...] | Unread:
    if not told.done:
        return unread("the ports that are open on the machine", told, "ss")
    return machine.listeners(told.out)


def unread(what: str, told: Told, asked: str) -> Unread:
    """Why there is nothing, and what helps."""
    if told.outcome is Outcome.MISSING:
        if asked.startswith("/"):
            return Unread(what, f"there is no {asked}", absent=True)
        where = "it is neither in PATH nor in /usr/sbin, /usr/bin, /usr/local or /opt"
        hint = f"it belongs to {INSTALL[asked]}"
        return Unread(what, f"{asked} was not found: {where}; {hint}", absent=True)
    if told.outcome is Outcome.DENIED:
        return Unread(what, f"{asked} may not be read: run this with sudo", denied=True)
    said = " ".join(told.err.split()).removeprefix(f"{asked}: ")[:300]
    return Unread(what, f"{asked}: {_STOPPED.get(told.outcome) or said or 'it failed'}")
