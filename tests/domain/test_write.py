"""Files: asked about first, then complete or not there at all."""

import stat
from pathlib import Path

import pytest

from mailworthy.domain.intent import Domain, Host, Intent
from mailworthy.domain.recordset import Record
from mailworthy.domain.write import Change, File, Outcome, read_foreign, write, zone_texts
from mailworthy.errors import UsageError


def no(change: Change) -> bool:
    return False


def yes(change: Change) -> bool:
    return True


def test_new_files_and_folders(tmp_path: Path) -> None:
    files = {"a.zone": File("ä\n"), "config/postfix/main.cf": File("x\n", 0o640)}
    done = write(tmp_path / "out", files, overwrite=no)
    assert [w.outcome for w in done] == [Outcome.CREATED] * 2
    assert (tmp_path / "out/a.zone").read_bytes() == "ä\n".encode()
    assert stat.S_IMODE((tmp_path / "out/config/postfix/main.cf").stat().st_mode) == 0o640


def test_nothing_is_overwritten_without_a_yes(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("old\nsame\n")
    seen: list[Change] = []

    def refuse(change: Change) -> bool:
        seen.append(change)
        return False

    done = write(tmp_path, {"a": File("new\nsame\n"), "b": File("b\n")}, overwrite=refuse)
    assert [w.outcome for w in done] == [Outcome.KEPT, Outcome.CREATED]
    assert (tmp_path / "a").read_text() == "old\nsame\n"
    assert [line for line in seen[0].diff.splitlines() if line[0] in "+-"][2:] == ["-old", "+new"]
    assert write(tmp_path, {"a": File("new\n")}, overwrite=yes)[0].outcome is Outcome.REPLACED
    assert (tmp_path / "a").read_text() == "new\n"


def test_an_equal_file_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text("same\n")
    before = path.stat().st_mtime_ns, path.stat().st_ino
    assert write(tmp_path, {"a": File("same\n")}, overwrite=no)[0].outcome is Outcome.SAME
    assert (path.stat().st_mtime_ns, path.stat().st_ino) == before


def test_a_diff_cannot_steer_a_terminal_and_shows_no_secret(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"\x1b[2J\xff old\n")
    (tmp_path / "s").write_text("hidden-old\n")
    seen: list[str] = []

    def look(change: Change) -> bool:
        seen.append(change.diff)
        return False

    files = {"a": File("§ new\n"), "s": File("hidden-new\n", 0o600)}
    write(tmp_path, files, overwrite=look)
    assert "\x1b" not in seen[0]
    assert "+§ new" in seen[0]
    assert "hidden" not in seen[1]


def test_all_questions_come_before_the_first_change(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("a\n")
    (tmp_path / "b").write_text("b\n")

    def interrupt(change: Change) -> bool:
        if change.path.name == "b":
            raise KeyboardInterrupt
        return True

    with pytest.raises(KeyboardInterrupt):
        write(tmp_path, {"a": File("new\n"), "b": File("new\n")}, overwrite=interrupt)
    assert (tmp_path / "a").read_text() == "a\n"


def test_a_failure_writes_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    files = {"a": File("a\n"), "file/below": File("b\n")}
    with pytest.raises(UsageError) as caught:
        write(tmp_path, files, overwrite=yes)
    assert "\n" not in str(caught.value)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_text_that_cannot_be_written_leaves_no_draft(tmp_path: Path) -> None:
    with pytest.raises(UnicodeEncodeError):
        write(tmp_path, {"a": File("\udcff")}, overwrite=yes)
    assert list(tmp_path.iterdir()) == []


def test_a_mode_is_never_widened(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("a\n")
    (tmp_path / "a").chmod(0o600)
    write(tmp_path, {"a": File("b\n")}, overwrite=yes)
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o600


@pytest.mark.parametrize("path", ["../a", "/etc/x", "a/../../b", ""])
def test_nothing_is_written_elsewhere(tmp_path: Path, path: str) -> None:
    with pytest.raises(UsageError, match="outside"):
        write(tmp_path / "out", {path: File("x")}, overwrite=yes)
    assert list(tmp_path.iterdir()) == []


def test_zone_files_that_lie_there(tmp_path: Path) -> None:
    files = {"a.zone": File("1"), "reverse/b.zone": File("2"), "a.records": File("3")}
    write(tmp_path, files, overwrite=no)
    assert zone_texts(tmp_path) == {"a.zone": "1", "reverse/b.zone": "2"}


def test_foreign_records(tmp_path: Path) -> None:
    (tmp_path / "x.zone").write_text('www 60 IN A 192.0.2.80\n@ TXT "a" "b"\n')
    intent = Intent(
        hosts={"mail.example.com": Host(ipv4=("192.0.2.25",))},
        domains={"example.com": Domain(records="x.zone"), "example.org": Domain()},
    )
    assert read_foreign(intent, tmp_path) == {
        "example.com": (
            Record("www.example.com", "A", "192.0.2.80", 60),
            Record("example.com", "TXT", "ab", 60),
        )
    }
    (tmp_path / "x.zone").unlink()
    with pytest.raises(UsageError, match="the records of example"):
        read_foreign(intent, tmp_path)
