"""What a mail is, before its parts are opened: a bounce, a feedback report, or any mail."""

import re

from mailworthy.message.header import Message
from mailworthy.reports.envelope.fields import Value, words
from mailworthy.reports.envelope.mime import Mail, Part, Split
from mailworthy.reports.envelope.transfer import decoded

_TOLD = frozenset({"delivery-status", "disposition-notification"})  # RFC 6522, 3464, 8098
_DAEMON = re.compile(rb"(?:^|[<\s])mailer-daemon@", re.IGNORECASE)
_CLAIM = re.compile(r"report[ _-]?domain:|report-id:|\bdmarc\b|\btls-?rpt\b|\brua\b", re.IGNORECASE)
_FILE = re.compile(r"[^!\s]+![^!\s]+!\d+!\d+")  # RFC 9990 §3.5.1, RFC 8460 §5.1
_COMPLAINT = re.compile(r"complaint about message from [0-9a-f.:]", re.IGNORECASE)
_PROSE = re.compile(
    r"a message claiming to be from you has failed"
    r"|(?:abuse|authentication failure|dmarc failure) report for an email message received from",
    re.IGNORECASE,
)
_TYPE = re.compile(rb"^feedback-type[ \t]*:", re.IGNORECASE | re.MULTILINE)
_FEEDBACK = frozenset({"message/feedback-report", "text/feedback-report"})
_DISGUISES = frozenset({"text/plain", "application/octet-stream"})
_LOOK = 1 << 16  # octets of a part that are looked at


def is_bounce(split: Split) -> bool:
    """Whether this tells what became of a mail of ours (RFC 3464, 8098, and those before them).

    A report within it is one that we sent.
    """
    mail = split.mails[0]
    if mail.type.get("report-type").lower() in _TOLD:
        return True
    kinds = {f"message/{word}" for word in _TOLD}
    if any(part.type.word in kinds and part.mail is mail for part in split.parts):
        return True
    return _tells_of_failure(mail.message)


def _tells_of_failure(message: Message) -> bool:
    if message.count(b"x-failed-recipients"):
        return True
    senders = (*message.named(b"from"), *message.named(b"return-path"))
    return any(_DAEMON.search(field.value) for field in senders)


def feedback(split: Split) -> Mail | None:
    """The mail, or the first one within it, that is a feedback report (RFC 5965 §2)."""
    for part in split.parts:
        if part.type.word in _FEEDBACK:
            return part.mail
    return next((mail for mail in split.mails if _is_feedback(mail.type)), None)


def _is_feedback(type_: Value) -> bool:
    report = type_.get("report-type").lower()
    return type_.word == "multipart/report" and report == "feedback-report"


def subject(mail: Mail) -> str:
    """Its Subject, decoded and unfolded; not made printable."""
    found = mail.message.named(b"subject")
    return words(found[0].value.decode("utf-8", "surrogateescape")) if found else ""


def claims_a_report(split: Split) -> bool:
    """Whether it says that it brings a report: what cannot be read in it is then worth a word."""
    for mail in split.mails:
        if mail.message.count(b"tls-report-domain") or _CLAIM.search(subject(mail)):
            return True
    return any(_FILE.match(part.filename) or "tlsrpt" in part.type.word for part in split.parts)


def prose(split: Split) -> Mail | None:
    """The mail if it seems to tell of a failure or a complaint without a part for machines."""
    mail = split.mails[0]
    if _COMPLAINT.search(subject(mail)):
        return mail
    return mail if any(_tells(part) for part in split.parts if part.mail is mail) else None


def _tells(part: Part) -> bool:
    if part.type.word not in _DISGUISES:
        return False
    text = decoded(part.mail.data, part.start, part.end, part.encoding).read(_LOOK)
    if _TYPE.search(text):
        return True
    if part.type.word != "text/plain":
        return False
    return bool(_PROSE.search(" ".join(text.decode("latin-1").split())))
