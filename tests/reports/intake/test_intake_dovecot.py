"""A real IMAP server: none lost, none twice, whatever dies when; other mail untouched."""

import os
import random
import signal
import ssl
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec
import pytest

import dovecot
import intakekit as kit
from dovecot import Dovecot
from mailworthy import store
from mailworthy.reports.envelope import Limits
from mailworthy.reports.intake.imap.address import parse
from mailworthy.reports.intake.imap.errors import Gone, LoginRefused, Refused
from mailworthy.reports.intake.imap.follow import Follower
from mailworthy.reports.intake.imap.mailbox import Mailbox
from mailworthy.reports.intake.imap.sasl import Secret
from mailworthy.reports.intake.importing import Importer
from mailworthy.reports.intake.model import Done, Trouble, What
from mailworthy.store import Store

pytestmark = [
    pytest.mark.lab,
    pytest.mark.skipif(dovecot.PROGRAM is None, reason="dovecot-imapd is not installed"),
]


@pytest.fixture
def server() -> Iterator[Dovecot]:
    """A Dovecot with an empty inbox."""
    with dovecot.running() as found:
        yield found


def follower(server: Dovecot, importer: Importer) -> Follower:
    box = Mailbox(parse(server.address), importer)
    context = ssl.create_default_context(cafile=str(server.root / "cert.pem"))
    return Follower(box, lambda: Secret(dovecot.PASSWORD), context=context)


def outcomes(found: Iterable[Done | Trouble]) -> list[str]:
    return [item.what if isinstance(item, Done) else item.reason for item in found]


def fetching(server: Dovecot, path: Path, *more: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "mailworthy", "reports", "fetch", "--no-verify", *more]
    return subprocess.Popen(
        [*command, "--store", str(path), server.address],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={
            **os.environ,
            "MAILWORTHY_IMAP_PASSWORD": dovecot.PASSWORD,
            "SSL_CERT_FILE": str(server.root / "cert.pem"),
        },
    )


@pytest.mark.parametrize(
    ("more", "where", "flags"), [((), "", "S"), (("--move-to", "Done & <Übrig>"), "Done", "")]
)
def test_a_thousand_reports_and_a_server_that_is_killed_twice(
    server: Dovecot, tmp_path: Path, more: tuple[str, ...], where: str, flags: str
) -> None:
    dice = random.Random(len(more))
    for number in range(1000):
        server.deliver(f"{number}.a", kit.report_mail(number))
    for number in range(5):
        server.deliver(f"{1000 + number}.a", kit.OTHER)
    server.deliver("1005.a:2,F", kit.OTHER, "cur")
    server.deliver("1006.a:2,T", kit.OTHER, "cur")  # whose user may still want it
    process = fetching(server, tmp_path / "s.db", *more)
    killed(server, process, dice)
    killed(server, process, dice)
    _, told = process.communicate()
    assert process.returncode == 0, told
    assert told.count(b"\n") >= 3  # two troubles at least, and the sum
    with store.open(tmp_path / "s.db") as mine:
        assert kit.ids(mine) == kit.named(range(1000))
        assert kit.sums(mine) | {"daily": 3000, "raws": 1000, "problems": 0} == kit.sums(mine)
    mails = server.mails()
    others = sorted((name, flag) for name, flag, mail in mails if mail == kit.OTHER)
    assert others == [("", flag) for flag in ("", "", "", "", "", "F", "T")]
    reports = [(name[:4], flag) for name, flag, mail in mails if mail != kit.OTHER]
    assert reports == [(where, flags)] * 1000
    assert fetching(server, tmp_path / "s.db", *more).communicate()[0] == b""


def killed(server: Dovecot, process: subprocess.Popen[bytes], dice: random.Random) -> None:
    """Kill the server a moment after a while, and start it again."""
    assert process.stdout is not None
    for _ in range(dice.randrange(100, 300)):
        process.stdout.readline()
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(dice.uniform(0.001, 0.1))
    server.kill()
    server.start()


def test_what_comes_while_we_watch(server: Dovecot, importer: Importer, mine: Store) -> None:
    """IDLE tells of it; so does the next look after the server was away."""
    server.deliver("1.a", kit.report_mail(1))
    watching = follower(server, importer).watch()
    assert outcomes([next(watching)]) == [What.STORED]
    server.deliver("2.a", kit.report_mail(2))
    assert outcomes([next(watching)]) == [What.STORED]
    server.kill()
    trouble = next(watching)
    assert isinstance(trouble, Trouble)
    server.start()
    server.deliver("3.a", kit.report_mail(3))
    while isinstance(found := next(watching), Trouble):
        assert found.wait > 0
    assert found.what is What.STORED
    watching.close()
    assert kit.ids(mine) == kit.named([1, 2, 3])


def test_names_that_were_given_anew(server: Dovecot, importer: Importer, mine: Store) -> None:
    """Another UIDVALIDITY: everything is read again, and stored once."""
    for number in range(3):
        server.deliver(f"{number}.a", kit.report_mail(number))
    server.deliver("9.a", kit.OTHER)
    assert sorted(outcomes(follower(server, importer).once())) == ["other"] + ["stored"] * 3
    assert outcomes(follower(server, importer).once()) == []
    server.kill()
    server.rename_all()
    server.start()
    assert sorted(outcomes(follower(server, importer).once())) == ["duplicate"] * 3 + ["other"]
    assert kit.ids(mine) == kit.named(range(3))


def test_a_mail_that_is_too_large(server: Dovecot, mine: Store) -> None:
    importer = Importer(mine, limits=Limits(mail=3000))
    server.deliver("1.a", b"Subject: a film\n\n" + b"x\n" * 3000)
    server.deliver("2.a", kit.report_mail(2).replace(b"\n\n", b"\n\n" + b"x\n" * 3000, 1))
    server.deliver("3.a", kit.report_mail(3))
    assert outcomes(follower(server, importer).once()) == ["other", "problem", "stored"]
    assert [fault for fault, _ in kit.problems(mine)] == ["too-large"]


@pytest.mark.parametrize(
    ("change", "password", "error"),
    [
        ({}, "wrong", LoginRefused),
        ({"folder": "Nowhere"}, dovecot.PASSWORD, Refused),
        ({"port": 1}, dovecot.PASSWORD, Gone),
    ],
)
def test_what_does_not_work_is_told(
    server: Dovecot,
    importer: Importer,
    change: dict[str, object],
    password: str,
    error: type[Exception],
) -> None:
    address = msgspec.structs.replace(parse(server.address), **change)
    context = ssl.create_default_context(cafile=str(server.root / "cert.pem"))
    box = Mailbox(address, importer)
    with pytest.raises(error):
        list(Follower(box, lambda: Secret(password), context=context, pause=lambda _: None).once())


def test_a_certificate_that_nobody_vouches_for(server: Dovecot, importer: Importer) -> None:
    box = Mailbox(parse(server.address), importer)
    with pytest.raises(Gone, match="certificate"):
        list(Follower(box, lambda: Secret(dovecot.PASSWORD), pause=lambda _: None).once())


def test_the_command_watches_until_it_is_stopped(server: Dovecot, tmp_path: Path) -> None:
    box = tmp_path / "box"
    for name in ("cur", "new", "tmp"):
        (box / name).mkdir(parents=True)
    (box / "new" / "1.a").write_bytes(kit.report_mail(1))
    server.deliver("2.a", kit.report_mail(2))
    process = fetching(server, tmp_path / "s.db", "--watch", f"maildir:{box}")
    assert process.stdout is not None
    found = {process.stdout.readline()[:6] for _ in range(2)}
    server.deliver("3.a", kit.report_mail(3))
    found.add(process.stdout.readline()[:6])
    assert found == {b"stored"}
    process.send_signal(signal.SIGINT)
    _, told = process.communicate()
    assert (process.returncode, told.strip()) == (130, b"mailworthy: stopped")
    with store.open(tmp_path / "s.db") as mine:
        assert kit.ids(mine) == kit.named([1, 2, 3])
