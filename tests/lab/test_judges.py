"""Honest mail passes before three judges, forged mail does not, and no single failure refuses:
by Rspamd with the scores that we write, and by our milter, alike."""

import email
import email.utils
import itertools
import re
import signal
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

import pytest

from lab.comparemails import BOB, Draft
from lab.compareworld import GOOD, world
from lab.internet import Lab
from lab.judges import ACTIONS, REFUSING, Judges, judges
from lab.machine import wait_for
from lab.mailhost import COMMAND, MailHost
from lab.mtaside import Posted
from lab.openjudges import judging
from lab.plan import BLOCKLIST

pytestmark = pytest.mark.lab
ALICE = "alice@sender.example"
# Clients by what is wrong with them: a reverse name or none, on the blocklist or not.
CLIENTS = {
    frozenset[str](): "203.0.113.71",
    frozenset({"listed"}): "203.0.113.72",
    frozenset({"no name"}): "203.0.113.73",
    frozenset({"no name", "listed"}): "203.0.113.74",
}
FACTS = ("no name", "listed", "wrong helo", "spf fail")
DKIM = ("signed", "no signature", "broken")
AUTHORS = ("nothing.example", "monitor.example", "quar.example", "reject.example")
PASS, MARK, REFUSE = ACTIONS


@pytest.fixture(scope="module")
def asked(lab: Lab) -> Iterator[Judges]:
    """The judges, with a world of domains and clients made for this."""
    names = [f"c{ip.rpartition('.')[2]}.spoofer.example A {ip}" for ip in CLIENTS.values()]
    listed = [f"{_back(ip)}.{BLOCKLIST} A 127.0.0.2" for f, ip in CLIENTS.items() if "listed" in f]
    pointers = [
        f"{_back(ip)}.in-addr.arpa PTR {_name(ip)}."
        for facts, ip in CLIENTS.items()
        if "no name" not in facts
    ]
    with (
        world(lab),
        judges(lab) as found,
        lab.changed("spoofer.example", names),
        lab.changed("113.0.203.in-addr.arpa", pointers),
        lab.changed(BLOCKLIST, listed),
    ):
        yield found


def _back(ip: str) -> str:
    return ".".join(reversed(ip.split(".")))


def _name(ip: str) -> str:
    return f"c{ip.rpartition('.')[2]}.spoofer.example"


def posted(facts: frozenset[str], dkim: str, author: str, signer: str | None = None) -> Posted:
    """A message of which these facts hold; all else about it is as it should be.

    SPF is that of a domain that is not the author's, and so never good for DMARC.
    """
    draft = Draft(uuid.uuid4().int, "facts")
    draft.author = author
    draft.header()
    if dkim != "no signature":
        draft.sign(signer or author, "r")
        draft.sign(signer or author, "e")
    if dkim == "broken":
        draft.body += b"more\r\n"
    ip = CLIENTS[facts & {"no name", "listed"}]
    return Posted(
        ip,
        "unknown" if "no name" in facts else _name(ip),
        "localhost" if "wrong helo" in facts else _name(CLIENTS[frozenset()]),
        f"x@{'fail' if 'spf fail' in facts else 'wide'}.spf.example",
        BOB,
        draft.message,
    )


def both(lab: Lab, asked: Judges, mail: Posted) -> tuple[str, str]:
    """What we do with it, and what Rspamd does."""
    with lab.receiver.inside():
        return asked.action(mail), asked.rspamd(mail).action


def subsets() -> Iterator[frozenset[str]]:
    """Every combination of facts."""
    for count in range(len(FACTS) + 1):
        yield from map(frozenset, itertools.combinations(FACTS, count))


EXPECTED = {0: PASS, 1: PASS, 2: MARK}


@pytest.mark.parametrize("author", AUTHORS[:2])
@pytest.mark.parametrize("dkim", DKIM)
def test_one_failure_passes_two_mark_three_refuse(
    lab: Lab, asked: Judges, author: str, dkim: str
) -> None:
    """And p=none is no failure: with it, all is as without any record."""
    wrong = {}
    for facts in subsets():
        expected = EXPECTED.get(len(facts) + (dkim != "signed"), REFUSE)
        if (found := both(lab, asked, posted(facts, dkim, author))) != (expected, expected):
            wrong[facts] = found
    assert not wrong


@pytest.mark.parametrize(
    "about",
    [
        ("monitor.example", "signed", (), PASS),
        ("quar.example", "signed", (), MARK),
        ("reject.example", "signed", (), MARK),
        # What a mailing list does to a message.
        ("reject.example", "broken", (), MARK),
        ("quar.example", "signed", ("spf fail",), MARK),
        ("quar.example", "signed", ("spf fail", "no name"), REFUSE),
        *(("reject.example", "signed", (fact,), REFUSE) for fact in FACTS),
        ("reject.example", "no signature", (), REFUSE),
        ("reject.example", "broken", ("spf fail",), REFUSE),
    ],
)
def test_failing_dmarc(
    lab: Lab, asked: Judges, about: tuple[str, str, tuple[str, ...], str]
) -> None:
    """`p=reject` marks, and refuses with one independent fact (RFC 9989 §7.4)."""
    author, dkim, facts, expected = about
    mail = posted(frozenset(facts), dkim, author, signer="nothing.example")
    assert both(lab, asked, mail) == (expected, expected)


def test_an_author_who_is_nobody_is_refused_below_a_domain_too(lab: Lab, asked: Judges) -> None:
    """Somebody else's domain, and names below it that are there or not; SPF fails too."""
    for author in ("reject.example", "mail.reject.example", "nowhere.reject.example"):
        mail = posted(frozenset({"spf fail"}), "no signature", author)
        assert both(lab, asked, mail) == (REFUSE, REFUSE), author


@contextmanager
def always(lab: Lab, asked: Judges, mail: Posted) -> Iterator[None]:
    """Rspamd as `config --dmarc-reject always` wants it, for a while."""
    try:
        _configure(lab.receiver, "always")
        with lab.receiver.inside():
            wait_for("the new Rspamd", lambda: asked.rspamd(mail).action == REFUSE, seconds=60)
        yield
    finally:
        _configure(lab.receiver, "independent")
        with lab.receiver.inside():
            wait_for("the old Rspamd", lambda: asked.rspamd(mail).action == MARK, seconds=60)


def _configure(host: MailHost, choice: str) -> None:
    argv = [*COMMAND, "config", "--dmarc-reject", choice, "--yes"]
    host.run([*argv, "--dir", host.folder], check=True)
    host.script(host.readme("Rspamd"), folder=host.folder / "config")
    host.kill("rspamd: main", signal.SIGHUP)


def test_who_always_wants_p_reject_to_refuse_gets_that(lab: Lab, asked: Judges) -> None:
    mail = posted(frozenset(), "signed", "reject.example", signer="nothing.example")
    mild = posted(frozenset(), "signed", "quar.example", signer="nothing.example")
    with lab.receiver.inside():
        assert asked.action(mail, always=True) == REFUSE
        assert asked.action(mild, always=True) == MARK
    with always(lab, asked, mail), lab.receiver.inside():
        assert asked.rspamd(mail).action == REFUSE
        assert asked.rspamd(mild).action == MARK


# By SMTP, as anybody sends


def letter(author: str = ALICE) -> tuple[str, bytes]:
    """A plain message, and its Message-Id."""
    name = f"<{uuid.uuid4().hex}@sender.example>"
    head = f"From: {author}\r\nTo: {BOB}\r\nSubject: hello\r\nMessage-ID: {name}\r\n"
    return name, f"{head}Date: {email.utils.formatdate()}\r\n\r\nHello.\r\n".encode()


JUDGES = {
    "Rspamd": lambda host: nullcontext(),
    "OpenDKIM and OpenDMARC": judging,
    "ours": lambda host: host.milters(f"inet:127.0.0.1:{REFUSING}"),
}


@pytest.mark.parametrize("judge", JUDGES)
def test_honest_mail_passes_and_forged_mail_is_refused(lab: Lab, asked: Judges, judge: str) -> None:
    with JUDGES[judge](lab.receiver):
        name, mail = letter()
        assert lab.send(lab.sender, ALICE, BOB, mail)[0] == 250
        found = lab.delivered(name)
        assert found is not None, lab.log(lab.receiver)
        told = email.message_from_bytes(found)
        words = " ".join(" ".join(told.get_all("Authentication-Results", [])).split())
        assert re.findall(r"\bdkim=(\w+)", words) == ["pass", "pass"]
        assert set(re.findall(r"\bspf=(\w+)", words)) == {"pass"}
        assert re.findall(r"(?<!\.)\bdmarc=(\w+)", words) == ["pass"]
        assert "X-Spam" not in told
        for author in (ALICE, "x@mail.sender.example", "x@nothing.sender.example"):
            code, text = lab.send(lab.spoofer, author, BOB, letter(author)[1])
            assert code in (550, 554), (author, text)


@pytest.mark.parametrize("judge", ["Rspamd", "ours"])
def test_under_p_none_nothing_is_marked(lab: Lab, asked: Judges, judge: str) -> None:
    """Only DMARC fails: SPF and the signature are good, and those of somebody else."""
    draft = Draft(1, "none")
    draft.author = "monitor.example"
    draft.header()
    name = f"{uuid.uuid4().hex}@compare.example"
    draft.fields[-1] = f"Message-ID: <{name}>".encode()
    draft.sign("nothing.example", "r")
    with JUDGES[judge](lab.receiver):
        code, text = lab.send(
            lab.sender,
            "x@wide.spf.example",
            BOB,
            draft.message,
            server=(lab.receiver.place.address(), 25),
            source=GOOD,
        )
        assert code == 250, text
        found = lab.delivered(f"<{name}>")
    assert found is not None
    told = email.message_from_bytes(found)
    assert "dmarc=fail" in told["Authentication-Results"]
    assert "X-Spam" not in told
