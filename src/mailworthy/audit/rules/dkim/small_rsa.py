"""An RSA key has fewer than 2048 bits.

## What it checks
RSA keys that you publish yourself have 2048 bits.
Keys that a service publishes behind a CNAME are its own affair.

## Why it matters
Receivers accept keys of 1024 bits today, but signers are told to use 2048, and some receivers have begun to give such signatures less weight.

## How to fix
Make an RSA key of 2048 bits, publish it under a new selector, let the server sign with it, and remove the old record a week later.
Where the selector has to stay, publish the new key in place of the old one, at the moment when the server changes.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Published, SelectorEvidence
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthy import RSA, healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._steps import foreign
from mailworthy.audit.rules.dkim._shared import change, line, new_key, usable
from mailworthy.dkim.record import DkimKey

_RSA_1024 = (
    "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDc+7S4Xfbfuqg+AVy8qJcbyuEcp0NGO3niqUh5OzZVtmlSFuCM"
    "Jg1jpFwTfWgh2PFJsi1QQ+zPPQWJ6Vs1j5MBsboaaozwsGHr51ySEqtpGroDHUzFvixjKikNaXiBWjjXeSKHbPAJ"
    "Y2EKyXeGcrCECgcTLKXecvKJMfGJuVNglQIDAQAB"
)

_NOTE = "let the server sign with the new key at the same time; better still under a new selector"


@rule(
    over="selectors",
    severity=Severity.ADVICE,
    references=("RFC 8301 §3.2",),
    bad=healthy(
        drop=("r202611.",),
        add=(line("r202611", f"v=DKIM1; k=rsa; p={_RSA_1024}"),),
        blanks={"public-key": RSA},
    ),
    good=healthy(drop=("r202611.",), add=(line("r202611", f"v=DKIM1; k=rsa; p={RSA}"),)),
)
def check(each: SelectorEvidence, key: Published[DkimKey]) -> Iterator[Found]:
    judged = usable(each, key)
    if judged is None or judged[1].k != "rsa" or foreign(key.answer):
        return
    read, record = judged
    if 1024 <= record.bits < 2048:
        message = f"holds an RSA key of {record.bits} bits; 2048 are recommended"
        yield change(each, key, message, read.text, new_key(read.text), note=_NOTE)
