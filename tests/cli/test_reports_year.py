"""A year of one domain, from the reports as they come to what is said of its five sources."""

import gzip
import json
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path

import pytest

import aggregate_xml as xml
from answerkit import INTENT
from cli.clikit import inside
from mailworthy.reports.model import Format, Head, Kind, PolicyPublished, Reporter, Window
from mailworthy.sources.facts import DAY
from sources_life import DOMAIN, FIRST, year

# The year ends the day before yesterday, since nobody reports about the future.
NOW = datetime.now(UTC)
LAST = NOW.date() - timedelta(days=2)
SHIFT = (int(NOW.timestamp()) // DAY - 366 - FIRST // DAY) * DAY


def write(folder: Path) -> int:
    """A file for each day and reporter, as receivers send them; how many."""
    rows = sorted(year(), key=lambda row: (row.window.begin, row.reporter))
    count = 0
    for (begin, reporter), found in groupby(rows, key=lambda r: (r.window.begin, r.reporter)):
        start = begin + SHIFT
        about = Reporter(reporter, f"dmarc@{reporter.split()[0].lower()}.example")
        head = Head(
            Kind.AGGREGATE,
            Format.RFC9990,
            about,
            f"{start}.{count}",
            Window(start, start + DAY - 1),
            PolicyPublished(DOMAIN, p="none"),
        )
        text = xml.render(head, [row.record for row in found])
        (folder / f"{count}.xml.gz").write_bytes(gzip.compress(text.encode(), 1))
        count += 1
    return count


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the intent, and a store into which all reports were imported."""
    path = tmp_path_factory.mktemp("year")
    (path / "mailworthy.toml").write_text(INTENT)
    (path / "in").mkdir()
    count = write(path / "in")
    done = inside("reports", "import", "--store", "y.db", "--no-verify", "--vouch", "in", cwd=path)
    assert (done.returncode, done.stderr) == (0, f"{count} stored\n".encode())
    return path


def test_all_five_are_named_rightly_with_what_to_do(folder: Path) -> None:
    asked = ("reports", "sources", "--store", "y.db", "--days", "400", "--format", "json")
    (answer,) = json.loads(inside(*asked, cwd=folder).stdout)["domains"]
    assert answer["totals"]["messages"] == sum(row.record.count for row in year())
    assert answer["others"] == 0
    found = {
        s["key"]: (s["class"], s["confidence"], " ".join(s["todo"])) for s in answer["sources"]
    }
    assert {key: value[:2] for key, value in found.items()} == {
        "address:192.0.2.25": ("own", "certain"),
        "service:mailchimp": ("approved", "certain"),
        "address:203.0.113.80": ("forwarder", "certain"),
        "service:sendgrid": ("approved", "likely"),
        "network:203.0.113.0/24": ("threat", "likely"),
    }
    assert found["address:192.0.2.25"][2] == "Nothing to do."
    assert "no harm" in found["service:mailchimp"][2]
    assert "DKIM survives" in found["address:203.0.113.80"][2]
    assert "add CNAME s1._domainkey.example.com" in found["service:sendgrid"][2]
    assert "p=quarantine would stop" in found["network:203.0.113.0/24"][2]


def test_the_whole_year_is_there(folder: Path) -> None:
    asked = ("reports", "overview", "--store", "y.db", "--days", "400", "--format", "json")
    answer = json.loads(inside(*asked, cwd=folder).stdout)
    assert (len(answer["days"]), answer["days"][-1]["day"]) == (365, str(LAST))
    assert answer["unproven"] == 0


def test_the_text_names_all_five(folder: Path) -> None:
    asked = ("reports", "sources", "--store", "y.db", "--days", "400")
    lines = inside(*asked, cwd=folder).stdout.decode().splitlines()
    marked = [line.split()[:3] for line in lines if line[:1] in ("✓", "!", "»", "?", "✗")]
    assert marked == [
        ["✓", "approved", "Mailchimp"],
        ["✓", "own", "mail.example.com"],
        ["✗", "threat", "203.0.113.0/24"],
        ["!", "approved", "SendGrid"],
        ["»", "forwarder", "203.0.113.80"],
    ]
