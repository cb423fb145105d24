"""One line about what only root may read."""

import shlex
import sys
from collections.abc import Sequence
from typing import Any

MAX_NAMED = 4


def line(server: Any, look: Any, domains: Sequence[str]) -> str:
    """What was not read, and the command that reads it; empty where nothing is missing."""
    from mailworthy.names import printable
    from mailworthy.servers.reading.model import Server, needs_root

    missing = needs_root(server) if isinstance(server, Server) else ()
    if not missing:
        return ""
    named = ", ".join(printable(each, 200) for each in missing[:MAX_NAMED])
    more = f" and {len(missing) - MAX_NAMED} more" if len(missing) > MAX_NAMED else ""
    return f"needs root: {named}{more}; {_command(look, domains)}"


def _command(look: Any, domains: Sequence[str]) -> str:
    """The same look as root; over ssh root is somebody who logs in."""
    words = [*domains, "--server"]
    words += ["--postfix-dir", look.postfix_dir] if look.postfix_dir else []
    words += ["--rspamd-dir", look.rspamd_dir] if look.rspamd_dir else []
    if look.ssh is not None:
        host = look.ssh.rpartition("@")[2]
        return "log in as root: " + shlex.join(
            ["mailworthy", "check", *domains, "--ssh", f"root@{host}"]
        )
    return "run: " + shlex.join(["sudo", _program(sys.argv[0]), "check", *words])


def _program(called: str) -> str:
    """By its path where sudo would not find it by its name."""
    return (
        called
        if called.endswith("/mailworthy") and not called.startswith("/usr/")
        else "mailworthy"
    )
