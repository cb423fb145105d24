"""One connection of a mail server, frame by frame."""

import contextlib
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailworthy.milter.draft import Limits, Room
from mailworthy.milter.mail import Excess, Mail
from mailworthy.milter.session import Outcome, Over, Session
from mailworthy.milter.wire import frames, replies
from mailworthy.milter.wire.decode import Malformed, decode
from mailworthy.milter.wire.frames import Frame
from mailworthy.milter.wire.words import Command, Family, Step
from milterkit import NO_QUIET, OFFER, OLD, message_frames, octets, opening

MESSAGE = (
    b"From: a@example.com\r\nSubject:no space\r\nTo:\r\n\tb@example.org,\r\n  c@example.org \r\n"
    b"X-Odd:  two \t\r\nX-Octets: \xe4\xff\r\n\r\nbody \r\n\r\n.\r\n\xff\r\n"
)
GO_ON: Outcome = (replies.Continue(),)


def session(
    limits: Limits | None = None, room: Room | None = None, *, refusing: bool = False
) -> Session:
    return Session(limits or Limits(), room or Room(1 << 30), refusing=lambda: refusing)


def told(made: Session, given_frames: list[Frame]) -> list[Outcome]:
    return [one(made, frame) for frame in given_frames]


def one(made: Session, frame: Frame) -> Outcome:
    """What a frame leads to that has come over the wire."""
    return made.take(decode(octets(frame)[4:]))


def mail(made: Session, given_frames: list[Frame]) -> Mail:
    *before, last = told(made, given_frames)
    assert not any(isinstance(outcome, Mail) for outcome in before)
    assert isinstance(last, Mail)
    return last


def test_what_is_agreed_upon_with_postfix() -> None:
    ((options,),) = told(session(), [OFFER])  # type: ignore[misc]
    assert isinstance(options, replies.Options)
    assert (options.version, options.actions) == (6, 0x131)
    steps = Step(options.steps)
    assert Step.LEADING_SPACE in steps
    assert Step.SKIP in steps
    assert Step.QUIET_CONNECT | Step.QUIET_BODY in steps
    assert not steps & (Step.REJECTED_RCPT | 0x7F)
    assert b"{auth_authen}" in replies.encode(options)


def test_only_what_was_offered_is_taken() -> None:
    ((options,),) = told(session(), [OLD])  # type: ignore[misc]
    assert options == replies.Options(2, 0x11, 0)


@pytest.mark.parametrize(
    ("offer", "why"),
    [
        (frames.Optneg(1, 0x1FF, 0), "version 1 of the protocol"),
        (frames.Optneg(6, 0x01, 0), "without header fields to add and to change"),
    ],
)
def test_an_offer_that_cannot_be_taken(offer: frames.Optneg, why: str) -> None:
    with pytest.raises(Malformed, match=why):
        session().take(offer)


@pytest.mark.parametrize("offer", [OFFER, NO_QUIET, OLD], ids=["postfix", "answers", "old"])
@pytest.mark.parametrize("chunk", [1, 7, 65535])
def test_a_message_has_the_octets_that_came(offer: frames.Optneg, chunk: int) -> None:
    made = session()
    leading = bool(offer.steps & Step.LEADING_SPACE)
    given_frames = message_frames(MESSAGE, chunk=chunk, leading_space=leading)
    found = mail(made, [*opening(offer=offer), *given_frames])
    expected = (
        MESSAGE
        if leading
        else MESSAGE.replace(b"Subject:no", b"Subject: no").replace(b"To:\r\n", b"To: \r\n")
    )
    assert found.data == expected
    assert found.size == len(expected) - 2
    assert found.leading_space is leading


def test_the_envelope() -> None:
    macros = {"{auth_authen}": "anna", "{tls_version}": "TLSv1.3", "i": "4Qy"}
    made = session()
    found = mail(made, [*opening("2001:DB8::25"), *message_frames(MESSAGE, macros=macros)])
    assert (found.client.ip, found.client.helo) == ("2001:db8::25", "mail.example.com")
    assert (found.sender, found.recipients) == ("a@example.com", ("b@example.org",))
    assert (found.user, found.encrypted, found.queue_id) == ("anna", True, "4Qx")
    assert found.macros["daemon_name"] == "mx.example.org"


@pytest.mark.parametrize(
    ("family", "address", "ip"),
    [
        (Family.INET, b"192.0.2.1", "192.0.2.1"),
        (Family.INET6, b"IPv6:2001:db8::1", "2001:db8::1"),
        (Family.INET6, b"fe80::1%eth0", "fe80::1"),
        (Family.INET, b"unknown", ""),
        (Family.UNIX, b"/run/x", ""),
        (Family.UNKNOWN, b"", ""),
    ],
)
def test_addresses_of_clients(family: Family, address: bytes, ip: str) -> None:
    made = session()
    connect = frames.Connect(b"x", family, 0, address)
    found = mail(made, [OFFER, connect, *message_frames(MESSAGE)])
    assert (found.client.ip, found.client.family) == (ip, family)


def test_a_null_path_and_octets_that_are_no_text() -> None:
    made = session()
    told(made, [*opening(), frames.Mail(b"<>"), frames.Rcpt(b"<b\xff@x>"), frames.Rcpt(b"c@x")])
    found = made.take(frames.Eob())
    assert isinstance(found, Mail)
    assert (found.sender, found.recipients) == ("", ("b\udcff@x", "c@x"))
    assert found.data == b"\r\n"


def test_who_wants_answers_gets_them() -> None:
    made = session()
    told(made, [NO_QUIET])
    for frame in [*opening()[1:], *message_frames(MESSAGE)][:-1]:
        quiet = isinstance(frame, frames.Macro)
        assert made.take(frame) == (() if quiet else GO_ON), frame


def test_postfix_waits_for_nothing_but_the_end() -> None:
    made = session()
    told(made, [OFFER])
    for frame in [*opening()[1:], *message_frames(MESSAGE)][:-1]:
        assert made.take(frame) == (), frame


def test_who_is_refused_waits_to_hear_it() -> None:
    made = session(refusing=True)
    assert told(made, [OFFER, *opening()[1:3]])[-1] == (replies.Tempfail(),)


def test_who_waits_for_nothing_is_told_nothing() -> None:
    full = iter([False, True])  # between the offer and the client
    made = Session(Limits(), Room(1 << 30), refusing=lambda: next(full, True))
    assert told(made, [OFFER, *opening()[1:3]])[-1] == ()


def test_the_rest_of_a_large_body_is_let_go_by() -> None:
    made = session(Limits(body=10))
    told(made, [OFFER, *opening()[1:], *message_frames(b"A: b\r\n\r\n" + b"x" * 11)[:-2]])
    assert made.take(frames.Body(b"x")) == ()
    found = made.take(frames.Eob())
    assert isinstance(found, Mail)
    assert (found.excess, found.size) == (Excess.BODY, 18)


def test_several_messages_and_what_is_forgotten_between_them() -> None:
    made = session()
    user = {"{auth_authen}": "anna"}
    first = mail(made, [*opening(), *message_frames(MESSAGE, macros=user)])
    made.judged()
    assert not made.busy
    second = mail(made, message_frames(b"X: y\r\n\r\n", recipients=("c@x", "d@x")))
    assert (first.user, second.user) == ("anna", "")
    assert second.recipients == ("c@x", "d@x")
    assert second.data == b"X: y\r\n\r\n"
    assert second.client == first.client
    assert second.macros["j"] == "mx.example.org"


@pytest.mark.parametrize("end", [frames.Abort(), frames.Helo(b"again"), frames.QuitNc()])
def test_a_message_that_is_given_up(end: Frame) -> None:
    room = Room(1 << 30)
    made = session(room=room)
    told(made, [*opening(), *message_frames(MESSAGE)[:-1]])
    assert made.busy
    assert room.used > 0
    told(made, [end])
    assert not made.busy
    assert room.used == 0
    with pytest.raises(Malformed, match="a body without a message"):
        made.take(frames.Body(b"x"))


def test_the_next_client_over_the_same_connection() -> None:
    made = session()
    told(made, [*opening(macros={"{client_name}": "old"}), frames.QuitNc()])
    found = mail(made, [*opening("192.0.2.77")[2:], *message_frames(MESSAGE)])
    assert found.client.ip == "192.0.2.77"
    assert "client_name" not in found.macros


def test_the_end() -> None:
    assert told(session(), [*opening(), frames.Quit()])[-1] is Over.QUIT


def test_who_comes_when_there_is_no_room_comes_again() -> None:
    made = session(refusing=True)
    assert told(made, opening()[:3])[-1] == (replies.Tempfail(),)


OUT_OF_ORDER: list[tuple[list[Frame], str]] = [
    ([frames.Helo(b"x")], "Helo before any offer"),
    ([OFFER, OFFER], "a second offer"),
    ([OFFER, frames.Mail(b"<>")], "no client has come"),
    ([OFFER, frames.Helo(b"x")], "no client has come"),
    ([*opening(), opening()[2]], "a second client"),
    ([*opening(), frames.Rcpt(b"<>")], "RCPT without a message"),
    ([*opening(), frames.Data()], "DATA without a message"),
    ([*opening(), frames.Header(b"a", b"b")], "a header field without a message"),
    ([*opening(), frames.Eoh()], "the end of a header without a message"),
    ([*opening(), frames.Eob()], "the end of a body without a message"),
    (
        [*opening(), frames.Mail(b"<>"), frames.Eoh(), frames.Header(b"a", b"b")],
        "a header field behind the header",
    ),
]


@pytest.mark.parametrize(("given_frames", "why"), OUT_OF_ORDER, ids=[w for _, w in OUT_OF_ORDER])
def test_what_cannot_come_now(given_frames: list[Frame], why: str) -> None:
    made = session()
    told(made, given_frames[:-1])
    with pytest.raises(Malformed, match=why):
        made.take(given_frames[-1])


# More than we take

SMALL = Limits(body=100, header=200, fields=4)
HEAD = b"From: a@example.com\r\n"


@pytest.mark.parametrize(
    ("message", "excess", "kept"),
    [
        (HEAD + b"\r\n" + b"x" * 100, None, HEAD + b"\r\n" + b"x" * 100),
        (HEAD + b"\r\n" + b"x" * 101, Excess.BODY, HEAD + b"\r\n"),
        (HEAD * 4 + b"\r\n", None, HEAD * 4 + b"\r\n"),
        (HEAD * 5 + b"\r\nx", Excess.HEADER, b"\r\n"),
        (b"X: " + b"y" * 200 + b"\r\n\r\nx", Excess.HEADER, b"\r\n"),
    ],
)
def test_more_than_is_looked_at(message: bytes, excess: Excess | None, kept: bytes) -> None:
    room = Room(1 << 20)
    made = session(SMALL, room)
    found = mail(made, [*opening(), *message_frames(message, chunk=9)])
    assert (found.excess, found.data) == (excess, kept)
    assert room.used == len(kept) - 2 + sum(map(len, found.recipients))
    made.judged()
    assert room.used == 0


def test_the_rest_of_a_body_is_not_asked_for() -> None:
    made = session(SMALL)
    told(made, [*opening(), frames.Mail(b"<>"), frames.Eoh()])
    assert made.take(frames.Body(b"x" * 100)) == GO_ON
    assert made.take(frames.Body(b"x")) == (replies.Skip(),)
    old = session(SMALL)
    told(old, [*opening(offer=OLD), frames.Mail(b"<>"), frames.Eoh()])
    assert old.take(frames.Body(b"x" * 101)) == GO_ON


def test_recipients_are_memory_too() -> None:
    room = Room(3000)
    made = session(room=room)
    told(made, [*opening(), frames.Mail(b"<a@example.com>")])
    told(made, [frames.Rcpt(b"<%s@example.com>" % (b"x" * 1000))] * 5)
    assert 2000 < room.used <= room.most
    found = made.take(frames.Eob())
    assert isinstance(found, Mail)
    assert (found.excess, len(found.recipients)) == (Excess.MEMORY, 2)
    made.judged()
    assert room.used == 0


def many(command: Command, size: int = 600) -> frames.Macro:
    """A hundred macros of a stage, each so large."""
    return frames.Macro(command, tuple((b"%d" % n, b"x" * size) for n in range(100)))


def test_macros_are_memory_too() -> None:
    room = Room(160_000)
    made = session(room=room)
    told(made, [*opening(), *[many(Command.CONNECT)] * 5])
    assert 60_000 < room.used < 90_000  # the last of one command replaces those before
    told(made, [many(Command.MAIL), frames.Mail(b"<a@example.com>")])
    assert 120_000 < room.used <= room.most
    told(made, [many(Command.RCPT), frames.Rcpt(b"<b@example.com>")])
    found = made.take(frames.Eob())
    assert isinstance(found, Mail)
    assert found.excess is Excess.MEMORY  # who has logged in may be lost: no verdict without it
    made.judged()
    assert 60_000 < room.used < 90_000
    assert mail(made, message_frames(MESSAGE)).excess is None
    made.close()
    assert room.used == 0


def test_macros_hold_no_more_than_is_counted() -> None:
    for size in (1, 600):
        room = Room(1 << 30)
        made = session(room=room)
        told(made, opening())
        given_frames = [octets(many(command, size))[4:] for command in Command]
        tracemalloc.start()
        try:
            for each in given_frames:
                made.take(decode(each))
            assert tracemalloc.get_traced_memory()[0] < room.used * 1.1 + 20_000
        finally:
            tracemalloc.stop()


def test_a_body_in_crumbs_needs_no_more_than_in_one_piece() -> None:
    made = session()
    told(made, [*opening(), frames.Mail(b"<>"), frames.Eoh()])
    tracemalloc.start()
    try:
        for number in range(20_000):
            made.take(frames.Body(number.to_bytes(2, "big")))
        assert tracemalloc.get_traced_memory()[0] < 100_000
    finally:
        tracemalloc.stop()


def test_all_messages_together_have_a_limit() -> None:
    room = Room(150)
    one, other = session(room=room), session(room=room)
    given_frames = [*opening(), *message_frames(HEAD + b"\r\n" + b"x" * 100)]
    told(one, given_frames[:-1])
    assert mail(other, given_frames).excess is Excess.MEMORY
    found = one.take(frames.Eob())
    assert isinstance(found, Mail)
    assert found.excess is None
    for made in (one, other):
        made.close()
    assert room.used == 0


def test_macros_and_names_are_cut() -> None:
    made = session()
    told(made, [OFFER, frames.Macro(Command.CONNECT, ((b"j", b"x" * 9999),))])
    found = mail(made, [*opening(helo="y" * 9999)[2:], *message_frames(MESSAGE)])
    assert len(found.macros["j"]) == len(found.client.helo) == 1024


ANY = st.one_of(
    st.sampled_from([OFFER, *opening()[1:], *message_frames(MESSAGE, chunk=9)]),
    st.sampled_from([frames.Abort(), frames.QuitNc(), frames.Unknown(b"X"), frames.Eob(b"x")]),
)


@given(st.lists(ANY, max_size=60))
def test_any_order_leads_to_answers_and_nothing_is_kept(given_frames: list[Frame]) -> None:
    room = Room(100)
    made = Session(SMALL, room, refusing=lambda: False)
    with contextlib.suppress(Malformed):
        for frame in given_frames:
            if isinstance(made.take(frame), Mail):
                made.judged()
    made.close()
    assert room.used == 0
