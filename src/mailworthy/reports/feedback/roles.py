"""Mailboxes that belong to nobody (RFC 2142, and what those who send reports are called)."""

import re

ROLES = frozenset(
    (
        *("abuse", "admin", "administrator", "alert", "alerts", "antispam", "arf", "authfail"),
        *("auth", "billing", "bounce", "bounces", "bulk", "complaint", "complaints", "contact"),
        *("daemon", "desk", "dkim", "dmarc", "donotreply", "do", "email", "failure", "failures"),
        *("fbl", "feedback", "feedbackloop", "hostmaster", "hello", "help", "info", "invoice"),
        *("jmrp", "list", "lists", "loop", "mail", "mailer", "mailing", "marketing", "mx"),
        *("news", "newsletter", "newsletters", "no", "noc", "noreply", "not", "notification"),
        *("notifications", "notify", "office", "opendmarc", "order", "orders", "post"),
        *("postmaster", "prod", "reply", "replies", "report", "reporting", "reports", "return"),
        *("returns", "root", "ruf", "sales", "scomp", "security", "sender", "service", "shop"),
        *("smtp", "spam", "spf", "staff", "support", "system", "team", "updates", "webmaster"),
    )
)
_BETWEEN = re.compile(r"[-._+0-9]+")


def is_role(local: str) -> bool:
    """Whether a local part is made of such words alone."""
    words = [word for word in _BETWEEN.split(local.lower()) if word]
    return bool(words) and all(word in ROLES for word in words)
