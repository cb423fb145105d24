"""`check --server` as a person has it: what it says, what it records, and what it does without."""

import json
import os
import re
import shlex
from pathlib import Path

import pytest

from cli.clikit import inside, mailworthy
from mailworthy.audit.healthyserver import MAIN, MASTER, served

CASE = served(
    main=("smtpd_relay_restrictions = check_client_access static:OK, reject_unauth_destination",)
)
PRINTED = {"ip": "[]", "ss": "LISTEN 0 9 0.0.0.0:25 *:*\nLISTEN 0 9 127.0.0.1:11332 *:*\n"}


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A zone, and a machine whose programs answer as this folder says."""
    (tmp_path / "zone").write_text(CASE.zones)
    programs = tmp_path / "programs"
    programs.mkdir()
    for name, path in (("main", MAIN), ("master", MASTER)):
        (tmp_path / name).write_text(CASE.files[path])
    for name, text in PRINTED.items():
        program(programs, name, f"cat <<'END'\n{text}\nEND\n")
    program(programs, "postconf", postconf(CASE.files[MAIN]))
    program(programs, "rspamadm", "echo no such luck >&2; exit 1\n")
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def program(folder: Path, name: str, body: str) -> None:
    place = folder / name
    place.write_text(f"#!/bin/sh\n{body}")
    place.chmod(0o755)


def postconf(text: str) -> str:
    """A `postconf` for one main.cf, in shell."""
    wide = text.replace("$myhostname", "mail.example.com").replace("$smtpd_milters", "inet:x:1")
    return (
        'case "$*" in *-M*) echo "smtp inet n - y - - smtpd";; *-P*) :;; '
        f"*) printf '%s' {shlex.quote(wide)};; esac\n"
    )


def check(world: Path, *arguments: str) -> dict[str, object]:
    done = inside("check", "--dns", f"zone:{world / 'zone'}", "--format", "json", *arguments)
    assert done.returncode in (0, 1, 3), done.stderr
    found: dict[str, object] = json.loads(done.stdout)
    return found


def test_the_relay_is_found_only_when_the_server_is_looked_at(world: Path) -> None:
    assert "server-open-relay" not in json.dumps(check(world, "example.com"))
    assert "server-open-relay" in json.dumps(check(world, "--server", "example.com"))


def test_the_domains_are_those_of_the_server(world: Path) -> None:
    done = inside("check", "--dns", f"zone:{world / 'zone'}", "--server", "--format", "json")
    assert b"domains by this host's own settings: example.com" in done.stderr
    assert b'"domain":"example.com"' in done.stdout.replace(b" ", b"")


def test_what_cannot_be_read_is_undetermined_and_says_why(world: Path) -> None:
    found = json.dumps(check(world, "--server", "example.com"))
    assert "no such luck" in found


def test_what_takes_root_is_one_line_with_the_command(world: Path) -> None:
    zone = f"zone:{world / 'zone'}"
    done = inside("check", "example.com", "--server", "--dns", zone)
    assert b"needs root" not in done.stderr
    program(world / "programs", "rspamadm", "echo 'x: Permission denied' >&2; exit 1\n")
    more = ("--postfix-dir", "/etc/post fix", "--dns", zone, "--record", "run")
    done = inside("check", "example.com", "--server", *more)
    assert done.stderr.decode() == (
        "mailworthy: needs root: Rspamd's settings; "
        "run: sudo mailworthy check example.com --server --postfix-dir '/etc/post fix'\n"
    )
    again = inside("check", "example.com", "--server", "--dns", "replay:run")
    assert again.stderr == b""


STEERS = re.compile("[\0-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
ODD = "\x1b]0;x\x07\x1b[31m\r\x9b31m\u202e"


@pytest.mark.parametrize("form", ["text", "markdown", "json"])
@pytest.mark.parametrize("failing", [True, False])
def test_nothing_that_a_server_says_steers_a_terminal(
    world: Path, form: str, failing: bool
) -> None:
    names = ("myhostname", "smtp_helo_name", "smtpd_banner", "relayhost", "mynetworks", "oddly")
    names += ("smtpd_milters", "smtpd_tls_cert_file", "mydestination", "smtp_bind_address")
    lines = "".join(f"{name} = a{ODD}b.example\n" for name in names)
    said = json.dumps(
        {
            "options": {"local_addrs": [f"10.0.0.0/8{ODD}"]},
            "dkim_signing": {"path": f"/{ODD}", "domain": {"example.com": {"selector": ODD}}},
            "worker": {"rspamd_proxy": {"bind_socket": ODD}},
        }
    )
    warning = f"postconf: warning: main.cf: unused parameter: oddly={ODD}"
    for name, text in (("postconf", lines), ("rspamadm", said), ("hostname", ODD), ("ss", ODD)):
        code = f"exit {int(failing and name == 'rspamadm')}"
        printed = f"printf %s {shlex.quote(text)}; printf %s {shlex.quote(warning)} >&2"
        program(world / "programs", name, f"{printed}; {code}\n")
    asked = ("check", "example.com", "--server", "--dns", f"zone:{world / 'zone'}")
    done = inside(*asked, "--format", form)
    assert done.returncode == 1
    assert b"oddly" in done.stdout
    assert not STEERS.findall((done.stdout + done.stderr).decode())


def test_a_replay_gives_the_same_bytes_without_a_server(world: Path) -> None:
    zone, record = f"zone:{world / 'zone'}", world / "run.jsonl"
    first = inside("check", "example.com", "--server", "--dns", zone, "--record", str(record))
    kinds = [json.loads(line)["kind"] for line in record.read_text().splitlines()]
    assert kinds.count("server") == 1
    for path in (world / "programs").iterdir():
        path.unlink()
    again = world / "again.jsonl"
    replay = f"replay:{record}"
    second = inside("check", "example.com", "--dns", replay, "--record", str(again))
    third = inside("check", "example.com", "--server", "--dns", f"replay:{again}")
    assert first.stdout == second.stdout == third.stdout
    assert b"server-open-relay" in first.stdout
    assert first.returncode == second.returncode == third.returncode == 1


def test_the_recording_holds_no_secret(world: Path) -> None:
    secret = "smtp_sasl_password_maps = static:user:hunter2\n"
    program(world / "programs", "postconf", postconf(secret + CASE.files[MAIN]))
    record = world / "run.jsonl"
    zone = f"zone:{world / 'zone'}"
    inside("check", "example.com", "--server", "--dns", zone, "--record", str(record))
    assert "hunter2" not in record.read_text()
    assert "smtp_sasl_password_maps" in record.read_text()


def test_a_recording_without_a_server_has_none(world: Path) -> None:
    record = world / "run.jsonl"
    zone = f"zone:{world / 'zone'}"
    inside("check", "example.com", "--dns", zone, "--record", str(record))
    asked = inside("check", "example.com", "--server", "--dns", f"replay:{record}")
    assert b"not in the recording" in asked.stdout
    plain = inside("check", "example.com", "--dns", f"replay:{record}")
    assert b"not in the recording" not in plain.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--ssh=-oProxyCommand=x",), b"no host"),
        (("--ssh-option", "Port=1"), b"--ssh HOST"),
        (("--server", "--ssh-option", "Port=1"), b"--ssh HOST"),
        (("--ssh", "x", "--ssh-option", "-p"), b"NAME=VALUE"),
        (("--postfix-dir", "/x"), b"--server"),
    ],
)
def test_what_makes_no_sense_is_said(world: Path, arguments: tuple[str, ...], said: bytes) -> None:
    done = inside("check", "--dns", f"zone:{world / 'zone'}", "example.com", *arguments)
    assert done.returncode == 2
    assert said in done.stderr


def test_a_server_without_domains_wants_one_named(world: Path) -> None:
    program(world / "programs", "postconf", "echo fatal: nothing >&2; exit 1\n")
    done = inside("check", "--server", "--dns", f"zone:{world / 'zone'}")
    assert done.returncode == 2
    assert b"name no domain" in done.stderr
    assert b"fatal: nothing" in done.stderr


def test_over_ssh_the_same_is_found(world: Path) -> None:
    program(world / "programs", "ssh", "exec sh -s\n")
    path = {"PATH": os.environ["PATH"]}
    zone = f"zone:{world / 'zone'}"
    done = mailworthy("check", "--ssh", "mail.example.com", "--dns", zone, env=path)
    assert b"domains by mail.example.com's own settings: example.com" in done.stderr
    assert b"server-open-relay" in done.stdout
