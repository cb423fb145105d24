"""The test inbox behind real Postfix, and as a mail host of its own."""

import json
import signal
import smtplib
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from lab.internet import Lab
from lab.machine import wait_for
from lab.mailhost import COMMAND
from lab.test_lab import letter

pytestmark = pytest.mark.lab
ALICE = "alice@sender.example"
DOMAIN = "test.receiver.example"


@contextmanager
def listening(lab: Lab, *argv: str) -> Iterator[Path]:
    """An inbox at the receiver for addresses that are given out; its folder."""
    out = lab.state / f"inbox-{uuid.uuid4().hex[:8]}"
    name = f"inbox-{out.name}"
    common = ("--domain", DOMAIN, "--out", str(out), "--dns", lab.resolver, "--no-blocklists")
    lab.receiver.spawn(name, [*COMMAND, "inbox", *common, *argv])
    wait_for("the inbox to listen", lambda: "listening on" in lab.log(lab.receiver, name))
    try:
        yield out
    finally:
        lab.receiver.kill(str(out), signal.SIGTERM)
        gone = lambda: not lab.receiver.processes(str(out))  # noqa: E731
        wait_for("the inbox to end", gone)


def new(lab: Lab, out: Path) -> str:
    """An address that nobody guesses."""
    done = lab.mailworthy(lab.receiver, "inbox", "--new", "--domain", DOMAIN, "--out", str(out))
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def verdict(out: Path, address: str) -> dict[str, Any]:
    """What came of the only mail to an address."""
    folder = out / address.partition("@")[0]
    (page,) = wait_for("a page", lambda: list(folder.glob("*.html")))
    assert "Content-Security-Policy" in page.read_text()
    return dict(json.loads(page.with_suffix(".json").read_text())["verdict"])


@contextmanager
def routed(lab: Lab, path: str) -> Iterator[None]:
    """The receiver's Postfix hands mail for the domain to a socket."""
    settings = {
        "relay_domains": DOMAIN,
        "transport_maps": f"inline:{{ {{ {DOMAIN} = lmtp:unix:{path} }} }}",
        "lmtp_send_xforward_command": "yes",
    }
    before = {key: lab.receiver.script(f"postconf -h {key}").strip() for key in settings}
    for key, value in settings.items():
        lab.receiver.script(f"postconf -e '{key}={value}'")
    lab.receiver.reload()
    try:
        with lab.changed("receiver.example", [f"{DOMAIN} MX 10 mail.receiver.example."]):
            yield
    finally:
        for key, value in before.items():
            lab.receiver.script(f"postconf -e '{key}={value}'")
        lab.receiver.reload()


def test_behind_postfix_the_client_is_the_one_that_brought_it(lab: Lab) -> None:
    path = "/run/mailworthy-inbox"
    with listening(lab, "--lmtp", f"unix:{path}", "--group", "postfix") as out, routed(lab, path):
        address = new(lab, out)
        _, mail = letter(ALICE, address)
        assert lab.send(lab.sender, ALICE, address, mail)[0] == 250
        found = verdict(out, address)
    assert found["envelope"]["ip"] in lab.sender.place.addresses
    assert found["envelope"]["helo"] == "mail.sender.example"
    checks = {each["check"]: each["result"] for each in found["checks"]}
    assert (checks["spf"], checks["dkim"], checks["dmarc"]) == ("pass", "pass", "pass")
    assert len(found["decisions"]) > 5


def test_as_a_mail_host_of_its_own_it_sees_forgeries_and_encryption(lab: Lab) -> None:
    host, port = lab.receiver.place.address(), 2525
    issued = lab.issue([DOMAIN])
    key = lab.state / "inbox.key"
    key.write_bytes(issued.key.read_bytes())
    tls = ("--tls", str(issued.certificate), str(key))
    with listening(lab, "--smtp", f"{host}:{port}", *tls) as out:
        good, bad, clear = (new(lab, out) for _ in range(3))
        _, mail = letter(ALICE, bad)
        said = lab.send(lab.spoofer, ALICE, bad, mail, tls=DOMAIN, server=(host, port))
        assert said[0] == 250, said
        _, mail = letter(ALICE, clear)
        assert lab.send(lab.spoofer, ALICE, clear, mail, server=(host, port))[0] == 250
        refused = lab.send(lab.spoofer, ALICE, "bob@receiver.example", mail, server=(host, port))
        assert refused[0] == 550
        forged, unencrypted = verdict(out, bad), verdict(out, clear)
        assert not (out / good.partition("@")[0]).exists()
    assert forged["envelope"]["ip"] == lab.spoofer.place.address()
    checks = {each["check"]: each["result"] for each in forged["checks"]}
    assert (checks["spf"], checks["dmarc"], checks["tls"]) == ("fail", "fail", "pass")
    assert forged["disposition"] == "reject"
    assert unencrypted["envelope"]["tls"] is False


def test_nobody_relays_through_it(lab: Lab) -> None:
    host, port = lab.receiver.place.address(), 2526
    with (
        listening(lab, "--smtp", f"{host}:{port}"),
        lab.spoofer.inside(),
        smtplib.SMTP(host, port, timeout=10) as smtp,
    ):
        smtp.ehlo("x")
        assert smtp.mail("a@sender.example")[0] == 250
        for to in ("bob@sender.example", f"guess@{DOMAIN}", "@receiver.example:x@sender.example"):
            assert smtp.rcpt(to)[0] == 550
        assert smtp.docmd("XCLIENT", "ADDR=127.0.0.1")[0] == 550
