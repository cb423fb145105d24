"""The mail internet in a box: brought up, spoken to, taken down."""

import contextlib
import os
import shutil
import smtplib
import ssl
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from lab.authority import Authority, Issued
from lab.bringup import bring_up
from lab.machine import Machine, wait_for
from lab.mailhost import COMMAND, MailHost
from lab.plan import DNS, RECEIVER, RESOLVER, SENDER, SPOOFER
from lab.updates import Updates

PREFIX = "lab-"
Address = tuple[str, int]


class Lab:
    """All machines, running; `running` makes one."""

    def __init__(self, state: Path, authority: Authority, machines: dict[str, Machine]) -> None:
        self.state = state
        self.authority = authority
        self.dns = machines[DNS.label]
        self.sender = _mail(machines[SENDER.label])
        self.receiver = _mail(machines[RECEIVER.label])
        self.spoofer = machines[SPOOFER.label]
        self.resolver = RESOLVER[0]
        self.updates = Updates(self.dns)

    @property
    def machines(self) -> tuple[Machine, ...]:
        """All of them but the wire."""
        return (self.dns, self.sender, self.receiver, self.spoofer)

    def update(self, zone: str, adds: Iterable[str] = (), deletes: Iterable[str] = ()) -> None:
        """Change a zone, and return when every program asks for what is there now.

        Lines are `NAME TYPE DATA`, for deletions also `NAME TYPE`; names are absolute.
        """
        self.updates.apply(zone, adds, deletes)

    def changed(
        self, zone: str, adds: Iterable[str] = (), deletes: Iterable[str] = ()
    ) -> AbstractContextManager[None]:
        """The same, and put back at the end of the `with` block."""
        return self.updates.changed(zone, adds, deletes)

    def send(
        self,
        host: Machine,
        mail_from: str,
        rcpt: str | Sequence[str],
        message: bytes,
        *,
        helo: str | None = None,
        tls: str | None = None,
        login: tuple[str, str] | None = None,
        source: str | None = None,
        server: Address | None = None,
    ) -> tuple[int, str]:
        """Hand a message over from a machine; the code and text of the last answer.

        A mail server hands it to itself, as programs there do; others go to the first
        recipient's server. `helo` is the host's name unless given; with `tls` STARTTLS comes
        first, and the certificate must be the authority's and bear that name. Refused at any
        stage is an answer, not an exception; a login that fails is one.
        """
        to = [rcpt] if isinstance(rcpt, str) else list(rcpt)
        there = server or self._server(host, to[0])
        name = host.place.hostname if helo is None else helo
        with host.inside(), contextlib.ExitStack() as stack:
            smtp = smtplib.SMTP(local_hostname=name, timeout=30)
            stack.callback(smtp.close)
            try:
                code, text = smtp.connect(*there, (source, 0) if source else None)
                if code != 220:
                    return code, _text(text)
                if tls is not None:
                    # The name that it asks for; smtplib has no other way to say it.
                    smtp._host = tls  # type: ignore[attr-defined]
                    smtp.starttls(context=self.tls_context())
                if login is not None:
                    smtp.login(*login)
                return _conversation(smtp, mail_from, to, message)
            except smtplib.SMTPAuthenticationError:
                raise
            except smtplib.SMTPResponseException as error:
                return error.smtp_code, _text(error.smtp_error)

    def delivered(
        self, message_id: str, *, host: MailHost | None = None, seconds: float = 20
    ) -> bytes | None:
        """The mail with a Message-Id, as it lies in a mailbox; None if it does not come."""
        place = host or self.receiver
        with contextlib.suppress(AssertionError):
            return wait_for(message_id, lambda: place.delivered(message_id), seconds=seconds)
        return None

    def log(self, host: Machine, name: str = "mail") -> str:
        """What a daemon said: `mail` (Postfix), `rspamd`, `dovecot`, `named`, `unbound`, …"""
        return host.log(name)

    def logged(self, host: Machine, *words: str, name: str = "mail", seconds: float = 20) -> str:
        """The first line of a log that has all the words, once it is there."""
        return wait_for(
            f"{words} in the {name} log of {host.place.label}",
            lambda: next(
                (x for x in host.log(name).splitlines() if all(w in x for w in words)), ""
            ),
            seconds=seconds,
        )

    def issue(
        self, names: Sequence[str], *, expired: bool = False, self_signed: bool = False
    ) -> Issued:
        """A certificate of the authority that all mail servers here trust."""
        return self.authority.issue(names, expired=expired, self_signed=self_signed)

    def tls_context(self) -> ssl.SSLContext:
        """It trusts the authority and nobody else."""
        return ssl.create_default_context(cafile=str(self.authority.path))

    def mailworthy(
        self, host: Machine, *argv: str | Path, input: str | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run our own program on a machine."""
        return host.run([*COMMAND, *argv], input=input)

    def _server(self, host: Machine, recipient: str) -> Address:
        if isinstance(host, MailHost):
            return ("127.0.0.1", 25)
        domain = recipient.rpartition("@")[2]
        mine = self.sender if domain == self.sender.domain else self.receiver
        return (mine.place.address(), 25)


def _conversation(
    smtp: smtplib.SMTP, mail_from: str, to: Sequence[str], message: bytes
) -> tuple[int, str]:
    smtp.ehlo_or_helo_if_needed()
    code, text = smtp.mail(mail_from)
    for recipient in to:
        if code < 400:
            code, text = smtp.rcpt(recipient)
    if code < 400:
        code, text = smtp.data(message)
    with contextlib.suppress(smtplib.SMTPServerDisconnected):
        smtp.quit()
    return code, _text(text)


def _text(said: bytes | str) -> str:
    return said if isinstance(said, str) else said.decode(errors="replace")


def _mail(machine: Machine) -> MailHost:
    assert isinstance(machine, MailHost)
    return machine


@contextlib.contextmanager
def running() -> Iterator[Lab]:
    """A lab for as long as the `with` block lasts, however it ends."""
    sweep()
    state = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
    state.chmod(0o755)
    with contextlib.ExitStack() as stack:
        if not os.environ.get("LAB_KEEP"):
            stack.callback(shutil.rmtree, state, ignore_errors=True)
        authority, machines = bring_up(state, stack)
        yield Lab(state, authority, machines)


def sweep(folder: Path | None = None) -> None:
    """Remove the folders of runs that were killed; their machines went with them."""
    for path in (folder or Path(tempfile.gettempdir())).glob(f"{PREFIX}*-*"):
        pid = path.name.removeprefix(PREFIX).partition("-")[0]
        if pid.isdigit() and not Path(f"/proc/{pid}").exists():
            shutil.rmtree(path, ignore_errors=True)
