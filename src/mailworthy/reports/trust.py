"""Who really sent a report: anybody can write one (RFC 9990 §3.5.2, §8; RFC 8460 §3)."""

import re
from collections.abc import Collection, Sequence
from datetime import datetime
from enum import StrEnum
from typing import NoReturn

import msgspec

from mailworthy.dkim import engine as dkim
from mailworthy.dkim.result import DkimResults, DkimSignature, Length, Policy
from mailworthy.dkim.result import Result as Dkim
from mailworthy.dkim.signature import parse
from mailworthy.dmarc import engine as dmarc
from mailworthy.dmarc.align import Identifier, Method
from mailworthy.dmarc.result import DmarcResult
from mailworthy.dmarc.result import Result as Dmarc
from mailworthy.lookup.model import Asking
from mailworthy.message.author import author
from mailworthy.message.header import Message, read
from mailworthy.message.lexer import decode
from mailworthy.names import BadName, printable, to_ascii
from mailworthy.reports.belonging import belongs
from mailworthy.reports.envelope.fields import words
from mailworthy.reports.envelope.mime import Mail
from mailworthy.reports.model import Kind
from mailworthy.reports.ownresults import OwnResults, own_results

_SUBMITTERS = {
    b"subject": re.compile(r"\bSubmitter:\s*(\S{1,260})", re.IGNORECASE),
    b"tls-report-submitter": re.compile(r"\S{1,260}"),
}
_MAX_SIGNATURES = 10
_MAX_NAMED = 5
_TRANSPORT, _TLS, _CFBL = "RFC 9990 §3.5.2", "RFC 8460 §3", "RFC 9477 §3.5"


class Word(StrEnum):
    """How far a report is to be trusted."""

    PROVEN = "proven"  # its mail was authenticated, and names its sender as the reporter
    VOUCHED = "vouched"  # the user answers for where it came from
    UNPROVEN = "unproven"  # kept and shown, but never moves a gate


class By(StrEnum):
    """What a trust rests on, most trusted first."""

    OWN_SERVER = "own-server"  # what our own server found when the mail arrived (RFC 8601 §5)
    VERIFICATION = "verification"  # our engines, today
    INTAKE = "intake"
    NOTHING = "nothing"


class Trust(msgspec.Struct, frozen=True):
    """The outcome for one report.

    `domain` is the author domain of its mail: who reports, where the word is "proven", whatever
    the report itself says. `submitter` is the reporter that the mail names. `reason` is one line
    for people, `section` what decides. `temporary` says that a look-up failed, so that asking
    again may prove it.
    """

    word: Word
    by: By
    reason: str
    section: str
    domain: str = ""
    submitter: str = ""
    temporary: bool = False

    @property
    def counts(self) -> bool:
        """Whether the report may move a gate."""
        return self.word is not Word.UNPROVEN

    def __bool__(self) -> NoReturn:
        raise TypeError("a trust has no truth value: compare its .word, or look at .counts")


class _Claim(msgspec.Struct, frozen=True):
    """The mail, and who it says reports."""

    message: Message
    domain: str
    kind: Kind
    submitter: str
    named: tuple[str, ...]


def check(
    mail: bytes | Message | Mail,
    *,
    now: datetime,
    kind: Kind = Kind.AGGREGATE,
    own_ids: Collection[str] = (),
    claimed: Sequence[str] = (),
    vouched: str = "",
) -> Asking[Trust]:
    """Find out who sent the mail of a report.

    `mail` is what came, or the Mail of a content of an envelope. `own_ids` are the authserv-ids of
    our own server, and say that it removes forged Authentication-Results (RFC 8601 §5); they count
    nothing in a mail that was found within another or in an archive, for our server never saw its
    header. `claimed` are names that the report itself gives for its reporter, see
    `reports.claims`. `vouched` names an intake that the user answers for. `now` is best
    the moment of arrival, where that is known: signatures expire.

    What our own server found counts first, then what our engines find, with DMARC as it is today;
    TLS reports need a signature, and l= is never accepted (RFC 8460 §3). The Submitter, and what
    is claimed, has to belong to the author's organization, or it is somebody else's name.
    Never raises for what the mail or a name server says.
    """
    if isinstance(mail, Mail):
        own_ids = () if mail.outer or mail.enclosed else own_ids
        mail = mail.raw
    message = read(mail)
    submitters = _submitters(message)
    submitter = submitters[0] if submitters else ""
    who = _author(message)
    if who is None:
        reason = "its From names no single author"
        trust = _unproven(By.NOTHING, reason, "RFC 9989 §5.3.1", submitter=submitter)
    else:
        claim = _Claim(message, who, kind, submitter, (*submitters, *claimed[:_MAX_NAMED]))
        trust = yield from _judge(claim, now, own_ids)
    return _or_vouched(trust, vouched)


def without_mail(*, vouched: str = "") -> Trust:
    """For a report that came as a file or by HTTPS, where nothing authenticates anybody."""
    reason = "it did not come by mail, so that nothing tells who sent it"
    return _or_vouched(_unproven(By.NOTHING, reason, "RFC 8460 §5.4"), vouched)


def _or_vouched(trust: Trust, vouched: str) -> Trust:
    if trust.counts or not vouched:
        return trust
    reason = f"the user answers for {printable(vouched, 100)}; otherwise: {trust.reason}"
    return msgspec.structs.replace(trust, word=Word.VOUCHED, by=By.INTAKE, reason=reason)


def _unproven(
    by: By,
    reason: str,
    section: str,
    *,
    domain: str = "",
    submitter: str = "",
    temporary: bool = False,
) -> Trust:
    return Trust(Word.UNPROVEN, by, reason, section, domain, submitter, temporary)


def _author(message: Message) -> str | None:
    lines = [message.lines[index] for index in message.places.get(b"from", [])]
    return author([line.partition(b":")[2] for line in lines]).domain


def _submitters(message: Message) -> tuple[str, ...]:
    """The reporters that Subject and TLS-Report-Submitter name (RFC 9990 §3.5.2, RFC 8460 §5.3)."""
    found = []
    for name, pattern in _SUBMITTERS.items():
        for index in message.places.get(name, [])[:1]:
            text = words(decode(message.lines[index].partition(b":")[2]))
            found += [printable(word.strip("<>,;"), 255) for word in pattern.findall(text)[:1]]
    return tuple(found)


def _judge(claim: _Claim, now: datetime, own_ids: Collection[str]) -> Asking[Trust]:
    trust = None
    own = own_results(claim.message, claim.domain, own_ids)
    if own is not None and not _has_length(claim.message):
        trust = yield from _by_own(claim, own)
    if trust is None:
        trust = yield from _verified(claim, now)
    if trust.word is Word.PROVEN:
        other = yield from _other_name(claim, trust.by)
        return trust if other is None else other
    return trust


def _by_own(claim: _Claim, own: OwnResults) -> Asking[Trust | None]:
    """What our own server's results say; None where they leave it open."""
    if claim.kind is not Kind.TLS and own.dmarc == "pass":
        return _proven(claim, By.OWN_SERVER, "our own server found that DMARC passes")
    for signer in own.signers[:_MAX_SIGNATURES]:
        if (yield from belongs(signer, claim.domain)):
            return _proven(claim, By.OWN_SERVER, f"our own server found it signed by {signer}")
    if claim.kind is not Kind.TLS and own.dmarc == "fail":
        return _no(claim, By.OWN_SERVER, "our own server found that DMARC fails")
    if claim.kind is Kind.TLS and own.unsigned:
        return _no(claim, By.OWN_SERVER, "our own server found no good signature")
    return None


def _has_length(message: Message) -> bool:
    """Whether a signature leaves room for text that nobody signed (l=)."""
    lines = [message.lines[index] for index in message.places.get(b"dkim-signature", [])]
    records = (parse(line.partition(b":")[2]).record for line in lines[:_MAX_SIGNATURES])
    return any(one.l is not None for one in records if one is not None)


def _verified(claim: _Claim, now: datetime) -> Asking[Trust]:
    """Our own engines. SPF cannot be judged any more: the connection is gone."""
    service = "tlsrpt" if claim.kind is Kind.TLS else "email"
    policy = Policy(length=Length.REFUSE, service=service)
    results = yield from dkim.verify(claim.message, now=now, policy=policy)
    identifiers = [_identifier(s) for s in results.signatures if s.domain]
    judged = yield from dmarc.evaluate([claim.domain], identifiers)
    if judged.result is Dmarc.PASS:
        return _proven(claim, By.VERIFICATION, f"it is signed, and {judged.reason}")
    if judged.result in (Dmarc.NONE, Dmarc.PERMERROR):  # no policy: its signature tells the same
        for signature in results.signatures:
            if signature.counts and (yield from belongs(signature.domain, claim.domain)):
                reason = f"it is signed by {signature.domain}"
                return _proven(claim, By.VERIFICATION, reason)
    reason = _why_not(results, judged)
    temporary = Dmarc.TEMPERROR is judged.result or results.result is Dkim.TEMPERROR
    return _no(claim, By.VERIFICATION, reason, temporary=temporary)


def _identifier(signature: DkimSignature) -> Identifier:
    result = signature.result
    if result is Dkim.PASS and not signature.counts:
        result = Dkim.POLICY
    return Identifier(Method.DKIM, signature.domain, result.value, signature.selector)


def _why_not(results: DkimResults, judged: DmarcResult) -> str:
    if not results.signatures:
        return "it is not signed"
    bad = [s for s in results.signatures if not s.counts]
    if len(bad) == len(results.signatures):
        return f"no signature holds: {bad[0].reason}"
    return str(judged.reason)


def _other_name(claim: _Claim, by: By) -> Asking[Trust | None]:
    """Unproven, if the mail or the report gives a name that is not the author's."""
    for named in dict.fromkeys(claim.named):
        if not named:
            continue
        try:
            name = to_ascii(named)
        except BadName:
            return _no(claim, by, f"{printable(named, 60)}, which it names, is no domain")
        fits = yield from belongs(name, claim.domain)
        if not fits:
            unknown = "it is not known whether " if fits is None else ""
            tail = "belongs" if unknown else "does not belong"
            reason = f"{unknown}{name}, which it names as reporter, {tail} to {claim.domain}"
            return _no(claim, by, reason, temporary=fits is None)
    return None


def _section(claim: _Claim) -> str:
    return {Kind.TLS: _TLS, Kind.COMPLAINT: _CFBL, Kind.FAILURE: "RFC 9991 §5.1"}.get(
        claim.kind, _TRANSPORT
    )


def _proven(claim: _Claim, by: By, reason: str) -> Trust:
    return Trust(Word.PROVEN, by, reason, _section(claim), claim.domain, claim.submitter)


def _no(claim: _Claim, by: By, reason: str, *, temporary: bool = False) -> Trust:
    return _unproven(
        by,
        reason,
        _section(claim),
        domain=claim.domain,
        submitter=claim.submitter,
        temporary=temporary,
    )
