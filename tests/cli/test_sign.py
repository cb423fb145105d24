"""`mailworthy sign`: what it prints verifies, and what it cannot do it says in one line."""

import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cli.clikit import inside, mailworthy
from mailworthy import dkim
from mailworthy.dkim.result import DkimResults
from mailworthy.lookup.memory import Memory

MESSAGE = b"From: Jane <jane@example.com>\r\nSubject: hello\r\n\r\nbody\r\n"


TWO = b"From: a@example.com\r\nFrom: b@example.com\r\n\r\n"
FOR = ("--domain", "example.com")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sign") / "mail"
    for given in (("example.com", "--ipv4", "192.0.2.25"), ("example.net",)):
        done = inside("init", *given, "--dir", path, "--yes")
        assert done.returncode == 0, done.stderr
    return path


def zone(folder: Path) -> str:
    return f"zone:{folder}/example.com.zone,{folder}/example.net.zone"


def verified(signed: bytes, folder: Path) -> DkimResults:
    return dkim.verify(
        signed,
        resolver=Memory.from_files([folder / "example.com.zone", folder / "example.net.zone"]),
        now=datetime.now(UTC),
    )


def words(results: DkimResults) -> list[tuple[str, str, str]]:
    return [(s.domain, s.algorithm, s.result.value) for s in results.signatures]


BOTH = [
    ("example.com", "rsa-sha256", "pass"),
    ("example.com", "ed25519-sha256", "pass"),
]


def test_both_keys_of_the_folder(folder: Path) -> None:
    done = inside("sign", "--dir", folder, stdin=MESSAGE)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.endswith(MESSAGE)
    assert done.stdout.count(b"DKIM-Signature:") == 2
    assert words(verified(done.stdout, folder)) == BOTH
    assert all(s.counts for s in verified(done.stdout, folder).signatures)


def test_a_file_in_and_a_file_out(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "in.eml").write_bytes(MESSAGE.replace(b"\r\n", b"\n"))
    out = tmp_path / "out.eml"
    done = inside("sign", tmp_path / "in.eml", "--out", out, cwd=folder)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert b"\r" not in out.read_bytes()
    assert words(verified(out.read_bytes(), folder)) == BOTH


def test_the_message_itself_is_not_written_over(folder: Path, tmp_path: Path) -> None:
    message, link = tmp_path / "in.eml", tmp_path / "link.eml"
    message.write_bytes(MESSAGE)
    link.symlink_to(message)
    for out in (message, link):
        done = inside("sign", message, "--out", out, "--dir", folder)
        assert (done.returncode, message.read_bytes()) == (2, MESSAGE)
        assert b"is the message itself: name another, or use --force" in done.stderr
    assert inside("sign", message, "--out", link, "--dir", folder, "--force").returncode == 0
    assert message.read_bytes().startswith(b"DKIM-Signature:")


def test_without_a_folder_the_other_way_is_told(tmp_path: Path) -> None:
    done = inside("sign", stdin=MESSAGE, cwd=tmp_path)
    assert done.returncode == 2
    assert b"there is no mailworthy.toml here" in done.stderr
    assert b"--dir, or a key of its own with --key FILE and --selector NAME" in done.stderr


@pytest.mark.parametrize(
    ("author", "more", "signed"),
    [
        ("a@sub.example.com", (), {"example.com"}),
        ("a@example.net", (), {"example.net"}),
        ("a@sub.example.com", ("--domain", "example.com"), {"example.com"}),
        ("a@example.com, b@example.org", ("--domain", "example.com"), {"example.com"}),
        ("a@example.net", ("--domain", "example.com", "--force"), {"example.com"}),
        ("a@[192.0.2.1]", ("--domain", "EXAMPLE.com.", "--force"), {"example.com"}),
    ],
)
def test_for_whom(folder: Path, author: str, more: tuple[str, ...], signed: set[str]) -> None:
    message = b"From: " + author.encode() + b"\r\n\r\nbody\r\n"
    done = inside("sign", "--dir", folder, *more, stdin=message)
    assert (done.returncode, done.stderr) == (0, b"")
    results = verified(done.stdout, folder)
    assert {s.domain for s in results.passed} == signed


def keys(folder: Path, kind: str) -> tuple[str, Path]:
    (found,) = (folder / "keys").glob(f"example.com.{kind}*.key")
    return found.name.split(".")[-2], found


def test_one_key_of_the_folder(folder: Path) -> None:
    selector, _ = keys(folder, "e")
    done = inside("sign", "--dir", folder, "--selector", selector, stdin=MESSAGE)
    assert words(verified(done.stdout, folder)) == BOTH[1:]


def test_keys_from_files(folder: Path) -> None:
    given: list[str | Path] = []
    for kind in ("e", "r"):
        selector, path = keys(folder, kind)
        given += ["--selector", selector, "--key", path]
    done = inside("sign", *given, stdin=MESSAGE)
    assert (done.returncode, done.stderr) == (0, b"")
    assert words(verified(done.stdout, folder)) == BOTH[::-1]


def test_a_key_that_others_may_read_is_named(folder: Path, tmp_path: Path) -> None:
    selector, path = keys(folder, "r")
    copy = tmp_path / "copy.key"
    copy.write_bytes(path.read_bytes())
    copy.chmod(stat.S_IRUSR | stat.S_IROTH)
    done = inside("sign", "--selector", selector, "--key", copy, stdin=MESSAGE)
    assert done.returncode == 0
    assert done.stderr.decode() == (
        f"mailworthy: {copy} is open to others (0404): chmod 0600 {copy}\n"
    )
    assert words(verified(done.stdout, folder)) == BOTH[:1]


def broken(folder: Path, tmp_path: Path, change: tuple[str, str]) -> str:
    text = (folder / "example.com.zone").read_text()
    assert change[0] in text
    (tmp_path / "zone").write_text(text.replace(*change))
    return f"zone:{tmp_path / 'zone'}"


def test_the_published_keys_are_these(folder: Path) -> None:
    done = inside("sign", "--dir", folder, "--check", "--dns", zone(folder), stdin=MESSAGE)
    assert (done.returncode, done.stderr) == (0, b"")
    assert words(verified(done.stdout, folder)) == BOTH


def test_a_check_can_be_replayed(folder: Path, tmp_path: Path) -> None:
    run = tmp_path / "run.jsonl"
    base = ("sign", "--dir", folder, "--check")
    first = inside(*base, "--dns", zone(folder), "--record", run, stdin=MESSAGE)
    again = inside(*base, "--dns", f"replay:{run}", stdin=MESSAGE)
    assert (first.returncode, again.returncode) == (0, 0)


@pytest.mark.parametrize(
    ("where", "code", "said"),
    [
        ("other key", 1, "another key is published there; replace it (mailworthy zone example.com"),
        ("no key", 1, "no key is published there; publish it first (mailworthy zone example.com"),
        ("elsewhere", 3, "ask again, or elsewhere with --dns"),
    ],
)
def test_nothing_is_signed_that_nobody_could_verify(
    folder: Path, tmp_path: Path, where: str, code: int, said: str
) -> None:
    selector, _ = keys(folder, "r")
    theirs = next((folder / "keys").glob("example.net.r*.key")).name.split(".")[-2]
    dns = {
        "other key": f"zone:{tmp_path / 'zone'}",
        "no key": broken(folder, tmp_path, (f"{selector}._domainkey", "gone._domainkey")),
        "elsewhere": f"zone:{folder / 'example.net.zone'}",
    }[where]
    if where == "other key":
        other = (folder / "example.net.zone").read_text()
        assert theirs == selector
        (tmp_path / "zone").write_text(other.replace("example.net.", "example.com."))
    done = inside("sign", "--dir", folder, "--check", "--dns", dns, stdin=MESSAGE)
    assert (done.returncode, done.stdout) == (code, b"")
    lines = done.stderr.decode().splitlines()
    assert lines[0].startswith(f"mailworthy: {selector}._domainkey.example.com: ")
    assert said in lines[0]
    assert lines[-1] == "mailworthy: not signed"


@pytest.mark.parametrize(
    ("given", "stdin", "said"),
    [
        ((), b"", "standard input is empty"),
        (("nowhere.eml",), b"", "nowhere.eml: No such file or directory"),
        ((), b"Subject: x\r\n\r\n", "a message without From cannot be signed"),
        (
            FOR,
            b"From: a@example.org\r\n\r\n",
            "From is of example.org, so a signature of example.com",
        ),
        (FOR, b"From: a@[192.0.2.1]\r\n\r\n", "no address in From has a domain name, so a "),
        (FOR, TWO, "line 2: a message with 2 From fields is not signed: keep one"),
        (("--force", *FOR), TWO, "line 2: a message with 2 From fields is not signed: keep one"),
        (FOR, MESSAGE.replace(b"hello", b"x\ry"), "line 2: a header with a CR that ends no line"),
        (FOR, MESSAGE.replace(b"hello", b"x\0"), "line 2: a header with an octet of value zero"),
        (FOR, b"no field\r\n" + MESSAGE, "line 1: a line of the header is no header field"),
        (FOR, MESSAGE + b"more\n", "line 5 ends in LF alone and others in CR and LF"),
        ((), b"From: a@example.com, b@example.net\r\n\r\n", "From names several domains"),
        ((), b"From: a@example.org\r\n\r\n", "no DKIM key of example.org, only of: example.com, "),
        ((), b"%PDF-1.7\r\n", "standard input is no message, it has no header"),
        (("--selector", "other"), MESSAGE, "has no key other of example.com; it has r2"),
        (("--domain", "sub.example.com"), MESSAGE, "no DKIM key of sub.example.com"),
        (("--domain", "no domain"), MESSAGE, "'no domain' is not a domain name"),
        (("--key", "mailworthy.toml"), MESSAGE, "0 --selector and 1 --key"),
        (
            ("--key", "mailworthy.toml", "--selector", "s"),
            MESSAGE,
            "mailworthy.toml: this is no RSA or Ed25519 private key",
        ),
        (("--key", "nowhere", "--selector", "s"), MESSAGE, "nowhere: No such file"),
        (("--key", "k", "--dir", "."), MESSAGE, "either --dir or --key"),
        (("--record", "run"), MESSAGE, "--record needs --check"),
        (("--dir", "nowhere"), MESSAGE, "there is no mailworthy.toml in nowhere"),
    ],
)
def test_one_line_for_what_cannot_be(
    folder: Path, given: tuple[str, ...], stdin: bytes, said: str
) -> None:
    done = inside("sign", *given, stdin=stdin, cwd=folder)
    assert (done.returncode, done.stdout) == (2, b"")
    lines = [s for s in done.stderr.decode().splitlines() if "is open to others" not in s]
    assert len(lines) == 1
    assert said.replace("'no domain'", "no domain") in lines[0]


def test_what_saving_put_in_front_is_not_signed(folder: Path) -> None:
    done = inside("sign", "--dir", folder, stdin=b"\xef\xbb\xbf\n" + MESSAGE)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.endswith(b"==\r\n" + MESSAGE)


def test_mixed_line_ends_can_be_meant(folder: Path) -> None:
    done = inside("sign", "--dir", folder, "--force", stdin=MESSAGE + b"more\n")
    assert (done.returncode, done.stderr) == (0, b"")
    assert words(verified(done.stdout, folder)) == BOTH


def test_a_message_may_not_be_endless() -> None:
    done = mailworthy("sign", "/dev/zero")
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"/dev/zero has more than 64 MB, so it is no message" in done.stderr


def test_no_key_is_ever_shown(folder: Path) -> None:
    secrets = [p.read_text().split() for p in (folder / "keys").glob("*.key")]
    done = inside("sign", "--dir", folder, stdin=MESSAGE)
    shown = (done.stdout + done.stderr).decode()
    assert [line for lines in secrets for line in lines if len(line) > 40 and line in shown] == []
