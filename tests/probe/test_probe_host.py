"""Reading this machine, and another one over `ssh`: the same, bounded, and without its secrets."""

import base64
import os
import re
import stat
import subprocess
import sys
import time
from pathlib import Path
from threading import Event

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from anybody import PACKAGES, anybodys_python
from certificates import issued
from mailworthy.errors import UsageError
from mailworthy.probe import ssh
from mailworthy.probe.host import Local, Ssh, read_server
from mailworthy.probe.local import within
from mailworthy.probe.process import run
from mailworthy.probe.ssh import public_value, script_of
from mailworthy.servers.reading.request import (
    Certificates,
    Command,
    File,
    Key,
    Outcome,
    Request,
    Told,
)

PYTHON = sys.executable
NOBODY = 65534


@pytest.fixture
def there(tmp_path: Path) -> Ssh:
    """`ssh` to this very machine: the script that it is given is run by sh."""
    return Ssh("there", program=str(fake(tmp_path, "exec sh -s\n")))


def fake(folder: Path, body: str) -> Path:
    """A program in the place of ssh."""
    program = folder / "ssh"
    program.write_text(f"#!/bin/sh\n{body}")
    program.chmod(0o755)
    return program


# A program run to its end


def test_output_complaints_and_code() -> None:
    ran = run(("sh", "-c", "cat; echo no >&2; exit 3"), given=b"yes")
    assert (ran.code, ran.out, ran.err) == (3, b"yes", b"no\n")
    assert not ran.late
    assert not ran.large


def test_a_program_that_never_ends_is_ended(tmp_path: Path) -> None:
    mark = tmp_path / "pid"
    ran = run(("sh", "-c", f"echo begun; sleep 600 & echo $! >{mark}; wait"), seconds=0.5)
    assert ran.late
    assert ran.out == b"begun\n"
    with pytest.raises(ProcessLookupError):  # nor does what it started live on
        _until_gone(int(mark.read_text()))


def _until_gone(pid: int) -> None:
    for _ in range(10_000):
        if Path(f"/proc/{pid}/stat").exists():
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
            if state == "Z":
                break
        os.kill(pid, 0)
    raise ProcessLookupError


def test_endless_output_is_cut() -> None:
    ran = run(("yes",), most=100_000)
    assert ran.large
    assert len(ran.out) == 100_000


def test_a_program_that_does_not_read_is_no_trouble() -> None:
    ran = run(("true",), given=b"x" * 1_000_000)
    assert ran.code == 0


def test_a_closed_output_is_not_the_end() -> None:
    ran = run(
        (PYTHON, "-c", "import os,time; os.close(1); os.close(2); time.sleep(600)"), seconds=1
    )
    assert ran.late


# What is asked


def test_there_is_no_such_program(there: Ssh) -> None:
    for reach in (Local(), there):
        assert reach.tell([Command(("no-such-program-7f3a",))])[0].outcome is Outcome.MISSING


def test_what_a_command_says(there: Ssh) -> None:
    request = Command(("sh", "-c", "printf 'a\\n\\nb'; echo c >&2; exit 0"))
    for reach in (Local(), there):
        (told,) = reach.tell([request])
        assert told.done
        assert told.out.rstrip("\n") == "a\n\nb"
        assert told.err.strip() == "c"


@pytest.mark.parametrize(
    ("script", "outcome"),
    [
        ("exit 4", Outcome.FAILED),
        ("echo 'open main.cf: Permission denied' >&2; exit 1", Outcome.DENIED),
    ],
)
def test_how_a_command_ends(script: str, outcome: Outcome, there: Ssh) -> None:
    for reach in (Local(), there):
        assert reach.tell([Command(("sh", "-c", script))])[0].outcome is outcome


ODD = ("$(touch HERE)", "`touch HERE`", "; touch HERE;", "a'b\"c", "-n", "\n touch HERE", "*", "é")


@pytest.mark.parametrize("word", ODD)
def test_no_word_is_more_than_a_word(word: str, there: Ssh, tmp_path: Path) -> None:
    here = tmp_path / "here"
    given = word.replace("HERE", str(here))
    for reach in (Local(), there):
        (told,) = reach.tell([Command(("printf", "%s|", given))])
        assert told.out.rstrip("\n") == f"{given}|"
        missing = reach.tell([File(f"/no/{given}"), Key(f"/no/{given}"), Certificates(given)])
        assert {t.outcome for t in missing} == {Outcome.MISSING}
    assert not here.exists()


def test_a_text_is_read_and_a_pipe_is_not(there: Ssh, tmp_path: Path) -> None:
    text, pipe = tmp_path / "a text", tmp_path / "pipe"
    text.write_text("one\n two\n")
    os.mkfifo(pipe)
    for reach in (Local(), there):
        told = reach.tell([File(str(text)), File(str(pipe)), File(str(tmp_path / "none"))])
        assert told[0].out.rstrip("\n") == "one\n two"
        states = [t.outcome for t in told]
        assert states == [Outcome.DONE, Outcome.FAILED, Outcome.MISSING]


@pytest.mark.skipif(not os.path.exists("/proc/kmsg"), reason="needs the files of Linux")
def test_files_of_the_kernel_are_not_waited_for(there: Ssh) -> None:
    paths = ("/proc/kmsg", "/proc/self/status")
    for reach in (Local(), there):
        for kind in (File, Certificates, Key):
            for told in reach.tell([kind(path) for path in paths]):
                assert told.outcome is not Outcome.LATE
                assert told.out.strip() == ""


def test_who_does_not_end_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each file has a time of its own, so that the others are read all the same."""
    monkeypatch.setattr(ssh, "EACH", 0.2)
    (tmp_path / "head").write_text("#!/bin/sh\ncase $4 in */slow) exec sleep 600;; esac\ncat $4")
    (tmp_path / "head").chmod(0o755)
    for name in ("slow", "quick"):
        (tmp_path / name).write_text("text")
    there = Ssh("there", program=str(fake(tmp_path, f'PATH="{tmp_path}:$PATH" exec sh -s\n')))
    told = there.tell([File(str(tmp_path / "slow")), File(str(tmp_path / "quick"))])
    assert [t.outcome for t in told] == [Outcome.LATE, Outcome.DONE]
    assert told[1].out.strip() == "text"


# Keys


def pem(key: object, protection: KeySerializationEncryption | None = None) -> bytes:
    data: bytes = key.private_bytes(  # type: ignore[attr-defined]
        Encoding.PEM, PrivateFormat.PKCS8, protection or NoEncryption()
    )
    return data


def seed(key: ed25519.Ed25519PrivateKey, *, whole: bool) -> bytes:
    raw = key.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
    public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return base64.b64encode(raw + public if whole else raw) + b"\n"


RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
ED25519 = ed25519.Ed25519PrivateKey.generate()
RSA_TEXT = (
    "k=rsa; p="
    + base64.b64encode(
        RSA.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    ).decode()
)
ED25519_TEXT = (
    "k=ed25519; p="
    + base64.b64encode(ED25519.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()
)
KEYS = {
    "RSA": (pem(RSA), RSA_TEXT),
    "RSA, PKCS#1": (
        RSA.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()),
        RSA_TEXT,
    ),
    "Ed25519": (pem(ED25519), ED25519_TEXT),
    "Ed25519 as rspamadm writes it": (seed(ED25519, whole=True), ED25519_TEXT),
    "the seed alone": (seed(ED25519, whole=False), ED25519_TEXT),
    "ECDSA": (pem(ec.generate_private_key(ec.SECP256R1())), ""),
    "with a passphrase": (pem(RSA, BestAvailableEncryption(b"x")), ""),
    "no key": (b"hello\n", ""),
    "nothing": (b"", ""),
}


@pytest.mark.parametrize("name", KEYS)
def test_of_a_key_the_public_half_is_told(name: str, there: Ssh, tmp_path: Path) -> None:
    data, text = KEYS[name]
    path = tmp_path / "key"
    path.write_bytes(data)
    path.chmod(0o640)
    secret = data.decode().splitlines()[1:2]
    for reach in (Local(), there):
        (told,) = reach.tell([Key(str(path))])
        assert told.out == text
        assert told.done is bool(text)
        assert told.mode == 0o640
        assert ":" in told.owner
        assert not any(line in repr(told) for line in secret)


def test_a_private_key_never_leaves_the_other_machine(tmp_path: Path) -> None:
    path, wire = tmp_path / "key", tmp_path / "wire"
    path.write_bytes(pem(RSA) + issued(("a.example",)).certificate.public_bytes(Encoding.PEM))
    there = Ssh("there", program=str(fake(tmp_path, f"sh -s | tee {wire}\n")))
    (key, chain) = there.tell([Key(str(path)), Certificates(str(path))])
    assert key.out == RSA_TEXT
    assert "BEGIN CERTIFICATE" in chain.out
    sent = wire.read_text()
    assert "PRIVATE" not in sent
    assert pem(RSA).decode().splitlines()[1] not in sent
    assert "PRIVATE" not in Local().tell([Certificates(str(path))])[0].out


def test_nor_does_one_behind_a_certificate_that_does_not_end(tmp_path: Path) -> None:
    """A file for `smtpd_tls_chain_files` holds the key too, and may be broken anywhere."""
    key = pem(rsa.generate_private_key(65537, 2048)).decode()
    whole = "-----BEGIN CERTIFICATE-----\nMAAA\n-----END CERTIFICATE-----\n"
    broken = whole.partition("-----END")[0]
    (tmp_path / "chain").write_text(broken + key + whole)
    request = Certificates(str(tmp_path / "chain"))
    script = script_of([request]).encode()
    ran = subprocess.run(["sh"], input=script, capture_output=True, check=True)
    assert not any(line in ran.stdout.decode() for line in key.splitlines()[1:-1])
    (told,) = Local().tell([request])
    assert told.out.strip() == whole.strip()
    assert whole.strip() in "\n".join(line[4:] for line in ran.stdout.decode().splitlines())


def test_what_may_not_be_read_is_told_apart(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("needs root, to be somebody else")
    shut = tmp_path / "shut"
    shut.mkdir(mode=0o700)
    (shut / "key").write_bytes(pem(RSA))
    other = tmp_path / "key"
    other.write_bytes(pem(RSA))
    other.chmod(0o600)
    for parent in (tmp_path, *tmp_path.parents):
        if parent.stat().st_uid == 0 and not parent.stat().st_mode & stat.S_IXOTH:
            parent.chmod(parent.stat().st_mode | stat.S_IXOTH)
    code = (
        "import sys; from mailworthy.probe.host import *;"
        "from mailworthy.servers.reading.request import *;"
        "reach = Local() if sys.argv[1] == 'local' else Ssh('x', program=sys.argv[1]);"
        "print([t.outcome.value for t in reach.tell([Key(p) for p in sys.argv[2:]])])"
    )
    script = fake(tmp_path, "exec sh -s\n")
    python = anybodys_python()
    if python is None:
        pytest.skip("others may not run this Python, or read this folder")
    for way in ("local", str(script)):
        done = subprocess.run(
            [python, "-c", code, way, *map(str, (shut / "key", other, tmp_path / "none"))],
            user=NOBODY,
            group=NOBODY,
            env={"PYTHONPATH": PACKAGES, "PATH": os.environ["PATH"]},
            cwd="/",
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.stdout == "['denied', 'denied', 'missing']\n", done.stderr


# ssh


@pytest.mark.parametrize("host", ["", "-oProxyCommand=x", "a b", "a\nb", "a\x1b[m"])
def test_a_host_that_is_none(host: str) -> None:
    with pytest.raises(UsageError, match="no host"):
        Ssh(host)


def test_what_ssh_is_called_with(tmp_path: Path) -> None:
    said = tmp_path / "said"
    program = fake(tmp_path, f'printf "%s\\n" "$@" >{said}; exec sh -s\n')
    Ssh("root@mail.example.com", ("Port=2222",), str(program)).tell([Command(("true",))])
    words = said.read_text().splitlines()
    assert words[-3:] == ["--", "root@mail.example.com", "sh -s"]
    assert words[:2] == ["-o", "BatchMode=yes"]
    assert "Port=2222" in words
    assert words.index("Port=2222") < words.index("ConnectTimeout=15")


def test_no_connection_is_said_as_ssh_says_it(tmp_path: Path) -> None:
    program = fake(tmp_path, 'echo "ssh: connect to host x: Connection refused" >&2; exit 255\n')
    with pytest.raises(UsageError, match="Connection refused"):
        Ssh("x", program=str(program)).tell([Command(("true",))])


def test_without_ssh_there_is_a_hint(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="OpenSSH"):
        Ssh("x", program=str(tmp_path / "none")).tell([])


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "garbage\n0 o\n",
        "99999999999 o x\n-1 o x\n0 r x\n0 m 9999 \x1b[m\n",
        "0 r 0\n0 o " + "A" * 10_000,
        "0 r 0\n0 m 777777777 x\n0 o -----BEGIN PUBLIC KEY-----\n0 o A===\n",
    ],
)
def test_whatever_the_other_side_says(answer: str, tmp_path: Path) -> None:
    told_by = tmp_path / "answer"
    told_by.write_text(answer)
    there = Ssh("x", program=str(fake(tmp_path, f"cat >/dev/null; cat {told_by}\n")))
    requests: list[Request] = [Key("/k"), Command(("true",)), File("/f")]
    told = there.tell(requests)
    assert len(told) == 3
    assert all(isinstance(t, Told) for t in told)
    assert told[0].out == ""
    assert isinstance(read_server(there).where, str)


def test_public_keys_of_other_kinds_are_none() -> None:
    key = ec.generate_private_key(ec.SECP256R1()).public_key()
    text = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    assert public_value(text) == ""
    assert public_value("x" * 100_000) == ""


def test_the_script_changes_nothing() -> None:
    script = script_of([Command(("postconf", "-n")), File("/f"), Key("/k"), Certificates("/c")])
    assert not re.findall(r"\b(?:rm|mv|cp|tee|chmod|chown|mktemp|sudo|touch|install)\b", script)
    assert {w.rstrip(")") for w in re.findall(r">+ *[\w/$\"]\S*", script)} == {">/dev/null"}


def test_both_ways_see_the_same_server(there: Ssh) -> None:
    """All but what listens, which may be something else a moment later."""
    one, other = (msgspec.structs.replace(read_server(r), where="") for r in (Local(), there))
    for name in ("postfix", "addresses", "sources", "hostname"):
        assert _plain(getattr(one, name)) == _plain(getattr(other, name)), name


def _plain(value: object) -> object:
    return " ".join(str(value).split())


def test_a_file_that_never_answers_is_late() -> None:
    """As one on a dead mount, whose reader cannot be stopped."""
    ever = Event()

    def dead() -> Told:
        ever.wait()
        return Told(Outcome.DONE)

    try:
        assert within(dead, time.monotonic()).outcome is Outcome.LATE
    finally:
        ever.set()
    assert within(lambda: Told(Outcome.DONE, "x"), time.monotonic() + 60).out == "x"


def test_a_name_that_no_file_has_is_missing() -> None:
    (told,) = Local().tell([Key("/a\0b")])
    assert told.outcome is Outcome.MISSING
