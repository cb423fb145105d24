"""Some of those who may send through the server are not signed for.

## What it checks
Rspamd signs for people who log in (`sign_authenticated`) and for programs of the machine (`sign_local`).
OpenDKIM's SigningTable has a row for all addresses at the domain, not for some alone.

## Why it matters
Their mail leaves without a signature, while everybody else's has one: hard to find, since tests pass.

## How to fix
Set both to true, as Rspamd has them where nothing is said; add the row `*@DOMAIN NAME` to the SigningTable.
"""

from collections.abc import Iterator

from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthyserver import SIGNING, served
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.server._opendkim import looked, mended, sender_row
from mailworthy.audit.rules.server._shared import dump, rspamd_file, short
from mailworthy.servers.reading.model import OpenDkim, Postfix, Rspamd, Signer
from mailworthy.servers.reading.opendkimtables import chosen


@rule(
    severity=Severity.WARNING,
    references=("RFC 6376 §5.1",),
    bad=served(lines={SIGNING: ("sign_authenticated = false;",)}),
    good=served(),
)
def check(
    signers: tuple[Signer, ...], postfixes: tuple[Postfix, ...], domain: str
) -> Iterator[Found]:
    for signer in signers:
        if isinstance(signer, OpenDkim):
            yield from _by_opendkim(signer, domain)
        elif postfixes:  # the same for all domains: said with the first
            yield from _by_rspamd(signer)


def _by_rspamd(rspamd: Rspamd) -> Iterator[Found]:
    off = [n for n in ("sign_authenticated", "sign_local") if rspamd.signing.get(n) is False]
    if not off or not rspamd.keys:
        return
    lines = " ".join(f"{name} = true;" for name in off)
    yield Found(
        subject="Rspamd",
        message=f"Rspamd does not sign for all who may send: {' and '.join(off)} is false",
        evidence=dump(rspamd, "dkim_signing", "; ".join(f"{name} = false" for name in off)),
        remedy=rspamd_file(rspamd, "local.d/dkim_signing.conf", lines),
    )


def _by_opendkim(signer: OpenDkim, domain: str) -> Iterator[Found]:
    found = chosen(signer, domain)
    if found.whole or not found.keys or signer.open:
        return
    key = found.keys[0]
    name = next((k.name for k in signer.table if k.selector == key.selector), "NAME")
    yield Found(
        subject=domain,
        message=f"OpenDKIM signs for some addresses at {short(domain)}, and not for all",
        evidence=looked(signer, domain, f"rows for single addresses at {domain} alone"),
        remedy=mended(sender_row(signer, short(name, 253), domain)),
    )
