"""The box proves itself: names, signatures, TLS, updates, and mail judged as it should be."""

import email
import re
import smtplib
import ssl
import uuid
from email.message import Message
from functools import partial

import dns.flags
import dns.message
import dns.query
import dns.rcode
import dns.reversename
import dns.tsig
import pytest

from lab.internet import Lab
from lab.openjudges import judging
from lab.plan import BLOCKLIST, PASSWORD, RESOLVER, STRANGER

pytestmark = pytest.mark.lab
ALICE, BOB = "alice@sender.example", "bob@receiver.example"
POLICY = "_dmarc.sender.example TXT"
TLSA = "_25._tcp.mail.receiver.example TLSA"


def letter(author: str = ALICE, to: str = BOB) -> tuple[str, bytes]:
    """A plain message, and its Message-Id."""
    name = f"<{uuid.uuid4().hex}@{author.rpartition('@')[2]}>"
    head = f"From: {author}\r\nTo: {to}\r\nSubject: hello\r\nMessage-ID: {name}\r\n"
    date = email.utils.formatdate()
    return name, f"{head}Date: {date}\r\n\r\nHello, world.\r\n".encode()


def ask(lab: Lab, name: str, type_: str) -> dns.message.Message:
    """What the resolver says."""
    query = dns.message.make_query(name, type_, want_dnssec=True)
    with lab.sender.inside():
        return dns.query.udp_with_fallback(query, lab.resolver, timeout=5)[0]


def fields(mail: Message, name: str) -> list[str]:
    """The values of all header fields with a name."""
    return [str(value) for value in mail.get_all(name, [])]


def arrived(lab: Lab, name: str) -> Message:
    """A delivered message."""
    found = lab.delivered(name)
    assert found is not None, lab.log(lab.receiver)
    return email.message_from_bytes(found)


@pytest.mark.parametrize("host", ["sender", "receiver", "spoofer"])
@pytest.mark.parametrize("version", [4, 6])
def test_every_address_has_its_name(lab: Lab, host: str, version: int) -> None:
    place = getattr(lab, host).place
    name = dns.reversename.from_address(place.address(version)).to_text()
    answer = ask(lab, name, "PTR")
    assert f" IN PTR {place.hostname}." in answer.to_text()
    assert answer.flags & dns.flags.AD


@pytest.mark.parametrize(
    ("name", "type_", "rcode", "ad"),
    [
        (".", "NS", "NOERROR", True),
        ("example", "SOA", "NOERROR", True),
        ("sender.example", "MX", "NOERROR", True),
        ("receiver.example", "TXT", "NOERROR", True),
        ("_25._tcp.mail.receiver.example", "TLSA", "NOERROR", True),
        ("nothing.sender.example", "A", "NXDOMAIN", True),
        ("nothing.org", "A", "NXDOMAIN", True),
        ("spoofer.example", "MX", "NOERROR", False),
        (f"2.0.0.127.{BLOCKLIST}", "A", "NOERROR", False),
        (f"3.0.0.127.{BLOCKLIST}", "A", "NXDOMAIN", False),
    ],
)
def test_what_is_signed_is_proved(lab: Lab, name: str, type_: str, rcode: str, ad: bool) -> None:
    answer = ask(lab, name, type_)
    assert dns.rcode.to_text(answer.rcode()) == rcode
    assert bool(answer.flags & dns.flags.AD) == ad


def test_nothing_leads_out(lab: Lab) -> None:
    for host in lab.machines:
        for family in ("-4", "-6"):
            assert host.run(["ip", family, "route", "show", "default"], check=True).stdout == ""


def test_an_update_needs_the_key(lab: Lab) -> None:
    line = "evil.sender.example A 203.0.113.66"
    assert lab.updates.send("sender.example", [line], secret=None) == "REFUSED"
    with pytest.raises(dns.tsig.PeerBadSignature):
        lab.updates.send("sender.example", [line], secret="AAAA")
    assert ask(lab, "evil.sender.example", "A").rcode() == dns.rcode.NXDOMAIN
    with lab.changed("sender.example", [line]):
        answer = ask(lab, "evil.sender.example", "A")
        assert answer.flags & dns.flags.AD
        assert "203.0.113.66" in answer.to_text()
    assert ask(lab, "evil.sender.example", "A").rcode() == dns.rcode.NXDOMAIN


def test_a_legitimate_mail_passes_everything(lab: Lab) -> None:
    name, mail = letter()
    code, text = lab.send(lab.sender, ALICE, BOB, mail)
    assert code == 250, text
    (judged,) = fields(arrived(lab, name), "Authentication-Results")
    words = re.sub(r"\s+", " ", judged)
    assert words.startswith("mail.receiver.example;")
    for word in ("spf=pass", "dmarc=pass"):
        assert word in words
    assert re.findall(r"dkim=(\S+)[^;]* header\.s=([re])\d+", words) in (
        [("pass", "r"), ("pass", "e")],
        [("pass", "e"), ("pass", "r")],
    )
    assert lab.logged(lab.sender, "Verified TLS connection established to mail.receiver.example")


def test_a_forged_mail_is_refused_and_without_a_policy_marked(lab: Lab) -> None:
    name, mail = letter()
    code, text = lab.send(lab.spoofer, ALICE, BOB, mail)
    assert (code, text.split()[0]) == (554, "5.7.1"), text
    line = lab.logged(lab.receiver, name[1:-1], "default:", name="rspamd")
    assert "(reject)" in line
    assert "DMARC_POLICY_REJECT" in line

    name, mail = letter()
    with lab.changed("sender.example", [f'{POLICY} "v=DMARC1; p=none"'], [POLICY]):
        assert lab.send(lab.spoofer, ALICE, BOB, mail)[0] == 250
    judged = arrived(lab, name)["Authentication-Results"]
    assert "dmarc=fail" in judged
    assert "policy=none" in judged
    assert "spf=fail" in judged


def test_a_forged_name_below_the_domain_is_refused(lab: Lab) -> None:
    for author in ("x@mail.sender.example", "x@nothing.sender.example"):
        assert lab.send(lab.spoofer, author, BOB, letter(author)[1])[0] == 554


@pytest.mark.parametrize("listed", [False, True])
def test_a_listed_address_counts(lab: Lab, listed: bool) -> None:
    back = ".".join(reversed(STRANGER[0].split(".")))
    lines = [f"{back}.{BLOCKLIST} A 127.0.0.2"] if listed else []
    name, mail = letter("x@spoofer.example")
    with lab.changed(BLOCKLIST, lines):
        lab.send(lab.spoofer, "x@spoofer.example", BOB, mail, source=STRANGER[0])
    line = lab.logged(lab.receiver, name[1:-1], "default:", name="rspamd")
    assert "MAILWORTHY_REVERSE_DNS" in line
    assert ("MAILWORTHY_LISTED" in line) == listed


def test_starttls_has_a_certificate_of_the_authority(lab: Lab) -> None:
    name, mail = letter("x@spoofer.example")
    host = lab.receiver.place.hostname
    assert lab.send(lab.spoofer, "x@spoofer.example", BOB, mail, tls=host)[0] == 250
    assert "(using TLSv1.3 " in fields(arrived(lab, name), "Received")[-1]
    with pytest.raises(ssl.SSLCertVerificationError, match="not valid for"):
        lab.send(lab.spoofer, "x@spoofer.example", BOB, mail, tls="other.example")


@pytest.mark.parametrize("how", ["expired", "self_signed"])
def test_a_bad_certificate_is_seen(lab: Lab, how: str) -> None:
    host = lab.receiver.place.hostname
    bad = lab.issue([host], expired=how == "expired", self_signed=how == "self_signed")
    with lab.receiver.other_certificate(bad), pytest.raises(ssl.SSLCertVerificationError):
        lab.send(lab.spoofer, "x@spoofer.example", BOB, b"", tls=host)


def test_dane_holds_mail_back_until_the_record_is_right(lab: Lab) -> None:
    name, mail = letter()
    with lab.changed("receiver.example", [f"{TLSA} 3 1 1 {'00' * 32}"], [TLSA]):
        code, text = lab.send(lab.sender, ALICE, BOB, mail)
        queued = text.split()[-1]
        line = lab.logged(lab.sender, f"{queued}:", "status=deferred")
        assert code == 250
        assert "Server certificate not verified" in line
        assert lab.delivered(name, seconds=0) is None
    lab.sender.run(["postqueue", "-f"], check=True)
    arrived(lab, name)


def test_strangers_cannot_relay(lab: Lab) -> None:
    there = (lab.receiver.place.address(), 25)
    _, mail = letter("x@spoofer.example")
    code, text = lab.send(
        lab.spoofer, "x@spoofer.example", "x@elsewhere.example", mail, server=there
    )
    assert (code, "Relay access denied" in text) == (554, True)


def test_a_refusal_at_any_stage_is_an_answer(lab: Lab) -> None:
    _, mail = letter("x@spoofer.example")
    send = partial(lab.send, lab.spoofer)
    assert send("x@spoofer.example", "nobody@receiver.example", mail)[0] == 550
    assert send("x@spoofer.example", BOB, mail, helo="")[0] == 501


def test_people_read_their_mail(lab: Lab) -> None:
    name, mail = letter()
    lab.send(lab.sender, ALICE, BOB, mail)
    lab.logged(lab.receiver, name, "saved mail to INBOX", name="dovecot")
    code = (
        "import imaplib, sys; box = imaplib.IMAP4_SSL(sys.argv[1]);"
        "box.login('bob', 'secret'); box.select();"
        "print(box.search(None, 'HEADER', 'Message-ID', sys.argv[2])[1])"
    )
    done = lab.sender.python(code, lab.receiver.place.hostname, name)
    assert re.fullmatch(r"\[b'\d+'\]\n", done.stdout), done.stderr
    assert lab.delivered(name, seconds=0)


def test_others_judge_it_alike(lab: Lab) -> None:
    name, mail = letter()
    with judging(lab.receiver):
        lab.send(lab.sender, ALICE, BOB, mail)
        results = "\n".join(fields(arrived(lab, name), "Authentication-Results"))
        assert re.findall(r"(open\w+)\.\S+(?:.*\n?\s+)?dmarc=(\w+)", results) == [
            ("opendmarc", "pass")
        ]
        assert re.findall(r"dkim=(\w+)", results) == ["pass", "pass"]
        code, text = lab.send(lab.spoofer, ALICE, BOB, letter()[1])
        assert (code, text) == (550, "5.7.1 rejected by DMARC policy for sender.example")
    assert "MAILWORTHY" not in results


def test_people_send_their_mail(lab: Lab) -> None:
    name, mail = letter()
    place = lab.sender.place
    there = (place.address(), 587)
    send = partial(lab.send, lab.spoofer, ALICE, BOB, mail, server=there, tls=place.hostname)
    code, text = send()
    assert (code, "Access denied" in text) == (554, True)
    with pytest.raises(smtplib.SMTPAuthenticationError):
        send(login=("alice", "guessed"))
    assert send(login=("alice", PASSWORD))[0] == 250
    assert "dkim=pass" in fields(arrived(lab, name), "Authentication-Results")[0]


def test_the_policy_for_tls_is_served(lab: Lab) -> None:
    code = "import sys, urllib.request as u; print(u.urlopen(sys.argv[1]).read().decode())"
    url = f"https://mta-sts.{lab.receiver.domain}/.well-known/mta-sts.txt"
    done = lab.sender.python(code, url)
    assert done.stdout.startswith("version: STSv1"), done.stderr
    assert f"mx: {lab.receiver.place.hostname}" in done.stdout


def test_our_own_program_sees_the_whole(lab: Lab) -> None:
    argv = ("check", "--dir", lab.receiver.folder, "--dns", RESOLVER[0])
    done = lab.mailworthy(lab.receiver, *argv)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Reverse DNS   mail.receiver.example" in done.stdout
