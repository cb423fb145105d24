"""main.cf sets something that Postfix does not know.

## What it checks
Every parameter of main.cf is used by something; `postconf -n` warns of others.

## Why it matters
A misspelt setting does nothing, and says nothing: what it was to forbid stays allowed. A setting that your
version does not know yet is not in force either.

## How to fix
Correct the name, or take the line out. Parameters of your own that others refer to are not meant.
"""

import shlex
from collections.abc import Iterator
from difflib import get_close_matches

from mailworthy.audit.finding import Execute, Found, Remedy, Severity
from mailworthy.audit.healthyserver import served
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.server._shared import RELOAD, named, noted, short
from mailworthy.servers.reading.model import Postfix
from mailworthy.servers.reading.postfix import NAMES


@rule(
    over="postfixes",
    severity=Severity.WARNING,
    references=("RFC 5321 §7.9",),
    bad=served(main=("smtpd_relay_restriction = permit_mynetworks, reject",)),
    good=served(),
)
def check(postfix: Postfix) -> Iterator[Found]:
    for name in postfix.unknown:
        near = get_close_matches(name, NAMES, n=1, cutoff=0.85)
        hint = f"; did you mean {near[0]}?" if near else ""
        conf = "" if postfix.folder == "/etc/postfix" else f"-c {shlex.quote(postfix.folder)} "
        yield Found(
            subject=named(postfix),
            message=f"main.cf sets {short(name, 80)}, which Postfix does not know{hint}",
            evidence=(
                noted(f"postconf {short(conf)}-n", f"warning: unused parameter: {short(name, 80)}"),
            ),
            remedy=Remedy((Execute(f"postconf {conf}-X {shlex.quote(name)}"),), RELOAD),
        )
