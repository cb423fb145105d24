"""A receiver's questions about one message, all side by side."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

import msgspec

from mailworthy.arc.engine import verify as verify_arc
from mailworthy.dkim.engine import verify as verify_dkim
from mailworthy.dkim.result import DkimResults
from mailworthy.dmarc import rfc7489
from mailworthy.dmarc.align import Identifier
from mailworthy.dmarc.discover import PolicyFound
from mailworthy.dmarc.engine import MAX_AUTHORS, conclude, discover, judge
from mailworthy.dmarc.result import DmarcResult
from mailworthy.dnsbl.engine import NOTHING
from mailworthy.dnsbl.engine import check as check_lists
from mailworthy.dnsbl.model import Dnsbl
from mailworthy.dnsbl.result import Health, Listings
from mailworthy.helo.engine import check as check_helo
from mailworthy.iprev.engine import iprev
from mailworthy.lookup.drive import Note, gather, heard
from mailworthy.lookup.model import Asking, Reply
from mailworthy.message.author import author as read_author
from mailworthy.message.disguise import disguised
from mailworthy.message.header import Message, read
from mailworthy.mx.engine import check as check_mx
from mailworthy.mx.result import MxResult
from mailworthy.receive.decide import decide
from mailworthy.receive.envelope import Envelope
from mailworthy.receive.evidence import Evidence
from mailworthy.receive.form import form
from mailworthy.receive.identifiers import identifiers
from mailworthy.receive.profile import Alignment, Profile
from mailworthy.receive.verdict import Heard, Verdict
from mailworthy.receive.verifier import Verifier
from mailworthy.receive.words import Check, DmarcReject
from mailworthy.spf.engine import check_host
from mailworthy.spf.identity import Identity, helo_identity, mail_from_identity
from mailworthy.spf.result import SpfResult

T = TypeVar("T")


class Options(msgspec.Struct, frozen=True):
    """What a receiver may bring along.

    `lists` are the blocklists to ask about the client and the author domain, `tested` what was
    learned of them before (`Listings.health`). `own` are our names and addresses, which a client
    must not claim. `dmarc_reject` is for profiles that weigh. `assumptions` is what the caller
    took for granted, in sentences.
    """

    lists: Sequence[Dnsbl] = ()
    tested: Mapping[str, Health] = NOTHING
    own: Collection[str] = ()
    dmarc_reject: DmarcReject = DmarcReject.INDEPENDENT
    assumptions: Sequence[str] = ()


OPTIONS = Options()
_CHECKS = tuple(Check)
_OLD = Alignment.PUBLIC_SUFFIX_LIST


def evaluate(
    message: bytes | Message,
    envelope: Envelope,
    *,
    now: datetime,
    profiles: Sequence[Profile],
    options: Options = OPTIONS,
) -> Asking[Verdict]:
    """Judge a message as each of `profiles` would (at least one), in three rounds or so.

    Everything is judged as of `envelope.received_at`, or `now`. Never raises for what a message,
    a client or a name server says, and asks no more than the engines of all checks do together.
    """
    return (yield from _Judging(read(message), envelope, now, profiles, options).run())


class _Judging:
    """One message in work: what every check is told is heard under its name."""

    def __init__(
        self,
        message: Message,
        envelope: Envelope,
        now: datetime,
        profiles: Sequence[Profile],
        options: Options,
    ) -> None:
        self.message, self.envelope, self.options = message, envelope, options
        self.now = envelope.received_at or now
        self.profiles = [_as_wished(profile, options) for profile in profiles]
        self.author = read_author(message.values(b"from"), disguised(message))
        self.identity = mail_from_identity(envelope.mail_from, envelope.helo)
        self.heard: dict[Check, list[Reply]] = {}

    def run(self) -> Asking[Verdict]:
        evidence = yield from self.evidence()
        heard = tuple([Heard(c, tuple(self.heard[c])) for c in _CHECKS if c in self.heard])
        decisions = tuple([decide(profile, evidence) for profile in self.profiles])
        return Verdict(evidence, decisions, heard, tuple(self.options.assumptions))

    def evidence(self) -> Asking[Evidence]:
        envelope, options = self.envelope, self.options
        (
            (spf, dkim, dmarc, old),
            reverse,
            helo,
            spf_helo,
            arc,
            listings,
            sender,
            *author,
        ) = yield from heard(
            (
                (None, self.authentication()),
                (self.note(Check.REVERSE_DNS), iprev(envelope.ip)),
                (
                    self.note(Check.HELO),
                    check_helo(envelope.helo, envelope.ip, own=options.own),
                ),
                (
                    self.note(Check.SPF_HELO),
                    self.check_host(helo_identity(envelope.helo)),
                ),
                (self.note(Check.ARC), verify_arc(self.message, now=self.now)),
                (self.note(Check.BLOCKLIST), self.listings()),
                *self.reachable(),
            )
        )
        return Evidence(
            envelope,
            self.author,
            form(self.message, self.author, dkim),
            reverse,
            helo,
            spf,
            spf_helo,
            dkim,
            arc,
            dmarc,
            old,
            sender,
            author[0] if author else sender,
            listings,
        )

    def note(self, check: Check) -> Note:
        """Who listens to a check."""
        return self.heard.setdefault(check, []).extend

    def authentication(
        self,
    ) -> Asking[tuple[SpfResult, DkimResults, dict[Verifier, DmarcResult], DmarcResult | None]]:
        """SPF, DKIM and the policy at the same time, and DMARC as soon as the three are there."""
        authors = self.author.domains[:MAX_AUTHORS]
        spf, dkim, founds = yield from heard(
            (
                (self.note(Check.SPF), self.check_host(self.identity)),
                (self.note(Check.DKIM), verify_dkim(self.message, now=self.now)),
                (self.note(Check.DMARC), gather([discover(author) for author in authors])),
            )
        )
        ((dmarc, old),) = yield from heard(
            [(self.note(Check.DMARC), self.alignment(spf, dkim, founds))]
        )
        return spf, dkim, dmarc, old

    def alignment(
        self, spf: SpfResult, dkim: DkimResults, founds: list[PolicyFound]
    ) -> Asking[tuple[dict[Verifier, DmarcResult], DmarcResult | None]]:
        """What follows for DMARC, and for what RFC 7489 had where somebody wants to compare."""
        dmarc = yield from self.dmarc(spf, dkim, founds)
        if not any(p.discovery is _OLD for p in self.profiles):
            return dmarc, None
        return dmarc, (yield from self.rfc7489(spf, dkim))

    def dmarc(
        self, spf: SpfResult, dkim: DkimResults, founds: list[PolicyFound]
    ) -> Asking[dict[Verifier, DmarcResult]]:
        """A result for every verifier; what they have in common is worked out once."""
        results: dict[Verifier, DmarcResult] = {}
        known: dict[tuple[Identifier, ...], DmarcResult] = {}
        for verifier in dict.fromkeys(p.verifier for p in self.profiles):
            found = identifiers(spf, dkim, verifier)
            if found not in known:
                known[found] = yield from self.judged(found, founds)
            results[verifier] = known[found]
        return results

    def judged(
        self, found: tuple[Identifier, ...], founds: list[PolicyFound]
    ) -> Asking[DmarcResult]:
        fault = self.fault()
        considered = () if fault else found
        judgements = yield from gather([judge(policy, considered) for policy in founds])
        return conclude(judgements, self.author.domains[MAX_AUTHORS:], fault)

    def fault(self) -> str:
        """What is wrong with From, in words; empty if nothing is."""
        author = self.author
        if author.fault is None:
            return ""
        return f"{author.fault}: {author.detail}" if author.detail else author.fault.value

    def check_host(self, identity: Identity) -> Asking[SpfResult]:
        envelope = self.envelope
        return check_host(
            envelope.ip,
            identity.domain,
            identity.sender,
            helo=envelope.helo,
            now=int(self.now.timestamp()),
        )

    def rfc7489(self, spf: SpfResult, dkim: DkimResults) -> Asking[DmarcResult]:
        verifier = next(p.verifier for p in self.profiles if p.discovery is _OLD)
        found = identifiers(spf, dkim, verifier)
        return rfc7489.evaluate(self.author.domains, found, fault=self.fault())

    def reachable(self) -> tuple[tuple[Note, Asking[MxResult | None]], ...]:
        """Whether sender and author can be answered; asked once where they have one domain."""
        sender, author = sender_domain(self.envelope), self.author.domain
        hears = self.note(Check.SENDER), self.note(Check.AUTHOR)
        if sender is not None and sender.lower() == author:
            return ((lambda replies: [hear(replies) for hear in hears], answered(sender)),)
        return (hears[0], answered(sender)), (hears[1], answered(author))

    def listings(self) -> Asking[Listings | None]:
        """What the blocklists say of the client and of who it says is the author."""
        if not self.options.lists:
            return None
        subjects = [self.envelope.ip, *([self.author.domain] if self.author.domain else ())]
        return (yield from check_lists(subjects, self.options.lists, tested=self.options.tested))


def _as_wished(profile: Profile, options: Options) -> Profile:
    if not profile.weighed or profile.dmarc_reject is options.dmarc_reject:
        return profile
    return msgspec.structs.replace(profile, dmarc_reject=options.dmarc_reject)


def sender_domain(envelope: Envelope) -> str | None:
    """The domain of MAIL FROM; None for the null reverse-path."""
    path = envelope.mail_from.strip().removeprefix("<").removesuffix(">")
    return mail_from_identity(path, "").domain if path else None


def answered(domain: str | None) -> Asking[MxResult | None]:
    """Whether a domain can be answered; None if there is none."""
    if domain is None:
        return None
    return (yield from check_mx(domain))
