"""From what is published to an intent, and what a new zone must not lose."""

import pytest
from hypothesis import given, settings

from domain.strategies import ED25519, NOW, RSA, intents, keys_for
from mailworthy.dkim.selectors import COMMON
from mailworthy.domain.draft import Draft, from_records, from_survey
from mailworthy.domain.intent import DmarcWish, Domain, Host, Intent, MtaStsMode, SenderWish, SpfEnd
from mailworthy.domain.intentfile import dumps, loads
from mailworthy.domain.records import conflicts, record_sets
from mailworthy.domain.recordset import Record
from mailworthy.domain.survey import survey
from mailworthy.domain.weaker import weakenings
from mailworthy.errors import UsageError
from mailworthy.lookup.drive import drive
from mailworthy.lookup.memory import Memory
from mailworthy.lookup.model import Why
from mailworthy.lookup.zonetext import read_zone
from mailworthy.mtasts.policy import Mode

KEYS = {"r202611": RSA, "e202611": ED25519}

# A zone as thousands have it: an old server, grown by hand.
GROWN = """\
$ORIGIN example.com.
$TTL 3600
@ IN SOA ns1.example.net. root.example.com. 2026010101 3600 900 604800 300
@ NS ns1.example.net.
@ NS ns2.example.net.
@ MX 10 mail
@ MX 20 backup.example.net.
@ A 192.0.2.80
@ TXT ( "v=spf1 mx a:web.example.com ip4:192.0.2.25 ip4:198.51.100.0/28"
        " include:spf.migadu.com include:_spf.x.example -all" )
@ TXT "google-site-verification=abc"
@ CAA 0 issue "letsencrypt.org"
mail A 192.0.2.25
mail AAAA 2001:db8::25
www CNAME @
web A 192.0.2.80
default._domainkey TXT "v=DKIM1; k=rsa; p=AAAA"
_dmarc TXT ( "v=DMARC1; p=quarantine; sp=reject; pct=50; adkim=s; "
             "rua=mailto:a@example.com,mailto:b@c.example" )
_mta-sts TXT "v=STSv1; id=1"
mta-sts A 192.0.2.25
_smtp._tls TXT "v=TLSRPTv1; rua=mailto:tls@example.com"
_imaps._tcp SRV 0 1 993 mail
default._bimi TXT "v=BIMI1; l=https://example.com/l.svg; a="
backup.example.net. A 198.51.100.1
"""


def zone(text: str) -> tuple[Record, ...]:
    return tuple(
        Record(r.name, r.type, r.value, r.ttl) for r in read_zone(text, origin="example.com")
    )


def drafted(text: str, sts: Mode | None = None) -> Draft:
    return from_records("example.com", zone(text), sts=sts)


def wish(text: str) -> Domain:
    return drafted(text).intent.domains["example.com"]


def test_a_grown_zone() -> None:
    draft = drafted(GROWN, Mode.ENFORCE)
    assert draft.intent == Intent(
        hosts={
            "mail.example.com": Host(("192.0.2.25",), ("2001:db8::25",), 10),
            "backup.example.net": Host(("198.51.100.1",), (), 20),
        },
        domains={
            "example.com": Domain(
                reports="a@example.com",
                tls_reports="tls@example.com",
                senders=(
                    SenderWish(include="spf.migadu.com"),
                    SenderWish(include="_spf.x.example"),
                ),
                nameservers=("ns1.example.net", "ns2.example.net"),
                records="example.com.other.zone",
                no_mail=("mta-sts",),
                spf=SpfEnd.FAIL,
                spf_terms=("a:web.example.com", "ip4:198.51.100.0/28"),
                dmarc=DmarcWish(
                    p="quarantine", sp="reject", np="reject", adkim="s", rua=("b@c.example",)
                ),
                mta_sts=MtaStsMode.ENFORCE,
            )
        },
    )
    assert {(r.name, r.type) for r in draft.foreign} == {
        ("example.com", "SOA"),
        ("example.com", "A"),
        ("example.com", "TXT"),
        ("example.com", "CAA"),
        ("www.example.com", "CNAME"),
        ("web.example.com", "A"),
        ("default._domainkey.example.com", "TXT"),
        ("mta-sts.example.com", "A"),
        ("_imaps._tcp.example.com", "SRV"),
        ("default._bimi.example.com", "TXT"),
    }
    assert any("pct" in note for note in draft.notes)


def test_a_drafted_zone_weakens_nothing_and_asks_nothing() -> None:
    draft = drafted(GROWN, Mode.ENFORCE)
    assert loads(dumps(draft.intent)) == draft.intent
    there = zone(draft.records_text)
    assert set(there) == set(draft.foreign)
    found = conflicts(draft.intent, "example.com", keys=KEYS, now=NOW, foreign=there)
    assert [(c.ours.name, c.ours.type) for c in found] == []
    sets = record_sets(draft.intent, "example.com", keys=KEYS, now=NOW, foreign=there)
    assert weakenings("example.com", zone(GROWN), sets) == ()
    after = {(r.name, r.type, r.value) for s in sets for r in s.records}
    kept = {(r.name, r.type, r.value) for r in draft.foreign if r.type != "SOA"}
    assert kept <= after


@pytest.mark.parametrize(
    ("spf", "end", "terms"),
    [
        ("v=spf1 mx -all", SpfEnd.FAIL, ()),
        ("v=spf1 mx ~all", SpfEnd.SOFTFAIL, ()),
        ("v=spf1 ip4:192.0.2.25 ip4:192.0.2.26 -all", SpfEnd.FAIL, ("ip4:192.0.2.26",)),
        ("v=spf1 ip4:192.0.2.0/24 -all", SpfEnd.FAIL, ("ip4:192.0.2.0/24",)),
        ("v=spf1 a mx ?all", SpfEnd.SOFTFAIL, ("a",)),
        ("v=spf1 mx", SpfEnd.SOFTFAIL, ()),
        ("v=spf1 mx exists:%{i}.x.example -all", SpfEnd.FAIL, ("exists:%{i}.x.example",)),
        ("v=spf1 mx/24 -all", SpfEnd.FAIL, ("mx/24",)),
    ],
)
def test_spf_is_understood(spf: str, end: SpfEnd, terms: tuple[str, ...]) -> None:
    found = wish(f'@ 60 MX 10 mail\nmail 60 A 192.0.2.25\n@ 60 TXT "{spf}"\n')
    assert (found.spf, found.spf_terms) == (end, terms)


@pytest.mark.parametrize(
    "texts",
    [
        ("v=spf1 redirect=_spf.x.example",),
        ("v=spf1 mx exp=why.x.example -all",),
        ("v=spf1 -ip4:192.0.2.66 mx -all",),
        ("v=spf1 ip4:bad -all",),
        ("v=spf1 mx -all", "v=spf1 a -all"),
    ],
)
def test_spf_that_an_intent_cannot_say_is_kept(texts: tuple[str, ...]) -> None:
    text = "@ 60 MX 10 mail\nmail 60 A 192.0.2.25\n" + "".join(f'@ 60 TXT "{t}"\n' for t in texts)
    draft = drafted(text)
    assert {r.value for r in draft.foreign if r.type == "TXT"} == set(texts)
    assert any("SPF record is kept" in note for note in draft.notes)
    sets = record_sets(draft.intent, "example.com", keys={}, now=NOW, foreign=draft.foreign)
    found = [v for s in sets if (s.name, s.type) == ("example.com", "TXT") for v in s.values]
    assert sorted(found) == sorted(texts)


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ("v=DMARC1; p=reject", DmarcWish(p="reject", np="reject")),
        ("v=DMARC1; p=reject; sp=none", DmarcWish(p="reject", sp="none", np="none")),
        ("v=DMARC1; p=none; np=reject", DmarcWish(p="none", np="reject")),
        ("v=DMARC1; p=quarantine; t=y", DmarcWish(p="quarantine", np="quarantine", t=True)),
        ("v=DMARC1; p=none; psd=n; aspf=s", DmarcWish(p="none", np="none", psd="n", aspf="s")),
    ],
)
def test_dmarc_stays_as_strict(record: str, expected: DmarcWish) -> None:
    assert wish(f'_dmarc 60 TXT "{record}"\n@ 60 A 192.0.2.1\n').dmarc == expected


@pytest.mark.parametrize(
    "record",
    [
        "_dmarc 60 CNAME d.x.example.",
        '_dmarc 60 TXT "v=DMARC1; p=reject; rua=https://x.example/"',
        '_dmarc 60 TXT "v=DMARC1; p=bogus"',
        '_dmarc 60 TXT "v=DMARC1; p=reject"\n_dmarc 60 TXT "v=DMARC1; p=none"',
    ],
)
def test_dmarc_that_an_intent_cannot_say_is_kept(record: str) -> None:
    draft = drafted(record + "\n")
    assert {r.name for r in draft.foreign} == {"_dmarc.example.com"}
    assert any("DMARC record is kept" in note for note in draft.notes)


def test_a_domain_without_dmarc_starts_careful() -> None:
    assert wish("@ 60 A 192.0.2.1\n").dmarc == DmarcWish(np="none")
    draft = from_records("news.example.com", [Record("news.example.com", "A", "192.0.2.1")])
    assert draft.intent.domains["news.example.com"].dmarc == DmarcWish(np="none", psd="u")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("@ 60 MX 1 mx.provider.example.\nmx.provider.example. 60 A 192.0.2.1\n", "none of the"),
        ("@ 60 MX 1 mail\n", "not known"),
        ("@ 60 MX 1 mail\nmail 60 A 127.0.0.1\n", "is this machine itself"),
        ("@ 60 MX 1 localhost.\nlocalhost. 60 A 192.0.2.1\n", "no host name"),
    ],
)
def test_mx_that_are_not_ours_are_kept(text: str, why: str) -> None:
    draft = drafted(text)
    assert draft.intent.hosts == {}
    assert any("MX records are kept" in note and why in note for note in draft.notes)
    assert [r.type for r in draft.foreign if r.type == "MX"]


TWO = "@ 60 MX 10 mail\n@ 60 MX 20 backup.mx.example.\nmail 60 A 192.0.2.1\n"


@pytest.mark.parametrize(
    ("text", "hosts", "why"),
    [
        (TWO, {"mail.example.com"}, '[hosts."backup.mx.example"]'),
        (
            "@ 60 MX 1 a\n@ 60 MX 2 b\na 60 A 192.0.2.1\nb 60 A 192.0.2.1\n",
            {"a.example.com"},
            "shares its address",
        ),
        ("@ 60 MX 1 a\n@ 60 MX 2 a\na 60 A 192.0.2.1\n", {"a.example.com"}, "there twice"),
        (
            "@ 60 MX 1 a\n@ 60 MX 2 localhost.\na 60 A 192.0.2.1\n",
            {"a.example.com"},
            "no host name",
        ),
    ],
)
def test_an_exchange_that_cannot_be_a_host_does_not_hide_the_others(
    text: str, hosts: set[str], why: str
) -> None:
    draft = drafted(text + '@ 60 TXT "v=spf1 mx -all"\n_mta-sts 60 TXT "v=STSv1; id=1"\n')
    assert set(draft.intent.hosts) == hosts
    assert any("kept as they are" in note and why in note for note in draft.notes)
    found = conflicts(draft.intent, "example.com", keys=KEYS, now=NOW, foreign=draft.foreign)
    assert [c for c in found if c.ours.type != "MX"] == []
    sets = record_sets(draft.intent, "example.com", keys=KEYS, now=NOW, foreign=draft.foreign)
    after = {(r.name, r.type, r.value) for s in sets for r in s.records}
    assert {r for r in after if r[1] == "MX" and r[0] == "example.com"} == {
        ("example.com", "MX", r.value) for r in zone(text) if r.type == "MX"
    }
    # What the intent does not know it makes no promise about, and SPF still names all of them.
    assert draft.intent.domains["example.com"].mta_sts is MtaStsMode.OFF
    assert ("_mta-sts.example.com", "TXT", "v=STSv1; id=1") in after
    assert "mx" in draft.intent.domains["example.com"].spf_terms


SIGNS = {
    "an MX host": "@ 60 MX 20 b.example.net.\n@ 60 MX 10 www\n",
    "an MX host of another name": "lists 60 MX 10 www\n",
    "an MX host by an alias": "@ 60 MX 10 mx\nmx 60 CNAME www\n",
    "named in SPF": '@ 60 TXT "v=spf1 a:www.example.com -all"\n',
    "named in SPF further below": (
        '@ 60 TXT "v=spf1 include:_s.example.com -all"\n'
        '_s 60 TXT "v=spf1 ip4:198.51.100.9 a:www.example.com -all"\n'
    ),
    "included": '@ 60 TXT "v=spf1 include:www.example.com -all"\n',
    "mx of it": '@ 60 TXT "v=spf1 mx:www.example.com -all"\n',
    "redirected": '@ 60 TXT "v=spf1 redirect=www.example.com"\n',
    "address in SPF": '@ 60 TXT "v=spf1 ip4:192.0.2.80 -all"\n',
    "network in SPF": '@ 60 TXT "v=spf1 ip4:192.0.2.0/24 -all"\n',
    "the domain's address in SPF": '@ 60 TXT "v=spf1 a -all"\n@ 60 A 192.0.2.80\n',
    "SRV": "_imaps._tcp 60 SRV 0 1 993 www\n",
    "key": 'k._domainkey.www 60 TXT "v=DKIM1; p=AAAA"\n',
    "key by alias": "k._domainkey.www 60 CNAME k.example.net.\n",
    "MTA-STS": '_mta-sts.www 60 TXT "v=STSv1; id=1"\n',
    "TLSA": "_25._tcp.www 60 TLSA 3 1 1 AAAA\n",
    "own MX": "www 60 MX 10 x.example.net.\n",
    "own SPF": 'www 60 TXT "v=spf1 mx -all"\n',
    "own DMARC": '_dmarc.www 60 TXT "v=DMARC1; p=none"\n',
    "PTR": "80.2.0.192.in-addr.arpa. 60 PTR www.example.com.\n",
    "reports": '_dmarc 60 TXT "v=DMARC1; p=none; rua=mailto:d@www.example.com"\n',
}


@pytest.mark.parametrize("sign", SIGNS)
def test_a_name_with_a_sign_of_mail_is_never_closed(sign: str) -> None:
    text = SIGNS[sign] + "www 60 A 192.0.2.80\n"
    assert wish("www 60 A 192.0.2.80\n").no_mail == ("www",)
    draft = drafted(text)
    assert draft.intent.domains["example.com"].no_mail == ()
    before = {r for r in zone(text) if r.name in ("www.example.com", "_dmarc.www.example.com")}
    sets = record_sets(draft.intent, "example.com", keys={}, now=NOW, foreign=draft.foreign)
    after = {
        r
        for s in sets
        for r in s.records
        if r.name in ("www.example.com", "_dmarc.www.example.com")
    }
    # A host of the intent has an SPF record of its own, for EHLO.
    made = {r for r in after - before if r.type in ("MX", "TXT")}
    assert {r.value for r in made} <= {"v=spf1 a -all"}


def test_names_that_only_their_owner_can_judge_are_told_of() -> None:
    text = "www 60 A 192.0.2.80\napp 60 A 192.0.2.81\nftp 60 AAAA 2001:db8::1\n"
    draft = drafted(text + "www.shop 60 A 192.0.2.80\nwww.old 60 CNAME www\n")
    assert draft.intent.domains["example.com"].no_mail == ("www", "www.shop")
    (note,) = [note for note in draft.notes if "no_mail" in note]
    assert note.startswith("app, ftp: ")
    sets = record_sets(draft.intent, "example.com", keys={}, now=NOW, foreign=draft.foreign)
    assert {s.name for s in sets if s.type == "MX"} == {"www.example.com", "www.shop.example.com"}


def test_a_policy_that_could_not_be_read_is_said() -> None:
    draft = drafted('@ 60 MX 1 a\na 60 A 192.0.2.1\n_mta-sts 60 TXT "v=STSv1; id=1"\n')
    assert any("enforce" in note for note in draft.notes)


def test_a_service_with_its_keys_gets_its_name() -> None:
    text = '@ 60 TXT "v=spf1 include:spf.migadu.com -all"\n' + "".join(
        f"key{n}._domainkey 60 CNAME key{n}.example.com._domainkey.migadu.com.\n" for n in (1, 2, 3)
    )
    assert wish(text).senders == ("migadu",)


@pytest.mark.parametrize("spf", ["", '@ 60 TXT "v=spf1 -all"\n'])
def test_a_parked_domain(spf: str) -> None:
    draft = drafted("@ 60 MX 0 .\n@ 60 NS ns1.example.net.\n" + spf)
    expected = Domain(parked=True, nameservers=("ns1.example.net",), no_mail=())
    assert draft.intent == Intent(domains={"example.com": expected})


def test_signatures_are_not_records_to_keep() -> None:
    draft = drafted("@ 60 DNSKEY 257 3 13 AAAA\n@ 60 A 192.0.2.1\n")
    assert draft.intent.domains["example.com"].dnssec
    assert [r.type for r in draft.foreign] == ["A"]


# The live survey

LIVE = GROWN + "$ORIGIN example.net.\n@ SOA a. b. 1 1 1 1 1\n"


def test_a_survey_finds_what_the_file_holds() -> None:
    engine = survey("example.com")
    memory = Memory.from_zone(
        LIVE,
        fetches={
            "https://mta-sts.example.com/.well-known/mta-sts.txt": (
                b"version: STSv1\nmode: enforce\nmx: mail.example.com\nmax_age: 86400\n"
            )
        },
    )
    found = drive(engine, memory)
    assert found.sts_mode is Mode.ENFORCE
    assert found.vital
    live, text = from_survey(found), drafted(GROWN, Mode.ENFORCE)
    assert live.intent == text.intent
    # `web` is a name that nobody can guess.
    assert {r for r in text.foreign if r.name != "web.example.com"} == set(live.foreign)


def test_a_wildcard_key_is_seen_and_nothing_guessed() -> None:
    memory = Memory.from_zone(
        '$ORIGIN example.com.\n@ 60 SOA a. b. 1 1 1 1 1\n*._domainkey 60 TXT "v=DKIM1; p="\n'
    )
    found = drive(survey("example.com"), memory)
    keys = {r.name for r in found.records if "_domainkey" in r.name}
    assert keys == {"*._domainkey.example.com", f"{COMMON[0]}._domainkey.example.com"}


@pytest.mark.parametrize("name", ["example.com", "_dmarc.example.com"])
def test_not_knowing_is_not_none(name: str) -> None:
    memory = Memory.from_zone(LIVE, fail={(name, "TXT"): Why.SERVFAIL})
    found = drive(survey("example.com"), memory)
    assert not found.vital
    with pytest.raises(UsageError, match="servfail"):
        from_survey(found)


def test_a_domain_that_does_not_exist() -> None:
    memory = Memory.from_zone("$ORIGIN com.\n@ 60 SOA a. b. 1 1 1 1 1\n")
    with pytest.raises(UsageError, match=r"example\.com does not exist .* without --from"):
        from_survey(drive(survey("example.com"), memory))


@pytest.mark.parametrize("type_", ["TXT", "MX"])
def test_a_name_that_could_not_be_looked_at_is_not_closed(type_: str) -> None:
    text = LIVE + "www.example.org. 60 A 192.0.2.80\n$ORIGIN example.org.\n@ SOA a. b. 1 1 1 1 1\n"
    closed = drive(survey("example.org"), Memory.from_zone(text))
    assert from_survey(closed).intent.domains["example.org"].no_mail == ("www",)
    memory = Memory.from_zone(text, fail={("www.example.org", type_): Why.SERVFAIL})
    found = from_survey(drive(survey("example.org"), memory))
    assert found.intent.domains["example.org"].no_mail == ()


# What would be weaker

STRONG = """\
@ 60 TXT "v=spf1 mx -all"
_dmarc 60 TXT "v=DMARC1; p=reject; rua=mailto:a@example.com"
_mta-sts 60 TXT "v=STSv1; id=1"
_smtp._tls 60 TXT "v=TLSRPTv1; rua=mailto:a@example.com"
@ 60 CAA 0 issue "x.example"
_25._tcp.mail 60 TLSA 3 1 1 AAAA
s._domainkey 60 TXT "v=DKIM1; p=AAAA"
www 60 MX 0 .
"""


def test_every_loss_is_named() -> None:
    plain = Intent(
        hosts={"mail.example.com": Host(("192.0.2.25",))},
        domains={"example.com": Domain(mta_sts=MtaStsMode.OFF)},
    )
    sets = record_sets(plain, "example.com", keys={}, now=NOW)
    found = weakenings("example.com", zone(STRONG), sets)
    words = ("-all", "(p)", "(sp)", "DMARC reports", "TLSA", "CAA", "MTA-STS", "TLS reports")
    for word in (*words, "DKIM key", "null MX"):
        assert [line for line in found if word in line], word
    assert len(found) == 10


def test_nothing_lost_is_nothing_said() -> None:
    assert weakenings("example.com", (), ()) == ()
    start = Intent(
        hosts={"mail.example.com": Host(("192.0.2.25",), mx=1)},
        domains={"example.com": Domain(reports="a@example.com")},
    )
    sets = record_sets(start, "example.com", keys=KEYS, now=NOW)
    before = tuple(r for s in sets for r in s.records)
    assert weakenings("example.com", before, sets) == ()


@settings(max_examples=settings().max_examples // 4)
@given(intents())
def test_our_own_zones_can_be_drafted_again(intent: Intent) -> None:
    for domain in intent.domains:
        keys = keys_for(intent).get(domain, {})
        sets = record_sets(intent, domain, keys=keys, now=NOW)
        records = [r for s in sets for r in s.records]
        for name, host in intent.hosts.items():
            records += [Record(name, "A", a) for a in host.ipv4]
            records += [Record(name, "AAAA", a) for a in host.ipv6]
        draft = from_records(domain, records)
        again = record_sets(draft.intent, domain, keys=keys, now=NOW, foreign=draft.foreign)
        assert weakenings(domain, records, again) == ()
        assert loads(dumps(draft.intent)) == draft.intent
