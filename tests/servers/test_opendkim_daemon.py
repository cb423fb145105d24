"""The keys that we say OpenDKIM takes are those that the real one signs with."""

import re
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from lab.machine import wait_for
from lab.mtaside import Milter, Posted, changed
from mailworthy.servers.reading import opendkim
from mailworthy.servers.reading.model import OpenDkim
from mailworthy.servers.reading.opendkimtables import chosen
from servers.serverskit import need

KEYS = """\
a a.example:sa:{folder}/key
# a comment
b\tb.example:sb:{folder}/key # another
wild %:sw:{folder}/%.key
a a.example:second:{folder}/key
c c.example:sc:{folder}/key
  d d.example:sd:{folder}/key
bad a.example:sa
dot b.example:dot:./{folder}/key
up %:up:../{folder}/key
text a.example:text:keys/a.key
"""
DOMAINS = ("a.example", "sub.a.example", "b.example", "D.example")
SENDERS = tuple(f"{user}@{name}" for user in ("u", "boss") for name in DOMAINS)
TABLES = {
    "looked up": ("file:", "a.example a\nboss@a.example b\n.a.example b\n* wild\na.example b\n"),
    "looked up, several": (
        "MultipleSignatures yes\n/",
        "a.example a\n.a.example b\nu@* b\n* wild\n",
    ),
    "patterns": ("refile:", "# c\nboss@a.example b\n*@A.example a\n*@*.a.example a:x@a.example\n"),
    "patterns, several": (
        "MultipleSignatures yes\nrefile:",
        "*@a.example a\n*@*.example c\n* wild\nboss@* b\n",
    ),
    "odd keys": (
        "refile:",
        "*@a.example text\n*@b.example dot\n*@sub.a.example bad\n*@d.example up\n",
    ),
    "only some": ("refile:", "boss@a.example a\nboss@b.example gone\n"),
}


@contextmanager
def signing(folder: Path, conf: str) -> Iterator[Milter]:
    """The real one with these settings."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    path = folder / "daemon.conf"
    path.write_text(f"{conf}Socket inet:{port}@127.0.0.1\nSyslog no\nRequireSafeKeys no\n")
    program = subprocess.Popen(["/usr/sbin/opendkim", "-f", "-x", path], env={}, cwd="/")
    try:
        wait_for("opendkim", lambda: listens(port))
        yield Milter(port, "mail.a.example")
    finally:
        program.kill()
        program.wait()


def listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 5).close()
    except ConnectionRefusedError:
        return False
    return True


def signed(milter: Milter, author: str) -> set[tuple[str, str]] | None:
    """The domains and selectors of the signatures; None where the mail is refused for now."""
    head = f"From: {author}\r\nDate: Mon, 23 Nov 2026 21:00:00 +0000\r\nMessage-ID: <1@x>\r\n"
    message = f"{head}\r\nhi\r\n".encode()
    said = milter.judge(Posted("127.0.0.1", "localhost", "x", author, "b@x.example", message))
    if said[-1].letter == "t":
        return None
    return set(re.findall(r"d=([^;]*);\s*s=([^;]*)", changed(b"", said).decode()))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One key under all names; tests write their tables beside it."""
    need("opendkim", "openssl")
    tmp_path = tmp_path_factory.mktemp("opendkim")
    key = tmp_path / "key"
    subprocess.run(["openssl", "genrsa", "-out", key, "2048"], check=True, capture_output=True)
    for name in ("a.example", "b.example", "sub.a.example", "d.example"):
        (tmp_path / f"{name}.key").write_bytes(key.read_bytes())
    return tmp_path


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("keyed", ["file:", pytest.param("refile:", marks=pytest.mark.proof)])
def test_it_signs_with_the_keys_that_we_say(name: str, keyed: str, folder: Path) -> None:
    kind, rows = TABLES[name]
    (folder / "keys").write_text(KEYS.format(folder=folder))
    (folder / "rows").write_text(rows)
    place = f"{kind}{folder}/rows".replace("//", "/")
    before, _, last = place.rpartition("\n")
    lines = f"{before}\nSigningTable {last}\nKeyTable {keyed}{folder}/keys\nMode sv\n"
    texts: dict[str, str | None] = {p: Path(p).read_text() for p in opendkim.tables(lines)}
    ours = opendkim.build(lines, texts, "x")
    with signing(folder, lines) as milter:
        said = {author: signed(milter, author) for author in SENDERS}
    domains = {author.lower().rpartition("@")[2] for author in SENDERS}
    assert {d: of_domain(said, d) for d in domains} == {d: expected(ours, d) for d in domains}


@pytest.mark.parametrize(
    "lines",
    [
        "SigningTable refile:{folder}/rows\n",
        "KeyTable {folder}/keys\n",
        "Domain a.example\nKeyFile {folder}/key\n",
        "Domain a.example\nSelector s\n",
    ],
)
def test_what_we_say_of_settings_with_which_it_does_not_start(lines: str, folder: Path) -> None:
    lines = lines.format(folder=folder)
    (folder / "keys").write_text(KEYS.format(folder=folder))
    (folder / "rows").write_text("*@a.example a\n")
    (folder / "conf").write_text(f"{lines}Socket inet:1@127.0.0.1\nRequireSafeKeys no\n")
    argv = ["/usr/sbin/opendkim", "-n", "-x", folder / "conf"]
    said = subprocess.run(argv, check=False, capture_output=True, text=True, timeout=20)
    wrong = opendkim.build(lines, {}, "x").wrong
    assert wrong
    assert said.returncode != 0
    assert wrong in said.stderr


def of_domain(said: dict[str, set[tuple[str, str]] | None], name: str) -> object:
    """What the real one did for the domain: the signatures, whether all got one, refusals."""
    mine = [found for author, found in said.items() if author.lower().endswith(f"@{name}")]
    every = set().union(*(found or () for found in mine))
    return every, None in mine, any(found is not None and not found for found in mine)


def expected(ours: OpenDkim, name: str) -> object:
    found = chosen(ours, name)
    every = {(key.domain, key.selector) for key in found.keys}
    return every, bool(found.unnamed), bool(found.odd) or not found.whole
