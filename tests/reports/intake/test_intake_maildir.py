"""A Maildir: what is stored is marked, in this order, and what is not ours stays."""

import os
from pathlib import Path

import pytest

import intakekit as kit
from mailworthy.errors import UsageError
from mailworthy.reports.intake.importing import Importer
from mailworthy.reports.intake.maildir import Maildir
from mailworthy.reports.intake.model import What
from mailworthy.store import Store, StoreFull


@pytest.fixture
def box(tmp_path: Path) -> Path:
    """An empty Maildir."""
    for name in ("cur", "new", "tmp"):
        (tmp_path / "box" / name).mkdir(parents=True)
    return tmp_path / "box"


def files(box: Path) -> list[str]:
    return sorted(f"{path.parent.name}/{path.name}" for path in box.glob("*/*"))


class Full(Importer):
    """A disc that is full when it comes to the worst."""

    def settle(self) -> None:
        raise StoreFull("no room")


def test_reports_are_marked_and_other_mail_is_left(
    box: Path, importer: Importer, mine: Store
) -> None:
    (box / "new" / "1.a").write_bytes(kit.report_mail(1))
    (box / "cur" / "2.a:2,F").write_bytes(kit.report_mail(2))
    (box / "new" / "3.a").write_bytes(kit.OTHER)
    (box / "cur" / "4.a:2,").write_bytes(kit.OTHER)
    (box / "tmp" / "5.a").write_bytes(kit.report_mail(5))
    found = list(Maildir(box, importer).fetch())
    assert {done.what for done in found} == {What.STORED, What.OTHER}
    assert kit.ids(mine) == kit.named([1, 2])
    assert files(box) == ["cur/1.a:2,S", "cur/2.a:2,FS", "cur/4.a:2,", "new/3.a", "tmp/5.a"]


def test_nothing_is_read_twice(box: Path, importer: Importer) -> None:
    (box / "new" / "1.a").write_bytes(kit.report_mail(1))
    (box / "new" / "2.a").write_bytes(kit.OTHER)
    assert len(list(Maildir(box, importer).fetch())) == 2
    (box / "new" / "2.a").rename(box / "cur" / "2.a:2,S")  # the user has read it
    (box / "new" / "3.a").write_bytes(kit.report_mail(3))
    assert [done.what for done in Maildir(box, importer).fetch()] == [What.STORED]


def test_names_that_are_gone_are_forgotten(box: Path, importer: Importer) -> None:
    mail = box / "new" / "1.a"
    mail.write_bytes(kit.OTHER)
    list(Maildir(box, importer).fetch())
    mail.unlink()
    list(Maildir(box, importer).fetch())
    mail.write_bytes(kit.report_mail(1))
    assert [done.what for done in Maildir(box, importer).fetch()] == [What.STORED]


def test_what_is_not_settled_is_not_marked(box: Path, importer: Importer, mine: Store) -> None:
    (box / "new" / "1.a").write_bytes(kit.report_mail(1))
    with pytest.raises(StoreFull):
        list(Maildir(box, Full(mine)).fetch())
    assert files(box) == ["new/1.a"]
    assert [done.what for done in Maildir(box, importer).fetch()] == [What.DUPLICATE]
    assert files(box) == ["cur/1.a:2,S"]
    assert kit.ids(mine) == ["r1"]


def test_links_and_folders_are_no_mail(box: Path, importer: Importer, tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(kit.report_mail(1))
    (box / "new" / "1.a").symlink_to(tmp_path / "secret")
    (box / "new" / "2.a").mkdir()
    (box / "new" / ".hidden").write_bytes(kit.report_mail(2))
    assert list(Maildir(box, importer).fetch()) == []


def test_a_mail_that_is_a_mail_with_a_from_line(box: Path, importer: Importer, mine: Store) -> None:
    (box / "new" / "1.a").write_bytes(b"From a@b Mon Sep 21 10:00:00 2026\n" + kit.report_mail(1))
    assert [done.what for done in Maildir(box, importer).fetch()] == [What.STORED]


def test_what_is_no_maildir(tmp_path: Path, importer: Importer) -> None:
    with pytest.raises(UsageError, match="no Maildir"):
        Maildir(tmp_path, importer)


def test_another_mail_of_the_same_name_is_not_replaced(box: Path, importer: Importer) -> None:
    (box / "new" / "1.a").write_bytes(kit.report_mail(1))
    (box / "cur" / "1.a:2,S").write_bytes(kit.OTHER)
    assert {done.what for done in Maildir(box, importer).fetch()} == {What.STORED, What.OTHER}
    assert (box / "cur" / "1.a:2,S").read_bytes() == kit.OTHER
    assert (box / "new" / "1.a").read_bytes() == kit.report_mail(1)


def test_what_becomes_a_link_or_a_pipe_after_we_looked(
    box: Path, importer: Importer, tmp_path: Path
) -> None:
    for number in range(102):
        (box / "new" / f"{number:03}.a").write_bytes(kit.OTHER)
    (tmp_path / "secret").write_bytes(kit.report_mail(1))
    taking = Maildir(box, importer).fetch()
    assert next(taking).what is What.OTHER  # the first hundred have been taken
    for name in ("100.a", "101.a"):
        (box / "new" / name).unlink()
    (box / "new" / "100.a").symlink_to(tmp_path / "secret")
    os.mkfifo(box / "new" / "101.a")
    rest = list(taking)[-2:]
    assert [done.what for done in rest] == [What.FAILED, What.FAILED]
    assert kit.ids(importer.store) == []
