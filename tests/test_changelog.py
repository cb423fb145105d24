"""Fragments become one section, newest first, and are gone afterwards."""

import datetime
from pathlib import Path

import changelog

DAY = datetime.date(2026, 3, 1)


def test_fragments_become_a_section_above_the_older_ones(tmp_path: Path) -> None:
    (tmp_path / "changes").mkdir()
    (tmp_path / "changes" / "README.md").write_text("how\n")
    (tmp_path / "changes" / "b.md").write_text("- second\n")
    (tmp_path / "changes" / "a.md").write_text("- first\n\n")
    log = tmp_path / "CHANGELOG.md"
    log.write_text("# What changed\n\n## 0.1.0 (2026-01-01)\n\n- old\n")
    assert changelog.release("0.2.0", tmp_path, DAY) == 2
    assert log.read_text() == (
        "# What changed\n\n## 0.2.0 (2026-03-01)\n\n- first\n- second\n"
        "\n## 0.1.0 (2026-01-01)\n\n- old\n"
    )
    assert [p.name for p in (tmp_path / "changes").iterdir()] == ["README.md"]


def test_without_fragments_nothing_is_written(tmp_path: Path) -> None:
    (tmp_path / "changes").mkdir()
    log = tmp_path / "CHANGELOG.md"
    log.write_text("# What changed\n")
    assert changelog.release("0.2.0", tmp_path, DAY) == 0
    assert log.read_text() == "# What changed\n"


def test_a_version_is_needed() -> None:
    assert changelog.main([]) == "usage: make changelog VERSION=1.2.3"
    assert changelog.main(["soon"]) == "usage: make changelog VERSION=1.2.3"
