"""Mail programs cannot trust the server with their settings.

## What it checks
Where `autoconfig.` and the domain has an address, its web server has a good certificate for that name.

## Why it matters
Programs take no settings from it. Some then ask without encryption, where anybody may answer.

## How to fix
Get a certificate for this name, and have the web server use it.
"""

from collections.abc import Iterator

from mailworthy.audit.finding import Execute, Found, Remedy, Severity, word
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.srv._autoconfig import URL, config, programs, show
from mailworthy.lookup.model import Fetch, Fetched, Status, Why
from mailworthy.names import printable

_UNTRUSTED = Fetched(Fetch(URL), Status.FAILED, Why.TLS, detail="certificate has expired")
_NOTE = "or the like for your web server; the site for this name must use the new file"


@rule(
    severity=Severity.WARNING,
    references=("draft-ietf-mailmaint-autoconfig",),
    bad=programs(_UNTRUSTED, after={URL: config("example.com", "mail.example.com")}),
    good=programs(config("example.com", "mail.example.com")),
)
def check(domain: str, autoconfig_file: Fetched) -> Iterator[Found]:
    if autoconfig_file.why is not Why.TLS:
        return
    name = printable(f"autoconfig.{domain}", 200)
    why = printable(autoconfig_file.detail, 200) or "its certificate is not good"
    yield Found(
        subject=f"autoconfig.{domain}",
        message=f"mail programs do not trust {name}: {why}",
        evidence=(show(autoconfig_file, why),),
        remedy=Remedy((Execute(f"certbot certonly --nginx -d {word(name)}"),), _NOTE),
    )
