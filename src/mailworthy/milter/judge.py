"""One message and the policy: what the mail server is answered. An engine; it does no I/O."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from ipaddress import ip_address, ip_network

import msgspec

from mailworthy.arc.sealer import Sealer
from mailworthy.dkim.signing import Signer
from mailworthy.dnsbl.engine import NOTHING
from mailworthy.dnsbl.model import Dnsbl
from mailworthy.dnsbl.result import Health
from mailworthy.lookup.model import Asking
from mailworthy.message.authres import AuthResults, field, is_identifier
from mailworthy.message.header import Message, read
from mailworthy.milter.changes import RESULTS, Changes, all_of, forgeries
from mailworthy.milter.handled import Act, Handled, Origin
from mailworthy.milter.mail import Excess, Mail
from mailworthy.milter.outgoing import outgoing, sealed
from mailworthy.milter.policy import Fallback, MilterPolicy, Quarantine
from mailworthy.milter.wire import replies
from mailworthy.milter.wire.words import Family
from mailworthy.rdata.address import Network, address, unmapped
from mailworthy.receive.authresults import authentication_results
from mailworthy.receive.decision import Decision
from mailworthy.receive.engine import Options, evaluate
from mailworthy.receive.envelope import Envelope
from mailworthy.receive.profile import Profile
from mailworthy.receive.verdict import Verdict
from mailworthy.receive.weights import MARK
from mailworthy.receive.words import Disposition

_CODE = re.compile(r"(?:([45][0-9]{2})[ -]?)?([45]\.[0-9]{1,3}\.[0-9]{1,3})?")
_CLASSES = {"4": "451", "5": "550"}
_REFUSED, _DEFERRED = ("550", "5.7.1"), ("451", "4.7.1")
MOST_REMOVED = 100  # fields that are taken out of one header, each a command to the mail server
_NO_ROOM, _TOO_LARGE = ("451", "4.3.1"), ("552", "5.3.4")


class Judge(msgspec.Struct, frozen=True):
    """A policy with all that it names: profile, networks, keys, blocklists.

    `host` is the name of this machine, for a mail server that does not tell its own.
    """

    policy: MilterPolicy
    profile: Profile
    host: str
    networks: tuple[Network, ...] = ()
    own: tuple[str, ...] = ()
    signers: Mapping[str, Signer] = {}
    sealer: Sealer | None = None
    lists: Sequence[Dnsbl] = ()

    def handle(
        self, mail: Mail, *, now: datetime, tested: Mapping[str, Health] = NOTHING
    ) -> Asking[Handled]:
        """Judge a message from outside, sign one of our own. Never raises for what it says.

        `tested` is what was learned of blocklists before.
        """
        origin = self.origin(mail)
        if mail.excess is not None:
            return self._too_much(mail, origin, mail.excess)
        message = read(mail.data, mbox=False)
        if (refused := self._crowded(message, origin)) is not None:
            return refused
        if origin in (Origin.USER, Origin.TRUSTED):
            name = self.authserv_id(mail)
            return outgoing(
                mail,
                message,
                origin,
                self.signers,
                now,
                authserv_id=name,
                any_login=self.policy.sign_mismatch,
            )
        if origin is Origin.UNKNOWN:
            return self._unjudged(mail, message, origin, "the client has no address")
        verdict = yield from self._verdict(mail, message, now, tested)
        return self._answer(mail, message, verdict, now)

    def failed(self, mail: Mail, why: str) -> Handled:
        """What is answered where judging came to nothing by a fault of ours."""
        origin = self.origin(mail)
        if self.policy.on_error is Fallback.TEMPFAIL:
            return _told(origin, Act.DEFERRED, _DEFERRED, "it could not be judged now", why)
        return self._unjudged(mail, read(mail.data, mbox=False), origin, why)

    def origin(self, mail: Mail) -> Origin:
        """Where a message came from, as far as we are concerned."""
        if mail.user:
            return Origin.USER
        if mail.client.family is Family.UNIX:
            return Origin.TRUSTED
        found = address(mail.client.ip)
        if found is None:
            return Origin.UNKNOWN
        ours = any(unmapped(found) in network for network in self.networks)
        return Origin.TRUSTED if ours else Origin.OUTSIDE

    def authserv_id(self, mail: Mail) -> str:
        """How we call ourselves: as the policy says, else as the mail server does."""
        names = (self.policy.authserv_id, mail.macros.get("j", ""), self.host)
        return next((name for name in names if is_identifier(name)), "localhost")

    # Mail from outside

    def _verdict(
        self, mail: Mail, message: Message, now: datetime, tested: Mapping[str, Health]
    ) -> Asking[Verdict]:
        envelope = Envelope(
            mail.client.ip,
            mail.client.helo,
            mail.sender,
            mail.recipients,
            mail.encrypted,
            now,
        )
        names = (mail.macros.get("j", ""), self.host)
        options = Options(
            lists=self.lists,
            tested=tested,
            own=tuple(dict.fromkeys([*self.own, *[n.lower() for n in names if n]])),
            dmarc_reject=self.policy.dmarc_reject,
        )
        return (
            yield from evaluate(
                message, envelope, now=now, profiles=(self.profile,), options=options
            )
        )

    def _answer(self, mail: Mail, message: Message, verdict: Verdict, now: datetime) -> Handled:
        results = authentication_results(verdict, self.authserv_id(mail))
        decision = verdict.decision
        act, last = self._decided(decision)
        handled = Handled(
            Origin.OUTSIDE,
            act,
            decision.reason,
            (last,),
            judged=True,
            code=decision.code,
            author=verdict.evidence.author.domain or "",
            results=tuple([(found.method, found.result) for found in results.results]),
            verdict=verdict,
        )
        if act in (Act.REFUSED, Act.DEFERRED):
            return handled
        arc = sealed(self.sealer, message, results, verdict.evidence.arc, now)
        return self._changed(handled, mail, message, results, arc)

    def _decided(self, decision: Decision) -> tuple[Act, replies.Reply]:
        """What is done with a message, and the last reply that says so."""
        wanted = decision.disposition
        if wanted is Disposition.REJECT and self.policy.refuse:
            return Act.REFUSED, _reply(decision, _REFUSED)
        if wanted is Disposition.DEFER and self.policy.on_dns_failure is Fallback.TEMPFAIL:
            return Act.DEFERRED, _reply(decision, _DEFERRED)
        if wanted in (Disposition.REJECT, Disposition.SPAM) or (decision.weight or 0) >= MARK:
            held = self.policy.quarantine is Quarantine.HOLD
            return (Act.HELD if held else Act.MARKED), replies.Continue()
        return Act.ACCEPTED, replies.Continue()

    def _changed(
        self,
        handled: Handled,
        mail: Mail,
        message: Message,
        results: AuthResults,
        arc: bytes = b"",
    ) -> Handled:
        """The same with what is changed in the header, before the decision."""
        spam = self.policy.spam_header.encode()
        removed = (
            *forgeries(message, results.authserv_id),
            *all_of(spam, message.count(spam.lower())),
        )
        mark = spam + b": Yes\r\n" if handled.act is Act.MARKED else b""
        changes = Changes(removed, arc + field(results) + mark)
        hold = (replies.Quarantine(handled.reason),) if handled.act is Act.HELD else ()
        changed = changes.replies(leading_space=mail.leading_space)
        return msgspec.structs.replace(
            handled,
            replies=(*changed, *hold, *handled.replies),
            removed=len(removed),
            sealed=self.sealer.signer.domain if arc and self.sealer else "",
        )

    # Mail that is not judged

    def _unjudged(self, mail: Mail, message: Message, origin: Origin, why: str) -> Handled:
        """Taken, and marked as not judged: Authentication-Results says "none" (RFC 8601 §2.2)."""
        results = AuthResults(self.authserv_id(mail), comments=(f"not judged: {why}",))
        handled = Handled(origin, Act.ACCEPTED, f"not judged: {why}", (replies.Continue(),))
        if origin is Origin.TRUSTED:
            return handled
        if origin is Origin.USER:
            removed = forgeries(message, results.authserv_id)
            changed = Changes(removed).replies(leading_space=mail.leading_space)
            return msgspec.structs.replace(
                handled, replies=(*changed, *handled.replies), removed=len(removed)
            )
        return self._changed(handled, mail, message, results)

    def _too_much(self, mail: Mail, origin: Origin, excess: Excess) -> Handled:
        """A header that is larger than any is refused: what it forges could not be taken out."""
        if excess is Excess.MEMORY:
            return _told(origin, Act.DEFERRED, _NO_ROOM, excess.value)
        if excess is Excess.HEADER:
            return _told(origin, Act.REFUSED, _TOO_LARGE, excess.value)
        if self.policy.on_oversize is Fallback.TEMPFAIL:
            return _told(origin, Act.DEFERRED, _NO_ROOM, excess.value)
        message = read(mail.data, mbox=False)
        return self._crowded(message, origin) or self._unjudged(mail, message, origin, excess.value)

    def _crowded(self, message: Message, origin: Origin) -> Handled | None:
        """Refused where more fields might have to be taken out than any honest message has."""
        spam = self.policy.spam_header.lower().encode()
        count = message.count(RESULTS.lower()) + message.count(spam)
        if origin is Origin.TRUSTED or count <= MOST_REMOVED:
            return None
        text = f"its header has {count} fields of results, more than {MOST_REMOVED}"
        return _told(origin, Act.REFUSED, _REFUSED, text)


def _reply(decision: Decision, otherwise: tuple[str, str]) -> replies.ReplyCode:
    """What the profile says in such a case, with the reason; some publish half of a code."""
    found = _CODE.fullmatch(decision.code)
    code, enhanced = (found[1] or "", found[2] or "") if found else ("", "")
    code = code or _CLASSES.get(enhanced[:1], "")
    if not code or (enhanced and enhanced[0] != code[0]):
        code, enhanced = otherwise
    return replies.ReplyCode(code, enhanced, decision.reason)


def _told(origin: Origin, act: Act, code: tuple[str, str], text: str, reason: str = "") -> Handled:
    reply = replies.ReplyCode(*code, text)
    return Handled(origin, act, reason or text, (reply,), code=" ".join(code))


def networks(texts: Sequence[str]) -> tuple[Network, ...]:
    """Networks or single addresses. Raises ValueError for what is neither."""
    return tuple(ip_network(text) if "/" in text else _single(text) for text in texts)


def _single(text: str) -> Network:
    return ip_network(ip_address(text))
