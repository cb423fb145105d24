"""The same mail host stands in several MX records.

## What it checks
Each MX record names another host.

## Why it matters
A host that is down is down at every preference, so the second record is no reserve.
It only makes senders try in vain twice.

## How to fix
Keep the record with the lowest preference.
"""

from collections import Counter
from collections.abc import Iterator

from mailworthy.audit.evidence import MxSet
from mailworthy.audit.finding import Found, Remedy, Severity, cite
from mailworthy.audit.healthy import healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._records import mend
from mailworthy.audit.rules.mx._shared import of_host, second, texts
from mailworthy.names import printable


@rule(
    severity=Severity.ADVICE,
    references=("RFC 5321 §5.1",),
    bad=healthy(add=("example.com. MX 20 mail.example.com.",)),
    good=second("mail2.example.com", "mail2.example.com. A 192.0.2.25"),
)
def check(mx: MxSet, domain: str) -> Iterator[Found]:
    named = Counter(r.exchange for r in mx.exchanges)
    for name in (exchange for exchange, times in named.items() if times > 1):
        same = of_host(mx, name)
        numbers = ", ".join(str(r.preference) for r in same[:8])
        yield Found(
            subject=name,
            message=(
                f"{printable(name, 100)} is named by {len(same)} MX records of "
                f"{printable(domain)}, with the preferences {numbers}"
            ),
            evidence=(cite(mx.answer),),
            remedy=Remedy(mend(mx.answer, domain, remove=texts(same[1:]))),
        )
