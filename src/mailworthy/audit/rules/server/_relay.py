"""What restrictions make of a stranger who wants to send mail to another stranger (postconf(5))."""

from enum import StrEnum

from mailworthy.audit.rules.server._shared import items
from mailworthy.servers.reading.model import Postfix, Service

# One of these must stand in one of the lists, and not behind `permit`: else smtpd does not start.
REFUSE = frozenset(
    {
        *("reject", "defer", "defer_if_permit", "check_relay_domains"),
        *("reject_unauth_destination", "defer_unauth_destination"),
    }
)
# Strangers need a certificate of any kind, or an MX record of their own, and both are free.
_ANYBODY = frozenset({"permit", "permit_tls_all_clientcerts", "permit_mx_backup"})
_ALWAYS = frozenset({"static:ok", "static:permit", "static:{ok}", "static:{permit}"})
LISTS = ("smtpd_relay_restrictions", "smtpd_recipient_restrictions")
RIGHT = "permit_mynetworks, permit_sasl_authenticated, reject_unauth_destination"


class Relay(StrEnum):
    """What happens to the stranger's mail."""

    REFUSED = "refused"
    OPEN = "open"
    STUCK = "stuck"  # no list can refuse anything: smtpd ends with a fatal error


def verdict_of(postfix: Postfix, service: Service) -> tuple[Relay, str, str]:
    """The verdict, with the list that decides and the word in it.

    Both lists must let a recipient pass. What stands in a table (`check_…`) is not known, and is
    passed over unless it permits always.
    """
    found = [_counted(items(postfix.value(name, service))) for name in LISTS]
    if not any(map(_refuses, found)):
        return Relay.STUCK, LISTS[0], ""
    decisive = LISTS[0], ""
    for name, words in zip(LISTS, found, strict=True):
        word = next((w for w in words if w in REFUSE | _ANYBODY | _ALWAYS), "")
        if word in REFUSE:
            return Relay.REFUSED, name, word
        decisive = (name, word) if word else decisive
    return Relay.OPEN, *decisive


def _counted(words: list[str]) -> list[str]:
    """The words without those that only warn; values of tables in lower case."""
    kept, warned = [], False
    for word in words:
        if not warned and word != "warn_if_reject":
            kept.append(word.lower() if word.startswith("static:") else word)
        warned = word == "warn_if_reject"
    return kept


def _refuses(words: list[str]) -> bool:
    """Whether Postfix sees that the list can refuse: what is behind `permit` is ignored."""
    until = words.index("permit") if "permit" in words else len(words)
    return bool(REFUSE & set(words[:until]))
