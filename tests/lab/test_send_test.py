"""A real message, followed through real Postfix and found in real Dovecot."""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest

from lab.internet import Lab
from lab.machine import wait_for
from lab.mailhost import COMMAND, MailHost
from lab.plan import PASSWORD

pytestmark = pytest.mark.lab
ALICE, BOB = "alice@sender.example", "bob@receiver.example"
BOX = ("--imap", "imaps://bob@mail.receiver.example")


@pytest.fixture(autouse=True)
def nothing_waits(lab: Lab) -> None:
    """What the test before has left in the queue is deferred again and again."""
    lab.sender.script("postsuper -d ALL 2>&1")


def said(lab: Lab, *argv: str, code: int, login: str = PASSWORD) -> str:
    """What `send-test` prints on the sender's server."""
    common = ("--dns", lab.resolver, "--no-blocklists", "--from", ALICE)
    secrets = {"MAILWORTHY_IMAP_PASSWORD": PASSWORD, "MAILWORTHY_SMTP_PASSWORD": login}
    done = lab.sender.run([*COMMAND, "send-test", *argv, *common], env=secrets, seconds=60)
    assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
    return done.stdout


def outcome_of(lab: Lab, *argv: str, code: int, login: str = PASSWORD) -> dict[str, Any]:
    """The only test, as JSON has it."""
    text = said(lab, *argv, "--format", "json", code=code, login=login)
    (found,) = json.loads(text)["tests"]
    return dict(found)


def words(found: dict[str, Any]) -> dict[str, tuple[str, str, bool | None]]:
    """By method what they say, what we say, and whether that is the same."""
    rows = found["found"]["comparisons"]
    return {row["method"]: (row["theirs"], row["ours"], row["agree"]) for row in rows}


def test_it_is_sent_followed_found_and_judged_by_both(lab: Lab) -> None:
    found = outcome_of(lab, BOB, *BOX, code=0)
    assert (found["outcome"], found["state"]) == ("passed", "delivered")
    assert found["reply"]["host"] == "mail.receiver.example"
    assert found["reply"]["code"] == 250
    (queue_id,) = found["trail"]["queue_ids"]
    assert f"{queue_id}: message-id={found['message_id']}" in lab.log(lab.sender)
    assert (found["found"]["place"], found["found"]["folder"]) == ("inbox", "INBOX")
    assert found["found"]["seconds"] < 30
    assert found["found"]["authserv_id"] == "mail.receiver.example"
    said_of = words(found)
    for method in ("spf", "dkim", "dmarc"):
        assert said_of[method] == ("pass", "pass", True)
    verdict = found["found"]["verdict"]
    assert verdict["disposition"] == "accept"
    assert verdict["envelope"]["mail_from"] == ALICE
    assert verdict["envelope"]["ip"] in lab.sender.place.addresses


def test_people_see_both_verdicts(lab: Lab) -> None:
    text = said(lab, BOB, *BOX, "--smtp", "127.0.0.1:25", code=0)
    assert "✓ bob@receiver.example: delivered, in the inbox" in text
    assert re.search(r"(?m)^ +there +here", text)
    assert re.search(r"(?m)^ +dmarc +pass +pass +the same", text)
    assert "By us, as strict" in text


def test_a_refusal_is_explained(lab: Lab) -> None:
    found = outcome_of(lab, "nobody@receiver.example", code=1)
    assert (found["outcome"], found["state"]) == ("failed", "bounced")
    assert (found["reply"]["code"], found["reply"]["enhanced"]) == (550, "5.1.1")
    assert found["reply"]["command"] == "RCPT TO"
    assert found["meaning"]["meaning"] == "there is no such mailbox"


def test_what_is_put_off_is_explained(lab: Lab) -> None:
    """Nobody listens at the spoofer."""
    found = outcome_of(lab, "somebody@spoofer.example", "--wait", "4", code=3)
    assert (found["outcome"], found["state"]) == ("undetermined", "deferred")
    assert found["reply"]["code"] == 0
    assert "Connection refused" in found["reply"]["text"]
    assert "nobody listens on port 25" in found["meaning"]["meaning"]


def test_a_receiver_that_wants_us_to_come_again_is_explained(lab: Lab) -> None:
    with receiving(lab, "smtpd_recipient_restrictions=defer"):
        found = outcome_of(lab, BOB, "--wait", "4", code=3)
    assert found["state"] == "deferred"
    assert str(found["reply"]["code"]).startswith("4")
    assert found["reply"]["host"] == "mail.receiver.example"
    assert found["meaning"] is not None


@pytest.mark.proof  # both servers are reloaded twice: 9 s
def test_a_relay_is_no_delivery(lab: Lab) -> None:
    """The receiver takes it, and is no exchanger of the recipient's domain."""
    route = "relayhost=[mail.receiver.example]"
    with having(lab.sender, route), receiving(lab, "relay_domains=spoofer.example"):
        found = outcome_of(lab, "somebody@spoofer.example", code=3)
    lab.receiver.script("postsuper -d ALL 2>&1")
    assert (found["outcome"], found["state"]) == ("relayed", "relayed")
    assert found["reply"]["host"] == "mail.receiver.example"
    assert found["reply"]["code"] == 250


def test_a_failed_signature_shows_in_both_verdicts(lab: Lab) -> None:
    """Keys that are gone from DNS: DKIM fails there and here, and SPF alone carries DMARC."""
    zone = lab.sender.folder / "zone"
    selectors = re.findall(r"(?m)^(\S+\._domainkey)", _zones(lab))
    assert selectors, zone
    names = [f"{each}.sender.example TXT" for each in selectors]
    with lab.changed("sender.example", [], names):
        found = outcome_of(lab, BOB, *BOX, code=0)
    assert words(found)["dkim"][1] != "pass"
    assert words(found)["dkim"][2] is not False
    assert words(found)["spf"] == ("pass", "pass", True)


def test_it_is_followed_through_a_filter_and_long_queue_ids(lab: Lab) -> None:
    """The server hands it to itself under another id, as content filters do."""
    with filtering(lab):
        found = outcome_of(lab, BOB, *BOX, code=0)
    first, second = found["trail"]["queue_ids"]
    assert min(len(first), len(second)) > 10
    words_of = [step["word"] for step in found["trail"]["steps"]]
    assert words_of == ["sent", "sent"]
    assert found["trail"]["steps"][0]["next"] == second
    assert found["reply"]["host"] == "mail.receiver.example"
    assert words(found)["dmarc"] == ("pass", "pass", True)


def test_it_is_followed_when_it_is_queued_anew(lab: Lab) -> None:
    """`postsuper -r` gives it another id."""
    seen = len(lab.log(lab.sender))

    def queue_anew() -> None:
        wait_for("a deferral", lambda: "status=deferred" in lab.log(lab.sender)[seen:])
        lab.sender.script("postsuper -r ALL 2>&1")
        # Another mail wakes `pickup`, which looks for itself once a minute only.
        lab.sender.script(f"echo | sendmail -f {ALICE} {BOB}")

    again = threading.Thread(target=queue_anew)
    again.start()
    found = outcome_of(lab, "somebody@spoofer.example", "--wait", "8", code=3)
    again.join()
    assert found["state"] == "deferred"
    assert len(found["trail"]["queue_ids"]) == 2


SUBMISSION = ("--smtp", "mail.sender.example:587", "--login", "alice@sender.example")


def test_it_is_handed_over_with_a_login(lab: Lab) -> None:
    """Encrypted, and the certificate holds."""
    found = outcome_of(lab, BOB, *SUBMISSION, *BOX, code=0)
    assert found["submission"]["via"] == "mail.sender.example:587"
    assert found["submission"]["queue_id"] == found["trail"]["queue_ids"][0]
    assert words(found)["dmarc"] == ("pass", "pass", True)


def test_a_wrong_password_is_told(lab: Lab) -> None:
    found = outcome_of(lab, BOB, *SUBMISSION, code=1, login="wrong")
    assert not found["submission"]["accepted"]
    assert found["reply"]["code"] == 535
    assert "login" in found["meaning"]["meaning"]


@contextmanager
def filtering(lab: Lab) -> Iterator[None]:
    """The sender's Postfix with a content filter: itself, on another port."""
    service = "127.0.0.1:10025/inet"
    lab.sender.script(
        f"postconf -M '{service}=127.0.0.1:10025 inet n - n - - smtpd -o content_filter= "
        "-o smtpd_milters= -o receive_override_options=no_header_body_checks'\n"
        "postconf -e 'content_filter=smtp:[127.0.0.1]:10025' enable_long_queue_ids=yes"
    )
    lab.sender.reload()
    try:
        yield
    finally:
        lab.sender.script(
            f"postconf -MX '{service}'\npostconf -e content_filter= enable_long_queue_ids=no"
        )
        lab.sender.reload()


def receiving(lab: Lab, setting: str) -> AbstractContextManager[None]:
    """The receiver's Postfix with another setting for a while."""
    return having(lab.receiver, setting)


@contextmanager
def having(host: MailHost, setting: str) -> Iterator[None]:
    """A Postfix with another setting for a while."""
    name = setting.partition("=")[0]
    before = host.script(f"postconf -h {name}").strip()
    host.script(f"postconf -e '{setting}'")
    host.reload()
    try:
        yield
    finally:
        host.script(f"postconf -e '{name}={before}'")
        host.reload()


def _zones(lab: Lab) -> str:
    return "\n".join(p.read_text() for p in lab.sender.folder.rglob("*.zone"))
