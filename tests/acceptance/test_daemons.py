"""One command writes what the real daemons take; the same command again changes nothing."""

import os
import re
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from cli.clikit import mailworthy, tree

pytestmark = pytest.mark.lab
PATH = "/usr/sbin:/usr/bin:/sbin:/bin"
HOST = ("--hostname", "mail.example.com", "--ipv4", "192.0.2.25", "--ipv6", "2001:db8::25")
ORDER = ("init", "example.com", *HOST)
RSPAMD = "/etc/rspamd/rspamd.conf"


def daemon(program: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a daemon's own checker."""
    if not shutil.which(program, path=PATH):
        pytest.skip(f"{program} is not installed")
    return subprocess.run(
        [program, *map(str, arguments)],
        env={**os.environ, "PATH": PATH},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("ordered") / "out"
    done = mailworthy(*ORDER, "--yes", "--dir", folder)
    assert (done.returncode, done.stderr) == (0, b"")
    return folder


@pytest.fixture
def out(written: Path, tmp_path: Path) -> Path:
    """A copy that a test may change."""
    return Path(shutil.copytree(written, tmp_path / "out"))


def test_bind_takes_every_zone(written: Path) -> None:
    for path in [written / "example.com.zone", *(written / "reverse").glob("*.zone")]:
        zone = path.name.removesuffix(".zone")
        done = daemon("named-checkzone", "-i", "local", "-k", "fail", zone, path)
        assert done.returncode == 0, done.stdout
        assert done.stdout.splitlines()[-1] == "OK"
    assert len(list((written / "reverse").iterdir())) == 2


def test_bind_takes_the_configuration(written: Path) -> None:
    done = daemon("named-checkconf", written / "config/bind/named.conf.mailworthy")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_rspamd_takes_the_configuration(written: Path, tmp_path: Path) -> None:
    config = written / "config/rspamd"
    places = (f"--var=LOCAL_CONFDIR={config}", f"--var=DBDIR={tmp_path}")
    done = daemon("rspamadm", *places, "configtest", "-c", RSPAMD)
    assert (done.returncode, done.stdout.strip()) == (0, "syntax OK")


def test_postfix_takes_the_configuration(written: Path, tmp_path: Path) -> None:
    fragment = (written / "config/postfix/main.cf.fragment").read_text()
    (tmp_path / "main.cf").write_text(f"compatibility_level = 3.6\n{fragment}")
    (tmp_path / "master.cf").write_text("")
    done = daemon("postconf", "-c", tmp_path, "-n")
    assert (done.returncode, done.stderr) == (0, "")
    assert "myhostname = mail.example.com" in done.stdout


def test_the_zone_is_clean_before_anybody_publishes_it(written: Path) -> None:
    dns = f"zone:{written / 'example.com.zone'}"
    done = mailworthy("check", "--dir", written, "--dns", dns, "--format", "jsonl")
    assert (done.returncode, done.stderr) == (0, b"")
    assert b'"findings":[]' in done.stdout
    assert b'"undetermined":[]' in done.stdout


def test_secrets_are_for_their_owner_and_in_no_output(tmp_path: Path) -> None:
    done = mailworthy(*ORDER, "--yes", "--dir", tmp_path / "out")
    keys = list((tmp_path / "out/keys").iterdir())
    assert len(keys) == 2
    assert {stat.S_IMODE(path.stat().st_mode) for path in keys} == {0o600}
    everything = b"".join([done.stdout, *tree(tmp_path / "out").values()])
    for path in keys:
        lines = [line for line in path.read_bytes().splitlines() if b"PRIVATE KEY" not in line]
        assert everything.count(max(lines, key=len)) == 1


@pytest.mark.parametrize("more", [(), ("--yes",)])
def test_the_same_order_again_changes_nothing(out: Path, more: tuple[str, ...]) -> None:
    before = tree(out)
    times = {p: p.stat().st_mtime_ns for p in out.rglob("*")}
    done = mailworthy(*ORDER, *more, "--dir", out)
    assert (done.returncode, done.stderr) == (0, b"")
    assert tree(out) == before
    assert {p: p.stat().st_mtime_ns for p in out.rglob("*")} == times
    assert f"{len(before)} files are as they were".encode() in done.stdout
    assert not re.search(rb"created|replaced|kept", done.stdout)


CHANGES = {
    "another address": ("init", "example.com", *HOST[:3], "192.0.2.26"),
    "another domain": ("init", "example.org", "--hostname", "mail.example.com"),
    "a sender": (*ORDER, "--sender", "mailchimp"),
    "a parked domain": ("init", "example.net", "--parked"),
    "another host": ("init", "example.org", "--ipv4", "198.51.100.7"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_shown_and_needs_a_yes(out: Path, name: str) -> None:
    before = tree(out)
    refused = mailworthy(*CHANGES[name], "--dir", out)
    assert refused.returncode == 2
    assert refused.stderr.decode().count("\n") == 1
    assert b"--yes" in refused.stderr
    assert re.search(rb"^\+[^+]", refused.stdout, re.MULTILINE)
    assert tree(out) == before

    done = mailworthy(*CHANGES[name], "--yes", "--dir", out)
    assert (done.returncode, done.stderr) == (0, b"")
    after = tree(out)
    assert after["mailworthy.toml"] != before["mailworthy.toml"]
    assert {p: t for p, t in after.items() if p in before and "keys/" in p} == {
        p: t for p, t in before.items() if "keys/" in p
    }


def test_what_was_typed_by_hand_stays(out: Path) -> None:
    """An order changes what it names; comments live as long as the file says the same."""
    toml = out / "mailworthy.toml"
    text = toml.read_text().replace("[domains.", "# mine\n[domains.") + '\nspf = "fail"\n'
    toml.write_text(text)
    done = mailworthy("zone", "--write", "--yes", "--dir", out)
    assert done.returncode == 0
    assert toml.read_text() == text
    assert "-all" in (out / "example.com.zone").read_text()
    again = mailworthy(*ORDER, "--reports", "dmarc@example.com", "--yes", "--dir", out)
    assert again.returncode == 0
    for part in ('spf = "fail"', 'reports = "dmarc@example.com"'):
        assert part in toml.read_text()


def test_keys_are_not_made_for_a_folder_that_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "example.com.zone").write_text("; somebody's work\n")
    done = mailworthy(*ORDER, "--dir", tmp_path)
    assert done.returncode == 2
    assert tree(tmp_path) == {"example.com.zone": b"; somebody's work\n"}
    assert [p.name for p in tmp_path.iterdir()] == ["example.com.zone"]
