"""A small internet for the milter: a sender with everything, spoofers, and what Postfix does with
the replies."""

from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import msgspec

from mailworthy.domain.keys import NewKey, new_key
from mailworthy.lookup.drive import drive
from mailworthy.lookup.memory import Memory
from mailworthy.lookup.model import Why
from mailworthy.milter.draft import Limits, Room
from mailworthy.milter.handled import Handled
from mailworthy.milter.judge import Judge
from mailworthy.milter.load import load_judge
from mailworthy.milter.mail import Mail
from mailworthy.milter.policy import MilterPolicy
from mailworthy.milter.session import Session
from mailworthy.milter.wire import replies
from mailworthy.milter.wire.decode import decode
from mailworthy.milter.wire.frames import Frame, Optneg
from milterkit import IP, OFFER, message_frames, octets, opening

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
LIST, LIST_IP = "lists.example.net", "198.51.100.9"
SPOOFER = "203.0.113.66"
HOST = "mx.example.org"
ZONE = """
$TTL 300
example.com. SOA ns.example.com. root.example.com. 1 7200 3600 1209600 300
example.com. NS ns.example.com.
example.com. MX 10 mail.example.com.
example.com. TXT "v=spf1 ip4:192.0.2.25 -all"
_dmarc.example.com. TXT "v=DMARC1; p=reject"
mail.example.com. A 192.0.2.25
mail.example.com. TXT "v=spf1 a -all"
none.example.com. MX 10 mail.example.com.
none.example.com. TXT "v=spf1 ip4:192.0.2.25 -all"
_dmarc.none.example.com. TXT "v=DMARC1; p=none"
soft.example.com. MX 10 mail.example.com.
soft.example.com. TXT "v=spf1 ip4:192.0.2.25 -all"
_dmarc.soft.example.com. TXT "v=DMARC1; p=quarantine"
lists.example.net. SOA ns.example.com. root.example.com. 1 7200 3600 1209600 300
lists.example.net. A 198.51.100.9
lists.example.net. MX 10 lists.example.net.
lists.example.net. TXT "v=spf1 a -all"
25.2.0.192.in-addr.arpa. PTR mail.example.com.
9.100.51.198.in-addr.arpa. PTR lists.example.net.
192.in-addr.arpa. SOA ns.example.com. root.example.com. 1 7200 3600 1209600 300
198.in-addr.arpa. SOA ns.example.com. root.example.com. 1 7200 3600 1209600 300
203.in-addr.arpa. SOA ns.example.com. root.example.com. 1 7200 3600 1209600 300
bad.example. SOA ns.example.com. root.example.com. 1 7200 3600 1209600 300
"""
LETTER = (
    b"From: Anna <a@example.com>\r\nTo: b@example.org\r\nSubject: a letter\r\n"
    b"Date: Mon, 23 Nov 2026 11:59:00 +0000\r\nMessage-ID: <1@example.com>\r\n\r\nbody\r\n"
)


@cache
def keys() -> tuple[NewKey, ...]:
    """The keys of example.com, made once."""
    return tuple(new_key("example.com", selector) for selector in ("r202611", "e202611"))


def zone() -> str:
    """What DNS says."""
    records = (
        f"{key.public.selector}._domainkey.example.com. TXT {quoted(key.public.text)}\n"
        for key in keys()
    )
    return ZONE + "".join(records)


def quoted(text: str) -> str:
    return " ".join(f'"{text[i : i + 200]}"' for i in range(0, len(text), 200))


def world(fail: dict[str, Why] | None = None) -> Memory:
    """The names of the sender, some of which may fail."""
    return Memory.from_zone(zone(), fail=dict(fail or {}))


def key_folder(path: Path) -> Path:
    """A folder as `init` leaves it behind, with the keys of example.com."""
    (path / "mailworthy.toml").write_text(
        '[hosts."mail.example.com"]\nipv4 = ["192.0.2.25"]\nmx = 10\n\n[domains."example.com"]\n'
    )
    (path / "keys").mkdir(mode=0o700)
    for key in keys():
        place = path / "keys" / f"example.com.{key.public.selector}.key"
        place.write_bytes(key.secret)
        place.chmod(0o600)
    return path


def judge(**settings: object) -> Judge:
    """A judge with these settings, at a host of ours; it asks no blocklists unless told to."""
    policy = msgspec.convert({"blocklists": False, **settings}, MilterPolicy)
    return msgspec.structs.replace(load_judge(policy), host="fallback.example.org")


def mail(
    message: bytes = LETTER,
    *,
    ip: str = IP,
    helo: str = "mail.example.com",
    sender: str = "a@example.com",
    macros: dict[str, str] | None = None,
    offer: Optneg = OFFER,
    limits: Limits | None = None,
    connect: dict[str, str] | None = None,
    room: int = 1 << 30,
) -> Mail:
    """A message as a session has it."""
    leading = bool(offer.steps & 0x100000)
    told = [
        *opening(ip, helo, offer=offer, macros=connect),
        *message_frames(message, sender=sender, macros=macros, leading_space=leading),
    ]
    return of_frames(told, limits or Limits(), room)


def of_frames(told: list[Frame], limits: Limits, room: int = 1 << 30) -> Mail:
    session = Session(limits, Room(room), refusing=lambda: False)
    outcome: object = None
    for frame in told:
        outcome = session.take(decode(octets(frame)[4:]))
    assert isinstance(outcome, Mail)
    return outcome


def handle(made: Judge, came: Mail, fail: dict[str, Why] | None = None) -> Handled:
    """What is answered."""
    return drive(made.handle(came, now=NOW), world(fail))


def applied(message: bytes, handled: Handled, *, leading_space: bool = True) -> bytes:
    """The message as Postfix would deliver it: what is gone is no longer counted, and an insertion
    at 0 stands above all, its own Received field too."""
    head, _, body = message.partition(b"\r\n\r\n")
    fields: list[list[bytes]] = []
    for line in head.split(b"\r\n"):
        if line[:1] in (b" ", b"\t"):
            fields[-1].append(line)
        else:
            fields.append([line])
    fields.insert(0, [b"Received: by mx.example.org"])
    for reply in handled.replies:
        if isinstance(reply, replies.ChangeHeader):
            assert reply.value == b""
            name = reply.name.lower()
            named = [i for i, f in enumerate(fields) if f[0].partition(b":")[0].lower() == name]
            del fields[named[reply.index - 1]]
        elif isinstance(reply, replies.InsertHeader):
            assert reply.index == 0
            replies.encode(reply)
            space = b"" if leading_space else b" "
            whole = reply.name + b":" + space + reply.value
            fields.insert(0, whole.replace(b"\r\n", b"\n").split(b"\n"))
        else:
            assert not isinstance(reply, replies.AddHeader)
    return b"\r\n".join(line for f in fields for line in f) + b"\r\n\r\n" + body


def final(handled: Handled) -> replies.Reply:
    """The decision."""
    return handled.replies[-1]
