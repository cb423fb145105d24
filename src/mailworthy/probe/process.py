"""Running a program to its end: no shell, no standard input of ours, bounded in time and size."""

import os
import selectors
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence

import msgspec

SECONDS = 20.0
MOST = 8 * 1024 * 1024  # octets of each output
_CHUNK = 65536


class Ran(msgspec.Struct, frozen=True):
    """How a program ended: `late` and `large` mean that it was stopped."""

    code: int
    out: bytes
    err: bytes
    late: bool = False
    large: bool = False


def run(
    argv: Sequence[str],
    *,
    program: str | None = None,
    given: bytes = b"",
    seconds: float = SECONDS,
    most: int = MOST,
    environment: Mapping[str, str] | None = None,
) -> Ran:
    """Run a program; `given` is its standard input. Raises OSError if it cannot be started.

    `program` is the path of what `argv` names, where that is known.

    All that it started in its process group ends with it.
    """
    process = subprocess.Popen(
        list(argv),
        executable=program,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=dict(environment) if environment is not None else None,
        start_new_session=True,
    )
    try:
        return _listen(process, given, time.monotonic() + seconds, most)
    finally:
        _end(process)


def _listen(process: "subprocess.Popen[bytes]", given: bytes, until: float, most: int) -> Ran:
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    read = {process.stdout: bytearray(), process.stderr: bytearray()}
    late = large = False
    with selectors.DefaultSelector() as ready:
        for stream in read:
            ready.register(stream, selectors.EVENT_READ)
        ready.register(process.stdin, selectors.EVENT_WRITE)
        while ready.get_map():
            left = until - time.monotonic()
            if late := left <= 0:
                break
            for key, _ in ready.select(left):
                if key.fileobj is process.stdin:
                    given = _give(process, ready, given)
                elif data := os.read(key.fd, _CHUNK):
                    read[key.fileobj].extend(data)  # type: ignore[index]
                else:
                    ready.unregister(key.fileobj)
            if large := any(len(got) > most for got in read.values()):
                break
    late = late or (not large and not _ended(process, until))
    out, err = (bytes(got[:most]) for got in read.values())
    code = process.poll()
    return Ran(-1 if code is None else code, out, err, late, large)


def _give(process: "subprocess.Popen[bytes]", ready: selectors.BaseSelector, given: bytes) -> bytes:
    """Write a piece of its input; close it at the end, or when nobody reads it any more."""
    assert process.stdin is not None
    try:
        given = given[os.write(process.stdin.fileno(), given[:4096]) :] if given else b""
    except BrokenPipeError:
        given = b""
    if not given:
        ready.unregister(process.stdin)
        process.stdin.close()
    return given


def _ended(process: "subprocess.Popen[bytes]", until: float) -> bool:
    try:
        process.wait(max(0.0, until - time.monotonic()))
    except subprocess.TimeoutExpired:
        return False
    return True


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Leave nothing running and nothing open."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    for stream in (process.stdin, process.stdout, process.stderr):
        if stream is not None and not stream.closed:
            stream.close()
