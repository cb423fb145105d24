"""`mailworthy milter` as a process: its settings, its signals, its sockets, its numbers."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mailworthy.errors import UsageError
from mailworthy.milter.load import load_judge, load_policy
from mailworthy.milter.policy import MilterPolicy
from mailworthy.milter.wire import frames
from milterkit import Answer, answers, message_frames, opening, stream
from milterworld import LETTER, SPOOFER, key_folder, zone

COMMAND = [sys.executable, "-m", "mailworthy", "milter"]
PLAIN = {k: v for k, v in os.environ.items() if not k.startswith("MAILWORTHY_")}


def settings(path: Path, **more: object) -> Path:
    """A file of settings with an internet of its own."""
    (path / "world.zone").write_text(zone())
    told: dict[str, object] = {
        "listen": [f"unix:{path}/s"],
        "dns": f"zone:{path}/world.zone",
        "blocklists": False,
    } | more
    file = path / "milter.toml"
    file.write_text("".join(f"{name} = {json.dumps(value)}\n" for name, value in told.items()))
    return file


def checked(*arguments: str | Path, **env: str) -> subprocess.CompletedProcess[str]:
    command = [*COMMAND, "--check", *map(str, arguments)]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, env={**PLAIN, **env}, timeout=60
    )


class Running:
    """A milter and what it logs."""

    def __init__(self, config: Path, *arguments: str, **how: Any) -> None:
        self.process = subprocess.Popen(
            [*COMMAND, "--config", str(config), *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**PLAIN, **how.pop("env", {})},
            **how,
        )
        self.log: list[dict[str, Any]] = []

    def until(self, event: str) -> dict[str, Any]:
        """Read the log up to an event."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.log.append(json.loads(line))
            if self.log[-1]["event"] == event:
                return self.log[-1]
        assert self.process.stderr is not None
        raise AssertionError(f"no {event}: {self.log} {self.process.stderr.read()}")

    def signal(self, number: int) -> None:
        self.process.send_signal(number)

    def end(self) -> int:
        self.signal(signal.SIGTERM)
        return self.process.wait(30)


@contextlib.contextmanager
def running(config: Path, *arguments: str, **how: Any) -> Iterator[Running]:
    """A milter that has begun to listen."""
    milter = Running(config, *arguments, **how)
    try:
        milter.until("started")
        yield milter
    finally:
        milter.process.kill()
        milter.process.wait()


class Mta:
    """A mail server that waits for every answer."""

    def __init__(self, place: Path | tuple[str, int]) -> None:
        family = socket.AF_UNIX if isinstance(place, Path) else socket.AF_INET
        self.socket = socket.socket(family, socket.SOCK_STREAM)
        self.socket.settimeout(30)
        self.socket.connect(str(place) if isinstance(place, Path) else place)
        self.file = self.socket.makefile("rb")

    def say(self, *told: frames.Frame) -> None:
        self.socket.sendall(stream(told))

    def hear(self) -> Answer:
        head = self.file.read(4)
        (answer,) = answers(head + self.file.read(int.from_bytes(head, "big")))
        return answer

    def send(self, ip: str = "192.0.2.25", *, first: bool = True) -> str:
        """A letter on this connection; the last answer to it."""
        if first:
            self.say(*opening(ip, "mail.example.com"))
            assert [self.hear().letter, self.hear().letter] == ["O", "c"]
        self.say(*message_frames(LETTER))
        assert self.hear().letter == "c"
        while (answer := self.hear()).letter in "imh":
            pass
        return answer.letter


def test_a_message_a_reload_and_the_end(tmp_path: Path) -> None:
    config = settings(tmp_path)
    with running(config) as milter:
        old = Mta(tmp_path / "s")
        assert old.send(SPOOFER) == "y"
        settings(tmp_path, refuse=False)
        milter.signal(signal.SIGHUP)
        milter.until("reloaded")
        assert Mta(tmp_path / "s").send(SPOOFER) == "c"
        assert old.send(first=False) == "y"
        config.write_text("refuse = 7\n")
        milter.signal(signal.SIGHUP)
        assert "refuse" in milter.until("not reloaded")["reason"]
        assert Mta(tmp_path / "s").send(SPOOFER) == "c"
        assert milter.end() == 0
        milter.until("stopped")
    assert not (tmp_path / "s").exists()


def test_the_socket_is_for_those_who_may(tmp_path: Path) -> None:
    with running(settings(tmp_path, socket_mode="0600")):
        assert (tmp_path / "s").stat().st_mode & 0o777 == 0o600


def test_a_socket_that_was_left_behind_is_in_nobodys_way(tmp_path: Path) -> None:
    with running(settings(tmp_path)) as milter:
        milter.process.kill()
        milter.process.wait()
    assert (tmp_path / "s").exists()
    with running(settings(tmp_path)):
        assert Mta(tmp_path / "s").send() == "c"
        second = subprocess.run(
            [*COMMAND, "--config", str(tmp_path / "milter.toml")],
            capture_output=True, text=True, check=False, env=PLAIN, timeout=60,
        )  # fmt: skip
        assert second.returncode == 2
        assert "somebody listens on" in second.stderr


def test_sockets_that_systemd_hands_over(tmp_path: Path) -> None:
    """The shell becomes the milter, so that LISTEN_PID is its own."""
    listening = socket.create_server(("127.0.0.1", 0))
    config = settings(tmp_path, listen=["systemd"])
    script = 'exec 3<&"$0"; export LISTEN_PID=$$ LISTEN_FDS=1; exec "$@"'
    command = ["bash", "-c", script, str(listening.fileno()), *COMMAND, "--config", str(config)]
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        pass_fds=[listening.fileno()],
        env=PLAIN,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert json.loads(process.stdout.readline())["event"] == "started"
        assert Mta(listening.getsockname()).send() == "c"
    finally:
        process.kill()
        process.wait()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def numbers(port: int) -> dict[str, float]:
    """The page for Prometheus; the process that serves it may come a moment later."""
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=30) as page:
                lines = page.read().decode().splitlines()
        except ConnectionRefusedError:
            continue
        except OSError as error:
            if not isinstance(getattr(error, "reason", None), ConnectionRefusedError):
                raise
            continue
        pairs = (line.rpartition(" ") for line in lines if line[:1] != "#")
        return {name: float(value) for name, _, value in pairs}


@pytest.mark.parametrize("workers", [1, 2])
def test_numbers_for_prometheus(tmp_path: Path, workers: int) -> None:
    port = free_port()
    config = settings(tmp_path, metrics=f"127.0.0.1:{port}", workers=workers)
    with running(config) as milter:
        for _ in range(3):
            assert Mta(tmp_path / "s").send(SPOOFER) == "y"
        for _ in range(3):
            milter.until("message")
        found = numbers(port)
        name = "mailworthy_milter_"
        assert found[f'{name}messages_total{{did="refused",origin="outside"}}'] == 3
        assert found[f'{name}results_total{{method="dmarc",result="fail"}}'] == 3
        assert found[f"{name}seconds_count"] == 3
        assert milter.end() == 0


def test_a_worker_that_dies_is_replaced(tmp_path: Path) -> None:
    with running(settings(tmp_path, workers=2)) as milter:
        milter.until("started")
        children = Path(f"/proc/{milter.process.pid}/task/{milter.process.pid}/children")
        first, *_ = children.read_text().split()
        os.kill(int(first), signal.SIGKILL)
        milter.until("started")
        assert Mta(tmp_path / "s").send() == "c"
        milter.signal(signal.SIGHUP)
        milter.until("reloaded")
        assert milter.end() == 0


def test_workers_end_with_their_parent(tmp_path: Path) -> None:
    with running(settings(tmp_path, workers=2)) as milter:
        milter.until("started")
        milter.process.kill()
        milter.process.wait()
        for _ in range(2):
            milter.until("stopped")


# Settings


def test_settings_that_are_good_are_told(tmp_path: Path) -> None:
    keys = tmp_path / "k"
    keys.mkdir()
    key_folder(keys)
    file = settings(tmp_path, sign="k", profile="gmail")
    done = checked("--config", file, MAILWORTHY_MILTER_PROFILE="gmx")
    assert done.returncode == 0
    good = "good: judges as gmx, signs for example.com (r202611, e202611)"
    assert done.stdout == f"{file}: {good}\n"
    assert checked().stdout.startswith("no --config, so the defaults: good: judges as strict, ")
    bad = checked("--config", tmp_path / "x.toml")
    assert (bad.returncode, bad.stderr.count("\n")) == (2, 1)
    assert "cannot be read" in bad.stderr
    assert "nowhere is no DNS server" in checked("--config", file, "--dns", "nowhere").stderr


def test_every_setting_is_told() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "mailworthy", "milter", "--settings"],
        capture_output=True,
        text=True,
        check=True,
    )
    names = [line.partition(" = ")[0] for line in done.stdout.splitlines() if line[:1].isalpha()]
    assert names == list(MilterPolicy.__struct_fields__)
    assert max(map(len, done.stdout.splitlines())) <= 80


def test_the_environment_stands_above_the_file(tmp_path: Path) -> None:
    file = settings(tmp_path, profile="gmail", workers=2)
    names = {"WORKERS": "3", "LISTEN": "inet:127.0.0.1:1,systemd", "REFUSE": "false", "IDLE": "9"}
    policy = load_policy(file, {f"MAILWORTHY_MILTER_{k}": v for k, v in names.items()})
    assert (policy.profile, policy.workers, policy.refuse) == ("gmail", 3, False)
    assert (policy.listen, policy.idle) == (("inet:127.0.0.1:1", "systemd"), 9.0)
    with pytest.raises(UsageError, match="workers"):
        load_policy(file, {"MAILWORTHY_MILTER_WORKERS": "none"})


BAD = [
    ("listen", ["127.0.0.1"], "is no place to listen"),
    ("listen", ["inet:localhost:25"], "is no place to listen"),
    ("listen", ["inet:127.0.0.1:99999"], "is no place to listen"),
    ("listen", ["unix:relative"], "is no place to listen"),
    ("listen", [], "names no place"),
    ("workers", 0, "workers has to be more than nothing"),
    ("deadline", -1.0, "deadline has to be more than nothing"),
    ("memory", "much", "memory"),
    ("socket_mode", "0999", "not such as 0660"),
    ("spam_header", "X Spam", "no name of a header field"),
    ("spam_header", "From", "a meaning of its own"),
    ("spam_header", "AUTHENTICATION-Results", "a meaning of its own"),
    ("spam_header", "Received", "a meaning of its own"),
    ("authserv_id", "two words", "no authserv-id"),
    ("trusted", ["10.0.0.1/8"], "trusted: 10.0.0.1/8 has host bits set"),
    ("trusted", ["here"], "trusted"),
    ("profile", "gmial", "did you mean gmail"),
    ("quarantine", "eat", "quarantine"),
    ("on_error", "reject", "on_error"),
    ("sign", "/nowhere", "mailworthy.toml"),
    ("seal", "example.com", "seal needs the keys of sign"),
    ("metrics", "9090", "metrics: 9090 is not ADDRESS:PORT"),
    ("nonsense", 1, "nonsense"),
]


@pytest.mark.parametrize(("name", "value", "why"), BAD, ids=[f"{n}-{v}" for n, v, _ in BAD])
def test_settings_that_make_no_sense(tmp_path: Path, name: str, value: object, why: str) -> None:
    file = settings(tmp_path, **{name: value})
    with pytest.raises(UsageError, match=why) as error:
        load_judge(load_policy(file, {}))
    assert str(error.value).isprintable()


@pytest.mark.parametrize("text", [b"listen = [", b"\xff", b"[[[[" * 9999])
def test_a_file_that_is_none(tmp_path: Path, text: bytes) -> None:
    file = tmp_path / "milter.toml"
    file.write_bytes(text)
    with pytest.raises(UsageError, match=r"milter\.toml") as error:
        load_policy(file, {})
    assert str(error.value).isprintable()
