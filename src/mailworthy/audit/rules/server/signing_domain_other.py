"""Rspamd signs for another domain than the one in From.

## What it checks
`use_domain` of Rspamd's `dkim_signing` is `header`: the domain of the author signs.

## Why it matters
DMARC counts only a signature of the domain in From. With the envelope's or the recipient's domain, mail of aliases
and bounces carries a signature that nobody counts.

## How to fix
Set `use_domain = "header"`.
"""

from collections.abc import Iterator

from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthyserver import SIGNING, served
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.server._shared import dump, rspamd_file, short
from mailworthy.servers.reading.model import Rspamd


@rule(
    over="rspamds",
    severity=Severity.WARNING,
    references=("RFC 9989 §4.4.1", "RFC 9989 §8"),
    bad=served(lines={SIGNING: ('use_domain = "envelope";',)}),
    good=served(),
)
def check(rspamd: Rspamd) -> Iterator[Found]:
    by = str(rspamd.signing.get("use_domain", "header"))
    if by == "header" or not rspamd.keys:
        return
    yield Found(
        subject="Rspamd",
        message=f"Rspamd signs for the domain of the {short(by, 40)}, not for that of From",
        evidence=dump(rspamd, "dkim_signing", f"use_domain = {by}"),
        remedy=rspamd_file(rspamd, "local.d/dkim_signing.conf", 'use_domain = "header";'),
    )
