"""`mailworthy reports` in the hands of somebody who sees it for the first time."""

import csv
import io
import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

import aggregate_xml as xml
import storekit as kit
from answerkit import mixed
from cli.clikit import COMMAND, PLAIN, inside
from mailworthy import store
from mailworthy.render.lines import WIDTH
from mailworthy.reports.model import Format, Head, Kind, PolicyPublished, Reporter, Window
from mailworthy.store import Origin, Trust, importer

FAILED = {
    "auth_failure": ("dkim", "dmarc"),
    "header_from": "5334e777@example.com",
    "authentication_results": "dkim=fail header.d=example.com",
    "dkim_domain": "example.com",
    "dkim_selector": "s1",
}
WHOLE = ("--all-time",)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a store of everything, and no intent."""
    path = tmp_path_factory.mktemp("first")
    mixed(path / "m.db")
    with store.open(path / "m.db") as target:
        record = kit.message("auth-failure", **FAILED)
        report = kit.aggregate([record], kind=Kind.FAILURE, report_id="f0", day=0)
        importer.save(target, report, b"f", origin=Origin("a test", 1), trust=Trust.VERIFIED)
        partial = kit.aggregate([kit.record()], report_id="x", day=1, name="x" * 200)
        importer.save(target, partial, b"x", origin=Origin("a test", 1), trust=Trust.UNPROVEN)
    return path


def reports(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[bytes]":
    """A command with the store."""
    command, *rest = arguments
    return inside("reports", command, "--store", "m.db", *rest, cwd=folder)


def number(folder: Path, kind: str) -> str:
    """The number of the oldest report of a kind."""
    asked = ("list", *WHOLE, "--kind", kind, "--format", "json")
    return str(json.loads(reports(folder, *asked).stdout)["reports"][-1]["id"])


SHOWN = {
    "aggregate": ("✓ 192.0.2.25  100  DKIM pass", "SPF example.com pass"),
    "tls": (
        "✗ example.com  sts  97 encrypted, 3 failed",
        "✗   certificate-expired  3 sessions  mx1.example.com",
        "policy as seen: version: STSv1; mode: testing",
    ),
    "failure": (
        "✗ dkim, dmarc  from 192.0.2.25",
        "results               dkim=fail header.d=example.com",
        "signed with           s1._domainkey.example.com",
    ),
    "complaint": ("✗ abuse  from 192.0.2.25", "list                  news.example.com"),
}


@pytest.mark.parametrize("kind", SHOWN)
def test_a_report_is_shown_with_what_stands_in_it(folder: Path, kind: str) -> None:
    text = reports(folder, "show", number(folder, kind)).stdout.decode()
    assert [line for line in SHOWN[kind] if line not in text] == []
    assert max(map(len, text.splitlines())) <= WIDTH


@pytest.mark.parametrize("kind", SHOWN)
def test_the_rows_of_a_report_are_there_for_programs(folder: Path, kind: str) -> None:
    which = number(folder, kind)
    rows = json.loads(reports(folder, "show", which, "--format", "json").stdout)["rows"]
    text = reports(folder, "show", which, "--format", "csv").stdout.decode()
    assert rows
    assert len(list(csv.DictReader(io.StringIO(text, newline="")))) == len(rows)


def test_the_failures_of_a_policy_add_up(folder: Path) -> None:
    shown = reports(folder, "show", number(folder, "tls"), "--format", "json").stdout
    rows = json.loads(shown)["rows"]
    assert [(r["type"], r["result_type"], r["failed"]) for r in rows] == [
        ("sts", "", 3),
        ("sts", "certificate-expired", 3),
        ("no-policy-found", "", 5),
        ("no-policy-found", "starttls-not-supported", 4),
        ("no-policy-found", "odd", 1),
    ]
    second = ("--limit", "1", "--offset", "1", "--format", "json")
    part = json.loads(reports(folder, "show", number(folder, "tls"), *second).stdout)
    assert (part["rows"], part["more"]) == (rows[1:2], True)


def test_a_list_of_one_domain_leaves_room_for_reporters(folder: Path) -> None:
    head, *lines = reports(folder, "list", *WHOLE).stdout.decode().splitlines()[1:]
    assert head == "example.com  all time"
    assert any("  receiver.example" in line for line in lines)
    assert "  ? unproven: nothing shows that its reporter sent it" in lines
    marked = [line for line in lines if line.startswith("  ? ") and "unproven" not in line]
    assert len(marked) == 2
    assert max(map(len, lines)) <= WIDTH


def test_reporters_that_are_not_proven_have_their_own_flaws(folder: Path) -> None:
    found = json.loads(reports(folder, "reporters", *WHOLE, "--format", "json").stdout)
    assert all(bool(each["flaws"]) == bool(each["flawed"]) for each in found["reporters"])


@pytest.mark.parametrize("name", ["list", "reporters", "tls", "complaints"])
def test_an_empty_period_says_where_to_look(folder: Path, name: str) -> None:
    said = reports(folder, name, "--since", "2020-01-01", "--until", "2020-02-01").stdout
    assert b"The newest is of 2024-10-13: see --since, --days or --all-time." in said


@pytest.mark.parametrize("name", ["overview", "sources", "list", "why", "export", "tls"])
def test_a_domain_without_reports_is_told_apart(folder: Path, name: str) -> None:
    found = reports(folder, name, "--domain", "nobody.example")
    assert found.returncode == 0
    assert found.stderr == b"no report is about nobody.example; most are about example.com\n"


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (("sources", "--days", "7", "--since", "2026-01-01"), "give one of them"),
        (("sources", "--days", "7", "--all-time"), "give one of them"),
        (("list", "--since", "yesterday"), "'yesterday' is no day: write it as 2026-12-31"),
        (("list", "--until", "2026-02-30"), "'2026-02-30' is no day"),
        (("show", "9" * 30), "is not in the range"),
        (("list", "--offset", "9" * 30), "is not in the range"),
        (("import", ""), "an empty text is no file or folder"),
        (("source", "x"), "see --since, --days, --all-time"),
    ],
)
def test_misuse_is_told_in_one_line(folder: Path, asked: tuple[str, ...], message: str) -> None:
    found = reports(folder, *asked)
    assert (found.returncode, found.stdout) == (2, b"")
    assert message in found.stderr.decode()
    assert found.stderr.count(b"\n") == 1


def test_the_days_before_all_days_are_no_error(folder: Path) -> None:
    found = reports(folder, "overview", "--until", "0001-01-03")
    assert (found.returncode, found.stderr) == (0, b"")


def test_a_command_that_is_mistyped_is_guessed() -> None:
    found = inside("reports", "sorces")
    assert found.returncode == 2
    assert b"Did you mean 'sources'?" in found.stderr


def test_no_store_is_made_in_a_folder_by_asking(tmp_path: Path) -> None:
    found = inside("reports", "overview", "--store", tmp_path, cwd=tmp_path)
    assert found.returncode == 2
    assert f"there is no store at {tmp_path / 'mailworthy.db'}" in found.stderr.decode()
    assert list(tmp_path.iterdir()) == []


def test_sources_without_an_intent_say_how_to_have_one(folder: Path) -> None:
    found = reports(folder, "sources", *WHOLE)
    assert b"mailworthy init DOMAIN --from live --dir FOLDER" in found.stderr
    assert b"messages stand in reports whose origin is not proven" in found.stdout
    assert reports(folder, "sources", *WHOLE, "--format", "json").stderr == b""


def test_an_export_is_there_when_it_is_whole(folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "e.csv"
    target.write_text("older")
    asked = ("export", *WHOLE, "--output", str(target))
    assert reports(folder, *asked, "--format", "nothing").returncode == 2
    assert target.read_text() == "older"
    assert reports(folder, *asked).returncode == 0
    assert target.read_text().startswith("report,")
    assert [path.name for path in tmp_path.iterdir()] == ["e.csv"]


def test_an_export_to_a_full_disk_names_the_file(folder: Path) -> None:
    found = reports(folder, "export", *WHOLE, "--output", "/dev/full")
    assert (found.returncode, found.stderr) == (
        2,
        b"mailworthy: /dev/full: No space left on device\n",
    )


def test_what_could_not_be_read_comes_back(folder: Path) -> None:
    found = json.loads(reports(folder, "problems", "--format", "json").stdout)["problems"]
    which = next(str(each["id"]) for each in found if each["fault"] == "too-large")
    assert f"{which}  too-large" in reports(folder, "problems").stdout.decode()
    assert reports(folder, "problems", "--raw", which).stdout == b"bomb"
    missing = reports(folder, "problems", "--raw", "99")
    assert (missing.returncode, missing.stdout) == (2, b"")
    assert b"there is no problem 99" in missing.stderr


def test_raw_content_is_kept_from_terminals(folder: Path) -> None:
    mine, theirs = pty.openpty()
    with os.fdopen(mine, "rb", buffering=0):
        command = [*COMMAND, "reports", "show", "1", "--raw", "--store", "m.db"]
        found = subprocess.run(
            command, cwd=folder, env=PLAIN, stdout=theirs, stderr=subprocess.PIPE, check=False
        )
        os.close(theirs)
    assert found.returncode == 2
    assert b"it may steer a terminal: use > FILE or | less" in found.stderr


def test_an_error_of_a_store_names_it(folder: Path) -> None:
    (folder / "no.db").write_text("this is no database at all " * 100)
    found = inside("reports", "overview", "--store", "no.db", cwd=folder)
    assert (found.returncode, found.stdout) == (2, b"")
    assert found.stderr.startswith(b"mailworthy: the store no.db: ")


def test_an_import_tells_a_person_what_is_next(tmp_path: Path) -> None:
    head = Head(
        Kind.AGGREGATE,
        Format.RFC9990,
        Reporter("receiver.example", "d@receiver.example"),
        "1",
        Window(kit.BEGIN, kit.BEGIN + kit.DAY - 1),
        PolicyPublished("example.com", p="none"),
    )
    (tmp_path / "r.xml").write_text(xml.render(head, [kit.record()]))
    command = [*COMMAND, "reports", "import", "--no-verify", "--store", "a.db", "r.xml"]
    mine, theirs = pty.openpty()
    with os.fdopen(mine, "rb", buffering=0) as screen:
        subprocess.run(
            command, cwd=tmp_path, env=PLAIN, stdout=subprocess.PIPE, stderr=theirs, check=True
        )
        os.close(theirs)
        said = screen.read(10_000).decode()
    assert "1 unproven" in said
    assert "Next: mailworthy reports sources" in said
    assert max(map(len, said.splitlines())) <= WIDTH


def test_an_answer_waits_for_no_audit(folder: Path) -> None:
    code = (
        "import sys\nfrom mailworthy.cli import main\n"
        "try:\n    main(['reports', 'overview', '--store', 'm.db'])\nexcept SystemExit:\n    pass\n"
        "print(*sorted(sys.modules), file=sys.stderr)"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=True
    )
    loaded = set(found.stderr.split())
    assert "mailworthy.render.reports.overview" in loaded
    assert not {name for name in loaded if name.startswith(("mailworthy.audit", "dns."))}
