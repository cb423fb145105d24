"""`check --connect`: who is called, and who is not."""

import json
from pathlib import Path
from typing import Any

import pytest

from cli.clikit import inside
from mailworthy.cli.check import command
from mailworthy.cli.connect import DEADLINE, Call

# Nobody listens there: a refusal is a quick answer, and shows that somebody was asked.
ZONE = """$ORIGIN example.com.
@ 3600 SOA ns hostmaster 1 7200 3600 1209600 3600
@ 3600 NS ns
ns 3600 A 192.0.2.53
_mta-sts 3600 TXT "v=STSv1; id=1"
mta-sts 3600 A 127.0.0.97
"""
POLICY = "https://mta-sts.example.com/.well-known/mta-sts.txt"
HERE = ("--allow", "127.0.0.0/8", "--allow", "::1/128")


@pytest.fixture(scope="module")
def zone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("connect") / "example.com.zone"
    path.write_text(ZONE)
    return path


def check(*arguments: str | Path, cwd: Path | None = None) -> dict[str, Any]:
    done = inside("check", "example.com", "--format", "json", *arguments, cwd=cwd)
    assert done.stderr == b""
    (found,) = json.loads(done.stdout)["audits"]
    assert isinstance(found, dict)
    return found


def why(gaps: list[dict[str, Any]]) -> list[str]:
    return [gap["why"] for gap in gaps if POLICY in gap["what"]]


def test_nobody_is_called_without_being_asked_to(zone: Path) -> None:
    found = check("--dns", f"zone:{zone}")
    assert why(found["undetermined"]) == []
    assert why(found["not_rehearsed"]) == ["no_means"]


def test_only_public_addresses_are_called(zone: Path) -> None:
    found = check("--dns", f"zone:{zone}", "--connect")
    assert why(found["undetermined"]) == []
    (text,) = why(found["not_rehearsed"])
    assert text == "no_means" or "127.0.0.97, which is no public address" in text


def test_what_is_allowed_is_called_recorded_and_replayed(zone: Path, tmp_path: Path) -> None:
    tape = tmp_path / "run.jsonl"
    found = check("--dns", f"zone:{zone}", "--connect", *HERE, "--record", tape)
    assert why(found["undetermined"]) == ["unreachable"]
    header = json.loads(tape.read_text().splitlines()[0])
    assert header["settings"] == {"dns": f"zone:{zone}", "connect": True}
    for more in ((), ("--connect", *HERE)):
        assert check("--dns", f"replay:{tape}", *more) == found


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--trial", "vrfy"), "--trial goes with --connect"),
        (("--trial", "vrfy", "--connect"), "a mailworthy.toml names"),
        (("--trial", "expn", "--connect"), "'expn' is none of vrfy, relay"),
        (("--connect", "--allow", "10.0.0.1/8"), "10.0.0.1/8 is no prefix"),
        (("--connect", "--ca", "nothing.pem"), "nothing.pem is no file"),
        (("--connect", "--helo", "a b"), "a b"),
    ],
)
def test_what_makes_no_sense(arguments: tuple[str, ...], said: str, zone: Path) -> None:
    done = inside("check", "example.com", "--dns", f"zone:{zone}", *arguments)
    assert done.returncode == 2
    assert said in done.stderr.decode()
    assert done.stderr.count(b"\n") == 1


def test_a_rehearsal_with_keys_and_connections(tmp_path: Path) -> None:
    order = ("--ipv4", "192.0.2.25", "--ipv6", "2001:db8::25", "--yes", "--dir", tmp_path)
    assert inside("init", "example.com", *order).returncode == 0
    zones = "zone:example.com.zone,others.zone"
    found = check("--dns", zones, "--connect", "--trial", "vrfy,relay", cwd=tmp_path)
    assert [trial["ip"] for trial in found["trials"]] == ["192.0.2.25", "2001:db8::25"]
    plain = check("--dns", zones, cwd=tmp_path)
    assert found["trials"] == plain["trials"]


@pytest.mark.parametrize(
    ("arguments", "seconds"),
    [((), 20.0), (("--connect",), DEADLINE), (("--connect", "--deadline", "20"), 20.0)],
)
def test_connections_have_more_time(arguments: tuple[str, ...], seconds: float) -> None:
    with command.make_context("check", ["example.com", *arguments]) as context:
        call = Call(connect=context.params["connect"])
        assert call.deadline(context.params["deadline"]) == seconds
