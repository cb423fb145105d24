"""Whether who took a message is its receiver, or a relay on the way there (RFC 5321 §3.6)."""

from mailworthy.lookup.model import Asking, Status
from mailworthy.mx.engine import check
from mailworthy.mx.result import Cause, MxResult
from mailworthy.names import normalize
from mailworthy.sendtest.maillog import Step

_CLIENT = "smtp"  # lmtp, local, virtual and pipe deliver themselves
_NOT_KNOWN = (Cause.LOOKUP, Cause.MISSING, Cause.MALFORMED)


def relayed(step: Step) -> Asking[bool | None]:
    """Whether the host of a step is none of the exchanges of the recipient's domain, by name or
    by address; None where DNS does not tell. Never raises."""
    if step.program != _CLIENT or not step.host:
        return False
    found = yield from check(step.recipient.rpartition("@")[2])
    if _is_exchange(step, found):
        return False
    unsure = found.cause in _NOT_KNOWN or found.not_evaluated
    if unsure or any(each.status is Status.FAILED for each in found.answers):
        return None
    return True


def _is_exchange(step: Step, found: MxResult) -> bool:
    names = {*(each.name for each in found.exchanges), *found.not_evaluated}
    addresses = {address for each in found.exchanges for address in each.addresses}
    return normalize(step.host) in names or step.ip in addresses
