"""Nothing signs mail of the domain.

## What it checks
Rspamd or OpenDKIM on this server has a key for the domain, where mail of the domain leaves from here.

## Why it matters
Mail leaves without a signature of the domain. Gmail, Yahoo and Outlook want one from everybody who sends
much, and with forwarded mail it is all that DMARC has.

## How to fix
Add the domain to `dkim_signing.conf`, with a key and its published record; `mailworthy config` writes both.
With OpenDKIM, add it to the SigningTable, and its key to the KeyTable.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import SelectorEvidence
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthyserver import SIGNING, served
from mailworthy.audit.part import Known
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.server._opendkim import (
    KEYS,
    key_row,
    looked,
    mended,
    published,
    sender_row,
)
from mailworthy.audit.rules.server._shared import dump, rspamd_file, short, with_keys
from mailworthy.audit.serverparts import Departure, KeyOnServer
from mailworthy.servers.reading.model import OpenDkim, Rspamd, Signer
from mailworthy.servers.reading.opendkimtables import chosen

_MESSAGE = "mail of {} leaves from this server, and nothing signs it"


@rule(
    severity=Severity.WARNING,
    references=("RFC 6376 §5.1", "RFC 9989 §8"),
    bad=served(files={SIGNING: "try_fallback = false;\nuse_esld = false;\n"}),
    good=served(),
)
def check(
    signers: tuple[Signer, ...],
    signing_keys: tuple[KeyOnServer, ...],
    departures: tuple[Departure, ...],
    selectors: tuple[SelectorEvidence, ...],
    domain: str,
) -> Iterator[Found]:
    sends = any(
        isinstance(d.authorisation, Known) and d.authorisation.value.result.value == "pass"
        for d in departures
    )
    if signing_keys or not sends or not signers or any(s.open for s in signers):
        return
    first = signers[0]
    if isinstance(first, Rspamd):
        yield _by_rspamd(first, selectors, domain)
    elif not (first.wrong or _names(first, domain)):
        yield _by_opendkim(first, selectors, domain)


def _names(signer: OpenDkim, domain: str) -> bool:
    """Whether its tables name a key all the same: what is wrong with that, others say."""
    found = chosen(signer, domain)
    return bool(found.unnamed or found.odd)


def _by_rspamd(rspamd: Rspamd, selectors: tuple[SelectorEvidence, ...], domain: str) -> Found:
    names = with_keys(selectors)[:4] or ["dkim"]
    pairs = ", ".join(_pair(rspamd, domain, name) for name in names)
    line = f'domain {{ "{domain}" {{ selectors [ {pairs} ] }} }}'
    return Found(
        subject=domain,
        message=_MESSAGE.format(short(domain)),
        evidence=dump(rspamd, "dkim_signing", f"no key for {domain}"),
        remedy=rspamd_file(
            rspamd,
            "local.d/dkim_signing.conf",
            line,
            "the files are the private keys of what is published",
        ),
    )


def _by_opendkim(signer: OpenDkim, selectors: tuple[SelectorEvidence, ...], domain: str) -> Found:
    selector = published(selectors)
    name = f"{selector}._domainkey.{domain}"
    steps = (*key_row(signer, name, domain, selector), *sender_row(signer, name, domain))
    return Found(
        subject=domain,
        message=_MESSAGE.format(short(domain)),
        evidence=looked(signer, domain, f"no row for {domain}"),
        remedy=mended(steps, KEYS),
    )


def _pair(rspamd: Rspamd, domain: str, selector: str) -> str:
    path = str(rspamd.signing.get("path", ""))
    path = path.replace("$domain", domain).replace("$selector", selector)
    return f'{{ path = "{path}"; selector = "{selector}"; }}'
