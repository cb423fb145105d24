"""The rehearsal's own mail: signed with the folder's keys, judged as receivers judge it."""

from collections.abc import Iterator, Sequence
from datetime import datetime

import msgspec

from mailworthy.audit.facade import Audit
from mailworthy.audit.run import Gap
from mailworthy.audit.trial import Trial
from mailworthy.dkim.signing import Signer, SigningKey, signing_key
from mailworthy.domain.folder import Folder
from mailworthy.domain.keys import read_private
from mailworthy.lookup.drive import Resolver, drive
from mailworthy.lookup.replay import Scoped
from mailworthy.message.header import Message, read
from mailworthy.receive.decision import Decision
from mailworthy.receive.engine import evaluate
from mailworthy.receive.envelope import Envelope
from mailworthy.receive.load import every
from mailworthy.receive.profile import Profile
from mailworthy.receive.verdict import Verdict
from mailworthy.receive.words import Held
from mailworthy.servers.rspamdsigner import RspamdSigner
from mailworthy.setup.letter import RECIPIENT, letter, sender_of

DEADLINE = 20.0  # seconds for one message
NO_KEY = Gap("a signed message", "no_key", ())


class Mail(msgspec.Struct, frozen=True):
    """A signed message, and who brings it."""

    message: Message
    envelope: Envelope


def tried(audit: Audit, folder: Folder | None, resolver: Resolver, now: datetime) -> Audit:
    """The same audit with what receivers would make of the domain's mail in the same world.

    Without a private key to sign with, that is among what was not rehearsed; a parked domain
    has no mail. Raises UsageError where a key cannot be read.
    """
    wish = folder.intent.domains.get(audit.domain) if folder else None
    if wish is not None and wish.parked:
        return audit
    mails = signed(folder, audit.domain, now) if folder and wish else ()
    if not mails:
        return msgspec.structs.replace(audit, not_rehearsed=(*audit.not_rehearsed, NO_KEY))
    apart = resolver.scoped(audit.domain) if isinstance(resolver, Scoped) else resolver
    return msgspec.structs.replace(audit, trials=trials(mails, apart, now))


def signed(folder: Folder, domain: str, now: datetime) -> tuple[Mail, ...]:
    """A message from every address of every host that sends for a domain of the folder.

    Signed with all keys of the domain; none if it has no key. Raises UsageError where a key
    cannot be read.
    """
    keys = tuple(_keys(folder, domain))
    return tuple(_mails(folder, RspamdSigner(domain, keys), now)) if keys else ()


def _keys(folder: Folder, domain: str) -> Iterator[SigningKey]:
    fresh = {new.public.selector: new.secret for new in folder.fresh if new.domain == domain}
    for selector in folder.keys.get(domain, {}):
        if selector in fresh:
            yield signing_key(selector, fresh[selector])
        else:
            yield signing_key(selector, read_private(folder.key_folder, domain, selector))


def _mails(folder: Folder, signer: Signer, now: datetime) -> Iterator[Mail]:
    sender = sender_of(signer.domain)
    for name, host in folder.intent.senders(signer.domain).items():
        message = read(signer.sign(letter(signer.domain, name, now), now=now))
        for ip in (*host.ipv4, *host.ipv6):
            yield Mail(message, Envelope(ip, name, sender, (RECIPIENT,), True, now))


def trials(mails: Sequence[Mail], resolver: Resolver, now: datetime) -> tuple[Trial, ...]:
    """What every receiver whose rules are known makes of each message."""
    profiles = every()
    found = []
    for mail in mails:
        judging = evaluate(mail.message, mail.envelope, now=now, profiles=profiles)
        found.append(_trial(mail, drive(judging, resolver, deadline=DEADLINE), profiles))
    return tuple(found)


def _trial(mail: Mail, verdict: Verdict, profiles: Sequence[Profile]) -> Trial:
    return Trial(
        mail.envelope.mail_from.rpartition("@")[2],
        mail.envelope.helo,
        mail.envelope.ip,
        {check.check: check.result for check in verdict.checks},
        tuple(_short(decision) for decision in verdict.decisions),
        min(line.date for p in profiles for line in p.lines if not line.advice),
    )


def _short(decision: Decision) -> Decision:
    """The decision with only those requirements that are not met, or not known to be."""
    left = tuple(o for o in decision.outcomes if o.broken is not Held.NO)
    return msgspec.structs.replace(decision, outcomes=left)
