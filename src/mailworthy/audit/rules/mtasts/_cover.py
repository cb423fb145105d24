"""Which MX hosts an MTA-STS policy leaves out."""

from collections.abc import Iterator

import msgspec

from mailworthy.audit.evidence import MxSet, Policy
from mailworthy.audit.finding import Found, Remedy, cite
from mailworthy.audit.rules.mtasts._shared import (
    ASK_AGAIN,
    Record,
    current,
    exchanges,
    serve,
    show,
)
from mailworthy.mtasts.policy import Mode, allows, is_pattern
from mailworthy.names import printable

# A second MX host on the address of the first, with all that others look for.
SECOND_HOST = (
    "example.com. MX 20 mx2.example.com.",
    "mx2.example.com. A 192.0.2.25",
    "mx2.example.com. AAAA 2001:db8::25",
    'mx2.example.com. TXT "v=spf1 a -all"',
    "_25._tcp.mx2.example.com. TLSA 3 1 1 35b730f28a25edb6e26cf2244627b5cd973a6515442d80d14f413c6212b5d144",
)


def uncovered(
    domain: str, sts: Record, served: Policy, mx: MxSet, mode: Mode, *, every: bool
) -> Iterator[Found]:
    """The finding if a policy of this mode leaves out all hosts (`every`), or only some."""
    policy = current(sts, served)
    named = exchanges(mx)
    left_out = tuple(n for n in named if policy and not allows(policy, n))
    if policy is None or policy.mode is not mode or not left_out:
        return
    if (left_out == named) is not every:
        return
    more = msgspec.structs.replace(policy, mx=(*policy.mx, *filter(is_pattern, left_out)))
    shown = ", ".join(printable(n, 100) for n in left_out[:5])
    yield Found(
        subject=f"mta-sts.{domain}",
        message=f"the MTA-STS policy of {domain} (mode {mode.value}) does not allow its MX {shown}",
        evidence=(show(served.fetched), cite(mx.answer)),
        remedy=Remedy(serve(domain, sts, more), ASK_AGAIN),
    )
