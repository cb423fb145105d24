"""A Postfix of our own for tests: Debian's, that delivers here and nowhere else."""

import grp
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PATH = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
PROGRAM = shutil.which("postfix", path=PATH)

MAIN = """
compatibility_level = 3.6
queue_directory = {root}/queue
data_directory = {root}/data
mail_owner = postfix
setgid_group = postdrop
maillog_file = {root}/log/maillog
maillog_file_prefixes = {root}/log
inet_interfaces = loopback-only
inet_protocols = ipv4
myhostname = mail.example.com
mydestination = example.com
alias_maps = inline:{{ {{ dmarc = "|{command}" }} }}
alias_database =
local_recipient_maps =
transport_maps = inline:{{ {{ tls@example.com = lmtp:unix:{socket} }} }}
default_transport = error:nothing leaves this machine
default_privs = nobody
minimal_backoff_time = 1s
queue_run_delay = 1s
"""
MASTER = """
pickup    unix  n - n 60 1 pickup
cleanup   unix  n - n - 0 cleanup
qmgr      unix  n - n 300 1 qmgr
rewrite   unix  - - n - - trivial-rewrite
bounce    unix  - - n - 0 bounce
defer     unix  - - n - 0 bounce
trace     unix  - - n - 0 bounce
error     unix  - - n - - error
local     unix  - n n - - local
lmtp      unix  - - n - - lmtp
postlog   unix-dgram n - n - 1 postlogd
"""


class Postfix:
    """One server, as long as it runs."""

    def __init__(self, root: Path, command: str, socket: Path) -> None:
        self.root = root
        self.conf = root / "conf"
        for name in ("conf", "queue", "data", "log"):
            (root / name).mkdir()
        os.chown(root / "data", pwd.getpwnam("postfix").pw_uid, grp.getgrnam("postfix").gr_gid)
        (self.conf / "main.cf").write_text(MAIN.format(root=root, command=command, socket=socket))
        (self.conf / "master.cf").write_text(MASTER)

    def run(self, *args: str, mail: bytes = b"") -> str:
        """A program of Postfix with our configuration."""
        done = subprocess.run(
            [shutil.which(args[0], path=PATH) or args[0], *args[1:]],
            input=mail,
            capture_output=True,
            check=False,
            env={**os.environ, "PATH": PATH, "MAIL_CONFIG": str(self.conf)},
        )
        assert done.returncode == 0, done.stderr.decode() + self.log()
        return done.stdout.decode()

    def send(self, recipient: str, mail: bytes) -> None:
        """Hand a mail over, as programs do."""
        self.run("sendmail", "-i", "-f", "reporter@example.com", recipient, mail=mail)

    def log(self) -> str:
        """What it said."""
        path = self.root / "log" / "maillog"
        return path.read_text() if path.exists() else ""

    def wait(self, word: str, times: int = 1) -> str:
        """The line of the log in which a word stands for so many times, when it does."""
        for _ in range(600):
            found = [line for line in self.log().splitlines() if word in line]
            if len(found) >= times:
                return found[times - 1]
            time.sleep(0.05)
        raise AssertionError(f"no {word}:\n{self.log()}")


@contextmanager
def running(command: str, socket: Path) -> Iterator[Postfix]:
    """A server whose `dmarc@example.com` is piped to a command, and `tls@` sent to a socket."""
    with tempfile.TemporaryDirectory(prefix="postfix") as folder:
        root = Path(folder)
        root.chmod(0o755)
        server = Postfix(root, command, socket)
        server.run("postfix", "-c", str(server.conf), "start")
        try:
            yield server
        finally:
            server.run("postfix", "-c", str(server.conf), "stop")
