"""The message that a test sends: plain text as a person writes it, known by its Message-ID."""

import re
from datetime import datetime
from email.utils import format_datetime

from mailworthy.errors import UsageError
from mailworthy.names import BadName, readable, to_ascii

# What needs no quotes (RFC 5322 §3.4.1), and what nobody mistypes on purpose.
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
MAX_LOCAL = 64  # RFC 5321 §4.5.3.1.1


def address(text: str) -> str:
    """A mail address that a person typed, its domain in A-labels. Raises UsageError for others."""
    local, at, domain = text.strip().rpartition("@")
    if not at or not _LOCAL.fullmatch(local) or len(local) > MAX_LOCAL:
        raise UsageError(f"{readable(text, 100)} is no mail address, as alice@example.com is")
    try:
        return f"{local}@{to_ascii(domain)}"
    except BadName as error:
        raise UsageError(f"{readable(text, 100)} is no mail address: {error}") from None


def message_id(token: str, sender: str) -> str:
    """The Message-ID of a test, angle brackets included."""
    return f"<mailworthy.{token}@{sender.rpartition('@')[2]}>"


def letter(sender: str, recipient: str, token: str, now: datetime) -> bytes:
    """A whole message (RFC 5322 §3.6), with CRLF; all that is given is ASCII."""
    domain = sender.rpartition("@")[2]
    lines = (
        f"Date: {format_datetime(now)}",
        f"From: {sender}",
        f"To: {recipient}",
        f"Message-ID: {message_id(token, sender)}",
        f"Subject: Test of mail from {domain} ({token[:6]})",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=us-ascii",
        "Content-Transfer-Encoding: 7bit",
        "",
        "Hello,",
        "",
        f"this message was sent from {domain} by its own administrator,",
        "to see whether mail from there arrives, and in which folder.",
        "Nothing is to be done, and it can be deleted.",
        "",
    )
    return "\r\n".join(lines).encode("ascii")
