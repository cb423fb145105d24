"""Nobody is named by any command of `mailworthy reports`, as a person calls them."""

from pathlib import Path

import pytest

from cli.clikit import inside

PERSON = "zqanna.zqsmith"
MAIL = (
    f"From: Zqanna Zqsmith <{PERSON}@isp.example>\nTo: ruf@example.com\n"
    f"Subject: FW: {PERSON}\nDate: Tue, 22 Sep 2026 10:00:05 +0000\n"
    f"Message-ID: <{PERSON}@isp.example>\nMIME-Version: 1.0\n"
    "Content-Type: multipart/report; report-type=feedback-report; boundary=b\n\n"
    f"--b\nContent-Type: text/plain\n\nFor {PERSON}\n"
    "--b\nContent-Type: message/feedback-report\n\n"
    f"Feedback-Type: {{kind}}\nUser-Agent: {PERSON}\nVersion: 1\n"
    f"Original-Rcpt-To: <{PERSON}@victim.example>\n"
    "Arrival-Date: Tue, 22 Sep 2026 10:00:00 +0000\n"
    f"Source-IP: {PERSON}@x.example\nReported-Domain: example.com\n{{auth}}X-Other: {PERSON}\n\n"
    "--b\nContent-Type: message/rfc822\n\n"
    f"From: Zqanna <{PERSON}@example.com>\nTo: {PERSON}@victim.example\nSubject: {PERSON}\n"
    f"Message-ID: <{PERSON}@example.com>\nFeedback-ID: {PERSON}:c\n\nfor {PERSON}\n--b--\n"
)
FAILURE = MAIL.format(kind="auth-failure", auth=f"Auth-Failure: dmarc, {PERSON}\n")
COMPLAINT = MAIL.format(kind="abuse", auth="")
UNKNOWN = MAIL.format(kind="zqanna", auth="")
ASKED = [
    ("show", "1"),
    ("show", "1", "--format", "json"),
    ("show", "1", "--format", "csv"),
    ("show", "1", "--raw"),
    ("show", "2", "--raw"),
    ("list", "--all-time"),
    ("list", "--all-time", "--format", "json"),
    ("reporters", "--all-time", "--format", "json"),
    ("problems", "--format", "json"),
    ("problems",),
    ("complaints", "--all-time", "--format", "json"),
    ("overview", "--all-time", "--format", "json"),
    ("export", "failures", "--all-time"),
    ("export", "complaints", "--all-time"),
    ("export", "reports", "--all-time"),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("people")
    for number, text in enumerate((FAILURE, COMPLAINT, UNKNOWN)):
        (made / f"{number}.eml").write_text(text)
        done = bring(made, f"{number}.eml", "x.db", "--format", "jsonl")
        assert b"zq" not in done
    return made


def bring(folder: Path, name: str, where: str, *options: str) -> bytes:
    store = ("--store", folder / where)
    done = inside("reports", "import", "--no-verify", *store, *options, folder / name)
    assert done.returncode in (0, 1), done.stderr
    return done.stdout + done.stderr


@pytest.mark.parametrize("asked", ASKED, ids=" ".join)
def test_nobody_is_named(folder: Path, asked: tuple[str, ...]) -> None:
    done = inside("reports", *asked, "--store", folder / "x.db")
    assert done.returncode == 0, done.stderr
    assert done.stdout
    assert b"zq" not in (done.stdout + done.stderr).lower()


def test_nobody_is_in_the_file(folder: Path) -> None:
    for file in folder.glob("x.db*"):
        assert b"zqanna" not in file.read_bytes().lower()


def test_who_wants_it_keeps_it_whole(folder: Path) -> None:
    bring(folder, "0.eml", "whole.db", "--keep-whole")
    raw = inside("reports", "show", "1", "--raw", "--store", folder / "whole.db")
    assert raw.stdout.decode() == FAILURE
    shown = inside("reports", "show", "1", "--store", folder / "whole.db")
    assert b"zq" not in shown.stdout.lower()
