"""The key in a record is of another type than the record says.

## What it checks
The key in `p=` is of the type that `k=` names; without `k=` it has to be RSA.

## Why it matters
Receivers read the key as the wrong type and find nothing they can use: signatures with this selector fail.
Often `k=ed25519` was lost on the way into the zone.

## How to fix
Write the type of the key into `k=`.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Published, SelectorEvidence
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthy import ED25519, healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._tags import with_tag
from mailworthy.audit.rules.dkim._shared import broken, change, line
from mailworthy.dkim.record import DkimKey, parse


@rule(
    over="selectors",
    severity=Severity.BLOCKER,
    references=("RFC 6376 §3.6.1", "RFC 8463 §4.2"),
    bad=healthy(drop=("e202611.",), add=(line("e202611", f"v=DKIM1; t=s; p={ED25519}"),)),
    good=healthy(
        drop=("e202611.",), add=(line("e202611", f"v=DKIM1; t=s; k=ed25519; p={ED25519}"),)
    ),
)
def check(each: SelectorEvidence, key: Published[DkimKey]) -> Iterator[Found]:
    if found := broken(each, key, "bad-key"):
        text = found[0].text
        right = next((t for t in ("rsa", "ed25519") if _fits(text, t)), None)
        if right is not None:
            message = f"says k={_other(right)}, but the key in p= is of type {right}"
            yield change(each, key, message, text, with_tag(text, "k", right))


def _fits(text: str, type_: str) -> bool:
    return parse(with_tag(text, "k", type_)).record is not None


def _other(type_: str) -> str:
    return "ed25519" if type_ == "rsa" else "rsa, or nothing,"
