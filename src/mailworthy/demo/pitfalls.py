"""The pitfalls that cost people their mail, each one change away from a healthy zone."""

from collections.abc import Callable

import msgspec

from mailworthy.audit.healthy import ED25519_RECORD, RSA_RECORD
from mailworthy.domain.recordset import Record

Records = tuple[Record, ...]


class Pitfall(msgspec.Struct, frozen=True):
    """What happened, in a sentence; the rule that must see it; what it does to the records.

    `blanks` is what a person would fill into the remedy.
    """

    story: str
    rule: str
    harm: Callable[[Records], Records]
    blanks: dict[str, str] = {}


def _without(name: str, type_: str) -> Callable[[Records], Records]:
    return lambda records: tuple(r for r in records if (r.name, r.type) != (name, type_))


def _instead(name: str, type_: str, *values: str) -> Callable[[Records], Records]:
    fresh = tuple(Record(name, type_, value) for value in values)
    return lambda records: _without(name, type_)(records) + fresh


def _also(*more: Record) -> Callable[[Records], Records]:
    return lambda records: records + more


def _chain(length: int) -> Callable[[Records], Records]:
    """An SPF record whose includes nest `length` deep."""
    names = [f"spf{n}.example.net" for n in range(1, length + 1)]
    deeper = [f"v=spf1 include:{name} ~all" for name in names[1:]] + ["v=spf1 ip4:203.0.113.9 ~all"]
    nested = tuple(Record(n, "TXT", text) for n, text in zip(names, deeper, strict=True))
    own = f"v=spf1 include:{names[0]} ip4:192.0.2.25 ip6:2001:db8::25 ~all"
    return lambda records: _instead("example.com", "TXT", own)(records) + nested


def _old_keys(rsa: str, ed25519: str) -> Callable[[Records], Records]:
    """Both keys as a server before this one had them."""
    first = _instead(f"{rsa}._domainkey.example.com", "TXT", RSA_RECORD)
    second = _instead(f"{ed25519}._domainkey.example.com", "TXT", ED25519_RECORD)
    return lambda records: second(first(records))


PTR = "25.2.0.192.in-addr.arpa"


def pitfalls(rsa: str, ed25519: str) -> tuple[Pitfall, ...]:
    """All of them; the selectors are those of the keys that were really made."""
    return (
        Pitfall("The provider never set the reverse DNS.", "ptr-missing", _without(PTR, "PTR")),
        Pitfall(
            "The reverse DNS still names the provider's default.",
            "ptr-mismatch",
            _instead(PTR, "PTR", "v1234.example.net."),
        ),
        Pitfall(
            "The MX was pointed at an alias.",
            "mx-target-is-alias",
            _instead("example.com", "MX", "10 autoconfig.example.com."),
        ),
        Pitfall(
            "A newsletter service asked for “its” SPF record, and got a second one.",
            "spf-several-records",
            _also(Record("example.com", "TXT", "v=spf1 include:spf.example.net ~all")),
        ),
        Pitfall(
            "One include too many, nested where nobody looks.",
            "spf-too-many-lookups",
            _chain(11),
            {"terms": "ip4:203.0.113.9"},
        ),
        Pitfall(
            "Someone copied `+all` from a forum.",
            "spf-authorises-everyone",
            _instead("example.com", "TXT", "v=spf1 ip4:192.0.2.25 ip6:2001:db8::25 +all"),
        ),
        Pitfall(
            "The server was reinstalled; the keys in DNS are the old ones.",
            "dkim-key-differs",
            _old_keys(rsa, ed25519),
        ),
        Pitfall(
            "DMARC watches, but tells nobody.",
            "dmarc-no-reports",
            _instead("_dmarc.example.com", "TXT", "v=DMARC1; p=none; sp=none; np=reject; psd=n"),
        ),
    )
