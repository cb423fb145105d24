"""Random intents that make sense: hosts, families, domains, parked ones, senders, reports."""

import base64
from datetime import UTC, date, datetime

from hypothesis import strategies as st

from mailworthy.domain.dkimkey import DkimPublic
from mailworthy.domain.intent import (
    DmarcWish,
    Domain,
    Host,
    Intent,
    MtaStsMode,
    SenderWish,
    SpfEnd,
    Waiver,
)
from mailworthy.domain.senders import needed_blanks
from mailworthy.sources.table import load

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
RSA = DkimPublic(
    "r202611",
    "rsa",
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAhUS1Tdeiu5dxy8pa3lszTs/gWysPQFD/TrAg"
    "sNEg8cXmxKrfYJu+ANCsAb+45s+YD5Brfv3ZuQ16KGzaiCwf6Y/KLu2XqxnYbV/4x1MWm1smCewnkVYG"
    "arRlNNRdu1O5CYUahPZkdN8f/fBgP3IFZZShr5BuDcg2J9T7qXIdFKNepJgzI4fnGJVXip3loJg2/+aq"
    "Il7VeChNA1uR+0ccBlQGEqxb/CEvzgNrHh2I36cQhJz/11G4DsZSPFA5gT6xAUs3lMjBwL+YjVOxR1na"
    "uYG+d8VZKeT6dsNOOoHCjUQZQ+n+2tC9vFH1CBimaZM8tGD/Un4gKZLuLGQsoIqn1wIDAQAB",
)
ED25519 = DkimPublic("e202611", "ed25519", base64.b64encode(bytes(range(32))).decode())

# All below names that are kept for documentation and tests (RFC 6761), as the addresses are.
ACTIVE = (
    "example.com",
    "example.org",
    "news.example.com",
    "xn--bcher-kva.example",
    "a.b.c.test",
    "xn--4gbrim.example",
    "1und1.example",
)
PARKED = ("parked.example", "old.example.com", "xn--parken-1ya.example", "unused.test")
OUTSIDE_HOSTS = ("mx.example.net", "backup.hosting.test", "mail.provider.example")
OUTSIDE_BOXES = ("dmarc@reports.example.net", "a+b@collector.example", "x.y-z@in.reports.test")
LABELS = ("mail", "mx1", "mx2", "smtp-out", "xn--pst-xka", "m-1")


def keys_for(intent: Intent) -> dict[str, dict[str, DkimPublic]]:
    """Both keys for every domain that is not parked."""
    both = {RSA.selector: RSA, ED25519.selector: ED25519}
    return {name: both for name, wish in intent.domains.items() if not wish.parked}


@st.composite
def intents(draw: st.DrawFn) -> Intent:
    """An intent whose zones a rehearsal should find nothing wrong with.

    Every domain that is not parked has a mailbox for reports, a host that receives over IPv4
    and one that sends. No addresses or names but those reserved for documentation.
    """
    active = draw(st.lists(st.sampled_from(ACTIVE), min_size=1, max_size=3, unique=True))
    parked = draw(st.lists(st.sampled_from(PARKED), max_size=2, unique=True))
    hosts = draw(_hosts(active))
    # All or none: a host with TLSA beside one without is worth an advice.
    signed = draw(st.booleans())
    domains = {name: draw(_domain(name, active, hosts, signed)) for name in active}
    domains |= {name: draw(_parked(active)) for name in parked}
    waive = draw(st.lists(_waivers(), max_size=2))
    return Intent(hosts=hosts, domains=domains, waive=tuple(waive))


@st.composite
def _hosts(draw: st.DrawFn, active: list[str]) -> dict[str, Host]:
    inside = st.builds("{}.{}".format, st.sampled_from(LABELS), st.sampled_from(active))
    names = draw(
        st.lists(
            inside | st.sampled_from(OUTSIDE_HOSTS) | st.sampled_from(active[:1]),
            min_size=1,
            max_size=3,
            unique=True,
        )
    )
    found = {}
    for number, name in enumerate(names):
        first = number == 0
        v4 = draw(st.integers(1 if first else 0, 2))
        v6 = draw(st.integers(0 if v4 else 1, 2))
        found[name] = Host(
            ipv4=tuple(f"192.0.2.{10 * number + n + 10}" for n in range(v4)),
            ipv6=tuple(f"2001:db8:{number + 1:x}::{n + 25:x}" for n in range(v6)),
            mx=draw(st.sampled_from([10, 0, 5])) if first else draw(st.none() | st.just(20)),
            sends=first or draw(st.booleans()),
        )
    return found


@st.composite
def _domain(
    draw: st.DrawFn, name: str, active: list[str], hosts: dict[str, Host], signed: bool
) -> Domain:
    first = next(iter(hosts))
    chosen = (first, *draw(st.lists(st.sampled_from(list(hosts)), max_size=2, unique=True)))
    return Domain(
        people=draw(st.booleans()),
        reports=draw(st.none() | _mailboxes(name, active)),
        tls_reports=draw(st.none() | _mailboxes(name, active)),
        hosts=draw(st.none() | st.just(tuple(dict.fromkeys(chosen)))),
        senders=draw(_senders()),
        nameservers=draw(_nameservers(name)),
        no_mail=draw(st.sampled_from([None, (), ("www", f"ftp.{name}")])),
        dnssec=signed,
        ca=draw(st.sampled_from([(), ("letsencrypt.org",), ("letsencrypt.org", "sectigo.com")])),
        selectors=draw(st.sampled_from([(), ("r202611", "e202611")])),
        spf=draw(st.sampled_from(SpfEnd)),
        spf_terms=draw(st.sampled_from([(), ("ip4:198.51.100.0/28", "ip6:2001:db8:ff::/64")])),
        dmarc=draw(_dmarc(name)),
        mta_sts=draw(st.sampled_from([MtaStsMode.TESTING, MtaStsMode.ENFORCE, MtaStsMode.OFF])),
        clients=draw(st.booleans()),
        ttl=draw(st.sampled_from([3600, 300, 86400])),
    )


def _parked(active: list[str]) -> st.SearchStrategy[Domain]:
    return st.builds(
        Domain,
        parked=st.just(True),
        reports=st.none() | _mailboxes(active[0], active),
        nameservers=st.sampled_from([(), ("ns1.example.net", "ns2.example.net")]),
    )


def _mailboxes(name: str, active: list[str]) -> st.SearchStrategy[str]:
    own = [f"{local}@{name}" for local in ("dmarc", "postmaster", "re.ports", "o'neil")]
    others = [f"dmarc@{other}" for other in active]
    return st.sampled_from([*own, *others, *OUTSIDE_BOXES])


def _nameservers(name: str) -> st.SearchStrategy[tuple[str, ...]]:
    inside = (f"ns1.{name}=192.0.2.53", f"ns1.{name}=2001:db8:53::1", f"ns2.{name}=198.51.100.53")
    outside = ("ns1.example.net", "ns2.example.net")
    return st.sampled_from([(), inside, inside[:1], outside, (*inside, outside[0])])


def _dmarc(name: str) -> st.SearchStrategy[DmarcWish]:
    policy = st.sampled_from(["none", "quarantine", "reject"])
    return st.just(DmarcWish()) | st.builds(
        DmarcWish,
        p=policy,
        sp=st.none() | policy,
        np=st.none() | policy,
        adkim=st.none() | st.sampled_from("rs"),
        aspf=st.none() | st.sampled_from("rs"),
        t=st.booleans(),
        rua=st.sampled_from([(), (f"second@{name}",), (OUTSIDE_BOXES[1],)]),
    )


def _senders() -> st.SearchStrategy[tuple[str | SenderWish, ...]]:
    """At most one service, so that no two want the same selector, and one spelt out."""
    plain = [name for name, sender in load().items() if not needed_blanks(sender)]
    blank = [_filled(name) for name, sender in load().items() if needed_blanks(sender)]
    spelt = SenderWish(
        include="_spf.newsletter.example",
        dkim={"nl": "nl._domainkey.newsletter.example", "nl2": "v=DKIM1; k=rsa; p=AAAA"},
    )
    one = st.sampled_from(plain) | st.sampled_from(blank)
    return st.lists(one, max_size=1).flatmap(
        lambda some: st.sampled_from([tuple(some), (*some, spelt)])
    )


def _filled(name: str) -> SenderWish:
    """A wish with something plausible in every blank."""
    values = {blank: _plausible(blank) for blank in needed_blanks(load()[name])}
    return SenderWish(name=name, values=values)


def _plausible(blank: str) -> str:
    if "record" in blank or blank == "key":
        return f"v=DKIM1; k=rsa; p={RSA.p}" if "record" in blank else RSA.p
    if "target" in blank or "mx" in blank:
        return f"{blank}.service.example"
    return f"a-{blank}"


def _waivers() -> st.SearchStrategy[Waiver]:
    return st.builds(
        Waiver,
        rule=st.sampled_from(["dnssec-unsigned", "ptr-generic"]),
        reason=st.text(min_size=1, max_size=40).filter(lambda t: bool(t.strip())),
        until=st.dates(date(2000, 1, 1), date(2100, 1, 1)),
        subject=st.none() | st.sampled_from(["example.com", "mail.example.com"]),
    )
