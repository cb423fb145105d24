"""Rules about MX, addresses, reverse DNS, HELO, SRV and the zone: silence, and odd remedies."""

import pytest

from casekit import applied, evidence, fired, outcome
from mailworthy.audit.case import Case
from mailworthy.audit.finding import AskOther, Publish, Withdraw
from mailworthy.audit.healthy import PTR4, PTR6, healthy
from mailworthy.audit.part import Known, NotAsked
from mailworthy.audit.rule import find

FAMILIES = ("mx-", "address-", "ptr-", "helo-", "srv-", "zone-")

SOA = "SOA ns1.dns.example. hostmaster.dns.example. 1 14400 3600 1209600 3600"
WORLD = f"""\
. {SOA}
dns.example. {SOA}
ns1.dns.example. A 198.51.100.1
ns2.dns.example. A 203.0.113.1
"""
ZONE = f"""\
shop.example. {SOA}
shop.example. NS ns1.dns.example.
shop.example. NS ns2.dns.example.
"""
# A large provider: its inbound hosts have no reverse DNS and no SPF record of their own.
PROVIDER = f"""\
big.example. {SOA}
mx1.in.big.example. A 192.0.2.1
mx2.in.big.example. A 192.0.2.2
spf.big.example. TXT "v=spf1 ip4:192.0.2.0/24 -all"
"""
# Another self-hosted domain, whose mail host takes mail for shop.example too.
FRIEND = f"""\
friend.example. {SOA}
mail.friend.example. A 192.0.2.25
mail.friend.example. TXT "v=spf1 a -all"
"""
PTR_FRIEND = "25.2.0.192.in-addr.arpa. PTR mail.friend.example.\n"
BIG_MX = "shop.example. MX 10 mx1.in.big.example.\nshop.example. MX 20 mx2.in.big.example.\n"
BIG_SPF = 'shop.example. TXT "v=spf1 include:spf.big.example -all"\n'

LEGAL = {
    "at a provider": PROVIDER + BIG_MX + BIG_SPF,
    "at a provider, with mx out of habit": (
        PROVIDER + BIG_MX + 'shop.example. TXT "v=spf1 mx include:spf.big.example -all"\n'
    ),
    "at a provider, no SPF": PROVIDER + BIG_MX,
    "host in another domain": (
        FRIEND + PTR_FRIEND + "shop.example. MX 10 mail.friend.example.\n"
        'shop.example. TXT "v=spf1 mx -all"\n'
    ),
    "sends only, null MX, nobody may": 'shop.example. MX 0 .\nshop.example. TXT "v=spf1 -all"\n',
    "neither mail nor address": 'shop.example. TXT "v=spf1 -all"\n',
    "in and out split, the way in has no PTR": (
        "shop.example. MX 10 in.shop.example.\n"
        "in.shop.example. A 192.0.2.40\n"
        'in.shop.example. TXT "v=spf1 -all"\n'
        'shop.example. TXT "v=spf1 ip4:192.0.2.41 -all"\n'
    ),
    "reverse zone delegated by an alias": (
        "shop.example. MX 10 mail.shop.example.\n"
        "mail.shop.example. A 192.0.2.50\n"
        'mail.shop.example. TXT "v=spf1 a -all"\n'
        'shop.example. TXT "v=spf1 mx -all"\n'
        "50.2.0.192.in-addr.arpa. CNAME 50.rev.dns.example.\n"
        "50.rev.dns.example. PTR mail.shop.example.\n"
    ),
    "PTR names the machine, MX the service": (
        "shop.example. MX 10 mail.shop.example.\n"
        "mail.shop.example. A 192.0.2.50\n"
        'mail.shop.example. TXT "v=spf1 a -all"\n'
        'shop.example. TXT "v=spf1 mx -all"\n'
        "50.2.0.192.in-addr.arpa. PTR alpha.shop.example.\n"
        "alpha.shop.example. A 192.0.2.50\n"
    ),
    "web site by an alias": PROVIDER + BIG_MX + BIG_SPF + "www.shop.example. CNAME big.example.\n",
}


def ours(case: Case) -> dict[str, str]:
    """The findings of these families, by rule."""
    return {f.rule: f.message for f in outcome(case).findings if f.rule.startswith(FAMILIES)}


@pytest.mark.parametrize("name", LEGAL)
def test_legal_configurations_are_left_alone(name: str) -> None:
    assert ours(Case(WORLD + ZONE + LEGAL[name], domain="shop.example")) == {}


def test_a_sub_domain_that_is_no_zone() -> None:
    zones = WORLD + ZONE + PROVIDER + "news.shop.example. MX 10 mx1.in.big.example.\n"
    zones += 'news.shop.example. TXT "v=spf1 include:spf.big.example -all"\n'
    assert ours(Case(zones, domain="news.shop.example")) == {}


def test_a_parked_domain() -> None:
    zones = WORLD + ZONE + 'shop.example. MX 0 .\nshop.example. TXT "v=spf1 -all"\n'
    assert ours(Case(zones, domain="shop.example", parked=True)) == {}


# What a receiver would object to is said of foreign hosts as well, where mail leaves there.
FIRES = {
    "own host elsewhere without PTR": (
        FRIEND + 'shop.example. MX 10 mail.friend.example.\nshop.example. TXT "v=spf1 mx -all"\n',
        "ptr-missing",
    ),
    "own host elsewhere, named by SPF beside an include": (
        PROVIDER + FRIEND + "shop.example. MX 10 mail.friend.example.\n"
        'shop.example. TXT "v=spf1 a:mail.friend.example include:spf.big.example -all"\n',
        "ptr-missing",
    ),
    "SPF cannot be read, so nothing speaks against the host": (
        "shop.example. MX 10 mail.shop.example.\nmail.shop.example. A 192.0.2.50\n"
        'shop.example. TXT "v=spf1 nonsense:: -all"\n',
        "ptr-missing",
    ),
    "every MX host is one word": ("shop.example. MX 10 mail.\n", "mx-target-missing"),
    "address with the zone's name behind": (
        "shop.example. MX 10 192.0.2.25.shop.example.\n",
        "mx-target-is-address",
    ),
    "address in brackets": ("shop.example. MX 10 [192.0.2.25].\n", "mx-target-is-address"),
    "localhost": ("shop.example. MX 10 localhost.\nlocalhost. A 127.0.0.1\n", "address-loopback"),
    "an alias that leads nowhere": (
        "shop.example. MX 10 mx.shop.example.\nmx.shop.example. CNAME gone.shop.example.\n",
        "mx-target-missing",
    ),
    "mapped IPv4 in IPv6": (
        "shop.example. MX 10 mail.shop.example.\nmail.shop.example. AAAA ::ffff:192.0.2.1\n",
        "address-reserved",
    ),
    "IPv6 alone": (
        "shop.example. MX 10 mail.shop.example.\nmail.shop.example. AAAA 2001:db8::1\n",
        "mx-ipv6-only",
    ),
}


@pytest.mark.parametrize("name", FIRES)
def test_faults(name: str) -> None:
    records, rule = FIRES[name]
    assert rule in ours(Case(WORLD + ZONE + records, domain="shop.example"))


def test_one_fault_is_one_finding_where_all_hosts_are_dead() -> None:
    dead = "shop.example. MX 10 a.shop.example.\nshop.example. MX 20 b.shop.example.\n"
    assert set(ours(Case(WORLD + ZONE + dead, domain="shop.example"))) == {"mx-target-missing"}


def test_a_domain_that_does_not_exist_is_one_finding() -> None:
    result = outcome(healthy(domain="example.org"))
    assert [f.rule for f in result.findings] == ["zone-domain-missing"]
    assert [g.why for g in result.not_rehearsed] == ["the domain does not exist"]
    assert isinstance(evidence(healthy(domain="example.org")).mx, NotAsked)


def test_a_dangling_alias_still_has_names_below() -> None:
    case = Case(
        WORLD + ZONE + "news.shop.example. CNAME gone.dns.example.\n", domain="news.shop.example"
    )
    assert isinstance(evidence(case).dmarc, Known)


def test_a_parked_domain_keeps_the_null_mx() -> None:
    case = healthy(add=("example.com. MX 0 .",), parked=True)
    (step,) = fired(case)["mx-null-beside-others"].remedy.steps
    assert isinstance(step, Withdraw)
    assert step.record.value == "10 mail.example.com."


def test_the_last_good_exchange_is_not_taken_away() -> None:
    case = healthy(
        drop=("example.com. MX",),
        add=("example.com. MX 10 mail_1.example.com.", "mail_1.example.com. A 192.0.2.25"),
        blanks={"mail-host": "mail.example.com"},
    )
    finding = fired(case)["mx-invalid-hostname"]
    assert [type(step) for step in finding.remedy.steps] == [Withdraw, Publish]
    assert "mx-invalid-hostname" not in fired(applied(case, finding.remedy))


def test_an_alias_to_another_exchange_is_only_withdrawn() -> None:
    (step,) = fired(find("mx-target-is-alias").meta.bad)["mx-target-is-alias"].remedy.steps
    assert isinstance(step, Withdraw)
    assert step.record.value == "20 mx2.example.com."


def test_a_generic_host_name_is_not_asked_for_again() -> None:
    host = "static-192-0-2-25.example.com"
    case = healthy(
        drop=("example.com. MX", PTR4, PTR6, "mail.example.com. AAAA"),
        add=(f"example.com. MX 10 {host}.", f"{host}. A 192.0.2.25", f"{PTR4} PTR {host}."),
        blanks={"mail-host": "mail.example.com"},
    )
    remedy = fired(case)["ptr-generic"].remedy
    assert [b.placeholder for b in remedy.blanks] == ["mail-host"]
    assert "ptr-generic" not in fired(applied(case, remedy))


def test_records_elsewhere_are_somebody_elses_work() -> None:
    zones = WORLD + ZONE + "shop.example. MX 10 mail.friend.example.\n"
    zones += f"friend.example. {SOA}\nmail.friend.example. A 10.0.0.1\n"
    (step,) = fired(Case(zones, domain="shop.example"))["address-private"].remedy.steps
    assert isinstance(step, AskOther)
    assert "mail.friend.example" in step.who
    assert "10.0.0.1" in step.what


@pytest.mark.parametrize(
    ("spf", "leaves"),
    [
        ("v=spf1 mx -all", True),
        ("v=spf1 a:mail.friend.example -all", True),
        ("v=spf1 ip4:192.0.2.25 include:spf.big.example -all", True),
        ("v=spf1 mx include:spf.big.example -all", False),
        ("v=spf1 include:spf.big.example -all", False),
        ("v=spf1 +all", False),
        ("v=spf1 -all", False),
    ],
)
def test_what_leaves_from_a_foreign_host(spf: str, leaves: bool) -> None:
    zones = WORLD + ZONE + FRIEND + PROVIDER + f'shop.example. TXT "{spf}"\n'
    zones += "shop.example. MX 10 mail.friend.example.\n"
    found = evidence(Case(zones, domain="shop.example"))
    assert isinstance(found.hosts, Known)
    assert isinstance(found.addresses, Known)
    assert [h.outbound for h in found.hosts.value] == [leaves]
    assert [a.outbound for a in found.addresses.value] == [leaves]


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("v=spf1 a ~all", None),
        ("v=spf1 a/24 -all", None),
        ("v=spf1 a:mail.example.com -all", None),
        ("v=spf1 ip4:192.0.2.0/24 ip6:2001:db8::/32 -all", None),
        ("v=spf1 mx -all", None),  # a look-up decides
        ("v=spf1 include:example.net -all", None),
        ("v=spf1 redirect=example.net", None),
        ("v=spf1 exists:%{i}.example.net -all", None),
        ("v=spf1 ?all", None),
        ("v=spf1 -all", "helo-spf-fails"),
        ("v=spf1 ~all", "helo-spf-fails"),
        ("v=spf1 -a -all", "helo-spf-fails"),
        ("v=spf1 ip4:192.0.2.25 -all", "helo-spf-fails"),
        ("v=spf1 a +all", "helo-spf-allows-all"),
        ("v=spf1 a b c", "helo-spf-broken"),
    ],
)
def test_helo_records(text: str, rule: str | None) -> None:
    case = healthy(drop=("mail.example.com. TXT",), add=(f'mail.example.com. TXT "{text}"',))
    assert set(ours(case)) == ({rule} if rule else set())


def test_a_host_that_is_the_domain_itself_is_judged_by_the_rules_of_spf() -> None:
    case = healthy(
        drop=("example.com. MX", PTR4, "mail.example.com. AAAA", PTR6),
        add=(
            "example.com. MX 10 example.com.",
            "example.com. A 192.0.2.25",
            f"{PTR4} PTR example.com.",
        ),
    )
    assert not [rule for rule in ours(case) if rule.startswith("helo-")]
