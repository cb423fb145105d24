"""IMAP servers that drop, drip, repeat and lie: bounded, nothing lost, nothing twice."""

import socket
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import imapfake
import intakekit as kit
from imapfake import Mails, honest
from mailworthy.errors import UsageError
from mailworthy.reports.intake.imap import words
from mailworthy.reports.intake.imap.address import Address, parse
from mailworthy.reports.intake.imap.errors import Gone, ImapError, Lied
from mailworthy.reports.intake.imap.follow import TRIES, Follower
from mailworthy.reports.intake.imap.mailbox import STRIKES, Mailbox, Then
from mailworthy.reports.intake.imap.sasl import Secret
from mailworthy.reports.intake.imap.session import Session, connect
from mailworthy.reports.intake.imap.wire import Bounds, Wire
from mailworthy.reports.intake.importing import Importer
from mailworthy.reports.intake.model import Done, Trouble
from mailworthy.store import Store

SMALL = Bounds(read=0.5, command=2.0, line=20_000, literal=20_000, octets=60_000, responses=500)
THREE = {uid: kit.report_mail(uid) for uid in (1, 2, 3)}


def follower(address: str, importer: Importer, **changes: Any) -> Follower:
    box = Mailbox(parse(address), importer, **changes)
    return Follower(box, lambda: Secret("secret"), bounds=SMALL, pause=lambda _: None)


def outcomes(follower: Follower) -> list[str]:
    return [item.what if isinstance(item, Done) else "trouble" for item in follower.once()]


def bad(when: bytes, said: bytes | None) -> imapfake.Answer:
    """A server that is good until a command begins so."""

    def answer(tag: bytes, command: bytes, mails: Mails) -> bytes | None:
        if not command.startswith(when):
            return honest(tag, command, mails)
        return None if said is None else said.replace(b"TAG", tag)

    return answer


SECOND = b"UID FETCH 2 "
LIES = {
    "closes": bad(SECOND, None),
    "breaks off": bad(SECOND, b"* 1 FETCH (UID 2 BODY[] {5000}\r\nSubject"),
    "is silent": bad(SECOND, b""),
    "huge literal": bad(SECOND, imapfake.fetched(2, b"x", 10**9)),
    "absurd literal": bad(SECOND, b"* 1 FETCH (UID 2 BODY[] {%s}\r\n" % (b"9" * 20)),
    "longer than it said": bad(SECOND, imapfake.fetched(2, b"x" * 20_001)),
    "endless line": bad(SECOND, b"* " + b"x" * 70_000),
    "endless responses": bad(SECOND, b"* 1 EXISTS\r\n" * 1000),
    "many literals": bad(SECOND, b"* 1 FETCH (UID 2" + b" X {1}\r\nx" * 20 + b")\r\n"),
    "a wrong size": bad(SECOND, imapfake.fetched(2, THREE[2], 100) + b"TAG OK\r\n"),
    "another's tag": bad(SECOND, b"m999 OK done\r\n"),
    "octets": bad(SECOND, bytes(range(256)) * 4 + b"\r\n"),
    "says goodbye": bad(SECOND, b"* BYE for now\r\n"),
    "continues": bad(SECOND, b"+ go on\r\n"),
}


@pytest.mark.parametrize("name", LIES)
def test_a_server_that_lies_once(name: str, importer: Importer, mine: Store) -> None:
    with imapfake.serving(THREE, LIES[name], honest) as server:
        found = outcomes(follower(server.address, importer))
        assert found == ["stored", "trouble", "duplicate", "stored", "stored"]
        assert server.connections == 2
    assert kit.ids(mine) == kit.named(THREE)


@pytest.mark.parametrize("name", ["closes", "huge literal", "octets"])
def test_a_mail_that_breaks_every_connection_costs_only_itself(
    name: str, importer: Importer, mine: Store
) -> None:
    with imapfake.serving(THREE, LIES[name]) as server:
        assert outcomes(follower(server.address, importer)).count("trouble") == STRIKES
    assert kit.ids(mine) == kit.named([1, 3])
    assert [fault for fault, _ in kit.problems(mine)] == ["damaged"]


def test_many_mails_that_break_every_connection(importer: Importer, mine: Store) -> None:
    """All of them come before the good one, and there are more than tries."""
    mails = {uid: kit.report_mail(uid) for uid in range(1, TRIES + 4)}
    last = max(mails)

    def answer(tag: bytes, command: bytes, mails: Mails) -> bytes | None:
        fetches = command.startswith(b"UID FETCH") and b"BODY.PEEK" in command
        return (
            None if fetches and f" {last} " not in command.decode() else honest(tag, command, mails)
        )

    with imapfake.serving(mails, answer) as server:
        found = outcomes(follower(server.address, importer))
    assert found.count("trouble") == STRIKES * (last - 1)
    assert kit.ids(mine) == kit.named([last])


@pytest.mark.parametrize(
    "said",
    [
        imapfake.fetched(3, THREE[3]) + b"TAG OK\r\n",  # another mail than was asked for
        b"TAG OK nothing to see\r\n",
        b"TAG NO not now\r\n",
        b"* 1 FETCH (UID 2 FLAGS ())\r\nTAG OK\r\n",
        b"* 1 FETCH (UID 2 BODY[] NIL)\r\nTAG OK\r\n",
        b"* 1 FETCH (UID 99999999999 BODY[] {1}\r\nx)\r\nTAG OK\r\n",
    ],
)
def test_a_mail_that_is_not_given_out_is_asked_for_again(
    said: bytes, importer: Importer, mine: Store
) -> None:
    with imapfake.serving(THREE, bad(SECOND, said), honest) as server:
        assert outcomes(follower(server.address, importer)) == ["stored", "failed", "stored"]
        assert outcomes(follower(server.address, importer)) == ["stored"]
    assert kit.ids(mine) == kit.named(THREE)


@pytest.mark.parametrize(
    ("when", "said"),
    [
        (b"SELECT", b"TAG OK without a UIDVALIDITY\r\n"),
        (b"SELECT", b"* OK [UIDVALIDITY 0] none\r\nTAG OK\r\n"),
        (b"SELECT", b"TAG NO there is none\r\n"),
        (b"UID SEARCH", None),
        (b"CAPABILITY", b"* CAPABILITY " + b"x " * 20_000 + b"\r\n"),
        (b"LOGIN", b"TAG NO you are not welcome\r\n"),
    ],
)
def test_a_server_that_is_never_good_is_given_up(
    when: bytes, said: bytes | None, importer: Importer, mine: Store
) -> None:
    with imapfake.serving(THREE, bad(when, said)) as server, pytest.raises(ImapError):
        list(follower(server.address, importer).once())
    assert kit.sums(mine)["raws"] == 0


@pytest.mark.parametrize(
    "greeting", [b"", b"* BYE full\r\n", b"HTTP/1.1 400\r\n", b"x" * 30_000, b"* PREAUTH hi\r\n"]
)
def test_what_is_no_imap_server(greeting: bytes, importer: Importer) -> None:
    with imapfake.serving(THREE, greeting=greeting) as server, pytest.raises(Gone):
        list(follower(server.address, importer).once())


def test_uids_that_nobody_has(importer: Importer, mine: Store) -> None:
    said = b"* SEARCH 0 3 3 1 -2 4294967296 77 abc 2 1\r\n* SEARCH 2\r\nTAG OK\r\n"
    with imapfake.serving(THREE, bad(b"UID SEARCH", said)) as server:
        assert outcomes(follower(server.address, importer)) == ["stored"] * 3
    assert kit.ids(mine) == kit.named(THREE)


def test_what_cannot_be_marked_is_stored_once_and_told(importer: Importer, mine: Store) -> None:
    with imapfake.serving(THREE, bad(b"UID STORE", b"TAG NO read-only\r\n")) as server:
        assert outcomes(follower(server.address, importer)) == ["stored"] * 3 + ["trouble"]
        assert outcomes(follower(server.address, importer)) == []


def test_a_server_that_dies_before_it_marks(importer: Importer, mine: Store) -> None:
    with imapfake.serving(THREE, bad(b"UID STORE", None), honest) as server:
        found = outcomes(follower(server.address, importer))
    assert found == ["stored"] * 3 + ["trouble"] + ["duplicate"] * 3
    assert kit.ids(mine) == kit.named(THREE)


def test_a_server_that_always_dies_before_it_marks_is_given_up(
    importer: Importer, mine: Store
) -> None:
    with imapfake.serving(THREE, bad(b"UID STORE", None)) as server, pytest.raises(Gone):
        list(follower(server.address, importer).once())
    assert server.connections == TRIES
    assert kit.ids(mine) == kit.named(THREE)


@pytest.mark.parametrize(
    ("capabilities", "commands"),
    [
        (b"MOVE UIDPLUS", [b'UID MOVE 1:3 "Done"']),
        (
            b"UIDPLUS",
            [b'UID COPY 1:3 "Done"', b"UID STORE 1:3 +FLAGS.SILENT (\\Deleted)",
             b"UID EXPUNGE 1:3"],
        ),
        (b"", []),
    ],
)  # fmt: skip
def test_moving_never_expunges_what_others_have_marked(
    capabilities: bytes, commands: list[bytes], importer: Importer
) -> None:
    able = bad(b"CAPABILITY", b"* CAPABILITY IMAP4rev1 " + capabilities + b"\r\nTAG OK\r\n")
    with imapfake.serving(THREE, able) as server:
        found = outcomes(follower(server.address, importer, then=Then("Done")))
        asked = [each for each in server.commands if each.startswith((b"UID", b"EXPUNGE"))]
    assert [
        each for each in asked if not each.startswith((b"UID FETCH", b"UID SEARCH"))
    ] == commands
    assert found == ["stored"] * 3 + (["trouble"] if not commands else [])


def test_mail_is_never_read_visibly(importer: Importer) -> None:
    with imapfake.serving({1: kit.OTHER, 2: THREE[2]}) as server:
        outcomes(follower(server.address, importer))
        bodies = [each for each in server.commands if b"BODY" in each]
        stores = [each for each in server.commands if each.startswith(b"UID STORE")]
    assert all(b"BODY.PEEK" in each for each in bodies)
    assert stores == [b"UID STORE 2 +FLAGS.SILENT (\\Seen)"]


def test_watching_goes_on_after_every_trouble(importer: Importer, mine: Store) -> None:
    """Silence, then news, then a server that dies, refuses to let us in, and lives again."""
    mails = {1: THREE[1]}
    idles = bad(b"IDLE", b"+ idling\r\n* 2 EXISTS\r\n")
    dies = bad(b"DONE", None)

    def first(tag: bytes, command: bytes, mails: Mails) -> bytes | None:
        mails.setdefault(2, THREE[2])
        answer = idles if command.startswith(b"IDLE") else dies
        return answer(tag, command, mails)

    refuses = bad(b"LOGIN", b"TAG NO not now\r\n")
    with imapfake.serving(mails, first, refuses, honest) as server:
        watching = follower(server.address, importer).watch()
        found = [next(watching) for _ in range(4)]
        watching.close()
    kinds = [item.what if isinstance(item, Done) else "trouble" for item in found]
    assert kinds == ["stored", "stored", "trouble", "trouble"]
    assert all(item.wait > 0 for item in found if isinstance(item, Trouble))


def test_a_server_that_never_stops_telling_nothing() -> None:
    """All the time something has come already, and none of it is news."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(b"+ idling\r\n" + b"* OK still here\r\n" * 200 + b"m1 OK done\r\n")
        session = Session(Wire(ours, SMALL))
        session.idle(0)
        assert theirs.recv(100) == b"m1 IDLE\r\nDONE\r\n"


def test_a_large_mail_lies_on_the_disc(importer: Importer, mine: Store) -> None:
    large = kit.report_mail(1) + b"\n" + b"x" * 998 * 2000
    bounds = Bounds(read=5.0)
    with imapfake.serving({1: large, 2: THREE[2]}) as server:
        box = Mailbox(parse(server.address), importer)
        found = Follower(box, lambda: Secret("secret"), bounds=bounds, pause=lambda _: None)
        assert outcomes(found) == ["stored"] * 2
        with connect(parse(server.address), Secret("secret"), bounds=bounds) as session:
            body = session.body(1)
            assert body is not None
            assert not isinstance(body, bytes)
            with body:
                assert body.read() == large
    assert kit.ids(mine) == kit.named([1, 2])


def test_a_large_mail_that_never_ends(importer: Importer, mine: Store) -> None:
    begun = b"* 1 FETCH (UID 2 BODY[] {2000000}\r\n" + b"x" * 1_500_000
    bounds = Bounds(read=0.3)
    with imapfake.serving(THREE, bad(SECOND, begun), honest) as server:
        box = Mailbox(parse(server.address), importer)
        found = Follower(box, lambda: Secret("secret"), bounds=bounds, pause=lambda _: None)
        assert outcomes(found).count("trouble") == 1
    assert kit.ids(mine) == kit.named(THREE)


def test_pauses_grow_and_have_an_end(importer: Importer) -> None:
    pauses: list[float] = []
    box = Mailbox(Address("127.0.0.1", 1, "me", "INBOX", False), importer)
    watching = Follower(box, lambda: Secret("secret"), bounds=SMALL, pause=pauses.append).watch()
    for _ in range(30):
        assert isinstance(next(watching), Trouble)
    watching.close()
    assert pauses[0] <= 1
    assert 150 <= pauses[-1] <= 300


@pytest.mark.parametrize(
    "said",
    [
        b"TAG NO never\r\n",
        b"TAG OK go on\r\nm9 OK and on, in clear\r\n",
        b"TAG OK go on\r\n",  # and what comes then is no TLS
    ],
)
def test_elsewhere_no_password_is_sent_in_clear(said: bytes, importer: Importer) -> None:
    """127.0.0.2 is not among the names of this machine that we know."""
    with imapfake.serving(THREE, bad(b"STARTTLS", said), host="127.0.0.2") as server:
        with pytest.raises(ImapError):
            list(follower(server.address, importer).once())
        assert not any(each.startswith((b"LOGIN", b"AUTH")) for each in server.commands)


# Words


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("imaps://me@h", Address("h", 993, "me", "INBOX", True)),
        ("imap://me%40a.b@h:1/A%20b/c", Address("h", 1, "me@a.b", "A b/c", False)),
    ],
)
def test_addresses(text: str, address: Address) -> None:
    assert parse(text) == address


@pytest.mark.parametrize(
    "text",
    ["", "imaps://h", "imaps://me:secret@h", "http://me@h", "imaps://me@h:x", "imaps://me@h?a",
     "imaps://me@[h", "imaps:me@h"],
)  # fmt: skip
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(UsageError) as told:
        parse(text)
    assert "secret" not in str(told.value)


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("INBOX", b'"INBOX"'),
        ('a"b\\c', b'"a\\"b\\\\c"'),
        ("Entwürfe & mehr", b'"Entw&APw-rfe &- mehr"'),
        ("台北", b'"&U,BTFw-"'),
    ],
)
def test_names_of_folders(name: str, sent: bytes) -> None:
    assert words.folder(name) == sent


@given(st.text())
def test_no_name_of_a_folder_ends_the_command(name: str) -> None:
    try:
        sent = words.folder(name)
    except UsageError:
        assert any(ord(letter) < 0x20 or ord(letter) == 0x7F for letter in name)
    else:
        assert b"\r" not in sent
        assert b"\n" not in sent


@given(st.sets(st.integers(1, 2**32 - 1), min_size=1))
def test_sequences_name_each_number_once(uids: set[int]) -> None:
    found: list[int] = []
    for part in words.sequence(sorted(uids)).split(b","):
        first, _, last = part.partition(b":")
        found += range(int(first), int(last or first) + 1)
    assert found == sorted(uids)


@given(st.binary())
def test_numbers_are_uids_or_nothing(text: bytes) -> None:
    found = words.number(text)
    assert found is None or 1 <= found < 2**32


def test_lies_are_losses() -> None:
    assert issubclass(Lied, Gone)
