"""A selector that mail is signed with has no key.

## What it checks
Every selector named in `mailworthy.toml` or with `--selector` has a TXT record of its own at `<selector>._domainkey.<domain>`.
The answer of a wildcard is not a key, and counts as none.

## Why it matters
The signatures of your mail name this selector.
Receivers that find nothing there treat each signature as failed, and large senders without DKIM are refused by Gmail, Yahoo and Outlook.

## How to fix
Publish the public half of the key that the server signs with.
If nothing signs with this selector any more, take it out of the settings.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Published, SelectorEvidence
from mailworthy.audit.finding import Found, Remedy, Severity, cite, publish
from mailworthy.audit.healthy import RSA_RECORD, healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.dkim._shared import (
    FRESH,
    PUBLIC_KEY,
    SLOT,
    known,
    missing,
    on_disk,
    shown,
)
from mailworthy.dkim.record import DkimKey


@rule(
    over="selectors",
    severity=Severity.BLOCKER,
    references=("RFC 6376 §3.6.2.1", "RFC 6376 §6.1.2"),
    bad=healthy(drop=("r202611.",), keys={"example.com/r202611": RSA_RECORD}),
    good=healthy(keys={"example.com/r202611": RSA_RECORD}),
)
def check(each: SelectorEvidence, key: Published[DkimKey], parked: bool) -> Iterator[Found]:
    if not known(each) or parked or not missing(each, key) or (key.answer.chain and not key.texts):
        return
    what = "has no key: only a wildcard answers there" if each.by_wildcard else "has no key"
    value = on_disk(each) or FRESH
    yield Found(
        subject=key.name,
        message=f"{shown(key.name)} {what}; signatures with this selector fail",
        evidence=(cite(key.answer),),
        remedy=Remedy(
            (publish(key.name, "TXT", value),), blanks=(PUBLIC_KEY,) if SLOT in value else ()
        ),
    )
