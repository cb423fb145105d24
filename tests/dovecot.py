"""A Dovecot of our own for tests: Debian's, on loopback, with TLS, in a folder that is removed."""

import grp
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

PROGRAM = shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin:/sbin")
USER, PASSWORD = "reports", 'se"cr\\et'
OWNER = "nobody"

CONFIGURATION = """
base_dir = {root}/run
state_dir = {root}/state
log_path = {root}/log
protocols = imap
ssl = required
ssl_cert = <{root}/cert.pem
ssl_key = <{root}/key.pem
mail_location = maildir:{root}/Maildir
first_valid_uid = 1
default_process_limit = 20
auth_failure_delay = 0
service imap-login {{
  chroot =
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    address = 127.0.0.1
    port = {port}
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
{tokens}
passdb {{
  driver = static
  args = password={{PLAIN}}{password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={root}
}}
{users}
"""


# Tokens are judged by a server of the test (RFC 7662), passwords by the static table as before.
TOKENS = """
auth_mechanisms = plain {mechanism}
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {root}/oauth2
}}
"""
OAUTH2 = """
introspection_mode = post
introspection_url = {introspection}
username_attribute = username
active_attribute = active
active_value = true
tokeninfo_url =
force_introspection = yes
timeout_msecs = 5000
"""


class Dovecot:
    """One server; it may be killed and started again.

    With `introspection`, the URL of who judges tokens, it takes them by the `mechanism`.
    """

    def __init__(self, root: Path, introspection: str = "", mechanism: str = "xoauth2") -> None:
        self.root = root
        self._introspection, self._mechanism = introspection, mechanism
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = pwd.getpwnam(OWNER) if os.getuid() == 0 else pwd.getpwuid(os.getuid())
        for name in ("cur", "new", "tmp"):
            (root / "Maildir" / name).mkdir(parents=True)
        certificate(root)
        (root / "oauth2").write_text(OAUTH2.format(introspection=introspection))
        (root / "conf").write_text(self._configuration())

    @property
    def address(self) -> str:
        """For `mailworthy reports fetch`."""
        return f"imaps://{USER}@127.0.0.1:{self.port}"

    def deliver(self, name: str, mail: bytes, folder: str = "new") -> None:
        """Put a mail into the inbox."""
        (self.root / "Maildir" / folder / name).write_bytes(mail)

    def start(self) -> None:
        """Start it, and return when it answers."""
        assert PROGRAM is not None
        self._own()
        log = (self.root / "out").open("ab")
        with log:
            command = [PROGRAM, "-F", "-c", str(self.root / "conf")]
            self._process = subprocess.Popen(
                command, stdout=log, stderr=log, start_new_session=True
            )
        for _ in range(200):
            if self._answers():
                return
            assert self._process.poll() is None, self.log()
            time.sleep(0.05)
        raise AssertionError(self.log())

    def kill(self) -> None:
        """Kill -9, with all that it has started."""
        if self._process is None:
            return
        pids = [self._process.pid, *_below(self._process.pid)]
        for pid in pids:
            _kill(pid)
        self._process.wait()
        self._process = None
        shutil.rmtree(self.root / "run", ignore_errors=True)

    def log(self) -> str:
        """What it said."""
        files = [self.root / "log", self.root / "out"]
        return "\n".join(path.read_text() for path in files if path.exists())

    def rename_all(self) -> None:
        """Give the inbox another UIDVALIDITY."""
        box = self.root / "Maildir"
        names = box / "dovecot-uidlist"
        names.write_text(re.sub(r"\bV\d+", "V1234567890", names.read_text(), count=1))
        for path in box.glob("dovecot[.-][!u]*"):
            path.unlink()

    def mails(self) -> list[tuple[str, str, bytes]]:
        """Every mail: its folder (empty for the inbox), its flags, and itself."""
        box = self.root / "Maildir"
        paths = [path for path in box.glob("**/*") if path.parent.name in _MAILS]
        folders = [path.parent.parent.relative_to(box) for path in paths]
        return [
            (str(folder).strip("."), path.name.partition(":2,")[2], path.read_bytes())
            for folder, path in zip(folders, paths, strict=True)
        ]

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), 1):
                return True
        except OSError:
            return False

    def _own(self) -> None:
        if os.getuid() == 0:
            for path in [self.root, *self.root.rglob("*")]:
                os.chown(path, self._owner.pw_uid, self._owner.pw_gid)

    def _configuration(self) -> str:
        me = self._owner.pw_name
        group = grp.getgrgid(self._owner.pw_gid).gr_name
        ours = f"default_internal_user = {me}\ndefault_login_user = {me}\n"
        ours += f"default_internal_group = {group}\n"
        tokens = TOKENS.format(root=self.root, mechanism=self._mechanism)
        return CONFIGURATION.format(
            tokens=tokens if self._introspection else "",
            root=self.root,
            port=self.port,
            password=PASSWORD,
            uid=self._owner.pw_uid,
            gid=self._owner.pw_gid,
            users="" if os.getuid() == 0 else ours,
        )


_MAILS = frozenset({"cur", "new"})


@contextmanager
def running(introspection: str = "", mechanism: str = "xoauth2") -> Iterator[Dovecot]:
    """A server with an empty inbox."""
    with tempfile.TemporaryDirectory(prefix="imap") as folder:
        root = Path(folder)
        root.chmod(0o755)
        server = Dovecot(root, introspection, mechanism)
        server.start()
        try:
            yield server
        finally:
            server.kill()


def free_port() -> int:
    """A port that nobody uses."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port


def certificate(root: Path) -> None:
    """A certificate of its own authority, for 127.0.0.1."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    names = [x509.IPAddress(ip_address("127.0.0.1")), x509.DNSName("localhost")]
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (root / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (root / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )


def _below(pid: int) -> list[int]:
    """All that a process has started, and what these have."""
    try:
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except OSError:
        return []
    children = [int(word) for word in text.split()]
    return [each for child in children for each in (child, *_below(child))]


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return  # gone by itself
