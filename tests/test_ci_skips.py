"""Under CI no lab or browser test may be skipped; elsewhere it may, and says so."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ONE_TEST = """
import pytest

@pytest.mark.{marker}
def test_with_a_daemon():
    pytest.skip("named is not installed")
"""
# `sh` is always there; the other never is.
DAEMON = """
import pytest

@pytest.mark.lab
@pytest.mark.daemon("{name}")
def test_with_a_daemon():
    pytest.skip("{name} is not installed")
"""
NONE = "no-such-daemon"
ONE_FILE = """
import pytest

pytest.skip("named is not installed", allow_module_level=True)
"""


def run(
    folder: Path, name: str, text: str, ci: str, without: str = ""
) -> subprocess.CompletedProcess[str]:
    shutil.copy(HERE / "conftest.py", folder)
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    environment = {k: v for k, v in os.environ.items() if k not in ("CI", "CI_WITHOUT")}
    environment |= {"CI_WITHOUT": without} | ({"CI": ci} if ci else {})
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "."]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    ("name", "text", "ci", "code"),
    [
        ("test_a.py", ONE_TEST.format(marker="lab"), "true", 1),
        ("test_a.py", ONE_TEST.format(marker="browser"), "true", 1),
        ("test_a.py", ONE_TEST.format(marker="oracle"), "true", 0),
        ("test_a.py", ONE_TEST.format(marker="lab"), "", 0),
        ("lab/test_a.py", ONE_FILE, "true", 2),
        ("other/test_a.py", ONE_FILE, "true", 5),
    ],
)
def test_a_skip(tmp_path: Path, name: str, text: str, ci: str, code: int) -> None:
    done = run(tmp_path, name, text, ci)
    assert done.returncode == code, done.stdout
    if code in (1, 2):
        assert "skipped, and CI allows no skip here: " in done.stdout
        assert "named is not installed" in done.stdout


@pytest.mark.parametrize(
    ("text", "without", "code"),
    [
        (DAEMON.format(name=NONE), f" {NONE}", 0),
        (DAEMON.format(name=NONE), "", 1),
        (DAEMON.format(name=NONE), "clickhouse-server", 1),
        (DAEMON.format(name="sh"), "sh", 1),  # it is there, so that it is no excuse
        (ONE_TEST.format(marker="lab"), NONE, 1),
    ],
)
def test_a_daemon_that_this_release_does_not_have(
    tmp_path: Path, text: str, without: str, code: int
) -> None:
    done = run(tmp_path, "test_a.py", text, "true", without)
    assert done.returncode == code, done.stdout


# .ci/run with nothing installed, and an apt that knows one package or does not.
INSTALLING = """
source {run}
OS_RELEASE={release}
unset CI_WITHOUT
command() {{ [[ $2 == apt-get ]]; }}
id() {{ echo 0; }}
start_nothing() {{ :; }}
debconf-set-selections() {{ cat >/dev/null; }}
apt-cache() {{ {answer}; }}
quietly() {{ echo "$@"; }}
PROGRAMS=({programs})
install_programs
echo "without:${{CI_WITHOUT:-}}"
"""


@pytest.mark.parametrize(
    ("system", "answer", "programs", "outcome"),
    [
        ("ubuntu", "return 100", "named:bind9 x:clickhouse-server",
         ("bind9", " clickhouse-server")),
        ("ubuntu", "return 0", "x:clickhouse-server", ("", " clickhouse-server")),
        ("ubuntu", "echo Package: $2", "named:bind9 x:clickhouse-server",
         ("bind9 clickhouse-server", "")),
        ("ubuntu", "return 100", "named:bind9", ("bind9", "")),  # nothing else may be lacking
        ("debian", "return 100", "x:clickhouse-server", ("clickhouse-server", "")),
        ("debian", "echo Package: $2", "x:clickhouse-server", ("clickhouse-server", "")),
    ],
)  # fmt: skip
def test_packages_that_are_installed(
    tmp_path: Path, system: str, answer: str, programs: str, outcome: tuple[str, str]
) -> None:
    release = tmp_path / "os-release"
    release.write_text(f'NAME="x"\nID={system}\nID_LIKE=debian\n')
    script = INSTALLING.format(
        run=HERE.parent / ".ci" / "run", release=release, answer=answer, programs=programs
    )
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    asked = [line.partition("Timeout=300 ")[2] for line in lines if " install " in line]
    assert ("".join(asked), lines[-1]) == (outcome[0], f"without:{outcome[1]}")
