"""However a run ends, nothing of the box is left; what is missing is said."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab.internet import PREFIX, sweep
from lab.machine import Machine, wait_for
from lab.needs import PROGRAMS, demand, missing
from lab.plan import RESOLVER, SPOOFER, Place

pytestmark = [pytest.mark.lab, pytest.mark.usefixtures("able")]
TEMPORARY = Path(tempfile.gettempdir())
ONE = """
import sys, time
from pathlib import Path
from lab.machine import Machine
from lab.plan import SPOOFER
machine = Machine(SPOOFER, Path(sys.argv[1]), "203.0.113.53")
machine.ready()
machine.spawn("sleep", ["sleep", "1000"])
while not machine.processes("sleep 1000"):
    time.sleep(0.01)
print(Path(f"/proc/{machine.pid}/ns/net").readlink(), flush=True)
time.sleep(1000)
"""
ALL = """
from lab.internet import running
with running():
    pass
"""


def start(code: str, *arguments: str | Path) -> subprocess.Popen[bytes]:
    """Python with some code, in a process of its own."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment
    )


def using(network: str) -> list[str]:
    """The processes of a network namespace, whatever they are."""
    return [path.parts[2] for path in Path("/proc").glob("[0-9]*/ns/net") if seen(path) == network]


def below(pid: int) -> set[str]:
    """The network namespaces of the processes that a process started."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return {seen(Path(f"/proc/{child}/ns/net")) for child in children}


def seen(path: Path) -> str:
    try:
        return str(path.readlink())
    except OSError:
        return ""  # it has ended


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    one = Machine(SPOOFER, tmp_path, RESOLVER[0])
    one.ready()
    yield one
    one.off()


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_machine_ends_with_the_process_that_began_it(tmp_path: Path, how: signal.Signals) -> None:
    with start(ONE, tmp_path) as process:
        assert process.stdout is not None
        network = process.stdout.readline().decode().strip()
        assert using(network)
        process.send_signal(how)
        process.communicate()
    wait_for("all processes to end", lambda: not using(network))


@pytest.mark.parametrize("stage", ["sender/mailworthy", "receiver/log/rspamd-out.log"])
def test_ctrl_c_in_the_middle_of_the_start(stage: str) -> None:
    with start(ALL) as process:
        pattern = f"{PREFIX}{process.pid}-*"
        wait_for(stage, lambda: [*TEMPORARY.glob(f"{pattern}/{stage}")], seconds=60)
        networks = below(process.pid) - {seen(Path("/proc/self/ns/net"))}
        assert networks
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    assert said.endswith(b"KeyboardInterrupt\n")
    assert not [*TEMPORARY.glob(pattern)]
    assert not [process for network in networks for process in using(network)]


def test_off_ends_everything(machine: Machine) -> None:
    machine.spawn("sleep", ["sleep", "1000"])
    network = seen(Path(f"/proc/{machine.pid}/ns/net"))
    wait_for("a process", lambda: machine.processes("sleep 1000"))
    machine.off()
    assert not using(network)
    machine.off()


def test_its_files_are_its_own(machine: Machine) -> None:
    machine.write("/etc/lab/only", "here")
    assert machine.run(["cat", "/etc/lab/only"]).stdout == "here"
    assert not Path("/etc/lab").exists()
    assert machine.run(["hostname"]).stdout == f"{SPOOFER.hostname}\n"


def test_a_machine_that_cannot_start_says_why(tmp_path: Path) -> None:
    one = Machine(Place("bad", "x" * 100, ()), tmp_path, RESOLVER[0])
    with pytest.raises(AssertionError, match="name too long"):
        one.ready()
    one.off()


def test_a_command_that_fails_says_why(machine: Machine) -> None:
    with pytest.raises(AssertionError, match="no such place"):
        machine.script("echo no such place >&2; false; true")


def test_a_signal_needs_somebody(machine: Machine) -> None:
    machine.spawn("sleep", ["sleep", "1000"])
    wait_for("a process", lambda: machine.processes("sleep 1000"))
    machine.kill("sleep 1000")
    wait_for("its end", lambda: not machine.processes("sleep 1000"))
    with pytest.raises(AssertionError):
        machine.kill("sleep 1000")


def test_folders_of_the_dead_are_swept(tmp_path: Path) -> None:
    gone = subprocess.run(["sh", "-c", "echo $$"], capture_output=True, text=True, check=True)
    dead, alive = (tmp_path / f"{PREFIX}{p}-x" for p in (int(gone.stdout), os.getpid()))
    for path in (dead, alive):
        (path / "deep").mkdir(parents=True)
    sweep(tmp_path)
    assert (dead.exists(), alive.exists()) == (False, True)


def test_what_is_missing_is_named() -> None:
    assert missing() == ()
    assert set(missing("/nowhere")) >= {f"{name} ({pkg})" for name, pkg in PROGRAMS.items()}


def test_missing_is_a_failure_under_ci_and_else_a_skip() -> None:
    demand((), ci=True)
    with pytest.raises(pytest.fail.Exception, match="unbound"):
        demand(("unbound",), ci=True)
    with pytest.raises(pytest.skip.Exception, match="unbound"):
        demand(("unbound",), ci=False)
