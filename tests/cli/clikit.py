"""The command line as a person has it: a process of its own, and what it said."""

import contextlib
import io
import os
import subprocess
import sys
from pathlib import Path

from mailworthy.cli import main

COMMAND = (sys.executable, "-m", "mailworthy")
# What a user's settings or terminal could change.
PLAIN = {
    k: v for k, v in os.environ.items() if not k.startswith(("MAILWORTHY_", "NO_COLOR", "LC_"))
} | {"LANG": "C.UTF-8"}


def mailworthy(
    *arguments: str | Path,
    stdin: str | bytes | None = None,
    cwd: Path | None = None,
    env: dict[str, str] | None = None,
    **more: object,
) -> subprocess.CompletedProcess[bytes]:
    """Run a command; no terminal anywhere."""
    return subprocess.run(  # type: ignore[call-overload, no-any-return]
        [*COMMAND, *map(str, arguments)],
        input=stdin.encode() if isinstance(stdin, str) else stdin,
        stdin=subprocess.DEVNULL if stdin is None else None,
        capture_output=True,
        cwd=cwd,
        env={**PLAIN, **(env or {})},
        check=False,
        timeout=120,
        **more,
    )


def inside(
    *arguments: str | Path, stdin: str | bytes = b"", cwd: Path | None = None
) -> subprocess.CompletedProcess[bytes]:
    """The same in this process, which saves the start; what escapes `main` fails the test."""
    data = stdin.encode() if isinstance(stdin, str) else stdin
    streams = [
        io.TextIOWrapper(io.BytesIO(d), "utf-8", write_through=True) for d in (data, b"", b"")
    ]
    given = [str(a) for a in arguments]
    with contextlib.ExitStack() as stack:
        stack.enter_context(contextlib.chdir(cwd or Path.cwd()))
        stack.enter_context(contextlib.redirect_stdout(streams[1]))
        stack.enter_context(contextlib.redirect_stderr(streams[2]))
        kept, sys.stdin = sys.stdin, streams[0]
        stack.callback(setattr, sys, "stdin", kept)
        try:
            main(given)
        except SystemExit as stop:
            code = stop.code
    out, err = (s.buffer.getvalue() for s in streams[1:])  # type: ignore[attr-defined]
    return subprocess.CompletedProcess(given, int(code or 0), out, err)


def tree(folder: Path) -> dict[str, bytes]:
    """Everything in a folder, hidden files too."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
