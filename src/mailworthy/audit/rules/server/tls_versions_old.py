"""The server takes versions of TLS that have been broken.

## What it checks
`smtpd_tls_protocols` and `smtp_tls_protocols` of Postfix leave out SSL, TLS 1.0 and TLS 1.1.

## Why it matters
RFC 8996 forbids them. Certificates and keys of a server that speaks SSLv2 can be attacked in its newer
versions too. Hardly anybody needs them: whoever speaks nothing newer sends in clear text then.

## How to fix
Name the versions to leave out; `>=TLSv1.2` is read by Postfix 3.6 and later.
"""

from collections.abc import Iterator

from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthyserver import served
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.server._shared import items, main, named, show
from mailworthy.servers.reading.model import Postfix

_MODERN = "!SSLv2, !SSLv3, !TLSv1, !TLSv1.1"
_OLD = ("sslv2", "sslv3", "tlsv1", "tlsv1.1")


@rule(
    over="postfixes",
    severity=Severity.ADVICE,
    references=("RFC 8996 §4", "RFC 8997 §3"),
    bad=served(main=("smtpd_tls_protocols = >=TLSv1",)),
    good=served(),
)
def check(postfix: Postfix) -> Iterator[Found]:
    bad = [n for n in ("smtpd_tls_protocols", "smtp_tls_protocols") if _weak(postfix.value(n))]
    if not bad:
        return
    yield Found(
        subject=named(postfix),
        message=f"{' and '.join(bad)} of Postfix let TLS 1.0 or older in",
        evidence=show(postfix, *bad),
        remedy=main(postfix, *((name, _MODERN) for name in bad)),
    )


def _weak(value: str) -> bool:
    """Whether TLS 1.0, or what is older, may be used."""
    words = [w.lower() for w in items(value.replace(":", " "))]
    least = next((w.lstrip(">=") for w in words if w.startswith(">=")), "")
    if least:
        return least not in ("tlsv1.2", "tlsv1.3", "0303", "0304")
    named_ = [w for w in words if not w.startswith(("!", "<"))]
    if named_:
        return any(w in _OLD for w in named_)
    return not {f"!{old}" for old in _OLD[1:]} <= set(words)
