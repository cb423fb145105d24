"""The SPF record lists an address that no mail on the internet can come from.

## What it checks
The addresses in `ip4:` and `ip6:` are public ones: not private (`10.0.0.0/8`, `192.168.0.0/16`, …),
not loopback or link-local, not kept for documentation or other special use.

## Why it matters
Receivers see the public address that your mail leaves from, never one of these.
The term does nothing, and the address that should stand there may be missing.

## How to fix
Take the term away.
Check that the public address of your server is listed.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Sending
from mailworthy.audit.finding import Blank, Configure, Found, Remedy, Severity, cite
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.spf._networks import unroutable
from mailworthy.audit.rules.spf._repair import listed
from mailworthy.audit.rules.spf._shared import BASE, Spf, own, placed, replaced, shown, world
from mailworthy.audit.rules.spf._text import swapped


@rule(
    severity=Severity.ADVICE,
    references=("RFC 1918 §3", "RFC 6890 §2.2.2", "RFC 7208 §5.6"),
    bad=world(f"v=spf1 {BASE} ip4:10.0.0.0/8 ~all"),
    # The addresses of examples are fine in the domains of examples.
    good=world(f"v=spf1 {BASE} ip4:198.51.100.0/24 ~all"),
)
def check(spf: Spf, documentation: bool, sending: Sending) -> Iterator[Found]:
    read = own(spf)
    sorts = [(span, unroutable(term, documentation)) for span, term in placed(spf)]
    found = [(span, sort) for span, sort in sorts if sort]
    if read and found:
        (_, _, word), sort = found[0]
        rest = swapped(read.text, {span[0]: "" for span, _ in found})
        wanted = word in (sending.spf or "").split()
        yield Found(
            subject=spf.name,
            message=f"{shown(word)} is for {sort} use; no receiver sees mail from there",
            evidence=(cite(spf.answer, read.text),),
            remedy=_decide(word) if wanted else replaced(spf, read.text, listed(rest, sending)),
        )


def _decide(word: str) -> Remedy:
    """What to do where the intent itself has the address: no record can be right before it is."""
    version = "6" if word.lower().lstrip("+-~?").startswith("ip6") else "4"
    blank = Blank(f"ipv{version}", f"the public IPv{version} address that mail leaves from")
    line = f'ipv{version} = ["<{blank.placeholder}>"]'
    note = f"it stands there for {shown(word)}; then publish what `mailworthy zone` prints"
    return Remedy((Configure("mailworthy.toml", line),), note, (blank,))
