"""Commands that people copy: names that strangers have chosen are nothing to their shell."""

import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

import msgspec
import pytest

from mailworthy.audit.connectparts import Submission
from mailworthy.audit.finding import Execute, Shown, dig, word
from mailworthy.audit.healthychain import AUTHORITY, OTHER_NAME
from mailworthy.audit.healthyconnect import shown as showing
from mailworthy.audit.part import Known, NotAsked
from mailworthy.audit.rules._talks import certified, greeting, openssl
from mailworthy.audit.rules.bimi._files import complaint
from mailworthy.audit.rules.mtasts._shared import show as policy
from mailworthy.audit.rules.server import key_file_missing, key_file_open, key_unusable
from mailworthy.audit.rules.srv._autoconfig import show as settings
from mailworthy.audit.rules.tls import submission_certificate
from mailworthy.audit.serverparts import KeyOnServer
from mailworthy.lookup.model import Dial, Dialled, Encryption, Fetch, Fetched, Question, Status
from mailworthy.servers.reading.model import KeyFile, KeyState

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOSTILE = (
    "x`mark`.example",
    "$(mark).example",
    "a;mark;.example",
    "a'`mark`'.example",
    'a"$(mark)".example',
    "a|mark",
    "a&mark&",
    "a\\;mark\\;b",
    "a\nmark\n",
    "x >mark.example",
)


def talk(host: str) -> Dialled:
    return Dialled(Dial(host, "192.0.2.25", 465, Encryption.IMPLICIT), Status.FOUND)


def fetched(host: str) -> Fetched:
    return Fetched(Fetch(f"https://{host}/a?b"), Status.FOUND, code=404)


def certificate(host: str) -> Shown:
    """The rule about a server that an SRV record names, which anybody can have named."""
    shown = msgspec.structs.replace(talk(host), **showing(OTHER_NAME, AUTHORITY))
    each = Submission(
        "_submissions._tcp",
        host,
        "192.0.2.25",
        465,
        Encryption.IMPLICIT,
        own=False,
        dialled=Known(shown),
    )
    (found,) = submission_certificate.check(each, shown, NOW)
    return found.evidence[0]


def run(host: str) -> str:
    (step,) = certified(host).steps
    assert isinstance(step, Execute)
    return step.command


COMMANDS: tuple[Callable[[str], str], ...] = (
    lambda name: dig(Question(name, "A")),
    lambda name: openssl(talk(name), "").command,
    lambda name: certificate(name).command,
    lambda name: greeting(msgspec.structs.replace(talk(name), ask=Dial(name, name)), "").command,
    lambda name: policy(fetched(name)).command,
    lambda name: settings(fetched(name)).command,
    lambda name: complaint("n", fetched(name), "m", "w").evidence[0].command,
    run,
)


def harmless(folder: Path, command: str) -> None:
    """Nothing but the programs that are named runs, and the shell has nothing to complain of."""
    for program in ("dig", "openssl", "curl", "nc", "sleep", "certbot", "ls", "stat"):
        (folder / program).write_text("#!/bin/sh\ncat >/dev/null\n")
        (folder / program).chmod(0o755)
    marked = folder / "marked"
    (folder / "mark").write_text(f"#!/bin/sh\n: >{marked}\n")
    (folder / "mark").chmod(0o755)
    ran = subprocess.run(
        ["/bin/sh", "-c", command],
        env={"PATH": f"{folder}:/usr/bin:/bin"},
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=20,
    )
    assert not marked.exists()
    assert not (folder / "mark.example").exists()
    assert (ran.returncode, ran.stderr) == (0, "")


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("command", COMMANDS)
def test_a_shell_sees_one_word(tmp_path: Path, command: Callable[[str], str], name: str) -> None:
    harmless(tmp_path, command(name))


def test_such_a_test_can_fail(tmp_path: Path) -> None:
    """The same words unquoted are run."""
    assert any(word(name) != name for name in HOSTILE)
    subprocess.run(["/bin/sh", "-c", "echo `echo x >y`"], cwd=tmp_path, check=True)
    assert (tmp_path / "y").exists()


def test_what_a_server_shows_is_read_by_the_program_behind_it() -> None:
    """Nothing is typed to the server, and the certificate reaches who is to print it."""
    shown = openssl(talk("mail.example.com"), "", " | openssl x509 -noout").command
    assert shown.endswith("-servername mail.example.com </dev/null | openssl x509 -noout")


@pytest.mark.parametrize("path", HOSTILE)
@pytest.mark.parametrize("rule", [key_file_missing, key_file_open, key_unusable])
def test_a_path_on_a_server_is_one_word(tmp_path: Path, rule: ModuleType, path: str) -> None:
    """Another machine, read over ssh, says where its keys are."""
    states = {key_file_missing: KeyState.MISSING, key_unusable: KeyState.UNUSABLE}
    file = KeyFile(path, states.get(rule, KeyState.READ), "", "", 0o644, "root:root")
    unknown = NotAsked("it", "not part of this test")
    key = KeyOnServer("s", "s._domainkey.a.example", "Rspamd", "", file, unknown, unknown)
    (found,) = rule.check(key)
    harmless(tmp_path, found.evidence[0].command)
