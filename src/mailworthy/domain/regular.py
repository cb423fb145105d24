"""Reading files that may be anything: a pipe nobody writes to must not stop a run for ever."""

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO


def open_unwaiting(path: Path) -> BinaryIO:
    """The file, open for reading, of whatever kind it is. Raises OSError.

    O_NONBLOCK means nothing to a regular file, and opens a pipe without waiting for a writer.
    """
    try:
        return open(path, "rb", opener=_unwaiting)
    except ValueError:  # NUL in the name, which a file of settings can hold
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL), str(path)) from None


def _unwaiting(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK)


def read_regular(path: Path, most: int) -> bytes:
    """The first `most` octets of a regular file. Raises OSError, for pipes and devices too.

    What has no size is not read: files of the kernel (/proc/kmsg) look regular, and may wait.
    """
    with open_unwaiting(path) as file:
        state = os.fstat(file.fileno())
        if not stat.S_ISREG(state.st_mode):
            raise OSError(errno.EINVAL, "it is no regular file", str(path))
        return file.read(most) if state.st_size else b""
