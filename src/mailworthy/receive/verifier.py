"""What a receiver's DKIM verifier makes of signatures (RFC 6376 §6.1.1, §8.2, RFC 8463 §3)."""

from enum import StrEnum

import msgspec

from mailworthy.dkim.result import DkimSignature, Length
from mailworthy.dkim.result import Result as Dkim


class Algorithm(StrEnum):
    """The values of a= that are good for anything (RFC 8301 §3.1, RFC 8463 §3)."""

    RSA = "rsa-sha256"
    ED25519 = "ed25519-sha256"


class Verifier(msgspec.Struct, frozen=True):
    """How a receiver takes l=, and the algorithms that it verifies."""

    length: Length = Length.IGNORE_FOR_DMARC
    algorithms: tuple[Algorithm, ...] = tuple(Algorithm)

    def ignores(self, signature: DkimSignature) -> bool:
        """Whether a signature is as good as absent, since its algorithm is not verified.

        RFC 6376 §6.1.1: a verifier must ignore a signature of an algorithm that it does not know.
        """
        return signature.algorithm in _ALL and signature.algorithm not in self.algorithms

    def result(self, signature: DkimSignature) -> Dkim:
        """The result that this receiver has: under REFUSE no signature with l= passes."""
        if self.ignores(signature):
            return Dkim.NEUTRAL
        refused = self.length is Length.REFUSE and signature.length is not None
        return Dkim.POLICY if refused and signature.result is Dkim.PASS else signature.result

    def counts(self, signature: DkimSignature) -> bool:
        """Whether DMARC may use it: it passes, and l= leaves nothing out that matters."""
        covered = self.length is Length.HONOUR or not signature.uncovered
        return signature.counts and covered and self.result(signature) is Dkim.PASS


_ALL = frozenset(Algorithm)
