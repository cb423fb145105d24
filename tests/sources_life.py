"""A year in the life of example.com, as its reports tell it: five sources, made from a seed.

Its own server; a newsletter service, set up well; a forwarder of an alumni office; a service for
invoices that was never set up to sign; and a forger with a burst in spring and one in autumn.
"""

import random
from collections.abc import Iterator

from mailworthy.domain.intent import Domain, Host, Intent
from mailworthy.reports.model import (
    AggregateRecord,
    DkimAuth,
    Reason,
    SpfAuth,
    Window,
)
from mailworthy.sources.facts import DAY, Seen

DOMAIN = "example.com"
FIRST = 20_454 * DAY  # 2026-01-01
OWN = "192.0.2.25"
NEWSLETTER = ("198.51.100.21", "198.51.100.22", "198.51.100.23")
FORWARDER = "203.0.113.80"
INVOICES = ("198.51.100.130", "198.51.100.131")
REPORTERS = ("google.com", "Yahoo", "Enterprise Outlook", "GMX", "Fastmail Pty Ltd")

INTENT = Intent(
    hosts={"mail.example.com": Host(ipv4=(OWN,), mx=10)},
    domains={
        DOMAIN: Domain(
            reports="dmarc@example.com",
            senders=("mailchimp", "sendgrid"),
            selectors=("r202601", "e202601"),
        )
    },
)


def year(seed: int = 1, days: int = 365) -> Iterator[Seen]:
    """Every row of every report, day by day."""
    chance = random.Random(seed)
    for day in range(days):
        window = Window(FIRST + day * DAY, FIRST + (day + 1) * DAY - 1)
        for record in _records(day, chance):
            yield Seen(record, window, chance.choice(REPORTERS))


def _records(day: int, chance: random.Random) -> Iterator[AggregateRecord]:
    yield own(chance.randint(5, 40))
    if day % 7 == 2:
        for ip in NEWSLETTER:
            yield newsletter(ip, chance.randint(200, 400))
    if chance.random() < 0.4:
        yield forwarder(chance.randint(1, 3), rewritten=chance.random() < 0.6)
    if chance.random() < 0.05:
        yield forwarder(1, rewritten=True, broken=True)
    if day % 30 in (0, 1):
        yield invoices(chance.choice(INVOICES), chance.randint(10, 30))
    if 100 <= day < 103 or 280 <= day < 282:
        for _ in range(15):
            yield forger(f"203.0.113.{chance.randint(128, 254)}", chance.randint(5, 80))


def own(count: int) -> AggregateRecord:
    """Signed twice, from the host of the intent."""
    return AggregateRecord(
        OWN,
        count,
        "none",
        "pass",
        "pass",
        DOMAIN,
        DOMAIN,
        dkim_auth=(DkimAuth(DOMAIN, "pass", "r202601"), DkimAuth(DOMAIN, "pass", "e202601")),
        spf_auth=(SpfAuth(DOMAIN, "pass", "mfrom"),),
    )


def newsletter(ip: str, count: int) -> AggregateRecord:
    """Mailchimp: its key in our DNS, its own bounce domain."""
    return AggregateRecord(
        ip,
        count,
        "none",
        "pass",
        "fail",
        DOMAIN,
        "mail21.atl91.mcsv.net",
        dkim_auth=(DkimAuth(DOMAIN, "pass", "k2"), DkimAuth("mcsv.net", "pass", "k2")),
        spf_auth=(SpfAuth("mail21.atl91.mcsv.net", "pass", "mfrom"),),
    )


def forwarder(count: int, *, rewritten: bool, broken: bool = False) -> AggregateRecord:
    """Mail of our server that goes on: the envelope rewritten or not, sometimes changed."""
    envelope = "alumni.example.edu" if rewritten else DOMAIN
    return AggregateRecord(
        FORWARDER,
        count,
        "none",
        "fail" if broken else "pass",
        "fail",
        DOMAIN,
        envelope,
        reasons=() if rewritten else (Reason("forwarded"),),
        dkim_auth=(DkimAuth(DOMAIN, "fail" if broken else "pass", "r202601"),),
        spf_auth=(SpfAuth(envelope, "pass" if rewritten else "softfail", "mfrom"),),
    )


def invoices(ip: str, count: int) -> AggregateRecord:
    """SendGrid as it is before anything is set up."""
    return AggregateRecord(
        ip,
        count,
        "none",
        "fail",
        "fail",
        DOMAIN,
        "em1234.sendgrid.net",
        dkim_auth=(DkimAuth("sendgrid.net", "pass", "smtpapi"),),
        spf_auth=(SpfAuth("em1234.sendgrid.net", "pass", "mfrom"),),
    )


def forger(ip: str, count: int) -> AggregateRecord:
    """Our domain everywhere, a signature that is made up."""
    return AggregateRecord(
        ip,
        count,
        "none",
        "fail",
        "fail",
        DOMAIN,
        DOMAIN,
        dkim_auth=(DkimAuth(DOMAIN, "fail", "r202601"),),
        spf_auth=(SpfAuth(DOMAIN, "softfail", "mfrom"),),
    )
