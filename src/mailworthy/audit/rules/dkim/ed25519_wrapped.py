"""An Ed25519 key is published with a wrapping that receivers do not expect.

## What it checks
For `k=ed25519`, `p=` holds the 32 octets of the key: 44 characters of base64.

## Why it matters
OpenSSL writes Ed25519 keys inside a longer structure.
Receivers expect the bare key, so signatures with this selector fail.

## How to fix
Publish the last 32 octets alone.
"""

import base64
from collections.abc import Iterator

from mailworthy.audit.evidence import Published, SelectorEvidence
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthy import ED25519, healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._tags import name_of, pieces, with_tag
from mailworthy.audit.rules.dkim._shared import broken, change, line, mended
from mailworthy.dkim.material import decode
from mailworthy.dkim.record import DkimKey

_WRAPPED = base64.b64encode(
    bytes.fromhex("302a300506032b6570032100") + base64.b64decode(ED25519)
).decode()


@rule(
    over="selectors",
    severity=Severity.WARNING,
    references=("RFC 8463 §4.2",),
    bad=healthy(drop=("e202611.",), add=(line("e202611", f"v=DKIM1; k=ed25519; p={_WRAPPED}"),)),
    good=healthy(drop=("e202611.",), add=(line("e202611", f"v=DKIM1; k=ed25519; p={ED25519}"),)),
)
def check(each: SelectorEvidence, key: Published[DkimKey]) -> Iterator[Found]:
    if found := broken(each, key, "ed25519-wrapped"):
        text = found[0].text
        message = "holds an Ed25519 key with a wrapping; p= must be the bare 32 octets"
        yield change(each, key, message, text, mended(text, with_tag(text, "p", _bare(text))))


def _bare(text: str) -> str:
    p = next(piece.partition("=")[2] for piece in pieces(text) if name_of(piece) == "p")
    octets = decode("".join(p.split())) or b""
    return base64.b64encode(octets[-32:]).decode()
