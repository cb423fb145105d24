"""Mail of our own: it is signed, not judged. And mail from outside that is sealed."""

from collections.abc import Mapping
from datetime import datetime

from mailworthy.arc.result import ArcResult
from mailworthy.arc.sealer import Sealer
from mailworthy.dkim.signing import Signer
from mailworthy.dkim.unfit import unfit
from mailworthy.message.author import author
from mailworthy.message.authres import parse
from mailworthy.message.authresmodel import AuthResults
from mailworthy.message.disguise import disguised
from mailworthy.message.header import Message
from mailworthy.milter.changes import Changes, forgeries
from mailworthy.milter.handled import Act, Handled, Origin, Unsigned
from mailworthy.milter.mail import Mail
from mailworthy.milter.wire import replies
from mailworthy.names import BadName, ancestors, is_within, printable, to_ascii
from mailworthy.receive.authresults import removals


def outgoing(
    mail: Mail,
    message: Message,
    origin: Origin,
    signers: Mapping[str, Signer],
    now: datetime,
    *,
    authserv_id: str,
    any_login: bool = False,
) -> Handled:
    """The message, signed with all keys of its author's domain or of the nearest above it.

    Not one that has come from outside before and was not proven to be its author's, as the
    Authentication-Results of `authserv_id` in it say: a rule that forwards mail would have
    forgeries of our own domains signed. From people who have logged in such fields are taken out,
    since no program of theirs may speak for us (RFC 8601 §5); those from machines stay.

    Nor one from somebody who has logged in with a name of another domain, unless `any_login`.
    """
    domain = author(message.values(b"from"), disguised(message)).domain or ""
    signer, unsigned, why = _signer(message, domain, signers)
    if signer is not None and not any_login and not may_write(mail.user, domain):
        signer, unsigned = None, Unsigned.LOGIN
        why = f"{printable(mail.user, 100)} has logged in, and the author is of {domain}"
    if signer is not None and _unproven(message, authserv_id):
        signer, unsigned = None, Unsigned.UNPROVEN
        why = "it has come from outside, and DMARC did not pass"
    removed = forgeries(message, authserv_id) if origin is Origin.USER else ()
    added = b"" if signer is None else signer.signatures(message, now=now)
    changed = Changes(removed, added).replies(leading_space=mail.leading_space)
    return Handled(
        origin,
        Act.ACCEPTED,
        f"not signed: {why}" if signer is None else f"signed for {signer.domain}",
        (*changed, replies.Continue()),
        author=domain,
        removed=len(removed),
        signed=() if signer is None else tuple([key.selector for key in signer.keys]),
        unsigned=unsigned,
    )


def _signer(
    message: Message, domain: str, signers: Mapping[str, Signer]
) -> tuple[Signer | None, Unsigned | None, str]:
    """Who signs a message; None, and why nobody does."""
    if not signers:
        return None, Unsigned.KEYS, "no keys are set up"
    if (problem := unfit(message)) is not None:
        return None, Unsigned.UNFIT, problem.message
    for name in ancestors(domain):
        if name in signers:
            return signers[name], None, ""
    return None, Unsigned.DOMAIN, f"no key of {domain or 'its author'} is here"


def may_write(login: str, domain: str) -> bool:
    """Whether who has logged in may have mail of an author's domain signed: with a name of that
    domain, of one above or below it, or without a domain, which tells nothing."""
    _, at, text = login.strip().rpartition("@")
    if not at:
        return True
    try:
        own = to_ascii(text)
    except BadName:
        return False
    return own not in ("", ".") and (is_within(domain, own) or is_within(own, domain))


def _unproven(message: Message, authserv_id: str) -> bool:
    """Whether we have judged a message before, and DMARC did not pass. Ours is what we would take
    out as ours, so that a field which is hard to read never proves anything."""
    values = message.values(b"authentication-results")
    own = [parse(values[each.index]).record for each in removals(message, authserv_id)]
    results = {r.result for each in own if each for r in each.results if r.method == "dmarc"}
    return None in own or (bool(own) and results != {"pass"})


def sealed(
    sealer: Sealer | None, message: Message, results: AuthResults, arc: ArcResult, now: datetime
) -> bytes:
    """The three fields of one more ARC set; nothing where the message is not to be sealed."""
    if sealer is None or unfit(message) is not None:
        return b""
    return sealer.seal(message, results, arc, now=now).fields
