"""The places that reports are sent to."""

from mailworthy.audit.evidence import Destination, DmarcEvidence, Published
from mailworthy.audit.part import Known, NotAsked, Part, Unknown, missing
from mailworthy.dmarc.authorise import Authorised, Permit, authorised, permit_name
from mailworthy.lookup.drive import gather, together
from mailworthy.lookup.model import NOT_ASKED, Asking, Question, Status, ask
from mailworthy.names import is_within
from mailworthy.tlsrpt.record import TlsRptRecord

MAX_DESTINATIONS = 8

_Uri = tuple[str, str, str, str]  # tag, URI, scheme, host


def destinations_of(
    domain: str,
    dmarc: Part[DmarcEvidence],
    tls_rpt: Part[Published[TlsRptRecord]],
) -> Asking[Part[tuple[Destination, ...]]]:
    """Each rua, ruf and TLS report address, with what its domain says."""
    if not isinstance(dmarc, Known):
        return dmarc
    uris: list[_Uri] = []
    if record := dmarc.value.published.record:
        uris += [("rua", u.uri, u.scheme, u.host) for u in record.rua]
        uris += [("ruf", u.uri, u.scheme, u.host) for u in record.ruf]
    if isinstance(tls_rpt, Known) and tls_rpt.value.record:
        uris += [("tlsrpt", u.uri, u.scheme, u.host) for u in tls_rpt.value.record.rua]
    found = yield from gather([_destination(domain, *u) for u in uris[:MAX_DESTINATIONS] if u[3]])
    return Known(tuple(found))


def _destination(domain: str, tag: str, uri: str, scheme: str, host: str) -> Asking[Destination]:
    permission, receives = yield from together(
        _permission(domain, tag, host), _receives(scheme, host)
    )
    return Destination(
        tag=tag,
        uri=uri,
        host=host,
        scheme=scheme,
        inside=is_within(host, domain),
        authorised=permission,
        receives=receives,
    )


def _permission(domain: str, tag: str, host: str) -> Asking[Part[Authorised]]:
    if tag == "tlsrpt":  # needs no permission: RFC 8460 §3 knows none
        return Known(Authorised(domain, host, Permit.GRANTED, permit_name(domain, host)))
    result = yield from authorised(domain, host)
    if result.unknown is not None:
        gap = result.unknown
        kind = NotAsked if gap.why in NOT_ASKED else Unknown
        return kind(f"{gap.name} {gap.type}", gap.why.value)
    return Known(result)


def _receives(scheme: str, host: str) -> Asking[Part[bool]]:
    """Whether mail to the host can be delivered: an MX that is not null, or an address."""
    if scheme != "mailto":
        return NotAsked(f"mail for {host}", "it is no mail address")
    mx, a, aaaa = yield from ask(Question(host, "MX"), Question(host, "A"), Question(host, "AAAA"))
    if mx.status is Status.FOUND:
        return Known(not all(r.split()[-1:] == ["."] for r in mx.records))
    for answer in (mx, a, aaaa):
        if answer.status is Status.FAILED:
            return missing(answer)
    return Known(Status.FOUND in (a.status, aaaa.status))
