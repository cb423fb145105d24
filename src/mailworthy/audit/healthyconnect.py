"""The healthy world as callers find it: what its servers say, for cases to change one thing in."""

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from mailworthy.audit import healthychain
from mailworthy.audit.case import Case
from mailworthy.audit.healthy import healthy
from mailworthy.errors import UsageError
from mailworthy.lookup.model import Dial, Dialled, Encryption, Handshake, Said, Status, Trial

MAIL = "mail.example.com"
IPS = ("192.0.2.25", "2001:db8::25")
MAIN = "/etc/postfix/main.cf"
CHAIN = (healthychain.GOOD, healthychain.AUTHORITY)
TLS = Handshake("TLSv1.3", "TLS_AES_256_GCM_SHA384", CHAIN)
BANNER = Said(220, (f"{MAIL} ESMTP",))
_BEFORE = (MAIL, "PIPELINING", "SIZE 52428800", "STARTTLS", "ENHANCEDSTATUSCODES", "8BITMIME")
EHLO = Said(250, _BEFORE)
EHLO_TLS = Said(250, tuple(line for line in _BEFORE if line != "STARTTLS"))
_LOGIN = Said(250, (*EHLO_TLS.lines, "AUTH PLAIN"))
TLSA = f"3 1 1 {healthychain.KEY}"
OWNER = f"_25._tcp.{MAIL}. TLSA"
TRIED = (
    (Trial.VRFY, Said(502, ("5.5.1 VRFY command is disabled",))),
    (Trial.VRFY, Said(502, ("5.5.1 VRFY command is disabled",))),
    (Trial.RELAY, Said(554, ("5.7.1 Relay access denied",))),
)

INTENT = f"""\
[hosts."{MAIL}"]
ipv4 = ["{IPS[0]}"]
ipv6 = ["{IPS[1]}"]
mx = 10

[domains."example.com"]
"""

Change = Mapping[str, Any]


def says(*lines: str, code: int = 250) -> Said:
    """A reply."""
    return Said(code, lines)


def ehlo(*add: str, drop: str = "", base: Said = EHLO) -> Said:
    """The healthy reply to EHLO without a line, with others; `drop` is its keyword."""
    kept = tuple(line for line in base.lines if not drop or line.split()[0] != drop)
    return Said(base.code, (*kept, *add))


def shown(*chain: bytes, untrusted: str = "") -> Change:
    """What changes where these certificates are shown."""
    return {"tls": Handshake(TLS.version, TLS.cipher, chain, untrusted)}


def world(
    both: Change | None = None,
    *,
    first: Change | None = None,
    second: Change | None = None,
    old: Change | None = None,
    submissions: Change | None = None,
    submission: Change | None = None,
    trials: tuple[Trial, ...] = (),
) -> tuple[Dialled, ...]:
    """All conversations, with fields changed: of port 25 at `both` addresses, at the `first` or
    the `second`, with `old` TLS; of ports 465 and 587."""
    both = both or {}
    encrypted = {"banner": BANNER, "ehlo": EHLO, "starttls": says("go", code=220), "tls": TLS}
    usual = {**encrypted, "ehlo_tls": EHLO_TLS}
    refusing = {k: v for k, v in encrypted.items() if k != "tls"}
    inside = {"banner": BANNER, "ehlo": _LOGIN, "tls": TLS}
    tried = {"tried": TRIED} if trials else {}
    return (
        _talk(Dial(MAIL, IPS[0], trials=trials), {**usual, **tried, **both, **(first or {})}),
        _talk(Dial(MAIL, IPS[1]), {**usual, **both, **(second or {})}),
        _talk(
            Dial(MAIL, IPS[0], newest="TLSv1.1"),
            {**refusing, "tls_error": "no protocols available", **(old or {})},
        ),
        _talk(Dial(MAIL, IPS[0], 465, Encryption.IMPLICIT), {**inside, **(submissions or {})}),
        _talk(Dial(MAIL, IPS[0], 587), {**usual, "ehlo_tls": _LOGIN, **(submission or {})}),
    )


def _talk(ask: Dial, fields: Change) -> Dialled:
    return replace(Dialled(ask, Status.FOUND), **fields)


def connected(
    *,
    add: tuple[str, ...] = (),
    drop: tuple[str, ...] = (),
    dials: tuple[Dialled, ...] = (),
    cures: Mapping[str, tuple[Dialled, ...]] | tuple[str, ...] = (),
    tlsa: str = TLSA,
    trials: tuple[Trial, ...] = (),
    **more: Any,
) -> Case:
    """The healthy world with its conversations, changed.

    `add` and `drop` change the zone as in `healthy`, `tlsa` is what is published for the
    certificate (empty for nothing), `dials` are the conversations, of `world`. `cures` are the
    steps of remedies after which all is well, or what is said after each.
    """
    whole = world(trials=trials)
    pinned = (f"{OWNER} {tlsa}",) if tlsa else ()
    zone = healthy(drop=(*drop, OWNER), add=(*add, *pinned))
    told = cures if isinstance(cures, Mapping) else dict.fromkeys(cures, whole)
    changes = (
        *(f"- {line}" for line in drop),
        *(f"+ {line}" for line in add),
        *((f"+ {OWNER} {tlsa}",) if tlsa not in ("", TLSA) else ()),
        *((f"- {OWNER}",) if not tlsa else ()),
        *(
            line
            for now, then in zip(dials or whole, whole, strict=True)
            for line in _news(now, then)
        ),
    )
    fields: dict[str, Any] = {
        "signed": zone.signed,
        "selectors": zone.selectors,
        "fetches": zone.fetches,
    }
    return Case(
        zone.zones,
        dials=dials or whole,
        redials=dict(told),
        trials=trials,
        changes=changes,
        **{**fields, **more},
    )


def _news(now: Dialled, then: Dialled) -> list[str]:
    """What a server says otherwise than in the healthy world, a line a field."""
    if now.ask != then.ask:
        raise UsageError("conversations of `world` are compared in its order")
    where = f"+ {now.ask.ip} port {now.ask.port}"
    fields = [f for f in now.__struct_fields__ if getattr(now, f) != getattr(then, f)]
    return [f"{where}: {field}: {_told(getattr(now, field))}" for field in fields]


def _told(value: Any) -> str:
    if isinstance(value, Said):
        return f"{value.code} {' | '.join(value.lines)}"
    if isinstance(value, Handshake):
        chain = ", ".join(_NAMES.get(der, "another") for der in value.chain)
        return (
            f"{value.version}, certificates: {chain}{'; ' * bool(value.untrusted)}{value.untrusted}"
        )
    if isinstance(value, tuple):
        return "; ".join(f"{trial.value}: {_told(said)}" for trial, said in value)
    return str(value or "nothing")


_NAMES = {
    der: name.lower().replace("_", " ")
    for name, der in vars(healthychain).items()
    if isinstance(der, bytes)
}
