"""What SPF and DKIM authenticated, in the eyes of one receiver."""

from mailworthy.dkim.result import DkimResults, DkimSignature
from mailworthy.dkim.result import Result as Dkim
from mailworthy.dmarc.align import Identifier, Method
from mailworthy.receive.verifier import Verifier
from mailworthy.spf.result import SpfResult


def identifiers(spf: SpfResult, dkim: DkimResults, verifier: Verifier) -> tuple[Identifier, ...]:
    """The identifiers for DMARC: the MAIL FROM identity first, then all signatures in order.

    `dkim` was evaluated under Length.HONOUR. A pass that does not count is "policy", a signature
    of an algorithm that the receiver does not verify "neutral".
    """
    return (
        Identifier(Method.SPF, spf.domain, spf.result.value),
        *[_signed(signature, verifier) for signature in dkim.signatures if signature.domain],
    )


def _signed(signature: DkimSignature, verifier: Verifier) -> Identifier:
    result = verifier.result(signature)
    if result is Dkim.PASS and not verifier.counts(signature):
        result = Dkim.POLICY
    return Identifier(Method.DKIM, signature.domain, result.value, signature.selector)
