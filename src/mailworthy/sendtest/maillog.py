"""Lines of Postfix's log as events; whatever else a log holds is none (postfix-logwatch(1) forms).

Addresses, subjects and replies in a log were written by strangers. So every form is read from the
beginning of its line, and a value ends where its own syntax ends, not at the next word that fits.
"""

import re
from enum import StrEnum
from typing import TypeAlias

import msgspec

from mailworthy.names import readable

MAX_LINE = 16384  # characters that are read of a line
_SHOWN = 2000  # characters of a reply that are kept

# "Nov 23 18:01:44" or RFC 5424's "2026-11-23T18:01:44.123+00:00", perhaps after "<22>"; a host; a
# program such as postfix/smtp, postfix-out/smtp or postfix/submission/smtpd, with its number.
_LINE = re.compile(
    r"(?:<\d{1,3}>)?"
    r"(?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[0-9.,:+Z-]{0,20})"
    r" \S{1,255} ([A-Za-z0-9._-]{1,64}(?:/[A-Za-z0-9._-]{1,64}){1,3})\[\d{1,10}\]: (.*)",
    re.DOTALL,
)
# Short ids are hexadecimal, long ones have more letters (postconf(5), enable_long_queue_ids).
_ID = r"[0-9A-Za-z]{5,40}"
_QUEUED = re.compile(rf"({_ID}): (.*)", re.DOTALL)
_ADDRESS = r'((?:"(?:[^"\\]|\\.)*+"|[^"<>])*+)'
_MESSAGE_ID = re.compile(r"(?:resent-)?message-id=(.*)", re.DOTALL)
_STATUS = re.compile(
    rf"to=<{_ADDRESS}>, (?:orig_to=<{_ADDRESS}>, )?relay=([^,\s]{{1,300}}), "
    r"(?:conn_use=\d+, )?(?:delay=([0-9.]{1,20}), )?(?:delays=[0-9./]+, )?"
    r"(?:dsn=([245]\.\d{1,3}\.\d{1,3}), )?status=([a-z-]{1,20}) ?\((.*)\)",
    re.DOTALL,
)
_RELAY = re.compile(r"([^\[\]]{1,255})\[([0-9A-Fa-f:.]{2,45}|[^\[\]]{1,100})\](?::(\d{1,5}))?")
_EXPIRED = re.compile(rf"from=<{_ADDRESS}>, status=(?:force-)?expired, returned to sender")
_FROM_QUEUE = re.compile(rf"uid=\d+ from=<{_ADDRESS}>(?: orig_id=({_ID}))?")
_REFUSED = re.compile(
    r"(?:milter-)?reject: [A-Za-z-]{1,40}(?: .{0,1000}?)? from [^ ;]{1,300}[:;] (.*)", re.DOTALL
)
_HELD = re.compile(r"(?:milter-)?hold: |placed on hold\b")
_NEXT = re.compile(rf"\bqueued as ({_ID})\b")


class Word(StrEnum):
    """What became of a message at one step, in the words of Postfix."""

    SENT = "sent"
    DEFERRED = "deferred"
    BOUNCED = "bounced"
    EXPIRED = "expired"
    UNDELIVERABLE = "undeliverable"
    DELIVERABLE = "deliverable"


class Named(msgspec.Struct, frozen=True):
    """A message was put into the queue, and has this Message-ID."""

    queue_id: str
    message_id: str


class Again(msgspec.Struct, frozen=True):
    """A message in the queue got another queue id (postsuper -r)."""

    queue_id: str
    before: str


class Step(msgspec.Struct, frozen=True):
    """One attempt to hand a message on: `host` and `ip` are empty where there was nobody.

    `program` is the last word of the program's name, `said` what is in the parentheses, printable.
    `next` is the queue id that the next server gave it, empty where it told none.
    """

    queue_id: str
    program: str
    recipient: str
    original: str
    host: str
    ip: str
    port: int
    dsn: str
    word: str
    said: str
    delay: float | None = None
    next: str = ""


class Refused(msgspec.Struct, frozen=True):
    """A filter of the sending server itself refused the message after it had been queued."""

    queue_id: str
    said: str


class Held(msgspec.Struct, frozen=True):
    """The message waits until somebody releases it."""

    queue_id: str


class Expired(msgspec.Struct, frozen=True):
    """The message waited too long, and went back to its sender."""

    queue_id: str


Event: TypeAlias = Named | Again | Step | Refused | Held | Expired


def read(line: str) -> Event | None:
    """What a line tells of one message in the queue; None for every other line. Never raises."""
    found = _LINE.match(line[:MAX_LINE].rstrip("\r\n"))
    if found is None:
        return None
    queued = _QUEUED.match(found[2])
    if queued is None:
        return None
    program = found[1].rpartition("/")[2]
    return _event(program, queued[1], queued[2])


def _event(program: str, queue_id: str, text: str) -> Event | None:
    if program == "cleanup":
        return _cleanup(queue_id, text)
    if program == "pickup":
        again = _FROM_QUEUE.match(text)
        return Again(queue_id, again[2]) if again and again[2] else None
    if program == "qmgr" and _EXPIRED.match(text):
        return Expired(queue_id)
    if program == "postsuper":
        return Held(queue_id) if _HELD.match(text) else None
    return _step(program, queue_id, text)


def _cleanup(queue_id: str, text: str) -> Event | None:
    if found := _MESSAGE_ID.match(text):
        return Named(queue_id, found[1])
    if _HELD.match(text):
        return Held(queue_id)
    if found := _REFUSED.match(text):
        # Milters give the reason before the envelope, header_checks(5) after it.
        text = found[1]
        if text.startswith("from=<"):
            return Refused(queue_id, _shown(text.rpartition(">: ")[2]))
        return Refused(queue_id, _shown(text.partition("; from=<")[0]))
    return None


def _step(program: str, queue_id: str, text: str) -> Step | None:
    found = _STATUS.match(text)
    if found is None:
        return None
    to, original, relay, delay, dsn, word, said = found.groups()
    host, ip, port = _relay(relay)
    following = _NEXT.search(said[-200:]) if word == Word.SENT else None
    return Step(
        queue_id,
        program,
        to,
        original or "",
        host,
        ip,
        port,
        dsn or "",
        word,
        _shown(said),
        _seconds(delay),
        following[1] if following else "",
    )


def _relay(text: str) -> tuple[str, str, int]:
    """Host, address and port of `host[address]:port`; a service such as `local` has no address."""
    if text == "none":
        return "", "", 0
    found = _RELAY.fullmatch(text)
    if found is None:
        return readable(text, 255), "", 0
    return readable(found[1], 255), readable(found[2], 100), int(found[3] or 0)


def _seconds(text: str | None) -> float | None:
    try:
        return None if text is None else float(text)
    except ValueError:
        return None


def _shown(text: str) -> str:
    return readable(" ".join(text.split()), _SHOWN)
