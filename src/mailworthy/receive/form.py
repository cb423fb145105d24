"""What is wrong with the form of a message (RFC 5322 §3.6 and §2.1.1, RFC 6532, RFC 8058)."""

import re
from collections.abc import Iterator

import msgspec

from mailworthy.dkim.result import DkimResults
from mailworthy.message import date
from mailworthy.message.author import Author, Fault
from mailworthy.message.header import Message
from mailworthy.message.lexer import Kind, decode, tokens
from mailworthy.names import spelled
from mailworthy.parsed import Problem
from mailworthy.receive.flaw import Code, Flaw, Level
from mailworthy.receive.formlines import header_flaws, line_flaws
from mailworthy.receive.oneclick import OneClick, OneClickProblem, one_click

__all__ = [
    "Code",
    "Flaw",
    "Form",
    "Level",
    "OneClick",
    "OneClickProblem",
    "form",
    "is_list",
    "one_click",
]

MAX_ID = 1000  # characters of a Message-ID; a line has no more


class Form(msgspec.Struct, frozen=True):
    """The form of a message: its flaws, what it offers for leaving, and whether a list sent it."""

    flaws: tuple[Flaw, ...] = ()
    one_click: OneClick = OneClick()
    mailing_list: bool = False

    def has(self, *codes: Code) -> bool:
        """Whether any flaw has one of these codes."""
        return any(flaw.code in codes for flaw in self.flaws)


# What may stand there once, beside From, Date and Message-ID.
_ONCE = {
    **dict.fromkeys(
        ("Sender", "Reply-To", "To", "Cc", "Bcc", "In-Reply-To", "References", "Subject"),
        "RFC 5322 §3.6",
    ),
    **dict.fromkeys(
        ("MIME-Version", "Content-Type", "Content-Transfer-Encoding", "Content-ID"), "RFC 2045 §3"
    ),
}
_SINGLE = tuple((name.lower().encode(), name, section) for name, section in _ONCE.items())

_ATEXT = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\u00a0-\ud7ff\ue000-\U0010ffff-]"
_DOT_ATOM = rf"{_ATEXT}+(?:\.{_ATEXT}+)*"
_ID = re.compile(rf"\s*<{_DOT_ATOM}@(?:{_DOT_ATOM}|\[[!-Z^-~]*\])>\s*")
_LIST_ID, _PRECEDENCE = b"list-id", b"precedence"


def form(
    message: Message, author: Author, dkim: DkimResults | None, *, smtputf8: bool | None = None
) -> Form:
    """Hold a message against RFC 5322 and its relatives. Linear in its length; never raises.

    `author` is what `message.author` says of its From fields, `dkim` the signatures, None where
    they were not judged. `smtputf8` tells whether the session announced it (RFC 6531 §3.4); left
    out, the topmost Received field is believed, and without one it is not known. Each kind of
    flaw is named once, at its first place, duplicate fields once a name. That one-click
    unsubscription is not offered is no flaw: look at `one_click` where it is required; offered
    and broken it is one.
    """
    unsubscribe = one_click(message, dkim)
    flaws = (
        *_from(message, author),
        *_date(message),
        *_message_id(message),
        *_duplicates(message),
        *line_flaws(message),
        *header_flaws(message, smtputf8),
        *_one_click(unsubscribe),
    )
    return Form(flaws, unsubscribe, is_list(message))


def is_list(message: Message) -> bool:
    """Whether a mailing list says that it sent this: List-Id (RFC 2919) or Precedence: list."""
    places = message.places
    if _LIST_ID in places:
        return True
    return _PRECEDENCE in places and _value(message, _PRECEDENCE).strip().lower() == "list"


def _value(message: Message, name: bytes) -> str:
    """The value of the first field of a name that is there."""
    return decode(message.lines[message.places[name][0]].partition(b":")[2])


# The fields that every message has


def _from(message: Message, author: Author) -> Iterator[Flaw]:
    count = message.count(b"from")
    section = "RFC 5322 §3.6"
    if count == 0:
        yield Flaw(Code.NO_FROM, "there is no From field", section, field="From")
        return
    if count > 1:
        text = "there are several From fields"
        yield Flaw(Code.SEVERAL_FROM, text, section, detail=f"{count} of them", field="From")
    elif author.fault not in (None, Fault.NO_FIELD, Fault.NO_DOMAIN):
        yield _faulty_from(author)
    elif author.problems and (loose := [p for p in author.problems if p.code != "domain-literal"]):
        text, why = "From is not written as it has to be", loose[0].message
        yield Flaw(Code.LOOSE_FROM, text, "RFC 5322 §3.4", detail=why, field="From")
    if count == 1 and len(author.mailboxes) > 1 and not message.count(b"sender"):
        text = "From has several authors, and no Sender says who sent it"
        yield Flaw(Code.NO_SENDER, text, "RFC 5322 §3.6.2", field="Sender")


def _faulty_from(author: Author) -> Flaw:
    text = author.fault.value if author.fault else ""
    detail = spelled(author.detail, 200)
    return Flaw(Code.FAULTY_FROM, text, "RFC 5322 §3.6.2", detail=detail, field="From")


def _date(message: Message) -> Iterator[Flaw]:
    count = message.count(b"date")
    if count == 0:
        yield Flaw(Code.NO_DATE, "there is no Date field", "RFC 5322 §3.6", field="Date")
        return
    if count > 1:
        text, detail = "there are several Date fields", f"{count} of them"
        yield Flaw(Code.SEVERAL_DATE, text, "RFC 5322 §3.6", detail=detail, field="Date")
    parsed = date.parse(_value(message, b"date"))
    if parsed.problems:
        yield _date_flaw(parsed.problems, _value(message, b"date"))


def _date_flaw(problems: tuple[Problem, ...], value: str) -> Flaw:
    """The worst of them: what gives no moment, then a wrong one, then old spelling."""
    worst = min(problems, key=lambda problem: problem.code == "obsolete-date")
    detail = f"{spelled(value.strip(), 60)}: {worst.message}"
    if worst.code == "obsolete-date":
        text, section = "Date is written in an obsolete way", "RFC 5322 §4.3"
        return Flaw(Code.OBSOLETE_DATE, text, section, Level.SHOULD, detail, "Date")
    return Flaw(Code.BAD_DATE, "Date is no date", "RFC 5322 §3.3", detail=detail, field="Date")


def _message_id(message: Message) -> Iterator[Flaw]:
    count, field = message.count(b"message-id"), "Message-ID"
    if count == 0:
        text, section = "there is no Message-ID field", "RFC 5322 §3.6.4"
        yield Flaw(Code.NO_MESSAGE_ID, text, section, Level.SHOULD, field=field)
        return
    if count > 1:
        text, detail = "there are several Message-ID fields", f"{count} of them"
        yield Flaw(Code.SEVERAL_MESSAGE_ID, text, "RFC 5322 §3.6", detail=detail, field=field)
    value = _value(message, b"message-id")
    if not _is_message_id(value):
        text, detail = "Message-ID is malformed", spelled(value.strip(), 80)
        yield Flaw(Code.BAD_MESSAGE_ID, text, "RFC 5322 §3.6.4", detail=detail, field=field)


def _is_message_id(value: str) -> bool:
    if len(value) > MAX_ID:
        return False
    if _ID.fullmatch(value):
        return True
    if "(" not in value:
        return False
    bare = [value[t.start : t.end] for t in tokens(value, "") if t.kind is not Kind.COMMENT]
    return len(bare) == 1 and _ID.fullmatch(bare[0]) is not None


def _duplicates(message: Message) -> Iterator[Flaw]:
    places = message.places
    for name, shown, section in _SINGLE:
        if name in places and len(places[name]) > 1:
            text, detail = f"there are several {shown} fields", f"{len(places[name])} of them"
            yield Flaw(Code.DUPLICATE_FIELD, text, section, detail=detail, field=shown)


def _one_click(found: OneClick) -> Iterator[Flaw]:
    if not found.claimed or found.ok is not False or found.problem is None:
        return
    text = "one-click unsubscription is offered and cannot work"
    section, detail = found.problem.section, found.problem.message
    yield Flaw(Code.BROKEN_ONE_CLICK, text, section, detail=detail, field="List-Unsubscribe-Post")
