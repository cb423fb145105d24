"""Some of those who may send through the server are not signed for.

## What it checks
Rspamd signs for people who log in (`sign_authenticated`) and for programs of the machine (`sign_local`).

## Why it matters
Their mail leaves without a signature, while everybody else's has one: hard to find, since tests pass.

## How to fix
Set both to true, as Rspamd has them where nothing is said.
"""

from collections.abc import Iterator

from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthyserver import SIGNING, served
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.server._shared import dump, rspamd_file
from mailworthy.servers.reading.model import Rspamd


@rule(
    over="rspamds",
    severity=Severity.WARNING,
    references=("RFC 6376 §5.1",),
    bad=served(lines={SIGNING: ("sign_authenticated = false;",)}),
    good=served(),
)
def check(rspamd: Rspamd) -> Iterator[Found]:
    off = [n for n in ("sign_authenticated", "sign_local") if rspamd.signing.get(n) is False]
    if not off or not rspamd.keys or "dkim_signing" in rspamd.off:
        return
    lines = " ".join(f"{name} = true;" for name in off)
    yield Found(
        subject="Rspamd",
        message=f"Rspamd does not sign for all who may send: {' and '.join(off)} is false",
        evidence=dump(rspamd, "dkim_signing", "; ".join(f"{name} = false" for name in off)),
        remedy=rspamd_file(rspamd, "local.d/dkim_signing.conf", lines),
    )
