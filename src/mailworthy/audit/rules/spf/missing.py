"""The domain has no SPF record.

## What it checks
The TXT records of the domain are looked up.
None of them is an SPF record, nor something that was meant to be one.

## Why it matters
Anybody can put your domain into the envelope of a message, and no receiver can tell.
Gmail and Yahoo take mail from a domain only with SPF or DKIM, from larger senders only with both.
An SPF record is not inherited: each sub-domain that sends needs its own.

## How to fix
Publish one TXT record that names the addresses your mail leaves from.
A domain that sends no mail says so with `v=spf1 -all`.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Sending
from mailworthy.audit.finding import Found, Remedy, Severity, cite
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._steps import edit
from mailworthy.audit.rules.spf._almost import almost
from mailworthy.audit.rules.spf._repair import fresh
from mailworthy.audit.rules.spf._shared import Spf, shown, world
from mailworthy.lookup.model import Status


@rule(
    severity=Severity.WARNING,
    references=("RFC 7208 §3", "RFC 7208 §10.1"),
    bad=world(None),
    good=world("v=spf1 mx -all"),
)
def check(spf: Spf, sending: Sending) -> Iterator[Found]:
    # A name that does not exist is a matter of its own.
    if spf.found or almost(spf) or (spf.answer.status is Status.ABSENT and not spf.answer.chain):
        return
    repair = fresh(sending)
    yield Found(
        subject=spf.name,
        message=f"{shown(spf.name)} has no SPF record, so anybody may send in its name",
        evidence=(cite(spf.answer),),
        remedy=Remedy(edit(spf.answer, None, repair.text), blanks=repair.blanks),
    )
