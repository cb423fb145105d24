"""A small IMAP server that a test tells how to behave badly, one connection after the other."""

import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeAlias

# What the server answers to a command, given its tag, its text and the mails by UID: octets to
# send, or None to close the connection.
Mails: TypeAlias = dict[int, bytes]
Answer: TypeAlias = Callable[[bytes, bytes, Mails], "bytes | None"]

_BODY = re.compile(rb"UID FETCH (\d+) \(UID BODY\.PEEK")
_DATE = b'INTERNALDATE "21-Sep-2026 10:00:00 +0000"'


def honest(tag: bytes, command: bytes, mails: Mails) -> bytes:
    """What a good server says."""
    ok = tag + b" OK done\r\n"
    if command.startswith(b"CAPABILITY"):
        return b"* CAPABILITY IMAP4rev1 MOVE IDLE\r\n" + ok
    if command.startswith(b"SELECT"):
        return b"* %d EXISTS\r\n* OK [UIDVALIDITY 7] valid\r\n" % len(mails) + ok
    if command.startswith(b"UID SEARCH"):
        return b"* SEARCH" + b"".join(b" %d" % uid for uid in mails) + b"\r\n" + ok
    if found := _BODY.match(command):
        return fetched(int(found[1]), mails[int(found[1])]) + ok
    if command.startswith(b"UID FETCH"):
        lines = (
            b"* %d FETCH (UID %d RFC822.SIZE %d %s)\r\n" % (uid, uid, len(mail), _DATE)
            for uid, mail in mails.items()
        )
        return b"".join(lines) + ok
    return ok


def fetched(uid: int, mail: bytes, size: int | None = None) -> bytes:
    """A mail as a literal, perhaps of another size than is said."""
    said = len(mail) if size is None else size
    return b"* 1 FETCH (UID %d BODY[] {%d}\r\n%s)\r\n" % (uid, said, mail)


class Fake:
    """The server: `answers` behave on one connection each, the last one on all that follow."""

    def __init__(self, mails: Mails, answers: list[Answer], greeting: bytes, host: str) -> None:
        self.mails = mails
        self.commands: list[bytes] = []
        self.connections = 0
        self._answers = answers
        self._greeting = greeting
        self._socket = socket.create_server((host, 0))
        self.address = f"imap://me@{host}:{self._socket.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Serve nobody any more."""
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._socket.accept()
            except OSError:
                return
            answer = self._answers[min(self.connections, len(self._answers) - 1)]
            self.connections += 1
            with client:
                self._talk(client, answer)

    def _talk(self, client: socket.socket, answer: Answer) -> None:
        try:
            client.sendall(self._greeting)
            with client.makefile("rb") as lines:
                for line in lines:
                    tag, _, command = line.strip().partition(b" ")
                    self.commands.append(command)
                    said = answer(tag, command, self.mails)
                    if said is None:
                        return
                    client.sendall(said)
        except OSError:
            return  # the client has had enough


@contextmanager
def serving(
    mails: Mails,
    *answers: Answer,
    greeting: bytes = b"* OK hello\r\n",
    host: str = "127.0.0.1",
) -> Iterator[Fake]:
    """A server with these mails."""
    fake = Fake(mails, list(answers) or [honest], greeting, host)
    try:
        yield fake
    finally:
        fake.close()
