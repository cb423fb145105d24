"""A machine of the lab: namespaces of its own over the files of this one.

Each has its own network, host name, processes and mounts. Its `/etc`, `/var` and `/run` begin as
those of this machine (`/run` empty) and are its own from then on, in memory: programs find
everything where they always do, and nothing of it is left behind. All processes of a machine end
with its first one, and that one ends when its standard input is closed: by `off`, or by the kernel
however this process ends. So nothing can outlive a test run.
"""

import contextlib
import ctypes
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from lab.needs import NAMESPACES, PATH
from lab.plan import NETWORKS, Place

T = TypeVar("T")
ENVIRONMENT = {"PATH": PATH, "LANG": "C.UTF-8", "HOME": "/root"}
CLONE_NEWNET = 0x40000000
_LIBC = ctypes.CDLL(None, use_errno=True)

FIRST = r"""
set -eu
mount -t tmpfs lab "$STATE/fs"
for name in etc var; do
    mkdir "$STATE/fs/$name" "$STATE/fs/$name.work"
    own="upperdir=$STATE/fs/$name,workdir=$STATE/fs/$name.work"
    mount -t overlay lab -o "lowerdir=/$name,$own" "/$name"
done
mount -t tmpfs -o mode=0755 lab /run
mount --bind "$STATE/log" /var/log
hostname "$NAME"
echo "$NAME" >/etc/hostname
printf '127.0.0.1 localhost\n::1 localhost\n' >/etc/hosts
printf 'passwd: files\ngroup: files\nshadow: files\nhosts: files dns\nservices: files\n' \
    >/etc/nsswitch.conf
rm -f /etc/resolv.conf
printf 'nameserver %s\noptions timeout:2 attempts:2 edns0 trust-ad\n' "$RESOLVER" >/etc/resolv.conf
ip link set lo up
echo ready
read -r _ || true
"""


class Machine:
    """One machine, from its start (in the constructor) until `off`."""

    def __init__(self, place: Place, state: Path, resolver: str) -> None:
        self.place = place
        self.state = state / place.label
        for name in ("fs", "log"):
            (self.state / name).mkdir(parents=True)
        first = self.state / "first"
        first.write_text(FIRST)
        self._spawned: list[subprocess.Popen[bytes]] = []
        self._first = subprocess.Popen(
            ["unshare", *NAMESPACES, "bash", first],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            env={
                **ENVIRONMENT,
                "STATE": str(self.state),
                "NAME": place.hostname,
                "RESOLVER": resolver,
            },
        )

    def ready(self) -> None:
        """Wait until it has all that it consists of."""
        assert self._first.stdout is not None
        if self._first.stdout.readline() != b"ready\n":
            _, said = self._first.communicate()
            raise AssertionError(f"{self.place.label} did not start: {said.decode()}")

    def off(self) -> None:
        """End it and all its processes; may be called again."""
        for stream in (self._first.stdin, self._first.stdout, self._first.stderr):
            if stream is not None:
                stream.close()
        try:
            self._first.wait(5)
        except subprocess.TimeoutExpired:
            self._first.kill()
        for process in (self._first, *self._spawned):
            process.wait()

    @property
    def pid(self) -> int:
        """A process outside that holds its namespaces, as for `nsenter --target`."""
        return self._first.pid

    @property
    def enter(self) -> tuple[str, ...]:
        """The words to put before a command, so that it runs there."""
        inner = f"--pid=/proc/{self.pid}/ns/pid_for_children"
        return ("nsenter", f"--target={self.pid}", "-m", "-n", "-u", "-i", inner, "--")

    def run(
        self,
        argv: Sequence[str | Path],
        *,
        input: str | None = None,
        check: bool = False,
        env: Mapping[str, str] | None = None,
        seconds: float = 60,
    ) -> subprocess.CompletedProcess[str]:
        """Run a command there to its end; with `check`, one that fails is an AssertionError."""
        done = subprocess.run(
            [*self.enter, *map(str, argv)],
            input=input,
            stdin=subprocess.DEVNULL if input is None else None,
            capture_output=True,
            text=True,
            check=False,
            env={**ENVIRONMENT, **(env or {})},
            timeout=seconds,
        )
        if check and done.returncode:
            raise AssertionError(f"{self.place.label}: {argv}: {done.stdout}{done.stderr}")
        return done

    def script(self, text: str, *, folder: str | Path = "/") -> str:
        """Run lines of shell, all of which must succeed; what they print."""
        argv = ("bash", "-euc", f'cd "$0"\n{text}', folder)
        return self.run(argv, check=True).stdout

    def python(self, code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run Python there, with all that these tests can import."""
        return self.run([sys.executable, "-c", code, *arguments])

    def spawn(self, name: str, argv: Sequence[str | Path]) -> None:
        """Start a daemon that stays in the foreground; what it prints goes to `log(name)`."""
        with (self.state / "log" / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                [*self.enter, *map(str, argv)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                env=ENVIRONMENT,
            )
        self._spawned.append(process)

    def path(self, name: str | Path) -> Path:
        """A file of that machine, as this process can open it."""
        return Path(f"/proc/{self.pid}/root") / str(name).lstrip("/")

    def write(self, name: str, text: str, *, owner: str | None = None, mode: int = 0o644) -> None:
        """Write a file there, and the folders above it."""
        path = self.path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(mode)
        if owner is not None:
            shutil.chown(path, owner, owner)

    def log(self, name: str) -> str:
        """What a daemon said so far: `mail`, `rspamd`, `dovecot`, `named`, `unbound`, ..."""
        folder = self.state / "log"
        files = [p for p in (folder / f"{name}.log", folder / name / f"{name}.log") if p.exists()]
        return "".join(p.read_text(errors="replace") for p in files)

    @contextlib.contextmanager
    def inside(self) -> Iterator[None]:
        """What this thread does meanwhile with sockets, it does from there.

        Threads that it starts are there too, and stay. Files and processes are those of here.
        """
        with open("/proc/thread-self/ns/net") as here, open(f"/proc/{self.pid}/ns/net") as there:
            _enter(there.fileno())
            try:
                yield
            finally:
                _enter(here.fileno())

    def answers(self, port: int, address: str = "127.0.0.1") -> bool:
        """Whether somebody listens there."""
        with self.inside():
            try:
                socket.create_connection((address, port), 1).close()
            except OSError:
                return False
        return True

    def processes(self, words: str) -> list[int]:
        """Numbers (inside) of the processes that have these words in their command."""
        found = []
        for path in self.path("/proc").glob("[0-9]*/cmdline"):
            with contextlib.suppress(OSError):  # it has ended meanwhile
                if words.encode() in path.read_bytes().replace(b"\0", b" "):
                    found.append(int(path.parent.name))
        return sorted(found)

    def kill(self, words: str, how: signal.Signals = signal.SIGKILL) -> None:
        """Send a signal to these processes; an AssertionError if there are none."""
        self.script(f"kill -{how.value} {' '.join(map(str, self.processes(words)))}")


def _enter(namespace: int) -> None:
    if _LIBC.setns(namespace, CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")


def wait_for(what: str, found: Callable[[], T], *, seconds: float = 20) -> T:
    """What `found` returns, once that is true; an AssertionError if it never is."""
    end = time.monotonic() + seconds
    while not (result := found()):
        assert time.monotonic() < end, f"waited {seconds} s in vain for {what}"
        time.sleep(0.02)
    return result


def connect(switch: Machine, machines: Sequence[Machine]) -> None:
    """Put machines on one wire, each with its addresses and no way out."""
    lines = ["link add br0 type bridge", "link set br0 up"]
    for machine in machines:
        port = f"v-{machine.place.label}"
        lines.append(f"link add {port} type veth peer name eth0 netns {machine.pid}")
        lines.append(f"link set {port} master br0 up")
    # From outside the mounts of the switch, so that the numbers of processes are those known here.
    _ip(switch, lines)
    for machine in machines:
        _ip(machine, _addresses(machine.place))


def _addresses(place: Place) -> Iterator[str]:
    yield "link set eth0 up"
    for address in place.addresses:
        yield f"addr add {address}/{'128 nodad' if ':' in address else '32'} dev eth0"
    for network in NETWORKS:
        yield f"route add {network} dev eth0"


def _ip(machine: Machine, lines: Iterable[str]) -> None:
    done = subprocess.run(
        ["nsenter", f"--net=/proc/{machine.pid}/ns/net", "ip", "-batch", "-"],
        input="\n".join((*lines, "")),
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PATH": PATH},
    )
    assert done.returncode == 0, f"{machine.place.label}: {done.stderr}"
