"""Files that records speak of: the picture and certificate of BIMI, settings for programs."""

from mailworthy.audit.evidence import AddressSet, Published
from mailworthy.audit.part import Known, NotAsked, Part, missing
from mailworthy.bimi.record import Bimi
from mailworthy.lookup.drive import together
from mailworthy.lookup.model import Asking, Fetch, Fetched, Status, Why, fetch

MAX_LOGO = 1 << 18  # octets; more than eight times what pictures should have


def answered(reply: Fetched) -> Part[Fetched]:
    """Known where the server answered; that its certificate is not to be trusted is an answer."""
    if reply.status is Status.FOUND or reply.why is Why.TLS:
        return Known(reply)
    return missing(reply)


def indicator_of(bimi: Part[Published[Bimi]]) -> Asking[tuple[Part[Fetched], Part[Fetched]]]:
    """The picture and the mark certificate that a BIMI record names."""
    if not isinstance(bimi, Known):
        return bimi, bimi
    record = bimi.value.record
    return (
        yield from together(
            _file(record.location if record else "", "the BIMI logo", MAX_LOGO),
            _file(record.evidence if record else "", "the BIMI certificate", MAX_LOGO),
        )
    )


def _file(url: str, what: str, most: int) -> Asking[Part[Fetched]]:
    if not url:
        return NotAsked(what, "no record names one")
    (reply,) = yield (Fetch(url, max_bytes=most),)
    assert isinstance(reply, Fetched)
    return answered(reply)


def settings_of(domain: str, host: Part[AddressSet]) -> Asking[Part[Fetched]]:
    """The settings for mail programs (autoconfig), if the name has an address."""
    url = f"https://autoconfig.{domain}/mail/config-v1.1.xml"
    if not isinstance(host, Known):
        return host
    if not host.value.ips:
        return NotAsked(url, f"autoconfig.{domain} has no address")
    reply = yield from fetch(url)
    return answered(reply)
