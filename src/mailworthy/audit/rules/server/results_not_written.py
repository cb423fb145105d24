"""Rspamd does not write down what it found.

## What it checks
Rspamd's `milter_headers` writes Authentication-Results.

## Why it matters
Nobody sees why a message was marked, filters of mail programs have nothing to go by, and a forged
Authentication-Results with the name of your server is not removed.

## How to fix
Add the routine to `use`.
"""

from collections.abc import Iterator

from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthyserver import HEADERS, served
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.server._shared import dump, rspamd_file
from mailworthy.servers.reading.model import Rspamd


@rule(
    over="rspamds",
    severity=Severity.ADVICE,
    references=("RFC 8601 §5", "RFC 8601 §4"),
    bad=served(files={HEADERS: 'use = ["x-spamd-result"];\n'}),
    good=served(),
)
def check(rspamd: Rspamd) -> Iterator[Found]:
    if "authentication-results" in rspamd.headers and "milter_headers" not in rspamd.off:
        return
    names = dict.fromkeys((*rspamd.headers, "authentication-results"))
    listed = ", ".join(f'"{name}"' for name in names if name.isascii() and '"' not in name)
    yield Found(
        subject="Rspamd",
        message="Rspamd writes no Authentication-Results into the mail that it has judged",
        evidence=dump(rspamd, "milter_headers", f"use: {', '.join(rspamd.headers) or 'nothing'}"),
        remedy=rspamd_file(
            rspamd, "local.d/milter_headers.conf", f"use = [{listed}]; enabled = true;"
        ),
    )
