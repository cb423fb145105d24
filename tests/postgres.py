"""A PostgreSQL of our own for tests: Debian's, in a folder that is removed again."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

USER = "postgres"


def program(name: str) -> str | None:
    """Where a program of the server lies: Debian keeps them away from PATH."""
    places = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)
    return str(places[0]) if places else shutil.which(name)


@contextmanager
def running() -> Iterator[str]:
    """The socket folder of a server that listens there and nowhere else."""
    with tempfile.TemporaryDirectory(prefix="pg") as folder:
        root = Path(folder)
        if os.getuid() == 0:
            root.chmod(0o700)
            owner = pwd.getpwnam(USER)
            os.chown(root, owner.pw_uid, owner.pw_gid)
        data = str(root / "data")
        _run("initdb", ["-D", data, "-A", "trust", "-U", USER, "--no-sync", "-E", "UTF8"], root)
        options = f"-c listen_addresses='' -c unix_socket_directories={root} -c fsync=off"
        control = ["-D", data, "-w", "-l", str(root / "log"), "-o", options]
        _run("pg_ctl", [*control, "start"], root)
        try:
            yield str(root)
        finally:
            _run("pg_ctl", ["-D", data, "-m", "immediate", "stop"], root)


def _run(name: str, arguments: Sequence[str], folder: Path) -> None:
    found = program(name)
    assert found is not None
    done = subprocess.run(
        [found, *arguments],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        user=USER if os.getuid() == 0 else None,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
