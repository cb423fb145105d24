"""Facts of the client: its reverse name, its HELO name, blocklists, encryption."""

from mailworthy.dnsbl.result import Listings
from mailworthy.dnsbl.result import Result as Lists
from mailworthy.helo.result import Result as Helo
from mailworthy.iprev.engine import IprevResult
from mailworthy.iprev.engine import Result as Iprev
from mailworthy.lookup.model import Status
from mailworthy.rdata.ptr import generic_ptr
from mailworthy.receive.facts.view import NO, Said, View, shown, unlearned
from mailworthy.receive.words import Held

SPAMHAUS = "spamhaus-"  # how the ids of its lists begin


def no_reverse_name(view: View) -> Said:
    """The address has no PTR record (RFC 8601 §3)."""
    iprev = view.evidence.iprev
    if iprev.reverse.status is Status.FAILED:
        return unlearned((iprev.reverse,))
    if iprev.reverse.status is Status.FOUND:
        return NO
    return Held.YES, f"the address {iprev.ip} has no reverse name (no PTR record)"


def not_confirmed(view: View) -> Said:
    """No reverse name, or none that leads back to the address (RFC 8601 §3)."""
    iprev = view.evidence.iprev
    if iprev.result is Iprev.PASS:
        return NO
    if iprev.result is Iprev.TEMPERROR:
        return unlearned((iprev.reverse, *[f.answer for f in iprev.names]))
    if iprev.result is Iprev.PERMERROR:
        return no_reverse_name(view)
    return Held.YES, (
        f"the reverse name of {iprev.ip} is {_names(iprev)}, which does not lead back to it"
    )


def _names(iprev: IprevResult) -> str:
    return " or ".join(shown(f.name) for f in iprev.names[:2])


def generic_name(view: View) -> Said:
    """Every reverse name looks like one that a provider gave to a machine at home."""
    iprev = view.evidence.iprev
    if iprev.reverse.status is Status.FAILED:
        return unlearned((iprev.reverse,))
    names = [f.name for f in iprev.names]
    if not names or any(generic_ptr(name, iprev.ip) is None for name in names):
        return NO
    return Held.YES, f"the reverse name of {iprev.ip} is a provider's own ({_names(iprev)})"


def helo_unusable(view: View) -> Said:
    """HELO is no name of a host (RFC 5321 §2.3.5)."""
    helo = view.evidence.helo
    if helo.result is Helo.TEMPERROR:
        return unlearned(helo.answers)
    if helo.result is Helo.NONE:
        return Held.NOT_ASKED, "no HELO name is known"
    if helo.result is not Helo.FAIL:
        return NO
    return Held.YES, f"the server gives itself a name that is none (HELO): {helo.reason}"


def helo_elsewhere(view: View) -> Said:
    """HELO is a host, and another one than the client (RFC 5321 §4.1.4)."""
    helo = view.evidence.helo
    if helo.result is Helo.TEMPERROR or (helo.result is Helo.PASS and helo.matches is None):
        return unlearned(helo.answers)
    if helo.result is not Helo.PASS or helo.matches:
        return NO
    name = shown(helo.name)
    return Held.YES, f"the server calls itself {name}, which does not lead to {helo.ip}"


def listed(view: View) -> Said:
    """A blocklist that can be believed has an entry that is more than informational."""
    return _listed(view.evidence.listings)


def _listed(listings: Listings | None) -> Said:
    if listings is None or not listings.entries:
        return Held.NOT_ASKED, "no such blocklist was asked"
    if listings.result is Lists.FAIL:
        return Held.YES, listings.reason
    if listings.result is Lists.TEMPERROR:
        return unlearned(listings.answers)
    return NO if listings.result is Lists.PASS else (Held.NOT_ASKED, _unbelieved(listings))


def listed_by_spamhaus(view: View) -> Said:
    """A list of Spamhaus has such an entry: the lists that most large receivers name."""
    listings = view.evidence.listings
    if listings is None:
        return _listed(None)
    return _listed(Listings(tuple(e for e in listings.entries if e.dnsbl.id.startswith(SPAMHAUS))))


def _unbelieved(listings: Listings) -> str:
    return f"no blocklist could be believed: {listings.reason}"


def not_encrypted(view: View) -> Said:
    """The session had no TLS."""
    tls = view.evidence.envelope.tls
    if tls is None:
        return Held.NOT_ASKED, "whether the connection was encrypted is not known"
    return NO if tls else (Held.YES, "the message came over a connection without encryption (TLS)")
