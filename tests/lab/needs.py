"""What the lab needs of the machine, and what of that is missing."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence

import pytest

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
    "nginx": "nginx-light",
    "opendkim": "opendkim",
    "opendmarc": "opendmarc",
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


def missing(path: str = PATH) -> tuple[str, ...]:
    """What is missing, in words; empty if the lab can be."""
    return tuple(_missing(path))


def demand(lack: Sequence[str], *, ci: bool) -> None:
    """Skip the test where something is missing; under CI that is a failure."""
    if lack and ci:
        pytest.fail(f"CI must have {', '.join(lack)}", pytrace=False)
    if lack:
        pytest.skip(f"no lab here: {', '.join(lack)}")


def _missing(path: str) -> Iterator[str]:
    for program, package in PROGRAMS.items():
        if not shutil.which(program, path=path):
            yield f"{program} ({package})"
    for name, package in FILES.items():
        if not os.path.exists(name):
            yield f"{name} ({package})"
    if os.geteuid() != 0:
        yield "root"
    elif reason := _refused(path):
        yield f"namespaces ({reason})"


def _refused(path: str) -> str:
    """Why the kernel gives no namespaces, overlays or bridges; empty if it does."""
    try:
        done = subprocess.run(
            ["unshare", *NAMESPACES, "bash", "-c", PROBE],
            env={"PATH": path},
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError:
        return "no unshare"
    return done.stderr.strip() or "refused" if done.returncode else ""
