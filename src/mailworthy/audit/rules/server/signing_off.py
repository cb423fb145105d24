"""Rspamd does not sign.

## What it checks
Rspamd's module `dkim_signing` is not switched off, unless OpenDKIM signs.

## Why it matters
Mail leaves without a signature. Gmail, Yahoo and Outlook want DKIM from everybody who sends much, and with
forwarded mail it is all that DMARC has.

## How to fix
Take `enabled = false` out, or set it to true behind.
"""

from collections.abc import Iterator

from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthyserver import SIGNING, served
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.server._shared import dump, rspamd_file
from mailworthy.servers.reading.model import OpenDkim, Rspamd, Server


@rule(
    over="rspamds",
    severity=Severity.WARNING,
    references=("RFC 6376 §5.1", "RFC 9989 §8"),
    bad=served(lines={SIGNING: ("enabled = false;",)}),
    good=served(),
)
def check(rspamd: Rspamd, server: Server) -> Iterator[Found]:
    other = isinstance(server.opendkim, OpenDkim) and server.opendkim.keys
    if "dkim_signing" not in rspamd.off or other or not rspamd.keys:
        return
    yield Found(
        subject="Rspamd",
        message="Rspamd has keys to sign with, and its module dkim_signing is switched off",
        evidence=dump(rspamd, "dkim_signing", "enabled = false"),
        remedy=rspamd_file(rspamd, "local.d/dkim_signing.conf", "enabled = true;"),
    )
