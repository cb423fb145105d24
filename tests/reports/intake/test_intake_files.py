"""Files, folders and standard input by the command line, with the exit codes that Postfix heeds."""

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

import intakekit as kit
import report_wraps as wraps
from mailworthy import store
from mailworthy.reports.intake import files

PIPED = {"RECIPIENT": "dmarc@example.com", "SENDER": "a@b.example", "LOCAL": "dmarc"}


def run(
    *args: str, stdin: bytes | None = None, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "mailworthy", "reports", "import", "--no-verify", *args],
        input=stdin if stdin is not None else b"",
        capture_output=True,
        env={**os.environ, **(env or {})},
        check=False,
    )


def ids(path: Path) -> list[str]:
    with store.open(path) as mine:
        return kit.ids(mine)


def test_a_folder_with_all_below_it(tmp_path: Path) -> None:
    deep = tmp_path / "in" / "a" / "b"
    deep.mkdir(parents=True)
    (deep / "1").write_bytes(wraps.report(1, 1))
    (deep.parent / "2.eml").write_bytes(kit.report_mail(2))
    (tmp_path / "in" / "bad.gz").write_bytes(b"\x1f\x8b broken")
    (tmp_path / "in" / ".hidden").write_bytes(wraps.report(1, 3))
    (tmp_path / "in" / "link").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "in" / "pipe")
    done = run("--store", str(tmp_path / "s.db"), str(tmp_path / "in"))
    assert done.returncode == 1
    assert [line.split()[0] for line in done.stdout.decode().splitlines() if line[0] != " "] == [
        "problem",
        "stored",
        "stored",
    ]
    assert done.stderr.decode() == "1 problem, 2 stored\n"
    assert ids(tmp_path / "s.db") == kit.named([1, 2])


def test_json_lines(tmp_path: Path) -> None:
    report = tmp_path / "r.xml"
    report.write_bytes(wraps.report(1, 1))
    done = run("--store", str(tmp_path / "s.db"), "--format", "jsonl", str(report))
    (line,) = done.stdout.splitlines()
    found = json.loads(line)
    assert (done.returncode, found["what"], found["saved"][0]["messages"]) == (0, "stored", 3)
    assert found["trust"]["word"] == "unproven"


def test_a_folder_that_is_vouched_for(tmp_path: Path) -> None:
    report = tmp_path / "r.xml"
    report.write_bytes(wraps.report(1, 1))
    done = run("--store", str(tmp_path / "s.db"), "--vouch", str(report))
    assert done.stdout.decode() == f"stored    {report}, vouched\n"


def test_what_is_not_there_is_a_usage_error(tmp_path: Path) -> None:
    done = run("--store", str(tmp_path / "s.db"), str(tmp_path / "nothing"))
    assert done.returncode == 2
    assert b"nothing" in done.stderr


def test_a_device_is_no_report(tmp_path: Path) -> None:
    done = run("--store", str(tmp_path / "s.db"), "/dev/zero")
    assert (done.returncode, done.stdout) == (1, b"failed    /dev/zero: not a file\n")


@pytest.mark.parametrize("env", [{}, PIPED])
def test_standard_input(tmp_path: Path, env: dict[str, str]) -> None:
    mail = b"From a@b Mon Sep 21 10:00:00 2026\n" + kit.report_mail(1)
    done = run("--store", str(tmp_path / "s.db"), "-", stdin=mail, env=env)
    assert (done.returncode, done.stderr) == (0, b"")
    assert (done.stdout == b"") is bool(env)  # Postfix would send output back in bounces
    assert ids(tmp_path / "s.db") == ["r1"]


def test_mail_that_cannot_be_read_is_kept_and_not_bounced(tmp_path: Path) -> None:
    done = run("--store", str(tmp_path / "s.db"), "-", stdin=kit.OTHER, env=PIPED)
    assert done.returncode == 0
    with store.open(tmp_path / "s.db") as mine:
        assert [fault for fault, _ in kit.problems(mine)] == ["no-report"]


@pytest.mark.parametrize("where", ["postgresql://nobody@127.0.0.1:1/none", "/dev/null/store.db"])
def test_a_store_that_cannot_be_had_keeps_the_mail_with_postfix(where: str) -> None:
    done = run("--store", where, "-", stdin=kit.report_mail(1), env=PIPED)
    assert (done.returncode, done.stdout) == (75, b"")
    assert done.stderr.startswith(b"mailworthy: ")
    assert done.stderr.count(b"\n") == 1


def test_a_disc_that_is_full_keeps_the_mail_with_postfix(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    store.open(path).close()
    mail = wraps.mail(wraps.part(os.urandom(200_000), name="r.xml"))
    full = [
        "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (150_000, 150_000));",
        "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);",
        "from mailworthy.cli import main; main(sys.argv[1:])",
    ]
    command = [sys.executable, "-c", "\n".join(full), "reports", "import", "--no-verify"]
    done = subprocess.run(
        [*command, "--store", str(path), "-"], input=mail, capture_output=True, check=False
    )
    assert done.returncode == 75, done.stderr
    with store.open(path) as mine:
        assert kit.sums(mine)["raws"] == 0
    assert run("--store", str(path), "-", stdin=mail).returncode == 0


def test_a_store_that_is_damaged_keeps_the_mail_with_postfix(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE reports (id INTEGER)")
    other.close()
    assert run("--store", str(path), "-", stdin=kit.report_mail(1)).returncode == 75


def test_standard_input_is_read_alone(tmp_path: Path) -> None:
    done = run("--store", str(tmp_path / "s.db"), "-", str(tmp_path))
    assert done.returncode == 2


def test_more_than_anything_may_have(tmp_path: Path) -> None:
    with (tmp_path / "big").open("w+b") as big:
        big.truncate(3_000_000)
        with pytest.raises(files.TooMuch), files.piped(big, 2_000_000):
            raise AssertionError("it was taken")


def test_a_large_file_is_not_held_in_memory(tmp_path: Path) -> None:
    with (tmp_path / "big").open("w+b") as big:
        big.truncate(3_000_000)
        big.seek(0)
        with files.piped(big, 4_000_000) as came:
            assert not isinstance(came.raw, bytes)
    with files.opened(tmp_path / "big") as came:
        assert not isinstance(came.raw, bytes)


def test_a_maildir_among_folders(tmp_path: Path) -> None:
    for name in ("cur", "new", "tmp", ".Sent/cur", ".Sent/new", ".Sent/tmp"):
        (tmp_path / "box" / name).mkdir(parents=True)
        (tmp_path / "box" / name / "1.a").write_bytes(b"")
    found = [str(path.relative_to(tmp_path)) for path in files.walk([tmp_path])]
    assert found == ["box/.Sent/cur/1.a", "box/.Sent/new/1.a", "box/cur/1.a", "box/new/1.a"]


def test_a_folder_that_cannot_be_read_is_told_and_the_next_is_read(tmp_path: Path) -> None:
    """Folders within each other until no path can name them."""
    deep, name = tmp_path / "in" / "a", "d" * 250
    deep.mkdir(parents=True)
    at = os.open(deep, os.O_RDONLY)
    for _ in range(18):
        os.mkdir(name, dir_fd=at)
        below = os.open(name, os.O_RDONLY, dir_fd=at)
        os.close(at)
        at = below
    os.close(at)
    (tmp_path / "in" / "b").mkdir()
    (tmp_path / "in" / "b" / "1").write_bytes(wraps.report(1, 1))
    done = run("--store", str(tmp_path / "s.db"), str(tmp_path / "in"))
    assert done.returncode == 1
    assert done.stderr.decode() == "1 failed, 1 stored\n"
    assert b"File name too long" in done.stdout
    assert ids(tmp_path / "s.db") == ["r1"]


def test_only_links_that_are_named_are_followed(tmp_path: Path) -> None:
    (tmp_path / "r.xml").write_bytes(wraps.report(1, 1))
    link = tmp_path / "link"
    link.symlink_to("r.xml")
    with pytest.raises(OSError, match="symbolic"), files.opened(link, follow=False):
        raise AssertionError("it was taken")
    done = run("--store", str(tmp_path / "s.db"), str(link))
    assert (done.returncode, ids(tmp_path / "s.db")) == (0, ["r1"])
