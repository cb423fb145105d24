"""May reports about one domain go to another? (RFC 9990 §4; RFC 9991 §5 for failure reports)"""

from enum import StrEnum

import msgspec

from mailworthy.dmarc.discover import Unknown, organizational_domain, walk
from mailworthy.dmarc.record import is_dmarc, parse
from mailworthy.dmarc.uri import ReportUri
from mailworthy.lookup.drive import together
from mailworthy.lookup.model import Answer, Asking, Status, Why, look
from mailworthy.names import normalize, too_long


class Permit(StrEnum):
    """Whether a destination takes reports for a domain."""

    INTERNAL = "internal"  # the same Organizational Domain: nobody needs to be asked
    GRANTED = "granted"
    DENIED = "denied"  # no such record: reporters ignore the URI
    MISDIRECTED = "misdirected"  # the record sends reports to another host: no report at all
    TOO_LONG = "too long"  # the name to ask for breaks the limits of DNS: cannot be verified
    UNKNOWN = "unknown"


class Authorised(msgspec.Struct, frozen=True):
    """The outcome for reports about `domain` to `host`.

    `name` is where the permission is, or would have to be, published; `rua` replaces the URI
    of the policy record where the Report Consumer says so.
    """

    domain: str
    host: str
    permit: Permit
    name: str
    rua: tuple[ReportUri, ...] = ()
    texts: tuple[str, ...] = ()
    unknown: Unknown | None = None

    @property
    def deliverable(self) -> bool:
        """Whether a reporter may send there."""
        return self.permit in (Permit.INTERNAL, Permit.GRANTED)


def permit_name(policy_domain: str, uri_host: str) -> str:
    """Where a Report Consumer permits reports about a domain."""
    return f"{policy_domain}._report._dmarc.{uri_host}"


def authorised(policy_domain: str, uri_host: str) -> Asking[Authorised]:
    """Whether `uri_host` takes reports about the domain at which the policy was found.

    Nothing is asked if both names are the same; otherwise two tree walks in one round, and the
    permission itself only if the Organizational Domains differ or are not known.
    """
    domain, host = normalize(policy_domain), normalize(uri_host)
    name = permit_name(domain, host)
    if domain == host:
        return Authorised(domain, host, Permit.INTERNAL, name)
    if host == ".":  # a URI without a host has nobody who could permit
        return Authorised(domain, host, Permit.DENIED, name)
    mine, theirs = yield from together(walk(domain), walk(host))
    one, other = organizational_domain(mine), organizational_domain(theirs)
    if one is not None and one == other:
        return Authorised(domain, host, Permit.INTERNAL, name)
    open_question: Unknown | None = mine.unknown or theirs.unknown
    if too_long(name):
        permit = Permit.TOO_LONG if open_question is None else Permit.UNKNOWN
        return Authorised(domain, host, permit, name, unknown=open_question)
    answer = yield from look(name, "TXT")
    return _judge(Authorised(domain, host, Permit.DENIED, name, unknown=open_question), answer)


def _judge(draft: Authorised, answer: Answer) -> Authorised:
    """Fill in what the answer says; an open walk matters only if permission is not given."""
    if answer.status is Status.FAILED:
        unknown = Unknown(answer.ask.name, answer.ask.type, answer.why or Why.SERVFAIL)
        return msgspec.structs.replace(draft, permit=Permit.UNKNOWN, unknown=unknown)
    texts = tuple(text for text in answer.records if is_dmarc(text))
    if not texts:
        permit = Permit.DENIED if draft.unknown is None else Permit.UNKNOWN
        return msgspec.structs.replace(draft, permit=permit)
    rua = tuple(uri for text in texts for uri in _overrides(text))
    away = any(uri.host != draft.host for uri in rua)
    permit = Permit.MISDIRECTED if away else Permit.GRANTED
    return msgspec.structs.replace(
        draft, permit=permit, rua=() if away else rua, texts=texts, unknown=None
    )


def _overrides(text: str) -> tuple[ReportUri, ...]:
    record = parse(text).record
    return () if record is None else record.rua
