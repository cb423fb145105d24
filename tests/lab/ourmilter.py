"""Our milter on a mail server, installed as `config milter` says."""

import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lab.machine import wait_for
from lab.mailhost import COMMAND, MailHost

SOCKET = "/var/spool/postfix/mailworthy/milter.sock"
CONFIG = "/etc/mailworthy/milter.toml"


def steps(host: MailHost) -> str:
    """What `config/milter/README.md` says to do, but for systemd, which is not here."""
    text = (host.folder / "config/milter/README.md").read_text()
    block = text.partition("```sh\n")[2].partition("```")[0]
    here = [line for line in block.splitlines() if not line.startswith("systemctl")]
    own = " ".join(shlex.quote(str(word)) for word in COMMAND)
    return "\n".join(here).replace("mailworthy milter --config", f"{own} milter --config")


def start(host: MailHost, *more: str) -> None:
    """As the service does, with the socket that the unit has."""
    host.script(f"install -d -m 0755 {Path(SOCKET).parent}")
    group = ("env", "MAILWORTHY_MILTER_SOCKET_GROUP=postfix")
    place = ("--listen", f"unix:{SOCKET}")
    host.spawn("milter", [*group, *COMMAND, "milter", "--config", CONFIG, *place, *more])
    wait_for("the milter", lambda: answers(host))


def answers(host: MailHost) -> bool:
    """Whether somebody listens there."""
    code = "import socket, sys; socket.socket(socket.AF_UNIX).connect(sys.argv[1])"
    return host.python(code, SOCKET).returncode == 0


def stop(host: MailHost) -> None:
    """As kill -9 does."""
    if host.processes("milter --config"):
        host.kill("milter --config")
    wait_for("the milter to be gone", lambda: not answers(host))


@contextmanager
def installed(host: MailHost) -> Iterator[None]:
    """Our milter in place of Rspamd for a while."""
    argv = [*COMMAND, "config", "milter", "--yes", "--dir", host.folder]
    host.run(argv, check=True)
    host.script("cp -p /etc/postfix/main.cf /etc/postfix/main.cf.box")
    host.script(steps(host), folder=host.folder / "config")
    start(host)
    host.reload()
    try:
        yield
    finally:
        host.script("mv /etc/postfix/main.cf.box /etc/postfix/main.cf")
        host.reload()
        stop(host)
