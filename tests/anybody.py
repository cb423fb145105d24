"""A Python for tests that are somebody else than root."""

import os
import subprocess
import sys

PACKAGES = os.pathsep.join(
    path for path in sys.path if path and not path.startswith(sys.base_prefix)
)


def anybodys_python() -> str | None:
    """An interpreter of this version that others may run, with our packages."""
    for python in (sys.executable, "/usr/bin/python3"):
        try:
            run = subprocess.run(
                [python, "-c", "import msgspec, mailworthy.cli.reports, sqlalchemy, cryptography"],
                env={"PYTHONPATH": PACKAGES},
                user="nobody",
                cwd="/",
                stderr=subprocess.DEVNULL,
                check=False,
            )
        except OSError:
            continue
        if run.returncode == 0:
            return python
    return None
