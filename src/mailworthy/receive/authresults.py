"""What a verdict becomes for the servers behind: Authentication-Results (RFC 8601)."""

from collections.abc import Iterable

import msgspec

from mailworthy.dkim.result import DkimSignature
from mailworthy.dmarc.result import DmarcResult
from mailworthy.errors import UsageError
from mailworthy.message.authres import (
    AuthResults,
    MethodResult,
    Property,
    Removal,
    field,
    forged,
    is_identifier,
)
from mailworthy.message.header import Message
from mailworthy.names import CUT, printable
from mailworthy.receive.evidence import Evidence
from mailworthy.receive.verdict import Verdict
from mailworthy.spf.result import SpfResult

_FIELD = b"authentication-results"
_ERRORS = ("temperror", "permerror")  # which the word alone does not explain
_REASON = 150  # characters
_MOST = 512  # of a name; what is longer is left out, since its beginning is another name


class Stale(msgspec.Struct, frozen=True):
    """A field that has to go: the line of the message on which it begins, counted from 1, who it
    says it is from, and why."""

    line: int
    authserv_id: str
    why: str


class Marking(msgspec.Struct, frozen=True):
    """The field for a message, and what must be removed from the message before it is added."""

    results: AuthResults
    remove: tuple[Stale, ...] = ()

    def folded(self, width: int = 78) -> str:
        """The whole field, with CRLF between its lines."""
        return field(self.results, width).decode().removesuffix("\r\n")


def authentication_results(verdict: Verdict, authserv_id: str) -> AuthResults:
    """The results of a verdict in the words of the registries (RFC 8601 §2.7, RFC 9989 §9.2).

    They are iprev; spf for the MAIL FROM identity, unless that is null, and for HELO; dkim for
    every signature that was evaluated; dmarc; arc. `authserv_id` is how this trust boundary calls
    itself. What an attacker wrote stands there as values alone, in printable ASCII, so that
    `parse` finds the same results again. Raises UsageError for an `authserv_id` that is none.
    """
    check_identifier(authserv_id)
    evidence = verdict.evidence
    ip = evidence.iprev.ip
    found = [
        _result("iprev", evidence.iprev.result, policy_iprev=ip),
        *_spf(evidence),
        *_dkim(evidence.dkim.signatures),
        _dmarc(next(iter(evidence.dmarc.values()))),
        _clean(evidence.arc.authres(ip)),
    ]
    return AuthResults(authserv_id, tuple(found))


def check_identifier(authserv_id: str) -> None:
    """Raises UsageError for a text that cannot be an authserv-id of ours."""
    if not is_identifier(authserv_id):
        shown = printable(authserv_id, 60) or "an empty text"
        raise UsageError(f"{shown} is no authserv-id, one word of ASCII (RFC 8601 §2.5)")


def removals(message: Message, authserv_id: str) -> tuple[Removal, ...]:
    """The Authentication-Results fields that claim to be ours, or might be taken for that, and so
    have to go from mail that came from outside (RFC 8601 §5). `index` counts these fields alone.
    Never raises."""
    return forged(message.values(_FIELD), [authserv_id])


def marking(
    verdict: Verdict, authserv_id: str, message: Message, *, lines_above: int = 0
) -> Marking:
    """The field for the judged message, and the fields to remove with their lines.

    `lines_above` is how many lines stand above the message in the file that people look at.
    Raises UsageError as `authentication_results` does.
    """
    fields = message.named(_FIELD)
    stale = []
    for removal in removals(message, authserv_id):
        at = fields[removal.index].start
        line = message.data.count(b"\n", 0, at) + 1 + lines_above
        stale.append(Stale(line, printable(removal.authserv_id, 100), removal.why))
    return Marking(authentication_results(verdict, authserv_id), tuple(stale))


def _spf(evidence: Evidence) -> Iterable[MethodResult]:
    """Without local parts, which no record of today looks at (RFC 8601 §2.7.2)."""
    spf, helo = evidence.spf, evidence.spf_helo
    if evidence.envelope.mail_from.strip(" \t<>"):
        yield _result("spf", spf.result, _why(spf), smtp_mailfrom=spf.domain)
    yield _result("spf", helo.result, _why(helo), smtp_helo=helo.domain)


def _why(spf: SpfResult) -> str:
    return spf.reason if spf.result in _ERRORS else ""


def _dkim(signatures: tuple[DkimSignature, ...]) -> Iterable[MethodResult]:
    """One result a signature (RFC 8601 §2.7.1); those beyond the cap were not looked at."""
    for each in signatures:
        if each.evaluated:
            yield _result(
                "dkim",
                each.result,
                each.reason,
                header_d=each.domain,
                header_s=each.selector,
                header_a=each.algorithm,
            )
    if not signatures:
        yield _result("dkim", "none")


def _dmarc(dmarc: DmarcResult) -> MethodResult:
    """`header.from` only for a single author: several would each be taken for what passed."""
    only = dmarc.judgements[0] if len(dmarc.judgements) == 1 and not dmarc.fault else None
    why = dmarc.reason.value if dmarc.result in _ERRORS else ""
    effective = only.found.effective if only is not None else None
    return _result(
        "dmarc",
        dmarc.result,
        why,
        header_from=only.author if only is not None and not dmarc.not_evaluated else "",
        policy_dmarc=effective.value if effective is not None else "",
    )


def _result(method: str, result: str, reason: str = "", **properties: str) -> MethodResult:
    """`properties` are named ptype_property; the empty ones are left out."""
    made = [
        Property(ptype, word, value)
        for (ptype, _, word), value in ((n.partition("_"), v) for n, v in properties.items())
        if value and len(value) <= _MOST
    ]
    return _clean(MethodResult(method, str(result), reason=reason or None, properties=tuple(made)))


def _clean(result: MethodResult) -> MethodResult:
    """All texts in printable ASCII."""
    properties = [
        msgspec.structs.replace(each, value=printable(each.value).replace(CUT, "..."))
        for each in result.properties
    ]
    reason = None if result.reason is None else _ascii(result.reason)
    return msgspec.structs.replace(result, reason=reason, properties=tuple(properties))


def _ascii(reason: str) -> str:
    shown = printable(reason.replace("§", "section "), _REASON)
    return " ".join(shown.replace(CUT, "...").split())
