"""What SPF and DKIM authenticated, in the eyes of one receiver."""

from mailworthy.dkim.result import DkimResults, DkimSignature, Length
from mailworthy.dkim.result import Result as Dkim
from mailworthy.dmarc.align import Identifier, Method
from mailworthy.spf.result import SpfResult


def result_of(signature: DkimSignature, length: Length) -> Dkim:
    """The result of a signature where l= is taken so: under REFUSE no signature with it passes."""
    if length is Length.REFUSE and signature.length is not None and signature.result is Dkim.PASS:
        return Dkim.POLICY
    return signature.result


def counts(signature: DkimSignature, length: Length) -> bool:
    """Whether DMARC may use a signature: it passes, and l= leaves nothing out that matters."""
    covered = length is Length.HONOUR or not signature.uncovered
    return signature.counts and covered and result_of(signature, length) is Dkim.PASS


def identifiers(spf: SpfResult, dkim: DkimResults, length: Length) -> tuple[Identifier, ...]:
    """The identifiers for DMARC: the MAIL FROM identity first, then all signatures in order.

    `dkim` was evaluated under Length.HONOUR. A pass that does not count is "policy".
    """
    return (
        Identifier(Method.SPF, spf.domain, spf.result.value),
        *[_signed(signature, length) for signature in dkim.signatures if signature.domain],
    )


def _signed(signature: DkimSignature, length: Length) -> Identifier:
    result = result_of(signature, length)
    if result is Dkim.PASS and not counts(signature, length):
        result = Dkim.POLICY
    return Identifier(Method.DKIM, signature.domain, result.value, signature.selector)
