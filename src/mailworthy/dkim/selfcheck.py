"""A signer's look at itself: does the world find its keys, and do they fit?"""

from datetime import datetime

import msgspec

from mailworthy.dkim.engine import verify
from mailworthy.dkim.material import public_text
from mailworthy.dkim.record import DkimKey, parse, same_key
from mailworthy.dkim.result import DkimSignature, Policy
from mailworthy.dkim.signing import Signer, SigningKey
from mailworthy.lookup.model import Answer, Asking, Question, ask
from mailworthy.parsed import Problem


class KeyCheck(msgspec.Struct, frozen=True):
    """One key of a signer, seen from outside.

    `result` is how its signature verifies. `matches` tells whether the published key belongs
    to the private one, None where no key could be read. `records` is how many there are at
    the name (one is right), `problems` what is wrong with them; `alias` is set where the name
    leads elsewhere.
    """

    domain: str
    selector: str
    algorithm: str
    result: DkimSignature
    matches: bool | None
    records: int
    problems: tuple[Problem, ...] = ()
    alias: str = ""

    @property
    def good(self) -> bool:
        """Receivers accept this key's signatures, and use them for DMARC."""
        return self.result.counts and self.records == 1


def selfcheck(signer: Signer, *, now: datetime) -> Asking[tuple[KeyCheck, ...]]:
    """Sign a small message, resolve the keys and verify; one result a key, in their order."""
    probe = f"From: postmaster@{signer.domain}\r\nSubject: probe\r\n\r\nprobe\r\n".encode()
    signed = signer.sign(probe, now=now)
    results = yield from verify(signed, now=now, policy=Policy(max_signatures=len(signer.keys)))
    names = [Question(f"{k.selector}._domainkey.{signer.domain}", "TXT") for k in signer.keys]
    answers = yield from ask(*names)
    found = zip(signer.keys, answers, results.signatures, strict=False)
    return tuple(_checked(signer.domain, *one) for one in found)


def _checked(domain: str, key: SigningKey, answer: Answer, result: DkimSignature) -> KeyCheck:
    k, p = public_text(key.key)
    own = parse(f"v=DKIM1; k={k}; p={p}").record
    parsed = [parse(text) for text in answer.records]
    published = [one.record for one in parsed if one.record is not None]
    return KeyCheck(
        domain,
        key.selector,
        key.algorithm,
        result,
        _matches(own, published),
        len(answer.records),
        tuple(problem for one in parsed for problem in one.problems),
        answer.chain[-1] if answer.chain else "",
    )


def _matches(own: DkimKey | None, published: list[DkimKey]) -> bool | None:
    if own is None or not published:
        return None
    return any(same_key(own, other) for other in published)
