"""`mailworthy send-test` with a sendmail program of the test, which writes what Postfix would."""

import json
import re
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from imapfake import Mails, fetched, honest, serving
from mailworthy.cli.send_test import command

ZONE = '$ORIGIN a.example.\n@ 60 SOA ns a 1 2 3 4 5\n@ 60 TXT "v=spf1 ip4:192.0.2.1 -all"\n'
SENDMAIL = """#!/bin/sh
id=$(sed -n 's/^Message-ID: //p')
{{
  echo "Nov 23 18:00:00 mail postfix/cleanup[1]: 4AAAA: message-id=$id"
  {lines}
}} >>{log}
"""
STEP = (
    "Nov 23 18:00:01 mail postfix/smtp[1]: 4AAAA: to=<{to}>, relay={host}[192.0.2.9]:25, "
    "delay=0.4, delays=0/0/0/0.4, dsn={dsn}, status={status}"
)


class World:
    """A folder with a program, a log and a zone."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder / "mail.log"
        self.log.write_text("")
        (folder / "zone").write_text(ZONE)

    def says(
        self, status: str, dsn: str, *, host: str = "mx.b.example", to: str = "b@b.example"
    ) -> None:
        line = STEP.format(to=to, host=host, dsn=dsn, status=status)
        program = self.folder / "sendmail"
        program.write_text(SENDMAIL.format(lines=f"cat <<'END'\n{line}\nEND", log=self.log))
        program.chmod(0o755)

    def run(self, *argv: str, password: str = "") -> Result:
        common = (
            "--from",
            "a@a.example",
            "--log",
            str(self.log),
            "--dns",
            f"zone:{self.folder}/zone",
        )
        through = ("--sendmail", str(self.folder / "sendmail"), "--wait", "1")
        env = {"MAILWORTHY_IMAP_PASSWORD": password or None, "NO_COLOR": "1"}
        return CliRunner().invoke(command, [*common, *through, *argv], env=env)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def only(result: Result) -> dict[str, Any]:
    (found,) = json.loads(result.stdout)["tests"]
    return dict(found)


@pytest.mark.parametrize(
    ("status", "dsn", "code", "words"),
    [
        ("sent (250 2.0.0 OK 17 - gsmtp)", "2.0.0", 0, "✓ b@b.example: delivered"),
        (
            "bounced (host mx.b.example[192.0.2.9] said: 550 5.1.1 User unknown "
            "(in reply to RCPT TO command))",
            "5.1.1",
            1,
            "There is no such mailbox.",
        ),
        (
            "deferred (host mx.b.example[192.0.2.9] said: 450 4.2.0 Greylisted "
            "(in reply to RCPT TO command))",
            "4.2.0",
            3,
            "? b@b.example: put off",
        ),
    ],
)
def test_what_became_of_it(world: World, status: str, dsn: str, code: int, words: str) -> None:
    world.says(status, dsn)
    result = world.run("b@b.example")
    assert result.exit_code == code, result.output
    assert words in result.stdout


RELAYED = """
$ORIGIN b.example.
@ 60 SOA ns a 1 2 3 4 5
@ 60 MX 10 mx
mx 60 A 192.0.2.8
"""


def test_a_relay_has_not_delivered_it(world: World) -> None:
    """Whatever Postfix calls sent: the exchanger of b.example is another host."""
    (world.folder / "zone").write_text(ZONE + RELAYED)
    world.says("sent (250 2.0.0 Ok: queued as 4THEIR)", "2.0.0", host="smtp.isp.example")
    result = world.run("b@b.example")
    assert result.exit_code == 3, result.output
    text = " ".join(result.stdout.split())
    assert "? b@b.example: handed to the relay smtp.isp.example, which has to deliver it" in text
    assert "log of smtp.isp.example, which knows more" in text
    assert ": delivered" not in text
    found = only(world.run("b@b.example", "--format", "json"))
    assert (found["outcome"], found["state"]) == ("relayed", "relayed")


def test_the_provider_is_known_by_the_host_that_answered(world: World) -> None:
    reply = "550 5.7.26 Gmail requires all senders to authenticate with either SPF or DKIM."
    host = "gmail-smtp-in.l.google.com"
    said = f"bounced (host {host}[192.0.2.9] said: {reply} (in reply to end of DATA command))"
    world.says(said, "5.7.26", host=host)
    text = world.run("b@b.example").stdout
    assert f"{host} [192.0.2.9] (Gmail)" in " ".join(text.split())
    assert "Neither SPF nor DKIM passed" in text
    assert "https://support.google.com/" in text


@pytest.mark.parametrize("format", ["json", "markdown", "text"])
def test_every_format_says_the_same(world: World, format: str) -> None:
    world.says("bounced (host mx.b.example[192.0.2.9] said: 550 5.1.1 <script>`|)", "5.1.1")
    result = world.run("b@b.example", "--format", format)
    assert result.exit_code == 1
    assert "no such mailbox" in result.stdout.lower()
    if format == "markdown":
        assert "<script>" not in result.stdout
        assert r"\`\|" in result.stdout


def received(recipient: str, message_id: str, results: str) -> bytes:
    lines = (
        f"Return-Path: <a@a.example>\r\nAuthentication-Results: mx.b.example; {results}\r\n"
        "Received: from mail.a.example (mail.a.example [192.0.2.1]) by mx.b.example "
        "with ESMTPS id X;\r\n\tMon, 23 Nov 2026 18:00:01 +0000\r\n"
        "Received: by mail.a.example (Postfix) id 4AAAA; Mon, 23 Nov 2026 18:00:00 +0000\r\n"
        f"From: a@a.example\r\nTo: {recipient}\r\nMessage-ID: {message_id}\r\n"
        "Date: Mon, 23 Nov 2026 18:00:00 +0000\r\nSubject: x\r\n\r\nx\r\n"
    )
    return lines.encode()


@pytest.mark.parametrize(
    ("holds", "results", "code", "words"),
    [
        ("INBOX", "spf=pass smtp.mailfrom=a.example; dmarc=none", 0, "delivered, in the inbox"),
        ("Junk", "spf=pass smtp.mailfrom=a.example; dmarc=none", 1, "in the spam folder"),
        ("INBOX", "spf=fail smtp.mailfrom=a.example; dmarc=fail", 1, "differs"),
    ],
)
def test_it_is_read_back(world: World, holds: str, results: str, code: int, words: str) -> None:
    """The log tells of a relay alone; what is found decides."""
    (world.folder / "zone").write_text(ZONE + RELAYED)
    world.says("sent (250 2.0.0 Ok: queued as 4THEIR)", "2.0.0", host="smtp.isp.example")
    chosen = []

    def answer(tag: bytes, command: bytes, mails: Mails) -> bytes:
        ok = tag + b" OK done\r\n"
        if command.startswith(b"LIST"):
            return b'* LIST (\\Junk) "/" Junk\r\n' + ok
        if command.startswith(b"EXAMINE"):
            chosen.append(command[8:].decode())
            return ok
        if command.startswith(b"UID SEARCH HEADER"):
            there = chosen[-1] == holds
            return (b"* SEARCH 5\r\n" if there else b"* SEARCH\r\n") + ok
        if command.startswith(b"UID FETCH 5 (UID BODY.PEEK"):
            (message_id,) = set(re.findall(r"message-id=(\S+)", world.log.read_text()))
            return fetched(5, received("b@b.example", message_id, results)) + ok
        return honest(tag, command, mails)

    with serving({5: b"x"}, answer) as fake:
        result = world.run("b@b.example", "--imap", fake.address, "--wait", "9", password="x")
    assert result.exit_code == code, result.output
    assert words in " ".join(result.stdout.split())
    assert "mx.b.example" in result.stdout


def test_a_mailbox_that_does_not_let_us_in_leaves_it_open(world: World) -> None:
    world.says("sent (250 2.0.0 ok)", "2.0.0")

    def answer(tag: bytes, command: bytes, mails: Mails) -> bytes:
        if command.startswith((b"LOGIN", b"AUTHENTICATE")):
            return tag + b" NO [AUTHENTICATIONFAILED] wrong\r\n"
        return honest(tag, command, mails)

    with serving({}, answer) as fake:
        result = world.run("b@b.example", "--imap", fake.address, "--wait", "9", password="x")
    assert result.exit_code == 3
    assert "does not let me in" in " ".join(result.stdout.split())


def test_several_addresses_are_followed_each(world: World) -> None:
    world.says("sent (250 2.0.0 ok)", "2.0.0")
    result = world.run("b@b.example", "c@b.example", "b@b.example", "--format", "json")
    assert [each["to"] for each in json.loads(result.stdout)["tests"]] == [
        "b@b.example",
        "c@b.example",
    ]


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (("nobody",), "no mail address"),
        (("a b@c.example",), "no mail address"),
        (("x@c.example\r\nBcc: y@d.example",), "no mail address"),
        (("a@b.example", "--smtp", "x:y"), "no server"),
        (("a@b.example", "--login", "me"), "--smtp"),
        (("a@b.example", "c@d.example", "--imap", "imaps://u@h"), "at most 1"),
    ],
)
def test_misuse_is_told_before_anything_is_sent(
    world: World, argv: tuple[str, ...], words: str
) -> None:
    (world.folder / "sendmail").write_text(f"#!/bin/sh\ntouch {world.folder}/sent\n")
    (world.folder / "sendmail").chmod(0o755)
    if "--smtp" in argv or "--login" in argv:
        common = ["--from", "a@a.example", "--log", str(world.log)]
        result = CliRunner().invoke(command, [*argv, *common])
    else:
        result = world.run(*argv, password="x")
    assert result.exit_code == 1
    assert words in str(result.exception)
    assert not isinstance(result.exception, click.exceptions.Exit)
    assert not (world.folder / "sent").exists()


def test_somebody_has_to_send(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(command, ["a@b.example"])
    assert "--from" in str(result.exception)
