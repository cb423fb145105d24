"""CAA reports should go to something that is no address.

## What it checks
The value of `iodef` is a `mailto:`, `http:` or `https:` URL.

## Why it matters
A CA that turns down a request in your name has nowhere to tell you.

## How to fix
Write `mailto:` before a mail address, or remove the record.
"""

import re
from collections.abc import Iterator

from mailworthy.audit.evidence import Certification
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthy import healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.caa._shared import found, revised, with_problem
from mailworthy.names import printable
from mailworthy.rdata.caa import Caa

_ADDRESS = re.compile(r"[A-Za-z0-9.+_-]{1,64}@[A-Za-z0-9.-]{1,253}")


@rule(
    severity=Severity.ADVICE,
    references=("RFC 8659 §4.4",),
    bad=healthy(add=('example.com. CAA 0 iodef "security@example.com"',)),
    good=healthy(add=('example.com. CAA 0 iodef "mailto:security@example.com"',)),
)
def check(domain: str, caa: Certification) -> Iterator[Found]:
    bad = list(with_problem(caa, "iodef-scheme"))
    if bad:
        shown = printable(bad[0][1].value, 80)
        yield found(
            caa,
            domain,
            f"CAA reports go to {shown}, which is no mailto: or https: URL",
            remove=[read.text for read, _, _ in bad],
            add=[new for _, record, _ in bad for new in _mended(record)],
        )


def _mended(record: Caa) -> Iterator[str]:
    if _ADDRESS.fullmatch(record.value):
        yield revised(record, f"mailto:{record.value}")
