"""Sending, following and looking, with files and servers of the test."""

import os
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from imapfake import Mails, fetched, honest, serving
from mailworthy.errors import UsageError
from mailworthy.reports.intake.imap.address import parse
from mailworthy.reports.intake.imap.errors import ImapError
from mailworthy.reports.intake.imap.sasl import Secret
from mailworthy.sendtest.edge import mailbox
from mailworthy.sendtest.edge.log import FileLog, Journal, opened
from mailworthy.sendtest.edge.submit import Smtp, by_program, by_smtp, server
from mailworthy.sendtest.model import Place, Submission

MAIL = b"Message-ID: <t@a.example>\r\n\r\n.dot\r\nend\r\n"


# The log


def test_only_what_comes_from_now_on(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_text("old\n")
    log = FileLog(path)
    assert log.lines() == []
    with path.open("a") as file:
        file.write("one\ntwo\nthr")
        file.flush()
        assert log.lines() == ["one", "two"]
        file.write("ee\n")
        file.flush()
    assert log.lines() == ["three"]
    log.close()


def test_a_log_that_is_rotated_is_read_to_its_end_and_then_the_new_one(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_text("")
    log = FileLog(path)
    with path.open("a") as file:
        file.write("last\n")
    path.rename(tmp_path / "log.1")
    assert log.lines() == ["last"]
    assert log.lines() == []  # the new one is not there yet
    path.write_text("first\n")
    assert log.lines() == ["first"]
    log.close()


def test_half_a_line_is_not_continued_in_the_next_log(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_text("")
    log = FileLog(path)
    path.write_text("last\nhalf")
    assert log.lines() == ["last"]
    path.rename(tmp_path / "log.1")
    path.write_text("first\nof another half")
    assert log.lines() == ["first"]
    path.write_text("new\n")
    assert log.lines() == ["new"]
    log.close()


def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_text("")
    log = FileLog(path)
    path.unlink()
    os.mkfifo(path)
    assert log.lines() == []
    log.close()
    for place in (path, tmp_path):
        with pytest.raises(UsageError, match="no file"), opened(str(place)):
            pass


def test_a_log_that_is_emptied_in_place(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_text("a long old line\n")
    log = FileLog(path)
    path.write_text("new\n")
    assert log.lines() == ["new"]
    log.close()


def test_lines_without_end_do_not_fill_the_memory(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_text("")
    log = FileLog(path)
    with path.open("a") as file:
        file.write("x" * 200_000)
        file.flush()
        assert log.lines() == []
        file.write("x\nshort\n")
    assert log.lines() == ["short"]
    log.close()


def test_a_log_that_cannot_be_read_is_misuse(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="No such file"), opened(str(tmp_path / "none")):
        pass


def test_the_journal_is_what_a_program_prints() -> None:
    journal = Journal(("printf", "one\\ntwo\\n"))
    found: list[str] = []
    while len(found) < 2:
        found += journal.lines()
    assert found == ["one", "two"]
    journal.close()


def test_without_systemd_there_is_no_journal() -> None:
    with pytest.raises(UsageError, match="journalctl"):
        Journal(("/nonexistent/journalctl",))


# Sending


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("mail.a.example", "mail.a.example", 25),
        ("localhost:587", "localhost", 587),
        ("[2001:db8::1]:25", "2001:db8::1", 25),
    ],
)
def test_a_server_by_its_name(text: str, host: str, port: int) -> None:
    assert (server(text).host, server(text).port) == (host, port)


@pytest.mark.parametrize("text", ["", "a:b", "a:0", "a:70000", "a b", "2001:db8::1"])
def test_what_is_no_server(text: str) -> None:
    with pytest.raises(UsageError, match="no server"):
        server(text)


def test_a_password_is_not_shown() -> None:
    assert "secret" not in repr(Smtp("a.example", 25, "u", "secret"))


def program(tmp_path: Path, text: str) -> str:
    path = tmp_path / "sendmail"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return str(path)


def test_the_program_is_given_sender_recipient_and_message(tmp_path: Path) -> None:
    name = program(tmp_path, f'echo "$@" >{tmp_path}/args; cat >{tmp_path}/mail')
    assert by_program(name, "a@a.example", "-b@b.example", MAIL).accepted
    assert (tmp_path / "args").read_text() == "-i -f a@a.example -- -b@b.example\n"
    assert (tmp_path / "mail").read_bytes() == MAIL.replace(b"\r\n", b"\n")


def test_a_program_that_fails_is_told(tmp_path: Path) -> None:
    done = by_program(program(tmp_path, "echo no such user >&2; exit 67"), "a@b", "c@d", MAIL)
    assert not done.accepted
    assert done.reply is not None
    assert "ended with 67: no such user" in done.reply.text


def test_no_program_is_misuse(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--smtp"):
        by_program(str(tmp_path / "none"), "a@b", "c@d", MAIL)


class Script(socketserver.StreamRequestHandler):
    """An SMTP server that answers by a table."""

    replies: dict[str, str]
    heard: list[str]

    def handle(self) -> None:
        self.say("220 mail.a.example ESMTP")
        for line in self.rfile:
            text = line.decode().rstrip("\r\n")
            self.heard.append(text)
            verb = text.split(" ")[0].upper()
            if verb == "QUIT":
                return
            self.say(self.replies.get(verb, "250 2.0.0 ok"))
            if verb == "DATA" and self.replies.get("DATA", "354").startswith("354"):
                self.body()

    def body(self) -> None:
        for line in self.rfile:
            if line == b".\r\n":
                break
            self.heard.append(line.decode())
        self.say(self.replies.get(".", "250 2.0.0 Ok: queued as 4AAAA"))

    def say(self, text: str) -> None:
        self.wfile.write(text.encode() + b"\r\n")


@contextmanager
def smtp(**replies: str) -> Iterator[tuple[Smtp, list[str]]]:
    table = {"DATA": "354 go on", **{("." if k == "END" else k): v for k, v in replies.items()}}
    heard: list[str] = []
    kind = type("Handler", (Script,), {"replies": table, "heard": heard})
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), kind) as listener:
        listener.daemon_threads = True
        thread = threading.Thread(target=listener.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield Smtp("127.0.0.1", listener.server_address[1]), heard
        finally:
            listener.shutdown()
            thread.join()


def sent(to: Smtp) -> Submission:
    return by_smtp(to, "here.example", "a@a.example", "b@b.example", MAIL)


def test_the_server_takes_it() -> None:
    with smtp() as (to, heard):
        done = sent(to)
    assert done.accepted
    assert done.queue_id == "4AAAA"
    assert heard[:4] == [
        "EHLO here.example",
        "MAIL FROM:<a@a.example>",
        "RCPT TO:<b@b.example>",
        "DATA",
    ]
    assert "..dot\r\n" in heard


@pytest.mark.parametrize(
    ("replies", "code", "command"),
    [
        ({"RCPT": "550 5.1.1 no such user"}, 550, "RCPT TO"),
        ({"MAIL": "550 5.7.1 not you"}, 550, "MAIL FROM"),
        ({"END": "554-5.7.1 bad\r\n554 5.7.1 spam"}, 554, "end of DATA"),
        ({"EHLO": "421 4.3.2 busy"}, 421, "EHLO"),
    ],
)
def test_the_server_refuses_it(replies: dict[str, str], code: int, command: str) -> None:
    with smtp(**replies) as (to, _):
        done = sent(to)
    assert not done.accepted
    assert done.reply is not None
    assert (done.reply.code, done.reply.command) == (code, command)


def test_a_login_is_sent_as_it_has_to_be() -> None:
    with smtp(EHLO="250-x\r\n250 AUTH PLAIN LOGIN", AUTH="235 2.7.0 ok") as (to, heard):
        sent(Smtp(to.host, to.port, "me", "secret"))
    assert "AUTH PLAIN AG1lAHNlY3JldA==" in heard


@pytest.mark.parametrize("ehlo", ["250 x", "250-x\r\n250 AUTH GSSAPI"])
def test_a_server_without_a_login(ehlo: str) -> None:
    with smtp(EHLO=ehlo) as (to, _), pytest.raises(UsageError, match="AUTH PLAIN"):
        sent(Smtp(to.host, to.port, "me", "secret"))


@pytest.mark.parametrize("words", ["hello", "250-" + "x" * 5000, "999 what"])
def test_a_server_that_speaks_no_smtp(words: str) -> None:
    with smtp(EHLO=words) as (to, _), pytest.raises(UsageError, match="nothing could be handed"):
        sent(to)


def test_a_server_that_is_not_there() -> None:
    with smtp() as (to, _):
        pass
    with pytest.raises(UsageError, match="nothing could be handed"):
        sent(to)


# The mailbox


def found(folders: bytes, holds: bytes, *, mail: bytes = MAIL) -> mailbox.Mail | None:
    """What is found on a server with these folders, of which one has the mail."""
    chosen: list[bytes] = []

    def answer(tag: bytes, command: bytes, mails: Mails) -> bytes:
        ok = tag + b" OK done\r\n"
        if command.startswith(b"LIST"):
            return folders + ok
        if command.startswith(b"EXAMINE"):
            chosen.append(command[8:])
            return ok
        if command.startswith(b"UID SEARCH HEADER"):
            return (b"* SEARCH 5\r\n" if chosen[-1] == holds else b"* SEARCH\r\n") + ok
        if command.startswith(b"UID FETCH 5 (UID BODY.PEEK"):
            return fetched(5, mails[5]).replace(b"BODY[]", b"BODY[]<0>") + ok
        return honest(tag, command, mails)

    with serving({5: mail}, answer) as fake:
        return mailbox.find(parse(fake.address), Secret("secret"), "<t@a.example>")


JUNK = b'* LIST (\\HasNoChildren \\Junk) "/" "[Gmail]/Spam"\r\n'
PLAIN = b'* LIST () "." INBOX\r\n* LIST () "." Junk\r\n* LIST () "." Work\r\n'


@pytest.mark.parametrize(
    ("folders", "holds", "place", "shown"),
    [
        (JUNK, b"INBOX", Place.INBOX, "INBOX"),
        (JUNK, b'"[Gmail]/Spam"', Place.SPAM, "[Gmail]/Spam"),
        (PLAIN, b"Junk", Place.SPAM, "Junk"),
        (PLAIN, b"Work", Place.OTHER, "Work"),
        (b'* LIST () "/" {4}\r\nSpam\r\n', b'"Spam"', Place.SPAM, "Spam"),
    ],
)
def test_in_which_folder_it_is(folders: bytes, holds: bytes, place: Place, shown: str) -> None:
    mail = found(folders, holds)
    assert mail is not None
    assert (mail.folder.place, str(mail.folder), mail.data) == (place, shown, MAIL)
    assert mail.arrived is not None


@pytest.mark.parametrize(
    "head",
    [
        b"Message-ID: <other@a.example>\r\nX: <t@a.example>",
        b"Message-ID: <t@a.example>x",
        b"Subject: <t@a.example>",
        b"",
    ],
)
def test_a_message_that_only_resembles_it_is_not_it(head: bytes) -> None:
    assert found(PLAIN, b"INBOX", mail=head + b"\r\n\r\nMessage-ID: <t@a.example>\r\n") is None


@pytest.mark.parametrize("flag", [b"\\All", b"\\Noselect", b"\\Sent", b"\\NonExistent"])
def test_folders_that_hold_copies_are_not_looked_at(flag: bytes) -> None:
    assert found(b'* LIST (%s) "/" Copies\r\n' % flag, b"Copies") is None


def test_a_flood_of_folders_ends() -> None:
    folders = b"".join(b'* LIST () "/" f%d\r\n' % n for n in range(5000))
    assert found(folders, b"f4999") is None


@pytest.mark.parametrize(
    "line", [b"* LIST\r\n", b"* LIST () x\r\n", b'* LIST (() "/" "a\r\n', b'* LIST () NIL ""\r\n']
)
def test_lists_that_are_none(line: bytes) -> None:
    assert found(line, b"Junk") is None


def test_a_server_that_hangs_up_is_told() -> None:
    with (
        serving({}, lambda _tag, _command, _mails: None) as fake,
        pytest.raises(ImapError),
    ):
        mailbox.find(parse(fake.address), Secret("x"), "<t@a.example>")


def test_nothing_is_left_open() -> None:
    before = len(os.listdir("/proc/self/fd"))
    with smtp() as (to, _):
        sent(to)
    assert len(os.listdir("/proc/self/fd")) <= before
