"""Targets: what a mail server says to a milter, frame by frame and as a whole conversation."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from fuzz_dkim import NOW
from fuzz_whole import VERDICT
from fuzzkit import Answers, Target, bounded, plain
from mailworthy.arc.sealer import Sealer
from mailworthy.dkim.facade import signer
from mailworthy.lookup.drive import drive
from mailworthy.message.authres import forged
from mailworthy.message.header import read
from mailworthy.milter import logs
from mailworthy.milter.draft import Limits, Room
from mailworthy.milter.handled import Act, Handled
from mailworthy.milter.judge import Judge, networks
from mailworthy.milter.mail import Client, Mail
from mailworthy.milter.policy import MilterPolicy
from mailworthy.milter.session import Over, Session
from mailworthy.milter.wire import replies
from mailworthy.milter.wire.decode import Malformed, decode
from mailworthy.milter.wire.reader import Reader
from mailworthy.milter.wire.words import Family
from mailworthy.receive.load import load
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

KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
SIGNER = signer("a.test", [("s", KEY)])
POLICY = MilterPolicy(authserv_id="mx.b.test", refuse=False)
JUDGE = Judge(
    policy=POLICY,
    profile=load("strict"),
    host="mx.b.test",
    networks=networks(POLICY.trusted),
    signers={"a.test": SIGNER},
    sealer=Sealer(SIGNER, "mx.b.test"),
)


def check_judged(data: bytes) -> None:
    """HELO, reverse-path and the answers are a line each; an empty line, then the message.

    Whatever it is, the header that is left holds no result of ours but one, and what is added
    holds nothing but fields.
    """
    session, _, message = data.partition(b"\n\n")
    helo, path, *told = [*session.split(b"\n"), b"", b""]
    lines = [line.decode("latin-1").replace("|", "\n") for line in told]
    for ip, own in (("192.0.2.1", False), ("127.0.0.1", True)):
        client = Client("x", Family.INET, ip, helo.decode("latin-1"))
        came = Mail(client, path.decode("latin-1"), (), message, len(message), {})
        handled = drive(JUDGE.handle(came, now=NOW), Answers(lines))
        found = answers(b"".join(map(replies.encode, handled.replies)))
        assert [each.letter for each in found[:-1]].count("i") == len(added(handled))
        assert found[-1].letter == ("c" if handled.act is not Act.DEFERRED else "y")
        plain(logs.message(came, handled, 1.0).removesuffix("\n"), "log", 20_000)
        if handled.judged and handled.act is not Act.DEFERRED:
            check_forged(message, handled)
        assert own is not handled.judged


def added(handled: Handled) -> list[replies.InsertHeader]:
    return [each for each in handled.replies if isinstance(each, replies.InsertHeader)]


def check_forged(message: bytes, handled: Handled) -> None:
    gone = [each for each in handled.replies if isinstance(each, replies.ChangeHeader)]
    places = {each.index - 1 for each in gone if each.name == b"Authentication-Results"}
    values = read(message, mbox=False).values(b"authentication-results")
    left = [value for place, value in enumerate(values) if place not in places]
    assert not forged(left, ["mx.b.test"])
    indexes = [each.index for each in gone]
    assert indexes == sorted(indexes, reverse=True)
    names = [each.name for each in added(handled)]
    assert names.count(b"Authentication-Results") == 1


JUDGED = Target("milter_judge", check_judged, VERDICT.seeds, (*VERDICT.words, b"mx.b.test; ",
     b"Authentication-Results:", b"X-Spam: No\r\n", b"ARC-Seal: i=1; cv=none;",
     b"From: a@a.test\r\n",
     b"\r\n"))  # fmt: skip

TARGETS = (FRAME, CONVERSATION, JUDGED)
