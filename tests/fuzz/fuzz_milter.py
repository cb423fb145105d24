"""Targets: what a mail server says to a milter, frame by frame and as a whole conversation."""

from fuzzkit import Target, bounded, plain
from mailworthy.milter.draft import Limits, Room
from mailworthy.milter.mail import Mail
from mailworthy.milter.session import Over, Session
from mailworthy.milter.wire import replies
from mailworthy.milter.wire.decode import Malformed, decode
from mailworthy.milter.wire.reader import Reader
from milterkit import OLD, answers, message_frames, octets, opening, stream

MESSAGE = b"From: a@example.com\r\nSubject:x\r\n y\r\n\r\nbody\r\n"
LIMITS = Limits(body=2000, header=1000, fields=20)
TALK = stream([*opening(), *message_frames(MESSAGE), *message_frames(MESSAGE, chunk=3)])
PIECES = (1, 3, 17, 4096)


def check_frame(data: bytes) -> None:
    try:
        frame = decode(data)
    except Malformed as error:
        plain(str(error), "why")
        return
    bounded(frame, len(data), 100)
    assert decode(octets(frame)[4:]) == frame


def check_talk(data: bytes) -> None:
    """Whatever is said in pieces of whatever size, the same is answered, and nothing is kept."""
    told = [conversation(data, piece) for piece in PIECES]
    assert told == told[:1] * len(PIECES)


def conversation(data: bytes, piece: int) -> list[object]:
    room, reader = Room(3000), Reader(3000)
    told: list[object] = []
    session = Session(LIMITS, room, refusing=lambda: False)
    try:
        for at in range(0, len(data), piece):
            for frame in reader.feed(data[at : at + piece]):
                outcome = session.take(frame)
                told.append(outcome)
                if outcome is Over.QUIT:
                    break
                check_outcome(outcome)
                assert room.used <= 3000
                if isinstance(outcome, Mail):
                    session.judged()
                    assert room.used == 0
            if told and told[-1] is Over.QUIT:
                break
    except Malformed as error:
        plain(str(error), "why")
        told.append(str(error))
    session.close()
    assert room.used == 0
    return told


def check_outcome(outcome: object) -> None:
    if isinstance(outcome, Mail):
        assert len(outcome.data) <= 2000 + 1000 + 2
        bounded(outcome.macros, 4096, 1)
    elif isinstance(outcome, tuple):
        answers(b"".join(replies.encode(each) for each in outcome))


FRAME = Target(
    "milter_frame",
    check_frame,
    tuple(octets(f)[4:] for f in [*opening(), OLD, *message_frames(MESSAGE)]),
    (b"\0", b"{i}\0", b"4", b"6", b"L", b"U", b"<>\0", b"\xff", b"DM", b"O\0\0\0\6", b"L"),
)
CONVERSATION = Target(
    "milter_talk",
    check_talk,
    (TALK, stream([*opening(offer=OLD), *message_frames(MESSAGE)]), TALK[:60]),
    (b"\0\0\0\1", b"\0\0\0\5", b"\0\0", b"A", b"K", b"Q", b"T", b"N", b"E", b"B", b"\xff",
     octets(message_frames(MESSAGE)[1]), octets(opening()[0])),
)  # fmt: skip

TARGETS = (FRAME, CONVERSATION)
