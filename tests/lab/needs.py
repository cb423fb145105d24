"""What the lab needs of the machine, and what of that is missing."""

import os
import shutil
import subprocess
from collections.abc import Iterator

PATH = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin:/usr/bin:/bin"
# program: the Debian package that has it
PROGRAMS = {
    "ip": "iproute2",
    "unshare": "util-linux",
    "nsenter": "util-linux",
    "named": "bind9",
    "dnssec-keygen": "bind9-utils",
    "unbound": "unbound",
    "postfix": "postfix",
    "rspamd": "rspamd",
    "dovecot": "dovecot-core",
}
FILES = {
    "/usr/lib/dovecot/lmtp": "dovecot-lmtpd",
    "/usr/lib/dovecot/imap": "dovecot-imapd",
}
NAMESPACES = ("--net", "--mount", "--pid", "--uts", "--ipc", "--fork", "--mount-proc")
PROBE = (
    "mount -t tmpfs lab /run && mkdir /run/up /run/work && "
    "mount -t overlay lab -o lowerdir=/etc,upperdir=/run/up,workdir=/run/work /etc && "
    "ip link add lab0 type bridge"
)


def missing() -> tuple[str, ...]:
    """What is missing, in words; empty if the lab can be."""
    return tuple(_missing())


def _missing() -> Iterator[str]:
    for program, package in PROGRAMS.items():
        if not shutil.which(program, path=PATH):
            yield f"{program} ({package})"
    for path, package in FILES.items():
        if not os.path.exists(path):
            yield f"{path} ({package})"
    if os.geteuid() != 0:
        yield "root"
    elif reason := _refused():
        yield f"namespaces ({reason})"


def _refused() -> str:
    """Why the kernel gives no namespaces, overlays or bridges; empty if it does."""
    try:
        done = subprocess.run(
            ["unshare", *NAMESPACES, "bash", "-c", PROBE],
            env={"PATH": PATH},
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError:
        return "no unshare"
    return done.stderr.strip() or "refused" if done.returncode else ""
