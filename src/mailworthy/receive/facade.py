"""The judgement of a message as a call, with its twin for asyncio."""

from collections.abc import Sequence
from datetime import datetime

from mailworthy.errors import UsageError
from mailworthy.lookup.drive import Resolver
from mailworthy.lookup.model import Asking
from mailworthy.lookup.run import arun, moment, run
from mailworthy.message.header import Message
from mailworthy.receive.engine import OPTIONS, Options
from mailworthy.receive.engine import evaluate as judge
from mailworthy.receive.envelope import Envelope
from mailworthy.receive.load import FIRST, every, load
from mailworthy.receive.profile import Profile
from mailworthy.receive.verdict import Verdict

DEADLINE = 20.0  # seconds for one message
ALL = "all"


def verify(
    message: bytes | Message,
    envelope: Envelope,
    *,
    resolver: Resolver | None = None,
    now: datetime | None = None,
    profile: str | Sequence[str] = "strict",
    options: Options = OPTIONS,
    deadline: float = DEADLINE,
) -> Verdict:
    """Judge a message as a receiving server would.

    `message` is what came, to the octet; where it came over SMTP, `message.read(octets,
    mbox=False)` keeps a first line from being taken for one of an mbox file. `envelope` is what
    the SMTP session said, `now` the moment for an envelope that does not say so. `profile` names
    one or several receivers (see `receive.load.names`), or "all". `options` are blocklists to
    ask, and our own names.

    The verdict has no truth value: look at its `.disposition`. After `deadline` seconds what was
    not learned is undetermined, and `.not_done` says what that is. Raises UsageError for text in
    place of bytes and for a profile that does not exist; whatever the message, its sender or a
    name server says is a result.
    """
    return run(_judging(message, envelope, now, profile, options), resolver, deadline=deadline)


async def averify(
    message: bytes | Message,
    envelope: Envelope,
    *,
    resolver: Resolver | None = None,
    now: datetime | None = None,
    profile: str | Sequence[str] = "strict",
    options: Options = OPTIONS,
    deadline: float = DEADLINE,
) -> Verdict:
    """`verify` under asyncio."""
    engine = _judging(message, envelope, now, profile, options)
    return await arun(engine, resolver, deadline=deadline)


def _judging(
    message: bytes | Message,
    envelope: Envelope,
    now: datetime | None,
    profile: str | Sequence[str],
    options: Options,
) -> Asking[Verdict]:
    if not isinstance(envelope, Envelope):
        raise UsageError("verify needs an Envelope: who brought the message, from which address")
    return judge(message, envelope, now=moment(now), profiles=profiles(profile), options=options)


def profiles(wanted: str | Sequence[str]) -> tuple[Profile, ...]:
    """The profiles of these names, each once, or all of them. Raises UsageError for others.

    The case does not matter, and one text may hold several names between commas.
    """
    texts = [wanted] if isinstance(wanted, str) else wanted
    typed = [name.strip() for text in texts for name in text.split(",")]
    names = list(dict.fromkeys(name.lower() for name in typed if name))
    return every() if ALL in names else tuple(map(load, names or [FIRST]))
