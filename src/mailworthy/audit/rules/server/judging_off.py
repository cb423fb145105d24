"""Rspamd does not look at SPF, DKIM or DMARC.

## What it checks
None of Rspamd's modules `spf`, `dkim` and `dmarc` is switched off.

## Why it matters
Without one of them DMARC cannot be judged: forged mail is delivered, of your own domain too.

## How to fix
Take `enabled = false` out, or set it to true behind.
"""

from collections.abc import Iterator

from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthyserver import served
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.server._shared import dump, rspamd_file
from mailworthy.servers.reading.model import Rspamd


@rule(
    over="rspamds",
    severity=Severity.WARNING,
    references=("RFC 9989 §5.3", "RFC 7208 §2.3"),
    bad=served(lines={"/etc/rspamd/local.d/spf.conf": ("enabled = false;",)}),
    good=served(),
)
def check(rspamd: Rspamd) -> Iterator[Found]:
    for module in ("spf", "dkim", "dmarc"):
        if module in rspamd.off:
            yield Found(
                subject="Rspamd",
                message=f"Rspamd's module {module} is switched off",
                evidence=dump(rspamd, module, "enabled = false"),
                remedy=rspamd_file(rspamd, f"local.d/{module}.conf", "enabled = true;"),
            )
