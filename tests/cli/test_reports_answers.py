"""The commands that answer from reports, as a person has them."""

import csv
import io
import json
import subprocess
from pathlib import Path

import pytest

from answerkit import INTENT, ZONE, life, mixed
from cli.clikit import inside, mailworthy
from mailworthy.cli.reports import COMMANDS
from mailworthy.render.lines import WIDTH

ROOT = Path(__file__).parent.parent.parent
EVERYTHING = ("--all-time",)
ANSWERS = [
    ("overview", *EVERYTHING),
    ("sources", *EVERYTHING),
    ("source", "192.0.2.25", *EVERYTHING),
    ("list", *EVERYTHING),
    ("show", "1"),
    ("reporters", *EVERYTHING),
    ("problems",),
    ("tls", *EVERYTHING),
    ("complaints", *EVERYTHING),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an intent, a zone, and both stores."""
    path = tmp_path_factory.mktemp("reports")
    (path / "mailworthy.toml").write_text(INTENT)
    (path / "today.zone").write_text(ZONE)
    life(path / "life.db")
    mixed(path / "mixed.db")
    return path


def reports(
    folder: Path, *arguments: str, store: str = "mixed.db"
) -> "subprocess.CompletedProcess[bytes]":
    """A command with a store."""
    command, *rest = arguments
    return inside("reports", command, "--store", store, *rest, cwd=folder)


LIFE = [
    ("✓ own       mail.example.com (192.0.2.25)", "Nothing to do."),
    ("✓ approved  Mailchimp", "no harm while DKIM does"),
    ("» forwarder 203.0.113.80", "DKIM survives"),
    ("! approved  SendGrid", "add CNAME s1._domainkey.example.com"),
    ("✗ threat    203.0.113.0/24", "p=quarantine would stop the 3299 messages"),
]


@pytest.mark.parametrize(("named", "todo"), LIFE)
def test_a_year_of_one_domain_is_told_rightly(folder: Path, named: str, todo: str) -> None:
    said = reports(folder, "sources", "--all-time", store="life.db").stdout.decode()
    block = next(part for part in said.split("\n\n") if part.startswith(named))
    assert todo in " ".join(block.split())
    assert said.count("→") >= len(LIFE)


def test_a_year_of_one_domain_has_five_sources(folder: Path) -> None:
    said = reports(folder, "sources", "--all-time", "--format", "json", store="life.db").stdout
    (answer,) = json.loads(said)["domains"]
    assert sorted(s["class"] for s in answer["sources"]) == [
        *("approved", "approved"),
        *("forwarder", "own", "threat"),
    ]
    assert sum(s["messages"] for s in answer["sources"]) == answer["totals"]["messages"]
    assert all(s["todo"] and s["evidence"] for s in answer["sources"])


def test_the_page_shows_what_is_printed(folder: Path) -> None:
    page = (ROOT / "docs" / "how-to" / "read-reports.md").read_text()
    _, command, shown = page.split("```", 2)[1].split("\n", 2)
    asked = command.removeprefix("$ mailworthy reports ").split()
    assert reports(folder, *asked, store="life.db").stdout.decode() == shown


@pytest.mark.parametrize("asked", ANSWERS, ids=lambda a: a[0])
def test_texts_fit_the_screen_and_steer_nothing(folder: Path, asked: tuple[str, ...]) -> None:
    found = reports(folder, *asked)
    assert (found.returncode, found.stderr) == (0, b"")
    lines = found.stdout.decode().splitlines()
    assert [line for line in lines if len(line) > WIDTH and "https://" not in line] == []
    assert all(line.isprintable() for line in lines)
    assert lines


@pytest.mark.parametrize("asked", ANSWERS, ids=lambda a: a[0])
def test_json_is_json_and_csv_is_csv(folder: Path, asked: tuple[str, ...]) -> None:
    assert json.loads(reports(folder, *asked, "--format", "json").stdout)
    text = reports(folder, *asked, "--format", "csv").stdout.decode()
    head, *rows = csv.reader(io.StringIO(text, newline=""))
    assert all(len(row) == len(head) for row in rows)
    assert rows or asked[0] == "show"


PTR = """$ORIGIN 100.51.198.in-addr.arpa.
@ 300 SOA ns h 1 1 1 1 1
7 300 PTR list.forward.example.
$ORIGIN forward.example.
@ 300 SOA ns h 1 1 1 1 1
list 300 A 198.51.100.7
"""


def test_reverse_names_are_asked_for_only_on_demand(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "ptr.zone").write_text(PTR)
    store = str(mixed(tmp_path / "p.db"))
    asked = ("sources", "--all-time", "--dns", f"zone:{tmp_path / 'ptr.zone'}")
    assert b"forward.example" not in reports(folder, *asked, store=store).stdout
    assert (
        b"\xc2\xbb forwarder forward.example"
        in reports(folder, *asked, "--names", store=store).stdout
    )
    shown = reports(folder, "source", "198.51.100.7", *asked[1:], "--names", store=store).stdout
    assert b"reverse name list.forward.example" in shown


def test_no_colour_where_there_is_no_terminal(folder: Path) -> None:
    assert (
        b"\x1b"
        not in mailworthy(
            *("reports", "sources", "--store", "mixed.db", *EVERYTHING), cwd=folder
        ).stdout
    )


def test_cells_are_no_formulas(folder: Path) -> None:
    text = reports(folder, "problems", "--format", "csv").stdout.decode()
    (row,) = [r for r in csv.DictReader(io.StringIO(text)) if r["fault"] == "omission"]
    assert row["excerpt"] == "'=-5"


def test_why_asks_the_zone_that_it_is_told_to(folder: Path) -> None:
    found = reports(folder, "why", "192.0.2.26", "--all-time", "--dns", "zone:today.zone")
    said = " ".join(found.stdout.decode().split())
    assert found.returncode == 0
    assert "old._domainkey.example.com, where it is revoked" in said
    assert "Today SPF of example.com gives fail for 192.0.2.26" in said


def test_why_can_be_replayed(folder: Path) -> None:
    asked = ("why", "--all-time", "--format", "json")
    first = reports(folder, *asked, "--dns", "zone:today.zone", "--record", "asked.jsonl")
    again = reports(folder, *asked, "--dns", "replay:asked.jsonl")
    assert first.stdout == again.stdout != b""


def test_why_ends_with_3_where_dns_left_something_open(folder: Path) -> None:
    (folder / "other.zone").write_text("$ORIGIN other.example.\n@ 300 A 192.0.2.1\n")
    found = reports(folder, "why", "192.0.2.26", "--all-time", "--dns", "zone:other.zone")
    assert found.returncode == 3


def test_why_says_so_where_nothing_was_reported(folder: Path) -> None:
    found = reports(folder, "why", "--dns", "zone:today.zone", "--since", "2020-01-01", "--until",
                    "2020-02-01")  # fmt: skip
    assert found.returncode == 0
    assert found.stdout.startswith(b"  No mail was reported in this period: see --since")


def test_tls_is_compared_with_today(folder: Path) -> None:
    found = reports(folder, "tls", "--all-time", "--check", "--dns", "zone:today.zone")
    assert b"mailworthy check:" in found.stdout


def test_the_users_word_changes_what_is_said(folder: Path, tmp_path: Path) -> None:
    store = mixed(tmp_path / "w.db")
    said = inside("reports", "approve", "198.51.100.7", "--domain", "example.com", "--as", "mine",
                  "--store", store, cwd=folder)  # fmt: skip
    assert said.stdout == b"address:198.51.100.7 for example.com: mine\n"
    shown = inside("reports", "source", "198.51.100.7", "--all-time", "--store", store, cwd=folder)
    assert "✓ own".encode() in shown.stdout


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (("source", "nobody", *EVERYTHING), "no source 'nobody' in this period"),
        (("why", "nobody", *EVERYTHING), "no source 'nobody' in this period"),
        (("approve", "nobody", "--domain", "example.com"), "ever sent for example.com"),
        (("show", "9999"), "there is no report 9999"),
        (("overview", "--since", "2026-02-01", "--until", "2026-01-01"), "is before --since"),
        (("sources", "--dir", "nowhere"), "there is no mailworthy.toml in nowhere"),
        (("export", "--format", "parquet"), "name it with --output"),
        (("sources", "--geo", "today.zone"), "is no MaxMind database"),
    ],
)
def test_misuse_is_told_in_one_line(folder: Path, asked: tuple[str, ...], message: str) -> None:
    found = reports(folder, *asked)
    assert (found.returncode, found.stdout) == (2, b"")
    assert message in found.stderr.decode()
    assert found.stderr.count(b"\n") == 1


@pytest.mark.parametrize("name", ["overview", "sources"])
def test_an_empty_period_says_where_the_mail_is(folder: Path, name: str) -> None:
    found = reports(folder, name, "--since", "2020-01-01", "--until", "2020-02-01")
    assert found.returncode == 0
    assert b"The newest is of 2024-10-13: see --since" in found.stdout


def test_without_a_command_all_are_shown(folder: Path) -> None:
    found = inside("reports", cwd=folder)
    assert (found.returncode, found.stderr) == (0, b"")
    assert all(f"  {name} " in found.stdout.decode() for name in COMMANDS)


def test_no_store_is_made_by_asking(tmp_path: Path) -> None:
    found = inside("reports", "overview", "--store", tmp_path / "none.db", cwd=tmp_path)
    assert found.returncode == 2
    assert b"there is no store at" in found.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("what", ["records", "days", "reports", "tls", "failures", "complaints"])
def test_exports_agree_with_each_other(folder: Path, what: str) -> None:
    def export(format_: str) -> bytes:
        return reports(folder, "export", what, "--all-time", "--format", format_).stdout

    lines = [json.loads(line) for line in export("jsonl").splitlines()]
    assert json.loads(export("json")) == lines
    rows = list(csv.DictReader(io.StringIO(export("csv").decode(), newline="")))
    assert len(rows) == len(lines)
    assert all(list(row) == list(line) for row, line in zip(rows, lines, strict=True))


def test_parquet_has_the_same_rows(folder: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    asked = ("export", "records", "--all-time", "--format")
    assert reports(folder, *asked, "parquet", "--output", "r.parquet").returncode == 0
    found = parquet.read_table(folder / "r.parquet").to_pylist()
    lines = [json.loads(line) for line in reports(folder, *asked, "jsonl").stdout.splitlines()]
    assert [{**row, "day": str(row["day"])} for row in found] == lines


def test_the_raw_report_comes_back(folder: Path) -> None:
    assert reports(folder, "show", "1", "--raw").stdout == b"a0"
