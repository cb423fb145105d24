"""What an intent turns into, value by value."""

from datetime import UTC, datetime

import pytest

from domain.strategies import ED25519, NOW, RSA
from mailworthy.domain.generate import everything, files, serial_in
from mailworthy.domain.intent import (
    DmarcWish,
    Domain,
    Host,
    Intent,
    MtaStsMode,
    SenderWish,
    SpfEnd,
)
from mailworthy.domain.others import others
from mailworthy.domain.records import bystander_names, conflicts, record_sets
from mailworthy.domain.records.merge import ConflictKind, settled
from mailworthy.domain.records.policy import sts_policy
from mailworthy.domain.records.zone import REPLACE, serial_of
from mailworthy.domain.recordset import Record, RecordSet, Section
from mailworthy.domain.reverse import ptr_requests, reverse_zones
from mailworthy.domain.zonefile import rdata, render_zone
from mailworthy.errors import UsageError
from mailworthy.mtasts.policy import Mode

KEYS = {"r202611": RSA, "e202611": ED25519}
MAIL = Host(ipv4=("192.0.2.25",), ipv6=("2001:db8::25",), mx=10)
ONE = Domain(reports="dmarc@example.com")
Rows = dict[tuple[str, str], tuple[str, ...]]


def intent(
    wish: Domain = ONE,
    *,
    hosts: dict[str, Host] | None = None,
    **more: Domain,
) -> Intent:
    """example.com with its mail host; further domains by name, `__` for the dot."""
    others_ = {name.replace("__", "."): domain for name, domain in more.items()}
    found = {"mail.example.com": MAIL} if hosts is None else hosts
    return Intent(hosts=found, domains={"example.com": wish, **others_})


def rows(
    wanted: Intent,
    domain: str = "example.com",
    foreign: tuple[Record, ...] = (),
    tls: dict[str, tuple[str, ...]] | None = None,
) -> Rows:
    sets = record_sets(wanted, domain, keys=KEYS, now=NOW, foreign=foreign, tls=tls)
    found: Rows = {}
    for s in sets:
        found[s.name, s.type] = found.get((s.name, s.type), ()) + s.values
    return found


def test_the_whole_zone_of_a_single_server() -> None:
    wish = Domain(reports="dmarc@example.com", dnssec=True, ca=("letsencrypt.org",))
    tls = {"mail.example.com": ("AB" * 32, "cd" * 32)}
    assert rows(intent(wish), tls=tls) == {
        ("example.com", "SOA"): (
            "mail.example.com. hostmaster.example.com. 2026112300 14400 3600 1209600 300",
        ),
        ("example.com", "NS"): ("mail.example.com.",),
        ("mail.example.com", "A"): ("192.0.2.25",),
        ("mail.example.com", "AAAA"): ("2001:db8::25",),
        ("example.com", "MX"): ("10 mail.example.com.",),
        ("example.com", "TXT"): ("v=spf1 ip4:192.0.2.25 ip6:2001:db8::25 ~all",),
        ("mail.example.com", "TXT"): ("v=spf1 a -all",),
        ("r202611._domainkey.example.com", "TXT"): (f"v=DKIM1; k=rsa; t=s; p={RSA.p}",),
        ("e202611._domainkey.example.com", "TXT"): (f"v=DKIM1; k=ed25519; t=s; p={ED25519.p}",),
        ("_dmarc.example.com", "TXT"): (
            "v=DMARC1; p=none; sp=none; np=reject; psd=n; rua=mailto:dmarc@example.com",
        ),
        ("_mta-sts.example.com", "TXT"): ("v=STSv1; id=04307cc2a81d9d76377f38be7191817a",),
        ("mta-sts.example.com", "CNAME"): ("mail.example.com.",),
        ("_smtp._tls.example.com", "TXT"): ("v=TLSRPTv1; rua=mailto:dmarc@example.com",),
        ("_25._tcp.mail.example.com", "TLSA"): (f"3 1 1 {'ab' * 32}", f"3 1 1 {'cd' * 32}"),
        ("example.com", "CAA"): (
            '0 issue "letsencrypt.org; validationmethods=dns-01,http-01"',
            '0 issuewild ";"',
            '0 issuemail ";"',
        ),
        ("_submissions._tcp.example.com", "SRV"): ("0 1 465 mail.example.com.",),
        ("_submission._tcp.example.com", "SRV"): ("10 1 587 mail.example.com.",),
        ("_imaps._tcp.example.com", "SRV"): ("0 1 993 mail.example.com.",),
        ("_imap._tcp.example.com", "SRV"): ("0 0 0 .",),
        ("_pop3._tcp.example.com", "SRV"): ("0 0 0 .",),
        ("_pop3s._tcp.example.com", "SRV"): ("0 0 0 .",),
        ("autoconfig.example.com", "CNAME"): ("mail.example.com.",),
        ("autodiscover.example.com", "CNAME"): ("mail.example.com.",),
        ("_autodiscover._tcp.example.com", "SRV"): ("0 0 443 mail.example.com.",),
        ("default._bimi.example.com", "TXT"): ("v=BIMI1; l=; a=;",),
    }


def test_the_whole_zone_of_a_parked_domain() -> None:
    assert rows(intent(parked__example=Domain(parked=True)), "parked.example") == {
        ("parked.example", "SOA"): (
            "mail.example.com. hostmaster.example.com. 2026112300 14400 3600 1209600 300",
        ),
        ("parked.example", "NS"): ("mail.example.com.",),
        ("parked.example", "MX"): ("0 .",),
        ("parked.example", "TXT"): ("v=spf1 -all",),
        ("*._domainkey.parked.example", "TXT"): ("v=DKIM1; p=",),
        ("_dmarc.parked.example", "TXT"): ("v=DMARC1; p=reject; sp=reject; np=reject; psd=n",),
    }


def test_every_set_says_why_and_where_it_is_written() -> None:
    for s in record_sets(intent(), "example.com", keys=KEYS, now=NOW):
        assert s.comment
        assert s.references
        assert "\n" not in s.comment


def test_tlsa_only_in_a_signed_zone_and_soon_forgotten() -> None:
    tls = {"mail.example.com": ("ab" * 32,)}
    assert ("_25._tcp.mail.example.com", "TLSA") not in rows(intent(), tls=tls)
    signed = intent(Domain(dnssec=True))
    assert ("_25._tcp.mail.example.com", "TLSA") not in rows(signed)
    sets = record_sets(signed, "example.com", keys={}, now=NOW, tls=tls)
    assert [s.ttl for s in sets if s.type == "TLSA"] == [300]


HOSTS = {
    "mail.example.com": MAIL,
    "backup.example.net": Host(ipv4=("198.51.100.1",), mx=20, sends=False),
    "out.example.com": Host(ipv6=("2001:db8::26",)),
}


def test_several_hosts() -> None:
    found = rows(intent(hosts=HOSTS))
    assert found["example.com", "MX"] == ("10 mail.example.com.", "20 backup.example.net.")
    assert found["example.com", "TXT"] == (
        "v=spf1 ip4:192.0.2.25 ip6:2001:db8::25 ip6:2001:db8::26 ~all",
    )
    assert found["out.example.com", "TXT"] == ("v=spf1 a -all",)
    assert ("out.example.com", "MX") not in found
    assert not [name for name, _ in found if name.endswith("example.net")]


def test_a_host_outside_is_somebody_elses_to_publish() -> None:
    outside = {(s.name, s.type): s.values for s in others(intent(hosts=HOSTS))}
    assert outside["backup.example.net", "A"] == ("198.51.100.1",)
    assert outside["backup.example.net", "TXT"] == ("v=spf1 a -all",)
    assert outside["1.100.51.198.in-addr.arpa", "PTR"] == ("backup.example.net.",)
    assert all(s.assumed for s in others(intent(hosts=HOSTS)))


def test_a_domain_may_be_its_own_host() -> None:
    found = rows(intent(hosts={"example.com": MAIL}))
    assert found["example.com", "TXT"] == ("v=spf1 ip4:192.0.2.25 ip6:2001:db8::25 ~all",)
    assert found["example.com", "MX"] == ("10 example.com.",)
    assert found["example.com", "A"] == ("192.0.2.25",)


def test_hosts_of_one_domain_only() -> None:
    wish = Domain(reports="dmarc@example.com", hosts=("mail.example.com",))
    found = rows(intent(wish, hosts=HOSTS))
    assert found["example.com", "MX"] == ("10 mail.example.com.",)
    assert found["example.com", "TXT"] == ("v=spf1 ip4:192.0.2.25 ip6:2001:db8::25 ~all",)
    assert found["out.example.com", "AAAA"] == ("2001:db8::26",)


@pytest.mark.parametrize(
    ("wish", "record"),
    [
        (Domain(spf=SpfEnd.FAIL), "v=spf1 ip4:192.0.2.25 ip6:2001:db8::25 -all"),
        (
            Domain(spf_terms=("a:web.example.com",), senders=("fastmail",)),
            "v=spf1 ip4:192.0.2.25 ip6:2001:db8::25 a:web.example.com "
            "include:spf.messagingengine.com ~all",
        ),
        (
            Domain(senders=(SenderWish(include="x.example"), SenderWish(include="X.example"))),
            "v=spf1 ip4:192.0.2.25 ip6:2001:db8::25 include:x.example ~all",
        ),
        (Domain(hosts=(), senders=(SenderWish(dkim={"a": "b.example"}),)), "v=spf1 -all"),
    ],
)
def test_spf(wish: Domain, record: str) -> None:
    assert rows(intent(wish))["example.com", "TXT"] == (record,)


@pytest.mark.parametrize(
    ("wish", "record"),
    [
        (DmarcWish(p="quarantine"), "p=quarantine; sp=quarantine; np=reject; psd=n"),
        (DmarcWish(p="reject", sp="none", np="none"), "p=reject; sp=none; np=none; psd=n"),
        (
            DmarcWish(adkim="s", aspf="s", t=True),
            "p=none; sp=none; np=reject; adkim=s; aspf=s; psd=n; t=y",
        ),
        (DmarcWish(psd="u"), "p=none; sp=none; np=reject"),
    ],
)
def test_dmarc(wish: DmarcWish, record: str) -> None:
    made = rows(intent(Domain(reports="d@example.com", dmarc=wish)))["_dmarc.example.com", "TXT"]
    assert made == (f"v=DMARC1; {record}; rua=mailto:d@example.com",)


@pytest.mark.parametrize(
    ("wish", "rua"),
    [
        (Domain(), "; rua=mailto:postmaster@example.com"),
        (Domain(dmarc=DmarcWish(rua=("r@example.net",))), "; rua=mailto:r@example.net"),
        (Domain(hosts=()), ""),
    ],
    ids=["postmaster", "the address named", "a domain that receives nothing"],
)
def test_who_reads_reports_where_nobody_is_named(wish: Domain, rua: str) -> None:
    (record,) = rows(intent(wish))["_dmarc.example.com", "TXT"]
    assert record == f"v=DMARC1; p=none; sp=none; np=reject; psd=n{rua}"


def test_failure_reports() -> None:
    wish = DmarcWish(rua=("b@example.com",), ruf=("c@example.com",), fo="1:d")
    text = rows(intent(Domain(reports="a@example.com", dmarc=wish)))["_dmarc.example.com", "TXT"]
    assert text[0].endswith(
        "; rua=mailto:a@example.com,mailto:b@example.com; ruf=mailto:c@example.com; fo=1:d"
    )


def test_reports_to_another_domain_of_ours_are_welcomed_there() -> None:
    wanted = intent(example__org=Domain(reports="dmarc@example.com"))
    name = "example.org._report._dmarc.example.com"
    assert rows(wanted)[name, "TXT"] == ("v=DMARC1",)
    assert not [s for s in others(wanted) if "_report" in s.name]


def test_reports_to_strangers_are_for_others() -> None:
    wanted = intent(Domain(reports="x@rua.example.net", dmarc=DmarcWish(ruf=("y@z.example",))))
    names = [s.name for s in others(wanted) if s.type == "TXT"]
    assert names == [
        "example.com._report._dmarc.rua.example.net",
        "example.com._report._dmarc.z.example",
    ]
    assert not [name for name, _ in rows(wanted) if "_report" in name]


def test_a_domain_below_ours_belongs_to_the_organisation() -> None:
    wanted = intent(news__example__com=Domain(reports="dmarc@example.com"))
    found = rows(wanted, "news.example.com")
    assert found["_dmarc.news.example.com", "TXT"] == (
        "v=DMARC1; p=none; rua=mailto:dmarc@example.com",
    )
    assert rows(wanted)["news.example.com", "NS"] == ("mail.example.com.",)
    assert not [name for name, _ in rows(wanted) if "_report" in name]


def test_reports_within_the_organisation_need_no_leave() -> None:
    assert not [
        s
        for s in others(intent(Domain(reports="dmarc@reports.example.com")))
        if "_report" in s.name
    ]


def test_nameservers_with_addresses() -> None:
    servers = ("ns1.example.com=192.0.2.53", "ns1.example.com=2001:db8::53", "ns2.example.net")
    found = rows(intent(Domain(nameservers=servers)))
    assert found["example.com", "NS"] == ("ns1.example.com.", "ns2.example.net.")
    assert found["ns1.example.com", "A"] == ("192.0.2.53",)
    assert found["ns1.example.com", "AAAA"] == ("2001:db8::53",)
    assert found["ns1.example.com", "MX"] == ("0 .",)
    assert found["example.com", "SOA"][0].startswith("ns1.example.com. ")


def test_a_stand_in_is_marked() -> None:
    sets = record_sets(intent(), "example.com", keys={}, now=NOW)
    assert [s.comment for s in sets if s.type == "NS"] == [REPLACE]


def test_a_nameserver_in_the_zone_needs_an_address() -> None:
    with pytest.raises(UsageError, match=r"ns1\.example\.com lies in example\.com"):
        rows(intent(Domain(nameservers=("ns1.example.com",), records="x")))


def test_mta_sts_can_be_left_out() -> None:
    found = rows(intent(Domain(mta_sts=MtaStsMode.OFF)))
    assert not [name for name, _ in found if "mta-sts" in name]
    assert sts_policy(intent(Domain(mta_sts=MtaStsMode.OFF)), "example.com") is None


def test_the_policy_and_its_id() -> None:
    testing, enforce = intent(), intent(Domain(mta_sts=MtaStsMode.ENFORCE))
    policy = sts_policy(enforce, "example.com")
    assert policy is not None
    assert (policy.mode, policy.mx) == (Mode.ENFORCE, ("mail.example.com",))
    assert policy.max_age >= 7 * 86400
    name = ("_mta-sts.example.com", "TXT")
    assert rows(testing)[name] != rows(enforce)[name]


def test_third_parties() -> None:
    spelt = SenderWish(dkim={"k1": "K1.x.example", "k2": "v=DKIM1; p=AAAA"})
    values = {"account": "u1", "pool": "wl1", "bounce": "em1"}
    wish = Domain(senders=(spelt, SenderWish(name="sendgrid", values=values)))
    found = rows(intent(wish))
    assert found["k1._domainkey.example.com", "CNAME"] == ("k1.x.example.",)
    assert found["k2._domainkey.example.com", "TXT"] == ("v=DKIM1; p=AAAA",)
    assert found["s1._domainkey.example.com", "CNAME"] == ("s1.domainkey.u1.wl1.sendgrid.net.",)
    assert found["em1.example.com", "CNAME"] == ("u1.wl1.sendgrid.net.",)
    del values["bounce"]
    assert ("em1.example.com", "CNAME") not in rows(intent(wish))


@pytest.mark.parametrize("value", ["a\nb", 'x" "y', "a b.example", "ä.example\x00"])
def test_a_senders_values_cannot_break_out(value: str) -> None:
    wish = Domain(senders=(SenderWish(dkim={"k": value}),))
    with pytest.raises(UsageError):
        rows(intent(wish))


# Foreign records


def record(name: str, type_: str, value: str, ttl: int = 3600) -> Record:
    return Record(name, type_, value, ttl)


def test_foreign_records_are_kept() -> None:
    there = (
        record("example.com", "TXT", "site-verification=1", 60),
        record("blog.example.com", "CNAME", "blog.example.net."),
        record("example.com", "A", "192.0.2.80"),
    )
    found = rows(intent(), foreign=there)
    assert found["example.com", "TXT"] == (
        "v=spf1 ip4:192.0.2.25 ip6:2001:db8::25 ~all",
        "site-verification=1",
    )
    assert found["blog.example.com", "CNAME"] == ("blog.example.net.",)
    assert ("blog.example.com", "MX") not in found
    assert ("example.com", "MX") in found
    sets = record_sets(intent(), "example.com", keys={}, now=NOW, foreign=there)
    assert {s.ttl for s in sets if (s.name, s.type) == ("example.com", "TXT")} == {60}


def test_a_name_for_settings_that_leads_elsewhere_is_not_contradicted() -> None:
    srv = ("_autodiscover._tcp.example.com", "SRV")
    assert srv in rows(intent())
    for type_, value, there in (
        ("CNAME", "ad.hoster.example.", False),
        ("A", "198.51.100.9", False),
        ("CNAME", "mail.example.com.", True),
        ("A", "192.0.2.25", True),
    ):
        found = rows(intent(), foreign=(record("autodiscover.example.com", type_, value),))
        assert (srv in found) is there


@pytest.mark.parametrize(
    ("terms", "comment"),
    [
        ((), "who may send: addresses need no look-up"),
        (("mx",), "who may send"),
        (("ip4:198.51.100.7",), "who may send: addresses need no look-up"),
    ],
)
def test_the_comment_on_spf_is_true(terms: tuple[str, ...], comment: str) -> None:
    sets = record_sets(intent(Domain(spf_terms=terms)), "example.com", keys={}, now=NOW)
    (spf,) = [s for s in sets if s.name == "example.com" and s.section is Section.SPF]
    assert spf.comment == comment


def test_a_parked_domain_needs_no_name_servers_yet() -> None:
    alone = Intent(domains={"example.com": Domain(parked=True)})
    sets = record_sets(alone, "example.com", keys={}, now=NOW)
    (names,) = [s for s in sets if s.type == "NS"]
    assert (names.values, names.comment) == (("your-name-server.invalid.",), REPLACE)


def test_names_without_mail_say_so() -> None:
    there = (
        record("www.example.com", "A", "192.0.2.80"),
        record("*.example.com", "A", "192.0.2.80"),
        record("lists.example.com", "A", "192.0.2.81"),
        record("lists.example.com", "MX", "10 lists.example.com."),
        record("_odd.example.com", "A", "192.0.2.82"),
        record("lab.example.com", "NS", "ns.lab.example.com."),
        record("ns.lab.example.com", "A", "192.0.2.83"),
        record("cron.example.com", "A", "192.0.2.84"),
        record("_dmarc.cron.example.com", "TXT", "v=DMARC1; p=none"),
    )
    assert bystander_names(intent(), "example.com", now=NOW, foreign=there) == ("www.example.com",)
    found = rows(intent(), foreign=there)
    assert found["www.example.com", "MX"] == ("0 .",)
    assert found["www.example.com", "TXT"] == ("v=spf1 -all",)
    # No psd=n: it would cut www off from the organisation.
    assert found["_dmarc.www.example.com", "TXT"] == (
        "v=DMARC1; p=reject; rua=mailto:dmarc@example.com",
    )
    assert found["lists.example.com", "MX"] == ("10 lists.example.com.",)


WEB = (record("www.example.com", "A", "192.0.2.80"), record("app.example.com", "A", "192.0.2.81"))


@pytest.mark.parametrize(
    ("listed", "names"),
    [
        (None, ("www.example.com", "app.example.com")),
        ((), ()),
        (("app",), ("app.example.com",)),
        (("app.example.com", "ftp"), ("app.example.com", "ftp.example.com")),
    ],
)
def test_names_without_mail_can_be_listed(
    listed: tuple[str, ...] | None, names: tuple[str, ...]
) -> None:
    wished = intent(Domain(reports="dmarc@example.com", no_mail=listed))
    assert bystander_names(wished, "example.com", now=NOW, foreign=WEB) == names
    assert {n for n, type_ in rows(wished, foreign=WEB) if type_ == "MX"} == {"example.com", *names}


@pytest.mark.parametrize(
    ("listed", "there", "why"),
    [
        ("mail", (), "a host of the intent"),
        ("app", (*WEB, record("lists.example.com", "MX", "1 app.example.com.")), "an MX host"),
        ("app", (*WEB, record("k._domainkey.app.example.com", "TXT", "p=AA")), "_domainkey"),
    ],
)
def test_what_mail_depends_on_cannot_be_listed(
    listed: str, there: tuple[Record, ...], why: str
) -> None:
    wished = intent(Domain(no_mail=(listed,)))
    with pytest.raises(UsageError, match=f"lists {listed}.example.com, but .*{why}"):
        rows(wished, foreign=there)


def test_an_alias_that_is_listed_is_left_alone() -> None:
    there = (record("www.example.com", "CNAME", "x.example."),)
    found = rows(intent(Domain(no_mail=("www",))), foreign=there)
    assert {type_ for name, type_ in found if name.endswith("www.example.com")} == {"CNAME"}


CONFLICTS = {
    "spf": (record("example.com", "TXT", "v=spf1 mx -all"), ConflictKind.SPF),
    "helo spf": (record("mail.example.com", "TXT", "V=SPF1 mx -all"), ConflictKind.SPF),
    "mx": (record("example.com", "MX", "5 mx.example.net."), ConflictKind.VALUES),
    "address": (record("mail.example.com", "A", "192.0.2.99"), ConflictKind.VALUES),
    "dmarc": (record("_dmarc.example.com", "TXT", "v=DMARC1;p=reject"), ConflictKind.DMARC),
    "dmarc elsewhere": (record("_dmarc.example.com", "CNAME", "d.x.example."), ConflictKind.ALIAS),
    "key": (record("r202611._domainkey.example.com", "TXT", "k=rsa; p=AA"), ConflictKind.DKIM),
    "tls": (record("_smtp._tls.example.com", "TXT", "v=TLSRPTv1; rua=x"), ConflictKind.POLICY),
    "alias": (record("mail.example.com", "CNAME", "x.example."), ConflictKind.ALIAS),
}


@pytest.mark.parametrize("name", CONFLICTS)
def test_a_contradiction_is_asked_about(name: str) -> None:
    theirs, kind = CONFLICTS[name]
    found = conflicts(intent(), "example.com", keys=KEYS, now=NOW, foreign=(theirs,))
    assert {c.kind for c in found} == {kind}
    assert {t for c in found for t in c.theirs} == {theirs}
    assert all(theirs.value in c.text for c in found)
    before = rows(intent(), foreign=(theirs,))
    assert before[theirs.name, theirs.type] == (theirs.value,)
    assert settled((theirs,), found) == ()


@pytest.mark.parametrize(
    "theirs",
    [
        record("example.com", "TXT", "v=spf1 ip4:192.0.2.25 ip6:2001:db8::25 ~all", 60),
        record("mail.example.com", "A", "192.0.2.25", 60),
        record("example.com", "TXT", "v=spf10 is something else"),
        record("default._bimi.example.com", "TXT", "v=BIMI1; l=https://x.example/l.svg; a="),
        record("_imaps._tcp.example.com", "SRV", "0 1 993 imap.example.com."),
        record("mta-sts.example.com", "CNAME", "sts.example.net."),
        record("mta-sts.example.com", "A", "192.0.2.80"),
        record("autoconfig.example.com", "TXT", "in use"),
    ],
)
def test_what_agrees_or_yields_is_not_asked_about(theirs: Record) -> None:
    assert conflicts(intent(), "example.com", keys=KEYS, now=NOW, foreign=(theirs,)) == ()
    found = rows(intent(), foreign=(theirs,))
    assert theirs.value in found[theirs.name, theirs.type]
    assert all(len(values) == len(set(values)) for values in found.values())


def test_a_name_in_use_gets_addresses_instead_of_an_alias() -> None:
    found = rows(intent(), foreign=(record("mta-sts.example.com", "TXT", "in use"),))
    assert ("mta-sts.example.com", "CNAME") not in found
    assert found["mta-sts.example.com", "A"] == ("192.0.2.25",)
    assert found["mta-sts.example.com", "AAAA"] == ("2001:db8::25",)


def test_the_soa_and_servers_that_are_there_stay() -> None:
    there = (
        record("example.com", "SOA", "a.example. root.example.com. 2027010105 1 2 3 4"),
        record("example.com", "NS", "a.example."),
    )
    found = rows(intent(), foreign=there)
    assert found["example.com", "SOA"] == ("a.example. root.example.com. 2027010106 1 2 3 4",)
    assert found["example.com", "NS"] == ("a.example.",)


def test_a_record_of_another_zone_is_refused() -> None:
    with pytest.raises(UsageError, match=r"does not lie in example\.com"):
        rows(intent(), foreign=(record("example.org", "A", "192.0.2.1"),))


def test_an_unknown_domain_is_refused() -> None:
    with pytest.raises(UsageError, match="not a domain of the intent"):
        rows(intent(), "example.org")


# Serials, reverse DNS, text


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (None, 2026112300),
        (1, 2026112300),
        (2026112300, 2026112301),
        (2026112399, 2026112400),
        (2030010100, 2030010101),
        (2**32 - 1, 1),
    ],
)
def test_serials_grow(old: int | None, new: int) -> None:
    assert serial_of(NOW, old) == new


def test_a_change_gets_a_higher_serial_on_the_same_day() -> None:
    before = everything(intent(), keys={}, now=NOW)
    first = files(before, now=NOW)
    changed = everything(intent(Domain(reports="x@example.com")), keys={}, now=NOW)
    second = files(changed, now=NOW, existing=first)
    assert serial_in(first["example.com.zone"]) == 2026112300
    assert serial_in(second["example.com.zone"]) == 2026112301
    assert second["reverse/2.0.192.in-addr.arpa.zone"] == first["reverse/2.0.192.in-addr.arpa.zone"]
    assert files(before, now=NOW, existing={"example.com.zone": "not ours"}) == first


def test_reverse_dns() -> None:
    zones = {zone.name: zone for zone in reverse_zones(intent(hosts=HOSTS), now=NOW)}
    assert [(name, zone.block) for name, zone in zones.items()] == [
        ("2.0.192.in-addr.arpa", "192.0.2.0/24"),
        ("0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa", "2001:db8::/64"),
        ("100.51.198.in-addr.arpa", "198.51.100.0/24"),
    ]
    six = zones["0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa"].sets
    assert [s.values for s in six if s.type == "PTR"] == [
        ("mail.example.com.",),
        ("out.example.com.",),
    ]


def test_requests_for_reverse_dns() -> None:
    first, second = ptr_requests(intent())
    assert (first.address, first.host) == ("192.0.2.25", "mail.example.com")
    assert first.owner == "25.2.0.192.in-addr.arpa"
    assert second.owner == (
        "5.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa"
    )
    made = files(everything(intent(), keys={}, now=NOW), now=NOW)
    assert first.text in made["ptr-requests.txt"]
    assert "dig +short -x 2001:db8::25" in made["ptr-requests.txt"]


def test_long_texts_are_cut_at_255_octets() -> None:
    shown = rdata("TXT", "x" * 600)
    assert [len(part.strip()) for part in shown.strip("() ").splitlines()] == [257, 257, 92]


@pytest.mark.parametrize("value", ["192.0.2.1\nevil A 192.0.2.2", "a\tb", "a\x7f"])
def test_no_value_can_begin_another_record(value: str) -> None:
    with pytest.raises(UsageError):
        render_zone([RecordSet("a.example.com", "A", (value,))], domain="example.com")


def test_no_comment_can_begin_a_record() -> None:
    text = render_zone(
        [RecordSet("a.example.com", "A", ("192.0.2.1",), comment="x\ny A 192.0.2.9")],
        domain="example.com",
    )
    assert [line for line in text.splitlines() if "192.0.2.9" in line] == ["; x y A 192.0.2.9"]


def test_the_time_of_day_changes_nothing() -> None:
    evening = datetime(2026, 11, 23, 23, 59, tzinfo=UTC)
    assert record_sets(intent(), "example.com", keys=KEYS, now=NOW) == record_sets(
        intent(), "example.com", keys=KEYS, now=evening
    )
