"""The frame around every command: help, version, one-line errors, interruptions."""

import signal
import socket
import subprocess
from importlib.metadata import version
from pathlib import Path

import pytest

from cli.clikit import COMMAND, PLAIN, inside, mailworthy
from mailworthy.audit.rule import load
from mailworthy.cli import COMMANDS


def test_version() -> None:
    assert inside("--version").stdout.decode() == f"mailworthy {version('mailworthy')}\n"


def test_a_start_loads_little() -> None:
    """What takes time to load is loaded by the command that needs it."""
    code = "import sys; from mailworthy.cli import main\ntry: main(['--version'])\nfinally: "
    code += "print(*sorted({m.partition('.')[0] for m in sys.modules}))"
    done = subprocess.run([COMMAND[0], "-c", code], env=PLAIN, capture_output=True, check=False)
    loaded = set(done.stdout.decode().splitlines()[-1].split())
    assert "click" in loaded
    slow = {"asyncio", "cryptography", "dns", "httpx2", "idna", "msgspec", "ssl", "tomllib", "xml"}
    assert loaded & slow == set()


@pytest.mark.parametrize("given", [(), ("--help",), ("-h",)])
def test_help(given: tuple[str, ...]) -> None:
    done = inside(*given)
    assert (done.returncode, done.stderr) == (0, b"")
    words = " ".join(done.stdout.decode().split())
    for name, meaning in COMMANDS.items():
        assert f"{name} {meaning}" in words


@pytest.mark.parametrize("name", COMMANDS)
def test_help_of_each_command(name: str) -> None:
    done = inside(name, "--help")
    assert (done.returncode, done.stderr) == (0, b"")
    lines = done.stdout.decode().splitlines()
    assert lines[0].startswith(f"Usage: mailworthy {name} ")
    assert max(map(len, lines)) <= 96


@pytest.mark.parametrize("rule", load(), ids=lambda rule: rule.id)
def test_every_rule_is_explained(rule) -> None:  # type: ignore[no-untyped-def]
    done = inside("explain", rule.id)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode().startswith(f"{rule.id}  {rule.meta.severity.value}\n")


def test_the_list_of_rules() -> None:
    lines = inside("explain").stdout.decode().splitlines()
    assert [line.split()[0] for line in lines] == [rule.id for rule in load()]


def test_a_setting_from_the_environment() -> None:
    env = {"MAILWORTHY_TIMEOUT": "soon"}
    done = mailworthy("check", "example.com", env=env)
    assert done.returncode == 2
    assert done.stderr.decode().count("\n") == 1
    assert b"'soon' is not a number of seconds" in done.stderr


def test_a_run_that_is_interrupted(tmp_path: Path) -> None:
    """One line, no recording, and at once: long before the deadline."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        dns = f"127.0.0.1:{silent.getsockname()[1]}"
        what = ("check", "example.com", "--dns", dns, "--record", str(tmp_path / "run"))
        slow = ("--deadline", "3600", "--timeout", "3600")
        with subprocess.Popen([*COMMAND, *what, *slow], env=PLAIN, stderr=subprocess.PIPE) as run:
            silent.recv(512)  # the first question has been asked
            run.send_signal(signal.SIGINT)
            _, said = run.communicate(timeout=60)
    assert (run.returncode, said.strip()) == (130, b"mailworthy: stopped")
    assert list(tmp_path.iterdir()) == []
