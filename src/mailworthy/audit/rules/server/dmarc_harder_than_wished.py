"""Rspamd refuses more than the owners of domains ask for.

## What it checks
`actions` of Rspamd's `dmarc` module refuse nothing under `p=none` and `p=quarantine`.

## Why it matters
The owner of the domain has asked for less: with `p=none` for nothing at all. Honest mail that was forwarded,
or came by a mailing list, is lost.

## How to fix
Let the policy of the owner decide, at most.
"""

from collections.abc import Iterator

from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthyserver import served
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.server._shared import dump, rspamd_file, short
from mailworthy.servers.reading.model import Rspamd

_HARD = {
    "none": ("reject", "soft reject", "greylist", "add_header", "rewrite_subject", "quarantine"),
    "quarantine": ("reject", "soft reject"),
}


@rule(
    over="rspamds",
    severity=Severity.WARNING,
    references=("RFC 9989 §4.7", "RFC 9989 §7.4"),
    bad=served(lines={"/etc/rspamd/local.d/dmarc.conf": ('actions { quarantine = "reject"; }',)}),
    good=served(
        lines={
            "/etc/rspamd/local.d/dmarc.conf": (
                'actions { reject = "reject"; quarantine = "add_header"; }',
            )
        }
    ),
)
def check(rspamd: Rspamd) -> Iterator[Found]:
    for policy, mild in (("none", "no action"), ("quarantine", "add_header")):
        action = rspamd.dmarc.get(policy, "")
        if action not in _HARD[policy]:
            continue
        yield Found(
            subject="Rspamd",
            message=f"under p={policy} Rspamd does {short(action, 40)}, which the domain did not ask for",
            evidence=dump(rspamd, "dmarc", f"actions: {policy} = {action}"),
            remedy=rspamd_file(rspamd, "local.d/dmarc.conf", f'actions {{ {policy} = "{mild}"; }}'),
        )
