"""The SPF record uses the macro %{p}.

## What it checks
No name in the record holds the macro letter p.

## Why it matters
`%{p}` stands for the client's name in reverse DNS.
It costs look-ups for every message and may come out as `unknown`; the RFC says that it should not
be published.

## How to fix
Take the term away, and name the addresses that send with `ip4:` and `ip6:`.
If the term must choose hosts by name, `%{i}` chooses them by address.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Sending
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.spf._repair import ended
from mailworthy.audit.rules.spf._shared import BASE, Spf, noted, said, world
from mailworthy.audit.rules.spf._text import without


@rule(
    severity=Severity.WARNING,
    references=("RFC 7208 §5.5", "RFC 7208 §7.2"),
    bad=world(f"v=spf1 {BASE} exists:%{{p}}._spf.example.net ~all"),
    good=world(f"v=spf1 {BASE} exists:%{{i}}._spf.example.net ~all"),
)
def check(spf: Spf, sending: Sending) -> Iterator[Found]:
    text, problems = noted(spf, "ptr-macro")
    if problems:
        new = ended(without(text, problems), sending)
        yield said(spf, (text, problems), "uses the macro %{p}, which should not be published", new)
