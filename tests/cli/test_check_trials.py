"""`init` and `check --dns zone:` try real mail, and say what receivers would do with it."""

import json
from pathlib import Path
from typing import Any

import pytest

from cli.clikit import inside

ACCEPTED = "A signed test message from 192.0.2.25 and 2001:db8::25 is accepted under all"
ORDER = ("init", "example.com", "--ipv4", "192.0.2.25", "--ipv6", "2001:db8::25", "--yes")
ZONES = "zone:example.com.zone,others.zone"
PTR4 = "25.2.0.192.in-addr.arpa."
WAIVER = '\n[[waive]]\nrule = "ptr-missing"\nreason = "the provider is slow"\nuntil = 2099-01-01\n'


def said(*arguments: str, cwd: Path) -> tuple[int, str]:
    done = inside(*arguments, cwd=cwd)
    assert done.stderr == b""
    return done.returncode, " ".join(done.stdout.decode().split())


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A folder of `init`, and what that said."""
    folder = tmp_path_factory.mktemp("made")
    code, text = said(*ORDER, cwd=folder)
    assert code == 0
    return folder, text


@pytest.fixture
def folder(made: tuple[Path, str], tmp_path: Path) -> Path:
    """A copy to spoil."""
    for path in made[0].rglob("*"):
        target = tmp_path / path.relative_to(made[0])
        target.mkdir(mode=0o700) if path.is_dir() else target.write_bytes(path.read_bytes())
        target.chmod(path.stat().st_mode & 0o777)
    return tmp_path


def audit(*arguments: str, cwd: Path) -> tuple[int, dict[str, Any]]:
    done = inside("check", "--format", "json", *arguments, cwd=cwd)
    (found,) = json.loads(done.stdout)["audits"]
    return done.returncode, found


def spoil(path: Path, without: str) -> None:
    """Take a line out of a zone file."""
    lines = path.read_text().splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith(without)]
    assert len(kept) < len(lines)
    path.write_text("".join(kept))


def test_init_tries_the_mail(made: tuple[Path, str]) -> None:
    assert ACCEPTED in made[1]


def test_check_tries_the_mail_with_the_keys_of_the_folder(made: tuple[Path, str]) -> None:
    code, text = said("check", "--dns", ZONES, cwd=made[0])
    assert code == 0
    assert ACCEPTED in text
    assert "as far as" not in text
    _, found = audit("--dns", ZONES, cwd=made[0])
    assert [(t["host"], t["ip"]) for t in found["trials"]] == [
        ("mail.example.com", "192.0.2.25"),
        ("mail.example.com", "2001:db8::25"),
    ]
    for trial in found["trials"]:
        assert {trial["checks"][c] for c in ("spf", "dkim", "dmarc", "iprev")} == {"pass"}
        assert {d["disposition"] for d in trial["decisions"]} == {"accept"}


def test_what_a_zone_file_does_not_hold_is_no_refusal(made: tuple[Path, str]) -> None:
    """Reverse DNS is the provider's, and not in the domain's own zone."""
    code, text = said("check", "--dns", "zone:example.com.zone", cwd=made[0])
    assert code == 0
    assert ACCEPTED in text
    assert "receiver profiles, as far as the zone files tell (published rules" in text


def test_a_receiver_that_refuses_makes_the_exit_code(folder: Path) -> None:
    spoil(folder / "others.zone", PTR4)
    intent = folder / "mailworthy.toml"
    intent.write_text(intent.read_text() + WAIVER)
    others = (folder / "others.zone").read_text()
    (folder / "others.zone").write_text(f"2.0.192.in-addr.arpa. 3600 SOA a. b. 1 1 1 1 1\n{others}")
    code, found = audit("--dns", ZONES, cwd=folder)
    assert [f["waived"] is not None for f in found["findings"]] == [True]
    first, second = found["trials"]
    codes = {d["profile"]: d["code"] for d in first["decisions"]}
    assert codes["gmail"].startswith("550 5.7.25")
    assert {d["disposition"] for d in second["decisions"]} == {"accept"}
    assert code == 1


def test_without_a_key_nothing_is_tried(made: tuple[Path, str], tmp_path: Path) -> None:
    zone = f"zone:{made[0]}/example.com.zone"
    code, text = said("check", "example.com", "--dns", zone, cwd=tmp_path)
    assert code == 0
    assert "not rehearsed: no private key here: a signed message" in text
    assert "signed test message" not in text


def test_the_checkpoint_tries_nothing(made: tuple[Path, str]) -> None:
    _, found = audit("--checkpoint", "--dns", ZONES, cwd=made[0])
    assert found["trials"] == []
    assert not [gap for gap in found["not_rehearsed"] if gap["why"] == "no_key"]


@pytest.mark.parametrize("format", ["text", "json", "junit"])
def test_a_recording_tries_the_same_mail(
    made: tuple[Path, str], tmp_path: Path, format: str
) -> None:
    run, again = (str(tmp_path / name) for name in ("run", "again"))
    what = ("check", "--format", format)
    first = inside(*what, "--dns", ZONES, "--record", run, cwd=made[0])
    second = inside(*what, "--dns", f"replay:{run}", "--record", again, cwd=made[0])
    third = inside(*what, "--dns", f"replay:{again}", cwd=made[0])
    assert first.stdout == second.stdout == third.stdout
    assert b"192.0.2.25" in first.stdout


def test_what_was_asked_live_is_not_a_rehearsal(made: tuple[Path, str], tmp_path: Path) -> None:
    run = tmp_path / "run"
    inside("check", "--dns", ZONES, "--record", str(run), cwd=made[0])
    run.write_text(run.read_text().replace(f'"dns":"{ZONES}"', '"dns":"system"', 1))
    _, found = audit("--dns", f"replay:{run}", cwd=made[0])
    assert found["trials"] == []
