"""What restrictions make of a stranger who wants to send mail to another stranger (postconf(5))."""

from enum import StrEnum

from mailworthy.audit.rules.server._shared import items
from mailworthy.servers.reading.model import Postfix, Service

_REFUSE = frozenset(
    {
        *("reject", "defer", "defer_if_permit", "defer_if_reject"),
        *("reject_unauth_destination", "defer_unauth_destination"),
    }
)
# Strangers need a certificate of any kind, or an MX record of their own, and both are free.
_ANYBODY = frozenset({"permit", "permit_tls_all_clientcerts", "permit_mx_backup"})
LISTS = ("smtpd_relay_restrictions", "smtpd_recipient_restrictions")


class Relay(StrEnum):
    """What happens to the stranger's mail."""

    REFUSED = "refused"
    OPEN = "open"
    STUCK = "stuck"  # no list can refuse anything: smtpd ends with a fatal error


def verdict_of(postfix: Postfix, service: Service) -> tuple[Relay, str, str]:
    """The verdict, with the list that decides and the word in it.

    Both lists must let a recipient pass. A table (`check_…`) may permit more, and is passed over.
    """
    found = [items(postfix.value(name, service)) for name in LISTS]
    if not any(_REFUSE & set(words) for words in found):
        return Relay.STUCK, LISTS[0], ""
    decisive = LISTS[0], ""
    for name, words in zip(LISTS, found, strict=True):
        word = _first(words)
        if word in _REFUSE:
            return Relay.REFUSED, name, word
        decisive = (name, word) if word else decisive
    return Relay.OPEN, *decisive


def _first(words: list[str]) -> str:
    """The first word that decides about a stranger; empty where the list ends before."""
    warned = False
    for word in words:
        if word in _REFUSE | _ANYBODY and not warned:
            return word
        warned = word == "warn_if_reject"
    return ""
