"""A real Rspamd on loopback, with the generated tree and a DNS of our own."""

import json
import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

from mailworthy.servers import ConfigFile

RSPAMD = "/etc/rspamd/rspamd.conf"
Records = Mapping[tuple[str, str], str]


class Stub(threading.Thread):
    """Answers from a table; what is not in it does not exist."""

    def __init__(self, records: Records) -> None:
        super().__init__(daemon=True)
        self.records = records
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]

    def run(self) -> None:
        while True:
            try:
                data, peer = self.socket.recvfrom(4096)
            except OSError:
                return
            self.socket.sendto(self.answer(dns.message.from_wire(data)).to_wire(), peer)

    def answer(self, query: dns.message.Message) -> dns.message.Message:
        reply = dns.message.make_response(query, recursion_available=True)
        question = query.question[0]
        name = question.name.to_text(omit_final_dot=True).lower()
        rdata = self.records.get((name, dns.rdatatype.to_text(question.rdtype)))
        if rdata is not None:
            reply.answer.append(
                dns.rrset.from_text(question.name, 60, "IN", question.rdtype, rdata)
            )
        elif not any(known == name for known, _ in self.records):
            reply.set_rcode(dns.rcode.NXDOMAIN)
        return reply


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Scanner:
    """Asks Rspamd as its proxy would."""

    def __init__(self, port: int) -> None:
        self.port = port

    def scan(self, message: bytes, **headers: str) -> dict:
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/checkv2", data=message, headers=headers
        )
        with urllib.request.urlopen(request, timeout=30) as reply:
            return json.load(reply)

    def ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/ping", timeout=5):
                return True
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False


def lay_out(folder: Path, found: Mapping[str, ConfigFile], keys: Path, dns_port: int) -> int:
    """The generated tree, and beside it only what a test on loopback needs; the port."""
    for path, file in found.items():
        if path.startswith("rspamd/"):
            target = folder / path.removeprefix("rspamd/")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(file.text.replace("/var/lib/rspamd/dkim", str(keys)))
    port = free_port()
    (folder / "suffixes").write_text("com\nnet\norg\nexample\n")
    extra = {
        "override.d/options.inc": (
            f'dns {{ nameserver = ["127.0.0.1:{dns_port}"]; timeout = 2s; }}\n'
            f'url_tld = "{folder}/suffixes";\n'
        ),
        "local.d/logging.inc": 'type = "console"; level = "info";\n',
        "local.d/worker-normal.inc": f'bind_socket = "127.0.0.1:{port}";\n',
        "override.d/worker-proxy.inc": "enabled = false;\n",
        "override.d/worker-controller.inc": "enabled = false;\n",
    }
    for name, text in extra.items():
        with (folder / name).open("a") as file:
            file.write(text)
    (folder / "state").mkdir()
    for place in (folder / "state", keys, *keys.iterdir()):
        shutil.chown(place, "_rspamd", "_rspamd")
    return port


@contextmanager
def rspamd(found: Mapping[str, ConfigFile], keys: Path, records: Records) -> Iterator[Scanner]:
    """Rspamd with the tree of `found`; ended by its own process id."""
    stub = Stub(records)
    stub.start()
    folder = Path(tempfile.mkdtemp(prefix="mailworthy-"))
    folder.chmod(0o755)
    port = lay_out(folder, found, keys, stub.port)
    places = [f"--var={name}={folder}/state" for name in ("DBDIR", "RUNDIR", "LOGDIR")]
    user = ("-u", "_rspamd", "-g", "_rspamd")
    with (folder / "log").open("w") as log:
        daemon = subprocess.Popen(
            [
                "/usr/bin/rspamd",
                "-f",
                *user,
                "-c",
                RSPAMD,
                f"--var=LOCAL_CONFDIR={folder}",
                *places,
            ],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env={**os.environ, "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"},
        )
    try:
        scanner = Scanner(port)
        while not scanner.ready():
            if daemon.poll() is not None:
                raise RuntimeError((folder / "log").read_text()[-2000:])
            time.sleep(0.1)
        yield scanner
    finally:
        daemon.terminate()
        daemon.wait(30)
        stub.socket.close()
        shutil.rmtree(folder)
