"""Nothing signs mail of the domain.

## What it checks
Rspamd or OpenDKIM on this server has a key for the domain, where mail of the domain leaves from here.

## Why it matters
Mail leaves without a signature of the domain. Gmail, Yahoo and Outlook want one from everybody who sends
much, and with forwarded mail it is all that DMARC has.

## How to fix
Add the domain to `dkim_signing.conf`, with a key and its published record; `mailworthy config` writes both.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import SelectorEvidence
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthyserver import SIGNING, served
from mailworthy.audit.part import Known
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.server._shared import dump, rspamd_file, short
from mailworthy.audit.serverparts import Departure, KeyOnServer
from mailworthy.servers.reading.model import Rspamd


@rule(
    severity=Severity.WARNING,
    references=("RFC 6376 §5.1", "RFC 9989 §8"),
    bad=served(files={SIGNING: "try_fallback = false;\nuse_esld = false;\n"}),
    good=served(),
)
def check(
    rspamd: Rspamd,
    signing_keys: tuple[KeyOnServer, ...],
    departures: tuple[Departure, ...],
    selectors: tuple[SelectorEvidence, ...],
    domain: str,
) -> Iterator[Found]:
    sends = any(
        isinstance(d.authorisation, Known) and d.authorisation.value.result.value == "pass"
        for d in departures
    )
    if signing_keys or not sends or rspamd.open or "dkim_signing" in rspamd.off:
        return
    names = [s.selector for s in selectors if isinstance(s.key, Known) and s.key.value.record]
    pairs = ", ".join(_pair(rspamd, domain, name) for name in names[:4] or ["dkim"])
    line = f'domain {{ "{domain}" {{ selectors [ {pairs} ] }} }}'
    yield Found(
        subject=domain,
        message=f"mail of {short(domain)} leaves from this server, and nothing signs it",
        evidence=dump(rspamd, "dkim_signing", f"no key for {domain}"),
        remedy=rspamd_file(
            rspamd,
            "local.d/dkim_signing.conf",
            line,
            "the files are the private keys of what is published",
        ),
    )


def _pair(rspamd: Rspamd, domain: str, selector: str) -> str:
    path = str(rspamd.signing.get("path", ""))
    path = path.replace("$domain", domain).replace("$selector", selector)
    return f'{{ path = "{path}"; selector = "{selector}"; }}'
