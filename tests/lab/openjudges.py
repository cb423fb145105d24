"""OpenDKIM and OpenDMARC as a mail server's judges, in the place of Rspamd."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from lab.machine import wait_for
from lab.mailhost import MailHost
from lab.plan import RESOLVER

OPENDKIM = """\
Mode v
Socket inet:8891@127.0.0.1
Nameservers {resolver}
UserID opendkim
Syslog no
AlwaysAddARHeader yes
AuthservID opendkim.{host}
On-BadSignature accept
InternalHosts 127.0.0.1
"""
OPENDMARC = """\
Socket inet:8893@127.0.0.1
AuthservID opendmarc.{host}
TrustedAuthservIDs opendkim.{host}
UserID opendmarc
Syslog false
RejectFailures true
SPFSelfValidate true
SPFIgnoreResults true
PublicSuffixList /etc/rspamd/suffixes
IgnoreHosts /etc/opendmarc/ignored
HistoryFile /var/lib/opendmarc/history
"""
PROGRAMS = {
    "opendkim": (8891, ("-f", "-x", "/etc/opendkim.conf")),
    "opendmarc": (8893, ("-f", "-c", "/etc/opendmarc.conf")),
}
FOLDER = "/run/openjudges"  # of their sockets, where those are none of TCP


@contextmanager
def judging(host: MailHost) -> Iterator[None]:
    """They judge what comes in, and Rspamd does not; OpenDMARC refuses failures under p=reject.

    Their Authentication-Results bear `opendkim.` and `opendmarc.` before the host's name.
    """
    configure(host)
    for name, (port, options) in PROGRAMS.items():
        if not host.answers(port):
            host.spawn(name, [name, *options])
        wait_for(name, partial(host.answers, port))
    with host.milters(*(f"inet:127.0.0.1:{port}" for port, _ in PROGRAMS.values())):
        yield


@contextmanager
def judging_locally(host: MailHost) -> Iterator[None]:
    """The same over sockets of the machine, with processes of their own."""
    configure(host)
    host.script(f"install -m 0777 -d {FOLDER}")
    places = [f"{FOLDER}/{name}" for name in PROGRAMS]
    for (name, (port, (*options, conf))), place in zip(PROGRAMS.items(), places, strict=True):
        own = conf.replace(name, f"{name}-local")
        inet = f"Socket inet:{port}@127.0.0.1"
        text = host.path(conf).read_text().replace(inet, f"Socket local:{place}\nUMask 000")
        host.write(own, text)
        if not host.path(place).exists():
            host.spawn(f"{name}-local", [name, *options, own])
        wait_for(name, host.path(place).exists)
    with host.milters(*(f"unix:{place}" for place in places)):
        yield


def configure(host: MailHost) -> None:
    """Write what they need."""
    for name, text in (("opendkim", OPENDKIM), ("opendmarc", OPENDMARC)):
        where = {"resolver": RESOLVER[0], "host": host.place.hostname}
        host.write(f"/etc/{name}.conf", text.format(**where))
    host.write("/etc/opendmarc/ignored", "192.0.2.255\n")
    host.script("install -o opendmarc -g opendmarc -d /var/lib/opendmarc")
