"""A log that cannot be read: which one, and what to do."""

import grp
import os
from pathlib import Path

import pytest

from mailworthy.errors import UsageError
from mailworthy.sendtest.edge.log import missing, opened


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be another user for a while")
def test_a_log_that_others_may_read_is_named_with_who_they_are(tmp_path: Path) -> None:
    path = Path("/tmp") / f"log-{tmp_path.name}-{os.getpid()}"
    path.write_text("")
    adm = grp.getgrnam("adm")
    os.chown(path, 0, adm.gr_gid)
    path.chmod(0o640)
    os.seteuid(65534)
    try:
        with pytest.raises(UsageError) as told, opened(str(path)):
            pass
        for why in (str(told.value), missing((str(path),))):
            assert why.startswith(f"you may not read the log {path}: be in the group adm ")
            assert "sudo" in why
            assert "--log" in why
    finally:
        os.seteuid(0)
        path.unlink()


def test_without_any_log_the_places_are_named(tmp_path: Path) -> None:
    assert str(tmp_path / "none") in missing((str(tmp_path / "none"),))


def test_a_log_that_is_not_there_is_named(tmp_path: Path) -> None:
    with (
        pytest.raises(UsageError, match=r"/none cannot be read: No such file.*--log"),
        opened(str(tmp_path / "none")),
    ):
        pass
