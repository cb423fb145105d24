"""Where TLS reports should go, for the rules that miss the record."""

from mailworthy.audit.finding import Blank
from mailworthy.dmarc.uri import mailto
from mailworthy.domain.intent import Domain

MAILBOX = Blank("mailbox", "a mail address whose mailbox reads TLS reports")
SLOT = f"<{MAILBOX.placeholder}>"


def tls_reports(wish: Domain | None) -> tuple[str, tuple[Blank, ...]] | None:
    """A TLS reporting record and its blanks; None if the intent wants no reports."""
    if wish is None:
        return f"v=TLSRPTv1; rua=mailto:{SLOT}", (MAILBOX,)
    address = wish.tls_reports or wish.reports
    return (f"v=TLSRPTv1; rua={mailto(address).uri}", ()) if address else None
