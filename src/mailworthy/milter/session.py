"""One connection of a mail server: frames in, answers or a message to judge out. No I/O."""

from collections.abc import Callable
from enum import Enum, auto
from typing import Any, TypeAlias

import msgspec

from mailworthy.milter.draft import Draft, Limits, Room
from mailworthy.milter.macros import Macros
from mailworthy.milter.mail import Client, Mail, client_address, path, text
from mailworthy.milter.wire import frames, replies
from mailworthy.milter.wire.decode import Malformed
from mailworthy.milter.wire.frames import Frame
from mailworthy.milter.wire.words import OLDEST, VERSION, Action, Command, Stage, Step

MAX_TEXT = 1024  # characters of a name or macro that are kept
_NEEDED = Action.ADD_HEADERS | Action.CHANGE_HEADERS
_WELCOME = _NEEDED | Action.QUARANTINE | Action.SET_MACROS
_QUIET = {
    frames.Helo: Step.QUIET_HELO,
    frames.Mail: Step.QUIET_MAIL,
    frames.Rcpt: Step.QUIET_RCPT,
    frames.Data: Step.QUIET_DATA,
    frames.Header: Step.QUIET_HEADER,
    frames.Eoh: Step.QUIET_EOH,
    frames.Body: Step.QUIET_BODY,
    frames.Unknown: Step.QUIET_UNKNOWN,
}
# Every answer that is waited for costs a message a change of processes, and back. A client has to
# wait for one only where it is to be refused.
_STEPS = Step.LEADING_SPACE | Step.SKIP | Step.NO_UNKNOWN | Step(sum(_QUIET.values()))
_MACROS = (
    (Stage.CONNECT, "j"),
    (Stage.HELO, "{tls_version}"),
    (Stage.MAIL, "i {auth_authen} {tls_version}"),
    (Stage.RCPT, "i"),
    (Stage.DATA, "i"),
    (Stage.EOM, "i {auth_authen} {tls_version}"),
)
# Macros that are kept beyond a message: until the client has gone, or says HELO again.
_OF_CLIENT = (Command.CONNECT, Command.HELO)


class Over(Enum):
    """Nothing more is said on this connection."""

    QUIT = auto()


Outcome: TypeAlias = tuple[replies.Reply, ...] | Mail | Over
_GO_ON: Outcome = (replies.Continue(),)
_NOTHING: Outcome = ()


class Session:
    """What is known on one connection.

    `take` is given every frame in order. Where it returns a Mail, that has to be judged and the
    mail server to be answered; then `judged` is called before the next frame. While `refusing`
    a client is told to come again later.
    """

    def __init__(self, limits: Limits, room: Room, *, refusing: Callable[[], bool]) -> None:
        self._limits, self._room, self._refusing = limits, room, refusing
        self._steps: Step | None = None  # before the offer
        self._client: Client | None = None
        self._draft: Draft | None = None
        self._in_body = False
        self._macros = Macros(room)
        self._answers: dict[type[msgspec.Struct], Callable[[Any], Outcome]] = {
            frames.Optneg: self._optneg,
            frames.Macro: self._macro,
            frames.Connect: self._connect,
            frames.Helo: self._helo,
            frames.Mail: self._mail,
            frames.Rcpt: self._rcpt,
            frames.Data: self._data,
            frames.Header: self._header,
            frames.Eoh: self._eoh,
            frames.Body: self._body,
            frames.Eob: self._eob,
            frames.Abort: self._abort,
            frames.Quit: lambda _: Over.QUIT,
            frames.QuitNc: self._quit_nc,
            frames.Unknown: self._unknown,
        }

    @property
    def begun(self) -> bool:
        """Whether the mail server has made its offer."""
        return self._steps is not None

    @property
    def busy(self) -> bool:
        """Whether a message is under way."""
        return self._draft is not None

    def take(self, frame: Frame) -> Outcome:
        """What one frame leads to. Raises Malformed for one that cannot come now."""
        if self._steps is None and not isinstance(frame, frames.Optneg | frames.Quit):
            raise Malformed(f"{type(frame).__name__} before any offer")
        return self._answers[type(frame)](frame)

    def judged(self) -> None:
        """The message is answered for: forget it."""
        self._reset()

    def close(self) -> None:
        """The connection has gone."""
        self._reset()
        self._macros.keep(())

    # The connection

    def _optneg(self, offer: frames.Optneg) -> Outcome:
        if self._steps is not None:
            raise Malformed("a second offer")
        if offer.version < OLDEST:
            raise Malformed(f"version {offer.version} of the protocol, where {OLDEST} is needed")
        if offer.actions & _NEEDED != _NEEDED:
            raise Malformed("an offer without header fields to add and to change")
        steps = _STEPS if self._refusing() else _STEPS | Step.QUIET_CONNECT
        self._steps = Step(offer.steps & steps)
        actions = offer.actions & _WELCOME
        macros = _MACROS if actions & Action.SET_MACROS else ()
        return (replies.Options(min(VERSION, offer.version), actions, self._steps, macros),)

    def _macro(self, macro: frames.Macro) -> Outcome:
        values = {text(n).strip("{}")[:MAX_TEXT]: text(v)[:MAX_TEXT] for n, v in macro.values}
        self._macros.put(macro.command, values)
        return _NOTHING

    def _connect(self, connect: frames.Connect) -> Outcome:
        if self._client is not None:
            raise Malformed("a second client")
        ip = client_address(connect.family, connect.address)
        self._client = Client(text(connect.name)[:MAX_TEXT], connect.family, ip)
        if self._agreed(Step.QUIET_CONNECT):
            return _NOTHING
        return (replies.Tempfail(),) if self._refusing() else _GO_ON

    def _helo(self, helo: frames.Helo) -> Outcome:
        self._reset()
        client = self._here()
        self._client = msgspec.structs.replace(client, helo=text(helo.name)[:MAX_TEXT])
        return self._said(frames.Helo)

    def _quit_nc(self, _: frames.QuitNc) -> Outcome:
        self._reset()
        self._client = None
        self._macros.keep(())
        return _NOTHING

    def _unknown(self, _: frames.Unknown) -> Outcome:
        return self._said(frames.Unknown)

    # One message

    def _mail(self, mail: frames.Mail) -> Outcome:
        self._here()
        self._reset(Command.MAIL)  # its macros came just now
        self._draft = Draft(path(mail.sender)[:MAX_TEXT], self._limits, self._room)
        return self._said(frames.Mail)

    def _rcpt(self, rcpt: frames.Rcpt) -> Outcome:
        self._message("RCPT").recipient(path(rcpt.recipient)[:MAX_TEXT])
        return self._said(frames.Rcpt)

    def _data(self, _: frames.Data) -> Outcome:
        self._message("DATA")
        return self._said(frames.Data)

    def _header(self, header: frames.Header) -> Outcome:
        draft = self._message("a header field")
        if self._in_body:
            raise Malformed("a header field behind the header")
        draft.header(header.name, header.value, leading_space=self._leading_space)
        return self._said(frames.Header)

    def _eoh(self, _: frames.Eoh) -> Outcome:
        self._message("the end of a header")
        self._in_body = True
        return self._said(frames.Eoh)

    def _body(self, body: frames.Body) -> Outcome:
        draft = self._message("a body")
        self._in_body = True
        wanted = draft.body(body.chunk)
        if not wanted and self._agreed(Step.SKIP) and not self._agreed(Step.QUIET_BODY):
            return (replies.Skip(),)
        return self._said(frames.Body)

    def _eob(self, eob: frames.Eob) -> Outcome:
        draft = self._message("the end of a body")
        draft.body(eob.chunk)
        if self._macros.lacking:
            draft.crowded()
        return draft.mail(self._here(), self._macros.together(), leading_space=self._leading_space)

    def _abort(self, _: frames.Abort) -> Outcome:
        self._reset()
        return _NOTHING

    # What holds now

    @property
    def _leading_space(self) -> bool:
        return self._agreed(Step.LEADING_SPACE)

    def _agreed(self, step: Step) -> bool:
        return bool(self._steps and self._steps & step)

    def _said(self, kind: type[msgspec.Struct]) -> Outcome:
        return _NOTHING if self._agreed(_QUIET[kind]) else _GO_ON

    def _here(self) -> Client:
        if self._client is None:
            raise Malformed("mail from nobody: no client has come")
        return self._client

    def _message(self, what: str) -> Draft:
        if self._draft is None:
            raise Malformed(f"{what} without a message")
        return self._draft

    def _reset(self, *also: Command) -> None:
        """To where a client may send MAIL; the macros of a command may be kept."""
        if self._draft is not None:
            self._draft.close()
        self._draft, self._in_body = None, False
        self._macros.keep((*_OF_CLIENT, *also))
