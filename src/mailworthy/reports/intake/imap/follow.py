"""A mailbox followed over broken connections, once or for ever."""

import random
import ssl
import time
from collections.abc import Callable, Generator, Iterator

from mailworthy.reports.intake.imap.errors import Gone, ImapError
from mailworthy.reports.intake.imap.mailbox import Mailbox
from mailworthy.reports.intake.imap.sasl import Secrets
from mailworthy.reports.intake.imap.session import Session, connect
from mailworthy.reports.intake.imap.wire import Bounds
from mailworthy.reports.intake.model import Done, Trouble, What
from mailworthy.store import StoreBusy, StoreFull

TRIES = 6  # in a row, without anything new between them
_FIRST, _LONGEST = 1.0, 300.0
_IDLE = 540.0  # below the ten minutes after which some routers forget a connection
_POLL = 60.0


class Follower:
    """Follows one mailbox; `context` is that of TLS where it is not the system's. `secrets` is
    asked anew for each connection."""

    def __init__(
        self,
        mailbox: Mailbox,
        secrets: Secrets,
        *,
        bounds: Bounds | None = None,
        context: ssl.SSLContext | None = None,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._mailbox = mailbox
        self._secrets = secrets
        self._bounds = bounds or Bounds()
        self._context = context
        self._pause = pause

    def once(self) -> Generator[Done | Trouble, None, None]:
        """Take what is there. A connection that breaks is made again.

        Raises ImapError where that does not help, and StoreError.
        """
        failures = strikes = 0
        while True:
            try:
                for done in self._taken():
                    failures = 0 if _is_new(done) else failures
                    yield done
                return
            except Gone as error:
                # A mail that breaks connections is given up by itself; the next may be good.
                failures += self._mailbox.strikes == strikes
                strikes = self._mailbox.strikes
                if failures >= TRIES:
                    raise
                yield (trouble := _trouble(error, failures))
                self._pause(trouble.wait)

    def watch(self) -> Generator[Done | Trouble, None, None]:
        """Take what is there and what comes, until the caller stops; whatever goes wrong is
        tried again, after longer and longer pauses."""
        failures = 0
        while True:
            try:
                for done in self._for_ever():
                    failures = 0 if done is None or _is_new(done) else failures
                    if done is not None:
                        yield done
            except (ImapError, StoreBusy, StoreFull) as error:
                failures += 1
                yield (trouble := _trouble(error, failures))
                self._pause(trouble.wait)

    def _taken(self) -> Iterator[Done | Trouble]:
        with self._connected() as session:
            validity = session.select(self._mailbox.address.folder)
            yield from self._mailbox.catch_up(session, validity)

    def _for_ever(self) -> Iterator[Done | Trouble | None]:
        """All outcomes, and None whenever everything has been taken."""
        with self._connected() as session:
            validity = session.select(self._mailbox.address.folder)
            while True:
                yield from self._mailbox.catch_up(session, validity)
                yield None
                self._wait(session)

    def _wait(self, session: Session) -> None:
        if b"IDLE" in session.capabilities:
            session.idle(_IDLE)
        else:
            self._pause(_POLL)
            session.noop()

    def _connected(self) -> Session:
        address = self._mailbox.address
        return connect(address, self._secrets(), bounds=self._bounds, context=self._context)


def _is_new(done: Done | Trouble) -> bool:
    """Whether we are further than before; the same mails over and over are no progress."""
    return isinstance(done, Done) and done.what in (What.STORED, What.PARTIAL)


def _trouble(error: Exception, failures: int) -> Trouble:
    """What went wrong, with a pause that grows, and differs so that not all come back at once."""
    longest = min(_LONGEST, _FIRST * 2 ** min(failures - 1, 10))
    return Trouble(str(error), random.uniform(longest / 2, longest))
