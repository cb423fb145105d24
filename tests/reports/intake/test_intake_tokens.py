"""Tokens of OAuth 2.0 at a real IMAP server, and at ones that are not as they should be."""

import base64
import json
import os
import ssl
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dovecot
import imapfake
import intakekit as kit
from dovecot import Dovecot
from imapfake import Mails, honest
from mailworthy import store
from mailworthy.reports.intake.imap import sasl
from mailworthy.reports.intake.imap.address import Address, parse
from mailworthy.reports.intake.imap.errors import LoginRefused
from mailworthy.reports.intake.imap.follow import Follower
from mailworthy.reports.intake.imap.mailbox import Mailbox
from mailworthy.reports.intake.imap.sasl import Secret
from mailworthy.reports.intake.importing import Importer
from mailworthy.reports.intake.model import Trouble, What
from mailworthy.store import Store

GOOD, OLD = "ya29.good-token", "ya29.old-token"


class Judge(BaseHTTPRequestHandler):
    """Says which tokens are good (RFC 7662 §2.2)."""

    good: ClassVar[set[str]] = set()

    def do_POST(self) -> None:
        """Answer about one token."""
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        active = parse_qs(body).get("token") in [[each] for each in self.good]
        said = json.dumps({"active": active, "username": dovecot.USER, "scope": "mail"}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def judging(*good: str) -> Iterator[tuple[str, set[str]]]:
    """The URL of one that finds these tokens good, and the tokens, which may change."""
    handler = type("_Judge", (Judge,), {"good": set(good)})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/", handler.good
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def printing(folder: Path, *lines: str) -> str:
    """A command that prints one of these each time, and the last one from then on."""
    (folder / "left").write_text("\n".join(lines) + "\n")
    script = folder / "a helper.sh"
    script.write_text(
        "#!/bin/sh\n"
        f"head -1 '{folder}/left'; echo secret chatter >&2\n"
        f"[ $(wc -l < '{folder}/left') -le 1 ] || sed -i 1d '{folder}/left'\n"
    )
    script.chmod(stat.S_IRWXU)
    return f"'{script}' --for $HOME;x"


def fetching(server: Dovecot, path: Path, *more: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "mailworthy", "reports", "fetch", "--no-verify", *more,
         "--store", str(path), server.address],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "SSL_CERT_FILE": str(server.root / "cert.pem")},
    )  # fmt: skip


needs_dovecot = pytest.mark.skipif(dovecot.PROGRAM is None, reason="no dovecot-imapd here")


@pytest.mark.lab
@needs_dovecot
@pytest.mark.parametrize("mechanism", ["xoauth2", "oauthbearer"])
def test_a_token_opens_a_mailbox(tmp_path: Path, mechanism: str) -> None:
    with judging(GOOD) as (url, _), dovecot.running(url, mechanism) as server:
        server.deliver("1.a", kit.report_mail(1))
        command = printing(tmp_path, GOOD)
        done = fetching(server, tmp_path / "s.db", "--token-command", command)
        assert (done.returncode, done.stderr) == (0, "1 stored\n"), server.log()
        (tmp_path / "token").write_text(f"{OLD}\n")
        refused = fetching(server, tmp_path / "s.db", "--token-file", str(tmp_path / "token"))
        assert (refused.returncode, refused.stdout) == (2, "")
        assert refused.stderr.startswith("mailworthy: the server does not let reports in")
        assert refused.stderr.count("\n") == 1
        for told in (done, refused):
            assert "ya29" not in told.stdout + told.stderr
            assert "chatter" not in told.stdout + told.stderr
        (tmp_path / "password").write_text(dovecot.PASSWORD)
        by_command = ("--password-command", f"cat '{tmp_path}/password'")
        assert fetching(server, tmp_path / "s.db", *by_command).returncode == 0
    with store.open(tmp_path / "s.db") as mine:
        assert kit.ids(mine) == ["r1"]


@pytest.mark.lab
@needs_dovecot
def test_a_token_that_expires_while_we_watch(importer: Importer, mine: Store) -> None:
    """The next connection brings the next one."""
    tokens = iter([GOOD, OLD, "ya29.new"])
    with judging(GOOD) as (url, good), dovecot.running(url) as server:
        context = ssl.create_default_context(cafile=str(server.root / "cert.pem"))
        box = Mailbox(parse(server.address), importer)
        follower = Follower(
            box,
            lambda: Secret(next(tokens), token=True),
            context=context,
            pause=lambda _: None,
        )
        server.deliver("1.a", kit.report_mail(1))
        watching = follower.watch()
        first = next(watching)
        assert not isinstance(first, Trouble)
        server.kill()
        good.symmetric_difference_update({GOOD, "ya29.new"})
        server.start()
        server.deliver("2.a", kit.report_mail(2))
        while isinstance(found := next(watching), Trouble):
            assert "ya29" not in found.reason
        assert found.what is What.STORED
        watching.close()
    assert next(tokens, None) is None
    assert kit.ids(mine) == kit.named([1, 2])


# Servers that are not as they should be


def telling(said: bytes, able: bytes = b"AUTH=XOAUTH2") -> imapfake.Answer:
    """A server that answers so to AUTHENTICATE; what comes after it, it acknowledges."""
    tags: list[bytes] = []

    def answer(tag: bytes, command: bytes, mails: Mails) -> bytes | None:
        if command == b"CAPABILITY":
            return b"* CAPABILITY IMAP4rev1 " + able + b"\r\n" + tag + b" OK\r\n"
        if command.startswith(b"AUTHENTICATE"):
            tags.append(tag)
            return b"+ \r\n"
        if tags and tag not in (b"m1", b"m2", b"m3", b"m4"):  # our answer is no command
            return said.replace(b"TAG", tags[0]) if said else None
        return honest(tag, command, mails)

    return answer


def refused(importer: Importer, answer: imapfake.Answer, secret: Secret) -> str:
    with imapfake.serving({}, answer) as server:
        box = Mailbox(parse(server.address), importer)
        with pytest.raises(LoginRefused) as told:
            list(Follower(box, lambda: secret, pause=lambda _: None).once())
    return str(told.value)


def test_a_server_that_repeats_the_token(importer: Importer) -> None:
    secret = Secret(GOOD, token=True)
    for said in (b"TAG NO Bearer eWEyOS5nb29k is bad\r\n", f"TAG NO {GOOD}?\r\n".encode()):
        assert refused(importer, telling(said), secret) == "the server does not let me in"
    assert refused(importer, telling(b"TAG NO expired\r\n"), secret).endswith("in: expired")


@pytest.mark.parametrize(
    ("able", "secret", "why"),
    [
        (b"AUTH=PLAIN", Secret(GOOD, token=True), "takes no tokens"),
        (b"AUTH=XOAUTH2", Secret("a\x01auth=Bearer b", token=True), "that no token has"),
        (b"AUTH=XOAUTH2", Secret("", token=True), "that no token has"),
        (b"AUTH=XOAUTH2 LOGINDISABLED", Secret("password"), "no way to log in that we know"),
    ],
)
def test_no_secret_is_sent_where_it_does_not_belong(
    importer: Importer, able: bytes, secret: Secret, why: str
) -> None:
    assert why in refused(importer, telling(b"", able), secret)


def test_what_is_said_by_sasl() -> None:
    """The examples of Google's page and of RFC 7628 §4.1."""
    google = Address("imap.gmail.com", 993, "someuser@example.com", "INBOX", True)
    token = "ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg"
    found = sasl.exchange(google, Secret(token, token=True), frozenset({b"AUTH=XOAUTH2"}))
    assert found is not None
    assert found.more[0].strip() == (
        b"dXNlcj1zb21ldXNlckBleGFtcGxlLmNvbQFhdXRoPUJlYXJlciB5YTI5LnZGOWRmdDRxbVRjMk52YjNSbGNr"
        b"QmhkSFJoZG1semRHRXVZMjl0Q2cBAQ=="
    )
    assert found.more[1] == b"\r\n"
    rfc = Address("server.example.com", 143, "user@example.com", "INBOX", False)
    token = "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg=="
    found = sasl.exchange(rfc, Secret(token, token=True), frozenset({b"AUTH=OAUTHBEARER"}))
    assert found is not None
    assert base64.b64decode(found.more[0]) == (
        b"n,a=user@example.com,\x01host=server.example.com\x01port=143\x01"
        b"auth=Bearer " + token.encode() + b"\x01\x01"
    )
    assert found.more[1] == b"AQ==\r\n"


@given(st.text(), st.text(), st.sampled_from([b"AUTH=XOAUTH2", b"AUTH=OAUTHBEARER"]))
def test_neither_name_nor_token_says_more_than_it_is(user: str, token: str, able: bytes) -> None:
    address = Address("h", 1, user, "INBOX", True)
    try:
        found = sasl.exchange(address, Secret(token, token=True), frozenset({able}))
    except (LoginRefused, UnicodeEncodeError):
        return
    assert found is not None
    said = base64.b64decode(found.more[0])
    assert said.count(b"\x01") == (3 if able == b"AUTH=XOAUTH2" else 5)
    assert said.endswith(b"auth=Bearer " + token.encode() + b"\x01\x01")


def test_a_secret_is_never_shown() -> None:
    assert GOOD not in f"{Secret(GOOD, token=True)!r} {Secret(GOOD)}"
