"""A report mail told anew without the people in it, to be kept in place of the mail itself.

It is a mail as RFC 5965 §2 has it, and reads as the first one did, by a later version too: every
field that is known stands in it in a clean form, of the message the fields that tell what happened.
The text for people, the body and all that nobody knows are not there.
"""

from collections.abc import Iterator
from email.utils import formatdate

from mailworthy.message.header import Message
from mailworthy.message.lexer import decode
from mailworthy.reports.envelope.mime import split
from mailworthy.reports.feedback.clean import Cleaner
from mailworthy.reports.feedback.fields import moment
from mailworthy.reports.feedback.parts import Parts, find
from mailworthy.reports.feedback.people import People
from mailworthy.reports.feedback.reader import cleaner, sender, value
from mailworthy.reports.feedback.redact import Redactor
from mailworthy.reports.feedback.sample import campaign, examine, header, signer

_BOUNDARY = "redacted"
NOTE = "Told anew without the people in it, as it was to be kept so."
_RESULTS = (b"authentication-results", b"arc-authentication-results")
_PEOPLE = (b"to", b"cc", b"reply-to", b"sender")
MOST = 10


def retold(mail: bytes, salt: bytes) -> bytes:
    """The mail of a failure report or a complaint without people; of other mails only who sent
    them and when. `salt` is that of Redactor. Never raises; linear and bounded."""
    redactor = Redactor(salt)
    parts = find(mail)
    if parts is None:
        message = split(mail).mails[0].message
        return _mail(_outer(message, Cleaner(redactor, People(redactor))), None)
    clean = cleaner(parts, redactor)
    return _mail(_outer(parts.header, clean), _inner(parts, clean))


def _mail(outer: Iterator[tuple[str, str]], inner: list[tuple[str, str]] | None) -> bytes:
    kind = "text/plain"
    if inner is not None:
        kind = f"multipart/report; report-type=feedback-report; boundary={_BOUNDARY}"
    text = _lines([*outer, ("MIME-Version", "1.0"), ("Content-Type", f"{kind}; charset=utf-8")])
    parts = inner or []
    body = "".join(
        f"--{_BOUNDARY}\r\nContent-Type: {type_}\r\n\r\n{part}\r\n" for type_, part in parts
    )
    end = f"{body}--{_BOUNDARY}--\r\n" if inner is not None else f"{NOTE}\r\n"
    return f"{text}\r\n{end}".encode("utf-8", "backslashreplace")


def _inner(parts: Parts, clean: Cleaner) -> list[tuple[str, str]]:
    fields = _lines(clean.field(name, text) for name, text in parts.fields.items)
    found = [("text/plain", f"{NOTE}\r\n"), ("message/feedback-report", fields)]
    if parts.sample:
        found.append(("text/rfc822-headers", _lines(_sample(parts.sample, clean))))
    return found


def _outer(message: Message, clean: Cleaner) -> Iterator[tuple[str, str]]:
    local, domain = sender(message)
    if domain:
        yield "From", f"<{clean.reporter(local, domain)}>"
    when = moment(" ".join(value(message, b"date").split()))
    if when is not None:
        yield "Date", formatdate(when)
    if name := clean.ident(value(message, b"message-id")):
        yield "Message-ID", f"<{name}>"


def _sample(data: bytes, clean: Cleaner) -> Iterator[tuple[str, str]]:
    """The fields of the message that are read, and who else had to do with it."""
    message, told = header(data), examine(data, clean)
    domain, selector = signer(message)
    named = (
        ("Return-Path", told.mail_from and f"<{told.mail_from.strip('<>')}>"),
        ("X-HmXmrOriginalRecipient", told.rcpt_to and f"<{told.rcpt_to.strip('<>')}>"),
        ("From", told.header_from and f"<{told.header_from}>"),
        ("Message-ID", told.message_id and f"<{told.message_id}>"),
        ("List-Id", told.list_id and f"<{told.list_id}>"),
        (decode(campaign(message)[0]), told.campaign),
        (
            "DKIM-Signature",
            (domain or selector) and _signature(told.dkim_domain, told.dkim_selector),
        ),
    )
    yield from ((name, text) for name, text in named if text)
    for name in _PEOPLE:
        for text in message.values(name)[:MOST]:
            yield decode(name), f"<{clean.address(decode(text[:1000]))}>"
    for name in _RESULTS:
        for text in message.values(name)[:MOST]:
            yield decode(name), clean.results(decode(text[:10_000]))


def _signature(domain: str, selector: str) -> str:
    return f"v=1; d={domain}; s={selector}"


def _lines(fields: "Iterator[tuple[str, str]] | list[tuple[str, str]]") -> str:
    return "".join(f"{name}: {text}\r\n" for name, text in fields)
