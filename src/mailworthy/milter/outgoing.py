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
from mailworthy.message.header import Message, read
from mailworthy.milter.changes import Changes, forgeries
from mailworthy.milter.handled import Act, Handled, Origin
from mailworthy.milter.mail import Mail
from mailworthy.milter.wire import replies
from mailworthy.names import ancestors


def outgoing(
    mail: Mail,
    origin: Origin,
    signers: Mapping[str, Signer],
    now: datetime,
    *,
    authserv_id: str,
) -> Handled:
    """The message, signed with all keys of its author's domain or of the nearest above it.

    Not one that has come from outside before and was not proven to be its author's, as the
    Authentication-Results of `authserv_id` in it say: a rule that forwards mail would have
    forgeries of our own domains signed. From people who have logged in such fields are taken out,
    since no program of theirs may speak for us (RFC 8601 §5); those from machines stay.
    """
    message = read(mail.data, mbox=False)
    domain = author(message.values(b"from"), disguised(message)).domain or ""
    signer, why = _signer(message, domain, signers)
    if signer is not None and _unproven(message, authserv_id):
        signer, why = None, "it has come from outside, and DMARC did not pass"
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
    )


def _signer(
    message: Message, domain: str, signers: Mapping[str, Signer]
) -> tuple[Signer | None, str]:
    """Who signs a message; None, and why nobody does."""
    if not signers:
        return None, "no keys are set up"
    if (problem := unfit(message)) is not None:
        return None, problem.message
    found = next((signers[name] for name in ancestors(domain) if name in signers), None)
    return found, "" if found else f"no key of {domain or 'its author'} is here"


def _unproven(message: Message, authserv_id: str) -> bool:
    """Whether we have judged a message before, and DMARC did not pass."""
    found = [parse(value).record for value in message.values(b"authentication-results")]
    own = [each for each in found if each and each.authserv_id.lower() == authserv_id.lower()]
    results = {r.result for each in own for r in each.results if r.method == "dmarc"}
    return bool(own) and results != {"pass"}


def sealed(
    sealer: Sealer | None, message: Message, results: AuthResults, arc: ArcResult, now: datetime
) -> bytes:
    """The three fields of one more ARC set; nothing where the message is not to be sealed."""
    if sealer is None or unfit(message) is not None:
        return b""
    return sealer.seal(message, results, arc, now=now).fields
