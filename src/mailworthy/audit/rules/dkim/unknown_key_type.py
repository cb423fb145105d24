"""A key record names a key type that DKIM does not know.

## What it checks
`k=` is `rsa` or `ed25519`, in lower case; without it the key is RSA.

## Why it matters
Receivers ignore keys of other types, so signatures with this selector fail.

## How to fix
Write the type of the key that is in `p=`.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Published, SelectorEvidence
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthy import RSA, healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._tags import name_of, pieces, with_tag
from mailworthy.audit.rules.dkim._shared import broken, change, line, mended
from mailworthy.dkim.material import Fault, load
from mailworthy.dkim.record import DkimKey


@rule(
    over="selectors",
    severity=Severity.BLOCKER,
    references=("RFC 6376 §3.6.1", "RFC 8463 §4.2"),
    bad=healthy(drop=("r202611.",), add=(line("r202611", f"v=DKIM1; k=RSA; t=s; p={RSA}"),)),
    good=healthy(drop=("r202611.",), add=(line("r202611", f"v=DKIM1; t=s; p={RSA}"),)),
)
def check(each: SelectorEvidence, key: Published[DkimKey]) -> Iterator[Found]:
    if found := broken(each, key, "unknown-key-type"):
        read, problem = found
        new = mended(read.text, with_tag(read.text, "k", _type(read.text)))
        message = f"names a key type that receivers do not know: {problem.message}"
        yield change(each, key, message, read.text, new)


def _type(text: str) -> str:
    """The type that the key itself has; RSA if it has none."""
    p = next((piece.partition("=")[2] for piece in pieces(text) if name_of(piece) == "p"), "")
    return "rsa" if isinstance(load("ed25519", "".join(p.split())), Fault) else "ed25519"
