"""Our milter with real Postfix, installed as `config milter` says: on a server that takes mail and
on one that sends it."""

import email
import json
import re
import signal
import smtplib
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import Message
from threading import Thread
from typing import Any

import pytest

from lab.internet import Lab
from lab.machine import wait_for
from lab.mailhost import MailHost
from lab.ourmilter import CONFIG, installed, start, stop
from mailworthy.dkim.facade import sign
from mailworthy.domain.keys import new_key

pytestmark = pytest.mark.lab
ALICE, BOB = "alice@sender.example", "bob@receiver.example"
POLICY = "_dmarc.sender.example TXT"
Letter = tuple[str, bytes]


def letter(author: str = ALICE, above: bytes = b"", body: bytes = b"Hello.\r\n") -> Letter:
    """A plain message with fields above it."""
    name = f"<{uuid.uuid4().hex}@{author.rpartition('@')[2]}>"
    head = f"From: {author}\r\nTo: {BOB}\r\nSubject: hello\r\nMessage-ID: {name}\r\n"
    date = email.utils.formatdate()
    return name, above + f"{head}Date: {date}\r\n\r\n".encode() + body


@pytest.fixture(scope="module")
def ours(lab: Lab) -> Iterator[Lab]:
    """The lab with our milter at both ends."""
    with installed(lab.sender), installed(lab.receiver):
        yield lab


def told(lab: Lab, name: str, host: MailHost | None = None) -> dict[str, Any]:
    """The line of JSON about a message, found by Postfix's name for it."""
    place = host or lab.receiver
    line = lab.logged(place, name[1:-1], "message-id=")
    queue_id = re.findall(r"cleanup\[\d+\]: (\w+): message-id", line)[0]
    found = lab.logged(place, f'"queue_id":"{queue_id}"', name="milter")
    return json.loads(found)  # type: ignore[no-any-return]


def arrived(lab: Lab, name: str) -> Message:
    found = lab.delivered(name)
    assert found is not None, lab.log(lab.receiver) + lab.log(lab.receiver, "milter")
    return email.message_from_bytes(found)


def results(mail: Message) -> list[str]:
    found = mail.get_all("Authentication-Results", [])
    return [re.sub(r"\s+", " ", str(value)) for value in found]


def signatures(judged: str) -> list[tuple[str, str]]:
    """The results of signatures, each with the first letter of its selector."""
    return sorted(
        re.findall(r"dkim=(\w+)(?: reason=[^;]*?)? header\.d=[^;]*header\.s=(\w)", judged)
    )


def outside(lab: Lab, mail: bytes, *, sender: str = ALICE) -> tuple[int, str]:
    """From the sender's address, past its own Postfix."""
    there = (lab.receiver.place.address(), 25)
    return lab.send(lab.sender, sender, BOB, mail, server=there)


def test_a_letter_is_signed_with_both_keys_and_passes(ours: Lab) -> None:
    name, mail = letter()
    assert ours.send(ours.sender, ALICE, BOB, mail)[0] == 250
    found = arrived(ours, name)
    (judged,) = results(found)
    assert judged.startswith("mail.receiver.example; iprev=pass")
    for word in ("spf=pass smtp.mailfrom=sender.example", "dmarc=pass header.from=sender.example"):
        assert word in judged
    assert signatures(judged) == [("pass", "e"), ("pass", "r")]
    ours_at = found.keys().index("Authentication-Results")
    assert found.keys()[ours_at + 1] == "Received"  # that of Postfix, below it that of the sender
    assert "(Postfix)" in found.values()[ours_at + 1]
    assert found["X-Spam"] is None
    line = told(ours, name)
    assert (line["did"], line["judged"], line["author"]) == ("accepted", True, "sender.example")
    assert line["tls"] is True
    signed = told(ours, name, ours.sender)
    assert (signed["origin"], len(signed["signed"])) == ("trusted", 2)


def test_who_logs_in_is_signed_and_not_judged(ours: Lab) -> None:
    name, mail = letter()
    place = ours.sender.place
    code, text = ours.send(
        ours.spoofer, ALICE, BOB, mail,
        server=(place.address(), 587), tls=place.hostname, login=("alice", "secret"),
    )  # fmt: skip
    assert code == 250, text
    assert "dmarc=pass" in results(arrived(ours, name))[0]
    line = told(ours, name, ours.sender)
    assert (line["origin"], line["user"], line["judged"]) == ("user", "alice", False)


def test_a_spoof_is_refused_and_told_why(ours: Lab) -> None:
    _, mail = letter()
    code, text = ours.send(ours.spoofer, ALICE, BOB, mail)
    assert code == 550
    assert text.startswith("5.7.26 ")
    assert "sender.example" in text


def test_without_a_policy_it_is_taken(ours: Lab) -> None:
    name, mail = letter()
    with ours.changed("sender.example", [f'{POLICY} "v=DMARC1; p=none"'], [POLICY]):
        assert ours.send(ours.spoofer, ALICE, BOB, mail)[0] == 250
    (judged,) = results(arrived(ours, name))
    assert "dmarc=fail" in judged
    assert "spf=fail" in judged


def test_a_domain_without_any_policy_is_judged_alike(ours: Lab) -> None:
    """p=none changes nothing: what is done is what is done without any record."""
    acts = []
    for record in ("v=DMARC1; p=none", "nothing"):
        name, mail = letter()
        with ours.changed("sender.example", [f'{POLICY} "{record}"'], [POLICY]):
            assert ours.send(ours.spoofer, ALICE, BOB, mail)[0] == 250
        acts.append((told(ours, name)["did"], arrived(ours, name)["X-Spam"]))
    assert acts[0] == acts[1]


FORGED = b"Authentication-Results: mail.receiver.example; dmarc=pass\r\n"
FORGED_AS = b"Authentication-Results: %s; dmarc=pass\r\n"
ODD_NAMES = [
    b'"mail".receiver.example',
    b'mail.receiver.example""',
    b"mail.receiver.example\0",
    b"mail.receiver.example\x7f.spoofer.example",
    b"mail.\x0breceiver.example",
    b"mail\\.receiver.example",
    b"<mail.receiver.example>",
    b"mail.receiver.example:25",
    b"mail.(x)receiver.example",
    b"mail.\r\n receiver.example",
    b"mail.receiver.example\r",
]
THEIRS = b"Authentication-Results: other.example; spf=pass\r\n"


@pytest.mark.parametrize(
    "above",
    [
        FORGED,
        FORGED * 3,
        THEIRS + FORGED + THEIRS + FORGED,
        b"AUTHENTICATION-results:\r\n\tMail.Receiver.Example; dmarc=pass\r\n" + THEIRS + FORGED,
        FORGED.replace(b"Results:", b"Results :") + THEIRS + FORGED,
        b"X-Spam: No\r\n" + FORGED + b"x-SPAM: Yes\r\n",
        b"Received: from x by y; Mon, 23 Nov 2026 12:00:00 +0000\r\n" + FORGED + THEIRS,
    ],
)
def test_forged_results_are_gone_and_others_stay(ours: Lab, above: bytes) -> None:
    name, mail = letter(above=above)
    assert outside(ours, mail)[0] == 250
    found = arrived(ours, name)
    first, *others = results(found)
    assert first.startswith("mail.receiver.example; iprev=")
    assert "dkim=none" in first
    assert others == ["other.example; spf=pass"] * above.count(b"other.example")
    assert found["X-Spam"] is None
    assert found["Subject"] == "hello"


def test_forged_results_in_odd_writing_are_gone(ours: Lab) -> None:
    """As Postfix hands them on; controls are a reason to mark the mail besides."""
    name, mail = letter(above=b"".join(map(FORGED_AS.__mod__, ODD_NAMES)) + THEIRS)
    assert outside(ours, mail)[0] == 250
    first, *others = results(arrived(ours, name))
    assert first.startswith("mail.receiver.example; iprev=")
    assert others == ["other.example; spf=pass"]


ODD = [
    b"Subject:no space\r\n",
    b"Subject:\ttab\r\n",
    b"Subject:  two  spaces  \r\n",
    b"Subject:\r\n folded at once\r\n",
    b"Subject: a\r\n\tb\r\n   c \r\n",
    b"Subject: \xe4\xff\xf6\r\n",
    b"Subject:\r\n",
    b"SUBJECT: a: b:c\r\n",
    b"Subject: " + b"x" * 900 + b"\r\n",
]
BODIES = [
    b"trailing \t \r\n\r\n\r\n",
    b"",
    b"..dots\r\n.\r\n..\r\n",
    b"\xe4\xff 8 bit\r\n",
    b"no end",
    (b"y" * 990 + b"\r\n") * 300,
]


@pytest.fixture(scope="module")
def key(ours: Lab) -> Iterator[dict[str, Any]]:
    """A key that is published."""
    made = new_key("sender.example", "simple1")
    text = made.public.text
    quoted = " ".join(f'"{text[i : i + 200]}"' for i in range(0, len(text), 200))
    with ours.changed("sender.example", [f"simple1._domainkey.sender.example TXT {quoted}"]):
        yield {"domain": "sender.example", "selector": "simple1", "key": made.secret}


@pytest.mark.parametrize("number", range(max(len(ODD), len(BODIES))))
def test_every_octet_is_judged_as_it_came(ours: Lab, key: dict[str, Any], number: int) -> None:
    """A signature that allows no change at all, over what mail servers like to change."""
    odd, body = ODD[number % len(ODD)], BODIES[number % len(BODIES)]
    name, plain = letter(body=body)
    mail = plain.replace(b"Subject: hello\r\n", odd)
    # smtplib ends what has no end, so it is signed with one.
    whole = mail if mail.endswith(b"\r\n") else mail + b"\r\n"
    signed = sign(whole, canonicalization="simple/simple", **key)
    assert outside(ours, signed)[0] == 250
    (judged,) = results(arrived(ours, name))
    assert signatures(judged) == [("pass", "s")]


def test_white_space_before_a_colon_is_lost_on_the_way(ours: Lab, key: dict[str, Any]) -> None:
    """Postfix does not tell of it: a signature that forgives it holds."""
    for canonicalization, result in (("relaxed/simple", "pass"), ("simple/simple", "fail")):
        name, plain = letter()
        mail = plain.replace(b"Subject: hello", b"Subject : hello")
        assert outside(ours, sign(mail, canonicalization=canonicalization, **key))[0] == 250
        assert f"dkim={result}" in results(arrived(ours, name))[0]


def test_several_messages_on_one_connection(ours: Lab) -> None:
    names = []
    with ours.sender.inside(), smtplib.SMTP(ours.receiver.place.address(), 25) as smtp:
        smtp.ehlo("mail.sender.example")
        for number in range(5):
            name, mail = letter()
            smtp.mail(ALICE)
            smtp.rcpt(BOB)
            if number == 2:
                smtp.rset()
                continue
            assert smtp.data(mail)[0] == 250
            names.append(name)
    for name in names:
        assert "spf=pass" in results(arrived(ours, name))[0]


def test_a_killed_milter_loses_nothing(ours: Lab) -> None:
    stop(ours.receiver)
    name, mail = letter()
    code, text = outside(ours, mail)
    assert code in (421, 451), text
    assert ours.delivered(name, seconds=0) is None
    name, mail = letter()
    assert ours.send(ours.sender, ALICE, BOB, mail)[0] == 250
    ours.logged(ours.sender, "status=deferred")
    start(ours.receiver)
    ours.sender.run(["postqueue", "-f"], check=True)
    assert "dmarc=pass" in results(arrived(ours, name))[0]


def insist(lab: Lab, count: int, taken: list[str], refused: list[int]) -> None:
    """Send so many letters, each until it is taken."""
    for _ in range(count):
        name, mail = letter()
        while (code := outside(lab, mail)[0]) != 250:
            refused.append(code)
        taken.append(name)


def killed(ours: Lab, count: int, times: int) -> None:
    """So many messages by six senders, and `kill -9` so many times meanwhile."""
    taken: list[str] = []
    refused: list[int] = []
    senders = [Thread(target=insist, args=(ours, count // 6, taken, refused)) for _ in range(6)]
    for sender in senders:
        sender.start()
    for turn in range(1, times + 1):
        share = turn * count // (times + 2)
        wait_for(f"{share} messages", lambda share=share: len(taken) >= share, seconds=120)
        stop(ours.receiver)
        refusals = len(refused)
        wait_for("a refusal", lambda refusals=refusals: len(refused) > refusals)
        start(ours.receiver)
    for sender in senders:
        sender.join()
    assert len(set(taken)) == count
    assert {code // 100 for code in refused} == {4}
    for name in taken:
        (judged,) = results(arrived(ours, name))
        assert judged.startswith("mail.receiver.example;")
        assert "spf=pass" in judged


def test_killed_in_the_middle_of_many(ours: Lab) -> None:
    """What was taken is judged and delivered, and what was not was put off."""
    killed(ours, 150, 2)


@pytest.mark.proof
def test_killed_many_times_in_the_middle_of_more(ours: Lab) -> None:
    """The same at length: a thousand and some messages, ten kills."""
    killed(ours, 1020, 10)


@contextmanager
def told_anew(lab: Lab, *lines: str) -> Iterator[None]:
    """Other settings for a while, without a restart."""
    host = lab.receiver
    before = host.path(CONFIG).read_text()

    def use(text: str) -> None:
        reloads = host.log("milter").count('"reloaded"')
        host.write(CONFIG, text)
        host.kill("milter --config", signal.SIGHUP)
        wait_for("a reload", lambda: host.log("milter").count('"reloaded"') > reloads)

    use("\n".join([before, *lines, ""]))
    try:
        yield
    finally:
        use(before)


def test_settings_are_changed_without_a_restart(ours: Lab) -> None:
    with told_anew(ours, "refuse = false"):
        name, mail = letter()
        assert ours.send(ours.spoofer, ALICE, BOB, mail)[0] == 250
        assert arrived(ours, name)["X-Spam"] == "Yes"
    assert ours.send(ours.spoofer, ALICE, BOB, letter()[1])[0] == 550


def test_held_until_somebody_lets_it_go(ours: Lab) -> None:
    with told_anew(ours, "refuse = false", 'quarantine = "hold"'):
        name, mail = letter()
        assert ours.send(ours.spoofer, ALICE, BOB, mail)[0] == 250
        queue_id = told(ours, name)["queue_id"]
    assert f"{queue_id}!" in ours.receiver.script("postqueue -p")
    assert ours.delivered(name, seconds=0) is None
    ours.receiver.script(f"postsuper -H {queue_id} 2>&1; postqueue -f")
    assert "dmarc=fail" in results(arrived(ours, name))[0]


@pytest.mark.parametrize("fallback", ["tempfail", "accept"])
def test_dns_that_does_not_answer(ours: Lab, fallback: str) -> None:
    """Nobody is at this address; what is not known would decide."""
    before = ours.receiver.path(CONFIG).read_text()
    more = f'on_dns_failure = "{fallback}"\ndeadline = 2.0\n'
    stop(ours.receiver)
    ours.receiver.write(CONFIG, before + more)
    start(ours.receiver, "--dns", "203.0.113.99")
    try:
        name, mail = letter()
        code, text = outside(ours, mail)
        if fallback == "tempfail":
            assert (code, text[:3]) == (451, "4.7"), text
        else:
            assert code == 250, text
            assert "dmarc=temperror" in results(arrived(ours, name))[0]
    finally:
        stop(ours.receiver)
        ours.receiver.write(CONFIG, before)
        start(ours.receiver)


def test_a_reason_with_a_percent_sign(ours: Lab) -> None:
    """Sendmail reads a format there, and Postfix undoes what is done for it."""
    spf = "sender.example TXT"
    with ours.changed("sender.example", [f'{spf} "v=spf1 exists:%{{i}}.100%.example -all"'], [spf]):
        code, text = ours.send(ours.spoofer, ALICE, BOB, letter()[1])
    assert code == 550, text
    assert "%%" not in text


def test_what_is_handed_on_is_not_signed_unless_it_was_proven(ours: Lab) -> None:
    """A forgery of our own domain that a rule of the user sends on from this machine."""
    judged = "Authentication-Results: mail.sender.example; dmarc=fail header.from=sender.example"
    for above, count in ((b"", 2), (f"{judged}\r\n".encode(), 0)):
        name, mail = letter(above=above)
        path = ours.sender.state / "letter"
        path.write_bytes(mail.replace(b"\r\n", b"\n"))
        ours.sender.script(f"sendmail -i -f {ALICE} {BOB} <{path}")
        assert len(arrived(ours, name).get_all("DKIM-Signature", [])) == count


def test_more_fields_than_any_message_has(ours: Lab) -> None:
    _, mail = letter(above=b"X: y\r\n" * 5000)
    code, text = outside(ours, mail)
    assert (code, text) == (552, "5.3.4 its header is larger than any")


def test_a_large_message_is_told_to_be_unjudged(ours: Lab) -> None:
    with told_anew(ours, "max_message = 100000"):
        name, mail = letter(above=FORGED, body=b"x" * 70 + b"\r\n" + b"y" * 900 + b"\r\n" * 60_000)
        assert outside(ours, mail)[0] == 250
        (judged,) = results(arrived(ours, name))
    assert re.fullmatch(r"mail\.receiver\.example \(not judged: [^)]*\); none", judged)
