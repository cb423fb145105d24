"""Kill -9 at any moment of an import, and several at once: the store is that of one clean run."""

import random
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

import intakekit as kit
import storekit
from mailworthy import store


def importing(path: Path, folder: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "mailworthy", "reports", "import", "--no-verify"]
    return subprocess.Popen(
        [*command, "--store", str(path), str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )


def undisturbed(path: Path, folder: Path) -> int:
    """Import, and let it finish."""
    process = importing(path, folder)
    process.communicate()
    return process.returncode


def killed(path: Path, folder: Path, dice: random.Random, most: int) -> bool:
    """Import, and kill it a moment after so many lines; whether it was still at work."""
    process = importing(path, folder)
    assert process.stdout is not None
    with process.stdout:
        for _ in range(dice.randrange(most)):
            process.stdout.readline()
        try:
            process.wait(dice.uniform(0, 0.03))
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
        return process.wait() == -signal.SIGKILL


@pytest.mark.parametrize(
    ("count", "kills"), [(200, 5), pytest.param(2000, 50, marks=pytest.mark.proof)]
)
def test_killed_at_random_moments(tmp_path: Path, count: int, kills: int) -> None:
    folder, dice = kit.folder_of(tmp_path / "in", count), random.Random(count)
    clean, path = tmp_path / "clean.db", tmp_path / "killed.db"
    assert undisturbed(clean, folder) == 0
    hits = sum(killed(path, folder, dice, count * 4 // 5) for _ in range(kills))
    assert hits > kills // 2
    assert undisturbed(path, folder) == 0
    with store.open(clean) as one, store.open(path) as other:
        assert kit.ids(one) == kit.named(range(count))
        # When it was last tidied up is not of the reports.
        without = ("meta", "intake_state")
        assert storekit.dump(other, without=without) == storekit.dump(one, without=without)


def test_two_importers_and_a_reader_at_once(tmp_path: Path) -> None:
    folder, path = kit.folder_of(tmp_path / "in", 150), tmp_path / "s.db"
    store.open(path).close()
    importers = [importing(path, folder), importing(path, folder)]
    seen: list[dict[str, int]] = []
    stop = threading.Event()
    reader = threading.Thread(target=reading, args=(path, stop, seen))
    reader.start()
    for process in importers:
        process.communicate()
    stop.set()
    reader.join()
    assert [process.returncode for process in importers] == [0, 0]
    assert all(each["daily"] == 3 * each["reports"] == 3 * each["aggregate_rows"] for each in seen)
    with store.open(path) as mine:
        assert kit.ids(mine) == kit.named(range(150))
        assert kit.sums(mine)["daily"] == 450


def reading(path: Path, stop: threading.Event, seen: list[dict[str, int]]) -> None:
    """Look at it again and again; each look must make sense."""
    with store.open(path) as mine:
        while not stop.wait(0.005):
            seen.append(kit.sums(mine))
