"""`check --server --connect`: whether port 25 is open on the way out, and who is called for it."""

import json
from pathlib import Path
from typing import Any

import pytest

from cli.clikit import inside
from cli.test_check_server import program, world
from mailworthy.audit.healthyserver import served

__all__ = ["world"]

# Nobody listens there: a refusal is a quick answer.
RECORDS = tuple(
    line
    for n, name in enumerate(("big.example", "vast.example"), 90)
    for line in (f"{name}. MX 10 mx.{name}.", f"mx.{name}. A 127.0.0.{n}")
)
NAMES = "big.example,vast.example"
CALLING = ("--connect", "--allow", "127.0.0.0/8", "--receivers")
CONNECT = (*CALLING, NAMES)
RULE = "server-outbound-port-25-closed"


@pytest.fixture
def place(world: Path) -> Path:
    """That machine with an address, and two receivers."""
    (world / "zone").write_text(served(add=RECORDS).zones)
    address = [{"addr_info": [{"local": "192.0.2.25"}], "prefsrc": "192.0.2.25"}]
    program(
        world / "programs",
        "ip",
        f"case $* in *-6*) echo '[]';; *) echo '{json.dumps(address)}';; esac\n",
    )
    return world


def audit(done: Any) -> dict[str, Any]:
    assert done.returncode in (0, 1, 3), done.stderr
    (found,) = json.loads(done.stdout)["audits"]
    assert isinstance(found, dict)
    return found


def check(place: Path, *more: str) -> dict[str, Any]:
    zone = f"zone:{place / 'zone'}"
    return audit(inside("check", "example.com", "--dns", zone, "--format", "json", *more))


def why(found: dict[str, Any]) -> set[str]:
    return {gap["why"] for gap in found["not_rehearsed"] if "port 25 on the way out" in gap["what"]}


def test_nobody_answers_and_a_replay_says_the_same(place: Path) -> None:
    tape = place / "run.jsonl"
    found = check(place, "--server", *CONNECT, "--record", str(tape))
    assert RULE in {finding["rule"] for finding in found["findings"]}
    settings = json.loads(tape.read_text().splitlines()[0])["settings"]
    assert settings["receivers"] == NAMES.split(",")
    again = inside("check", "example.com", "--dns", f"replay:{tape}", "--format", "json")
    assert audit(again) == found


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (("--server",), "--server and --connect"),
        (("--server", *CALLING, ""), "no receivers are named"),
    ],
)
def test_nobody_is_called(place: Path, more: tuple[str, ...], words: str) -> None:
    found = check(place, *more)
    assert RULE not in {finding["rule"] for finding in found["findings"]}
    assert any(words in text for text in why(found))


def test_over_ssh_nobody_is_called(place: Path) -> None:
    program(place / "programs", "ssh", "exec sh -s\n")
    found = check(place, "--ssh", "mail.example.com", *CONNECT)
    assert any("on the mail server itself" in text for text in why(found))


def test_what_is_no_receiver(place: Path) -> None:
    done = inside("check", "example.com", "--server", "--connect", "--receivers", "a b")
    assert (done.returncode, b"a b" in done.stderr) == (2, True)
