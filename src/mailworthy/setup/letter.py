"""The message that a rehearsal signs and judges: ordinary mail of a domain, as a list sends it."""

from datetime import datetime
from email.utils import format_datetime

RECIPIENT = "recipient@receiver.example"


def sender_of(domain: str) -> str:
    """Who writes it: the one mailbox that every domain must have (RFC 5321 §4.5.1)."""
    return f"postmaster@{domain}"


def letter(domain: str, host: str, now: datetime) -> bytes:
    """A whole message of `domain`, handed over by `host` at `now` (RFC 5322 §3.6).

    It can be unsubscribed from with one click (RFC 8058), so that receivers who want that of
    bulk mail have nothing to miss.
    """
    lines = (
        f"Date: {format_datetime(now)}",
        f"From: {sender_of(domain)}",
        f"To: {RECIPIENT}",
        f"Message-ID: <rehearsal.{int(now.timestamp())}@{host}>",
        f"Subject: A rehearsal of {domain}",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=us-ascii",
        "Content-Transfer-Encoding: 7bit",
        f"List-Unsubscribe: <https://{domain}/unsubscribe/rehearsal>,",
        f" <mailto:{sender_of(domain)}?subject=unsubscribe>",
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
        "",
        "This message is signed and judged before anything is published; it is never sent.",
        f"To unsubscribe: https://{domain}/unsubscribe/rehearsal",
        "",
    )
    return "\r\n".join(lines).encode("ascii")
