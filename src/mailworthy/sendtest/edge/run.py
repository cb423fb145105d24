"""A test from its beginning to its end: send, follow, look, judge."""

import re
import ssl
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from secrets import token_hex

import msgspec

from mailworthy.lookup.drive import Resolver, drive
from mailworthy.message.header import read as read_message
from mailworthy.names import normalize
from mailworthy.probe.process import run as run_program
from mailworthy.receive.engine import Options
from mailworthy.receive.facade import verify
from mailworthy.receive.hops import Seen
from mailworthy.receive.verdict import Verdict
from mailworthy.reports.intake.imap.address import Address
from mailworthy.reports.intake.imap.errors import Gone, ImapError
from mailworthy.reports.intake.imap.sasl import Secrets
from mailworthy.sendtest import meaning, readback
from mailworthy.sendtest.edge import mailbox
from mailworthy.sendtest.edge.log import Log, missing
from mailworthy.sendtest.edge.submit import Smtp, by_program, by_smtp
from mailworthy.sendtest.follow import FINAL, Follower, State, Trail
from mailworthy.sendtest.letter import letter, message_id
from mailworthy.sendtest.model import Found, Judged, Sent, Submission
from mailworthy.sendtest.relayed import relayed
from mailworthy.sendtest.reply import Reply, read
from mailworthy.servers.reading.postfix import words

_PAUSE = 0.2
_GRACE = 2.0  # seconds in which a filter brings a message back
_FIRST_LOOK, _LONGEST_PAUSE = 1.0, 15.0
_RELAYHOST = re.compile(r"(?:\[([^\[\]]+)\]|([^\[\]:]+))(?::[^\[\]:]+)?")  # postconf(5)
_LONGEST_SETTING = 10_000


class Mailbox(msgspec.Struct, frozen=True):
    """Where to look for the message; `context` is that of TLS where it is not the system's."""

    address: Address
    secrets: Secrets
    context: ssl.SSLContext | None = None


class Judging(msgspec.Struct, frozen=True):
    """How a message that was found is judged here."""

    resolver: Resolver
    profiles: tuple[str, ...] = ("strict",)
    options: Options = Options()
    deadline: float = 20.0


class Plan(msgspec.Struct, frozen=True):
    """How to test: through what, as whom, and how long to wait. `via` is a program or a server."""

    sender: str
    via: str | Smtp
    helo: str
    wait: float
    judging: Judging
    log: Log | None = None
    mailbox: Mailbox | None = None


def run(
    plan: Plan, recipients: Sequence[str], *, told: Callable[[str], None] = lambda _: None
) -> list[Sent]:
    """Test each address; `told` hears what is done. Raises UsageError where nothing can be sent."""
    tests = [_Test(plan, recipient) for recipient in recipients]
    for test in tests:
        told(f"sending to {test.recipient}")
        test.send()
    until = time.monotonic() + plan.wait
    told(f"following it for at most {plan.wait:g} s")
    while not all(test.done for test in tests) and time.monotonic() < until:
        lines = plan.log.lines() if plan.log is not None else []
        for test in tests:
            test.follower.feed(lines)
            test.step()
        if not lines:
            time.sleep(_PAUSE)
    return [test.result() for test in tests]


class _Test:
    """One message."""

    def __init__(self, plan: Plan, recipient: str) -> None:
        self.plan, self.recipient = plan, recipient
        self.token = token_hex(8)
        self.message_id = message_id(self.token, plan.sender)
        self.follower = Follower(self.message_id)
        self.sent_at = datetime.now(UTC)
        self.submission = Submission("", False)
        self.mail: mailbox.Mail | None = None
        self.trouble = self._gone = ""
        self.done = False
        self._settled: float | None = None
        self._look_at = 0.0
        self._pause = _FIRST_LOOK

    def send(self) -> None:
        plan = self.plan
        self.sent_at = datetime.now(UTC)
        data = letter(plan.sender, self.recipient, self.token, self.sent_at)
        if isinstance(plan.via, Smtp):
            self.submission = by_smtp(plan.via, plan.helo, plan.sender, self.recipient, data)
        else:
            self.submission = by_program(plan.via, plan.sender, self.recipient, data)
        if self.submission.queue_id:
            self.follower.expect(self.submission.queue_id)
        self._look_at = time.monotonic() + _FIRST_LOOK

    def step(self) -> None:
        """Look whether more is to come."""
        trail = self.follower.trail()
        if not self.submission.accepted or trail.state is State.BOUNCED:
            self.done = True
            return
        if self.plan.mailbox is not None:
            self._look(self.plan.mailbox)
            self.done = self.mail is not None or bool(self.trouble)
            return
        if self.plan.log is None or (trail.state in FINAL and not trail.inner):
            self.done = True
        elif trail.state in FINAL:
            self._settled = self._settled or time.monotonic() + _GRACE
            self.done = time.monotonic() >= self._settled

    def _look(self, where: Mailbox) -> None:
        if time.monotonic() < self._look_at:
            return
        address = where.address
        try:
            self.mail = mailbox.find(
                address, where.secrets(), self.message_id, context=where.context
            )
            self._gone = ""
        except Gone as error:
            self._gone = str(error)  # it may be there again
        except ImapError as error:
            self.trouble = str(error)
        self._look_at = time.monotonic() + self._pause
        self._pause = min(_LONGEST_PAUSE, self._pause * 1.5)

    def result(self) -> Sent:
        trail = self._settled_trail()
        reply = _reply(self.submission, trail)
        return Sent(
            self.plan.sender,
            self.recipient,
            self.message_id,
            self.sent_at,
            self.submission,
            trail,
            reply,
            _meaning(reply),
            self.plan.mailbox is not None,
            self._found(trail),
            "" if self.plan.log is not None else missing(),
            self.trouble or self._gone,
        )

    def _settled_trail(self) -> Trail:
        """What the log tells, and whether who took the message is a relay."""
        trail = self.follower.trail()
        if trail.state is not State.DELIVERED or trail.last is None:
            return trail
        judging = self.plan.judging
        at_relay = drive(relayed(trail.last), judging.resolver, deadline=judging.deadline)
        if at_relay is None:
            at_relay = normalize(trail.last.host) in _relayhosts()
        return msgspec.structs.replace(trail, state=State.RELAYED) if at_relay else trail

    def _found(self, trail: Trail) -> Found | None:
        if self.mail is None:
            return None
        seconds = None
        if self.mail.arrived is not None:
            seconds = max(0.0, self.mail.arrived - int(self.sent_at.timestamp()))
        folder = self.mail.folder
        return Found(folder.place, str(folder), seconds, self._judged(self.mail.data, trail))

    def _judged(self, data: bytes, trail: Trail) -> Judged:
        message = read_message(data)
        seen = readback.arrival(message, trail.queue_ids)
        if isinstance(seen, str):
            said = readback.theirs(message, 1)
            return Judged(said.authserv_id, readback.compare(said, None), None, seen)
        said = readback.theirs(message, seen.hop.number)
        verdict = self._verdict(seen, trail)
        return Judged(said.authserv_id, readback.compare(said, verdict), verdict)

    def _verdict(self, seen: Seen, trail: Trail) -> Verdict:
        judging = self.plan.judging
        envelope = seen.envelope
        if not envelope.mail_from:  # we know the return path, whether it was kept or not
            envelope = msgspec.structs.replace(envelope, mail_from=self.plan.sender)
        return verify(
            seen.message,
            envelope,
            resolver=judging.resolver,
            now=datetime.now(UTC),
            profile=self._profiles(seen, trail),
            options=msgspec.structs.replace(judging.options, assumptions=seen.assumptions),
            deadline=judging.deadline,
        )

    def _profiles(self, seen: Seen, trail: Trail) -> tuple[str, ...]:
        """Those asked for, and that of the provider."""
        table = meaning.load()
        hosts = (trail.last.host if trail.last else "", seen.hop.received.by)
        keys = (table.provider(host) for host in hosts if host)
        own = (table.providers[key].profile for key in keys if key)
        return tuple(dict.fromkeys((*self.plan.judging.profiles, *filter(None, own))))


def _relayhosts() -> frozenset[str]:
    """The servers of `relayhost` in Postfix's settings; none where they cannot be read."""
    try:
        told = run_program(("postconf", "-h", "relayhost")).out
    except OSError:
        return frozenset()
    value = told[:_LONGEST_SETTING].decode("utf-8", "replace")
    hosts = map(_RELAYHOST.fullmatch, words(value))
    return frozenset(normalize(each[1] or each[2]) for each in hosts if each)


def _reply(submission: Submission, trail: Trail) -> Reply | None:
    """What decides: the refusal of the user's own server, of a filter on it, or of the receiver."""
    if not submission.accepted:
        return submission.reply
    if trail.refused:
        return read(trail.refused)
    if trail.last is None:
        return None
    return read(trail.last.said, trail.last.host, trail.last.ip, trail.last.dsn)


def _meaning(reply: Reply | None) -> meaning.Meaning | None:
    """What a refusal means; nobody needs to be told of mail that was taken."""
    if reply is None or 200 <= reply.code < 400:
        return None
    return meaning.explain(reply)
