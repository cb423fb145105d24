"""Who sends: the rules case by case, and what no forger can reach."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from mailworthy.domain.intent import Domain, Host, Intent, SenderWish
from mailworthy.sources.classify import Confidence, classify
from mailworthy.sources.expect import Expected, Word, expect
from mailworthy.sources.facts import (
    DayCount,
    DkimCount,
    Facts,
    KeyKind,
    ReasonCount,
    SourceKey,
    SpfCount,
)
from mailworthy.sources.rules.approved import APPROVED
from mailworthy.sources.rules.forwarder import FORWARDER
from mailworthy.sources.rules.notes import NOTES
from mailworthy.sources.rules.own import OWN
from mailworthy.sources.rules.threat import THREAT
from mailworthy.sources.signals import Class
from mailworthy.sources.view import View

DOMAIN = "example.com"
INTENT = Intent(
    hosts={"mail.example.com": Host(ipv4=("192.0.2.25",), ipv6=("2001:db8::25",), mx=10)},
    domains={
        DOMAIN: Domain(
            senders=(
                "mailchimp",
                "microsoft-365",
                "agentmail",
                SenderWish(include="spf.news.example", dkim={"n1": "n1.news.example"}),
            ),
            selectors=("r1",),
            spf_terms=("ip4:198.51.100.0/28", "ip6:nonsense", "a:web.example.com"),
        )
    },
)
EXPECTED = expect(INTENT, DOMAIN)
STRANGER = "203.0.113.9"


def address(ip: str = STRANGER, n: int = 10, **values: object) -> Facts:
    return source(KeyKind.ADDRESS, ip, n, addresses=(ip,), **values)


def service(name: str, n: int = 10, **values: object) -> Facts:
    return source(KeyKind.SERVICE, name, n, addresses=(STRANGER,), **values)


def source(kind: KeyKind, value: str, n: int, **values: object) -> Facts:
    """Facts of which every message fails, unless `values` says otherwise."""
    parts = ("both", "dkim_only", "spf_only", "neither")
    left = n - sum(int(str(values.get(p, 0))) for p in parts)
    given = {"neither": left, "let_through": left, "days": (DayCount(20_500, n),), **values}
    return Facts(SourceKey(kind, value), DOMAIN, n, **given)  # type: ignore[arg-type]


def signed(selector: str, domain: str = DOMAIN, result: str = "pass", n: int = 10) -> DkimCount:
    return DkimCount(domain, selector, result, n)


def spf(domain: str, result: str, n: int = 10) -> SpfCount:
    return SpfCount(domain, result, n)


CASES: list[tuple[str, Facts, Class, Confidence | None, str, str]] = [
    (
        "a host of the intent, whatever it sends",
        address("192.0.2.25", dkim=(), spf=(spf("root.invalid", "none"),)),
        Class.OWN,
        Confidence.CERTAIN,
        "belongs to mail.example.com",
        "10 of 10 messages are not signed in your name",
    ),
    (
        "a host whose signatures fail",
        address("192.0.2.25", spf_only=10, dkim=(signed("r1", result="fail"),)),
        Class.OWN,
        Confidence.CERTAIN,
        "belongs to",
        "compare the key that signs with the one in DNS",
    ),
    (
        "a host that the published SPF record forgot",
        address("2001:db8::25", dkim_only=10, dkim=(signed("r1"),), spf=(spf(DOMAIN, "fail"),)),
        Class.OWN,
        Confidence.CERTAIN,
        "belongs to",
        "publish the SPF record of `mailworthy zone`",
    ),
    (
        "an address of spf_terms",
        address("198.51.100.3", both=10, dkim=(signed("r1"),)),
        Class.OWN,
        Confidence.CERTAIN,
        "by spf_terms",
        "Nothing to do.",
    ),
    (
        "our key, and SPF allows it, but the intent lacks it",
        address(both=10, dkim=(signed("r1"),), spf=(spf(DOMAIN, "pass"),)),
        Class.OWN,
        Confidence.CERTAIN,
        "signs with your key r1._domainkey.example.com",
        f"Add {STRANGER} to mailworthy.toml",
    ),
    (
        "SPF allows it, nothing signs",
        address(spf_only=10, spf=(spf(DOMAIN, "pass"),)),
        Class.OWN,
        Confidence.LIKELY,
        "Your SPF record lets it send",
        "not signed in your name",
    ),
    (
        "our name in reverse DNS",
        address(reverse="web.example.com"),
        Class.OWN,
        Confidence.LIKELY,
        "web.example.com is yours",
        f"ip4:{STRANGER}",
    ),
    (
        "our key beside our host, not in SPF",
        address("192.0.2.77", dkim_only=10, dkim=(signed("r1"),), spf=(spf(DOMAIN, "softfail"),)),
        Class.OWN,
        Confidence.LIKELY,
        "in the same network as a host",
        "192.0.2.77 is not in SPF",
    ),
    (
        "our key, much and long, never changed, the envelope ours",
        address(
            n=400,
            dkim_only=400,
            dkim=(signed("r1", n=400),),
            spf=(spf(DOMAIN, "fail", 400),),
            days=tuple(DayCount(20_500 + d, 10) for d in range(40)),
        ),
        Class.OWN,
        Confidence.LIKELY,
        "All 400 messages on 40 days have your signature.",
        f"{STRANGER} is not in SPF",
    ),
    (
        "our key, carried by a service for transactional mail",
        service("mailgun", dkim_only=10, dkim=(signed("r1"), signed("mg", "mailgun.org"))),
        Class.OWN,
        Confidence.LIKELY,
        "and Mailgun carries it",
        "Nothing to do.",
    ),
    (
        "the user's word",
        replace(address(), key=SourceKey(KeyKind.ADDRESS, "203.0.113.1")),
        Class.OWN,
        Confidence.CERTAIN,
        "You said that this source is yours.",
        "is not in SPF",
    ),
    (
        "the user's approval",
        replace(address(), key=SourceKey(KeyKind.ADDRESS, "203.0.113.2")),
        Class.APPROVED,
        Confidence.CERTAIN,
        "You approved this source.",
        "ask it to sign in your name",
    ),
    (
        "what the user wants to ignore",
        replace(address(), key=SourceKey(KeyKind.ADDRESS, "203.0.113.3")),
        Class.UNKNOWN,
        None,
        "",
        "you said to ignore it",
    ),
    (
        "an approved service with our key",
        service("mailchimp", dkim_only=10, dkim=(signed("k3"),)),
        Class.APPROVED,
        Confidence.CERTAIN,
        "Mailchimp, which mailworthy.toml names",
        "no harm while DKIM does",
    ),
    (
        "an approved service without our key",
        service("mailchimp", dkim=(signed("k1", "mcsv.net"),), spf=(spf("mcsv.net", "pass"),)),
        Class.APPROVED,
        Confidence.LIKELY,
        "Mailchimp",
        "DKIM signs with mcsv.net, not with example.com, in 10 of 10 messages: add CNAME "
        "k2._domainkey.example.com, k3._domainkey.example.com to dkim2.mcsv.net, dkim3.mcsv.net",
    ),
    (
        "another customer of an approved provider of mailboxes",
        service("microsoft-365", dkim=(signed("selector1", "evil.onmicrosoft.com"),)),
        Class.UNKNOWN,
        Confidence.POSSIBLE,
        "which mailworthy.toml names",
        "Look whether your account at Microsoft 365 sent it",
    ),
    (
        "an approved service on the machines of another",
        service("amazon-ses", dkim_only=10, dkim=(signed("abcdef"), signed("x", "amazonses.com"))),
        Class.APPROVED,
        Confidence.CERTAIN,
        "It is AgentMail, which mailworthy.toml names",
        "Nothing to do.",
    ),
    (
        "a sender that is spelt out, with its key",
        address(both=10, dkim=(signed("n1"),), spf=(spf(DOMAIN, "pass"),)),
        Class.APPROVED,
        Confidence.CERTAIN,
        "the key of spf.news.example",
        "Nothing to do.",
    ),
    (
        "a service for which there is a key",
        service("mandrill", dkim_only=10, dkim=(signed("mte1"),)),
        Class.APPROVED,
        Confidence.LIKELY,
        "your DNS has a key for it",
        'Add "mandrill" to senders',
    ),
    (
        "a service with an SPF entry",
        service("google-workspace", spf_only=10, spf=(spf(DOMAIN, "pass"),)),
        Class.APPROVED,
        Confidence.LIKELY,
        "your DNS has an SPF entry for it",
        "google._domainkey.example.com",
    ),
    (
        "a service that nothing ties to us",
        service("mandrill", dkim=(signed("mte1", "mandrillapp.com"),)),
        Class.UNKNOWN,
        Confidence.POSSIBLE,
        "nothing shows that the account there is yours",
        'add "mandrill" to senders',
    ),
    (
        "a plain forwarder, or our own machine",
        address(dkim_only=10, dkim=(signed("r1"),), spf=(spf(DOMAIN, "fail"),)),
        Class.FORWARDER,
        Confidence.POSSIBLE,
        "holds while SPF does not pass",
        f"If {STRANGER} is a server of yours after all",
    ),
    (
        "a forwarder that rewrites the envelope",
        address(dkim_only=10, dkim=(signed("r1"),), spf=(spf("fwd.example.net", "pass"),)),
        Class.FORWARDER,
        Confidence.LIKELY,
        "fwd.example.net",
        "DKIM survives",
    ),
    (
        "one that does so for many",
        address(dkim_only=10, dkim=(signed("r1"),), strangers=9),
        Class.FORWARDER,
        Confidence.LIKELY,
        "for 9 domains that are not related",
        "Nothing to do",
    ),
    (
        "a service of mailboxes with mail that we signed",
        source(KeyKind.RELAY, "google-workspace", 10, dkim_only=10, dkim=(signed("r1"),)),
        Class.FORWARDER,
        Confidence.LIKELY,
        "Google Workspace, which hands on mail of others",
        "Nothing to do",
    ),
    (
        "forwarded mail of an approved service",
        address(dkim_only=10, dkim=(signed("k2"),), spf=(spf("mcsv.net", "fail"),)),
        Class.FORWARDER,
        Confidence.POSSIBLE,
        "the key of Mailchimp",
        "Nothing to do",
    ),
    (
        "a mailing list, as receivers say",
        address(
            reasons=(ReasonCount("mailing_list", "", 10),), dkim=(signed("r1", result="fail"),)
        ),
        Class.FORWARDER,
        Confidence.LIKELY,
        "Receivers call it a forwarder or mailing list",
        "hands mail on and changes it",
    ),
    (
        "a key in our DNS that the intent lacks",
        address(both=10, dkim=(signed("old"),)),
        Class.OWN,
        Confidence.LIKELY,
        "old._domainkey.example.com signs well: in your DNS, but not in mailworthy.toml",
        "Add",
    ),
    (
        "such a key from an address that may not send",
        address(dkim_only=10, dkim=(signed("old"),), spf=(spf(DOMAIN, "fail"),)),
        Class.UNKNOWN,
        Confidence.POSSIBLE,
        "in your DNS, but not in mailworthy.toml",
        "Find out whose key old is",
    ),
    (
        "a forgotten web server",
        address(
            n=60,
            spf=(spf("web7.hoster.example", "none", 60),),
            days=tuple(DayCount(20_500 + 3 * d, 3) for d in range(20)),
            reverse="web7.hoster.example",
        ),
        Class.UNKNOWN,
        Confidence.POSSIBLE,
        "perhaps a forgotten machine or service",
        "Ask who sends from 203.0.113.9",
    ),
    (
        "somebody who signs for himself",
        address(dkim=(signed("s", "other.example"),), spf=(spf("other.example", "pass"),)),
        Class.UNKNOWN,
        Confidence.POSSIBLE,
        "It signs as other.example",
        "fail DMARC anyway",
    ),
    (
        "a forger without a name",
        address(spf=(spf(DOMAIN, "fail"),), reverse="", reporters=("a", "b", "c")),
        Class.THREAT,
        Confidence.LIKELY,
        "3 receivers report it",
        "p=quarantine would stop the 10 messages",
    ),
    (
        "a machine that forges many domains",
        address(strangers=40),
        Class.THREAT,
        Confidence.POSSIBLE,
        "fails for 40 domains",
        "would stop",
    ),
]


@pytest.mark.parametrize(
    ("facts", "class_", "confidence", "evidence", "todo"),
    [case[1:] for case in CASES],
    ids=[case[0] for case in CASES],
)
def test_cases(
    facts: Facts, class_: Class, confidence: Confidence | None, evidence: str, todo: str
) -> None:
    words = {
        "address:203.0.113.1": Word.MINE,
        "address:203.0.113.2": Word.APPROVED,
        "address:203.0.113.3": Word.IGNORE,
    }
    found = classify(facts, replace(EXPECTED, words=words))
    assert found.class_ is class_, found
    assert confidence is None or found.confidence is confidence, found
    assert evidence in "\n".join(found.evidence)
    assert todo in "\n".join(found.todo)


def test_a_policy_that_works_is_said_to() -> None:
    facts = replace(address(spf=(spf(DOMAIN, "fail"),), reverse=""), let_through=1)
    found = classify(facts, replace(EXPECTED, policy="reject"))
    assert found.todo == ("Nothing to do: p=reject stopped 9 of 10 messages.",)


def test_a_forger_of_whom_nothing_came_through_needs_no_policy() -> None:
    facts = replace(address(spf=(spf(DOMAIN, "fail"),), reverse=""), let_through=0)
    found = classify(facts, replace(EXPECTED, policy="none"))
    assert found.todo == ("Nothing to do: receivers stopped all of it, whatever your policy says.",)


def test_reports_that_nobody_proved_make_nothing_certain() -> None:
    facts = address(both=10, dkim=(signed("r1"),))
    sure, unsure = classify(facts, EXPECTED), classify(replace(facts, unproven=10), EXPECTED)
    assert (sure.class_, sure.confidence) == (Class.OWN, Confidence.CERTAIN)
    assert (unsure.class_, unsure.confidence) == (Class.UNKNOWN, Confidence.UNPROVEN)
    assert len(unsure.evidence) == 1
    assert "--vouch" in unsure.todo[0]


FORGED = replace(address(n=5000, spf=(spf(DOMAIN, "fail", 5000),), reverse=""), let_through=5000)


@pytest.mark.parametrize(
    "made_up",
    [
        address("192.0.2.25", both=10, dkim=(signed("r1"),)),
        address(both=10, dkim=(signed("r1"),), reverse=f"mx.{DOMAIN}"),
        address(dkim_only=10, dkim=(signed("r1"),), strangers=9),
        service("mailchimp", dkim_only=10, dkim=(signed("k2"),)),
        FORGED,
    ],
)
def test_what_anybody_may_have_written_decides_nothing(made_up: Facts) -> None:
    """Neither is a source ours or a forger's by it, nor is what proven reports say changed."""
    alone = classify(replace(made_up, unproven=made_up.messages), EXPECTED)
    assert (alone.class_, alone.confidence) == (Class.UNKNOWN, Confidence.UNPROVEN)
    true = address(n=3, spf=(spf("other.example", "pass", 3),))
    mixed = replace(made_up, messages=made_up.messages + 3, unproven=made_up.messages, proven=true)
    found, before = classify(mixed, EXPECTED), classify(true, EXPECTED)
    assert (found.class_, found.confidence, found.todo) == (
        before.class_,
        before.confidence,
        before.todo,
    )
    assert found.evidence[:-1] == before.evidence
    assert found.evidence[-1].endswith("not proven; they decide nothing.")


def test_a_source_that_is_to_be_ignored_is_so_whoever_tells_of_it() -> None:
    facts = replace(FORGED, unproven=5000)
    words = {str(facts.key): Word.IGNORE}
    assert classify(facts, replace(EXPECTED, words=words)).todo == (
        "Nothing: you said to ignore it.",
    )


@pytest.mark.parametrize(
    "facts",
    [
        address(n=1000, reasons=(ReasonCount("mailing_list", "", 1),)),
        address(n=1000, dkim_only=1, dkim=(signed("r1", n=1),), strangers=9),
        address(
            n=1000,
            dkim_only=1,
            dkim=(signed("r1", n=1),),
            spf=(spf("forger.example", "pass", 1000),),
            reasons=(ReasonCount("other", "arc=pass", 1000),),
        ),
    ],
)
def test_one_replayed_mail_makes_no_forwarder(facts: Facts) -> None:
    assert classify(facts, EXPECTED).class_ is not Class.FORWARDER


def test_every_rule_fires_in_some_case() -> None:
    """A rule that no case needs is no rule."""
    extra = [
        address(dkim_only=10, dkim=(signed("r1"),), reverse="mx.other.example"),
        address(reasons=(ReasonCount("local_policy", "arc=pass as[1].d=x", 10),)),
        replace(address(), addresses=tuple(f"203.0.113.{n}" for n in range(9))),
        replace(address(n=90), days=(DayCount(20_500, 90),)),
        address(dkim_only=10, dkim=(signed("mte1"),)),
    ]
    told = replace(
        EXPECTED, words={"address:203.0.113.1": Word.MINE, "address:203.0.113.2": Word.APPROVED}
    )
    views = [View(facts, told) for _, facts, *_ in CASES] + [View(f, told) for f in extra]
    views += [View(f, Expected((DOMAIN,))) for f in extra]
    rules = (*OWN, *APPROVED, *FORWARDER, *THREAT, *NOTES)
    assert [r.__name__ for r in rules if not any(r(view) for view in views)] == []


def test_a_judgement_has_no_truth_value() -> None:
    with pytest.raises(TypeError):
        bool(classify(address(), EXPECTED))
    with pytest.raises(TypeError):
        bool(address())


# Laws

TEXT = st.one_of(
    st.sampled_from([DOMAIN, "sub.example.com", "mcsv.net", "", "."]), st.text(max_size=8)
)
RESULTS = st.sampled_from(["pass", "fail", "none", "neutral", "softfail", "temperror", "policy"])
COUNTS = st.integers(0, 500)
SELECTORS = st.one_of(
    st.sampled_from(["r1", "k2", "google", "n1", "selector1"]), st.text(max_size=5)
)
KEYS = st.builds(
    SourceKey,
    st.sampled_from(KeyKind),
    st.sampled_from(["mailchimp", "microsoft-365", "google-workspace", "203.0.113.9", "x"]),
)
IPS = st.lists(
    st.sampled_from(["192.0.2.25", "192.0.2.26", "203.0.113.9", "2001:db8::25", "nonsense"]),
    max_size=4,
    unique=True,
)


@st.composite
def any_facts(draw: st.DrawFn) -> Facts:
    """Anything that the types allow, if the sums agree."""
    both, dkim, named, neither = (draw(COUNTS) for _ in range(4))
    return Facts(
        draw(KEYS),
        DOMAIN,
        both + dkim + named + neither,
        both,
        dkim,
        named,
        neither,
        draw(st.integers(0, neither)),
        draw(COUNTS),
        tuple(draw(st.lists(st.builds(DkimCount, TEXT, SELECTORS, RESULTS, COUNTS), max_size=4))),
        tuple(draw(st.lists(st.builds(SpfCount, TEXT, RESULTS, COUNTS), max_size=4))),
        tuple(draw(st.lists(st.builds(ReasonCount, TEXT, TEXT, COUNTS), max_size=3))),
        tuple(draw(st.lists(st.builds(DayCount, st.integers(0, 99), COUNTS), max_size=3))),
        tuple(draw(IPS)),
        tuple(draw(st.lists(TEXT, max_size=5))),
        draw(st.integers(0, 9)),
        draw(st.one_of(st.none(), TEXT)),
    )


@given(any_facts())
def test_anything_is_judged_in_words(facts: Facts) -> None:
    found = classify(facts, EXPECTED)
    assert found.todo
    for text in (*found.evidence, *found.todo):
        assert text.isprintable()
        assert text.endswith(".")
        assert len(text) < 1200


@given(any_facts())
def test_our_key_never_makes_ours_less(facts: Facts) -> None:
    before = classify(facts, EXPECTED)
    more = replace(
        facts,
        messages=facts.messages + 5,
        dkim_only=facts.dkim_only + 5,
        dkim=(*facts.dkim, signed("r1", n=5)),
    )
    if before.class_ is Class.OWN:
        assert classify(more, EXPECTED).class_ is Class.OWN


@st.composite
def forged(draw: st.DrawFn) -> Facts:
    """All that a forger can choose: nothing passes aligned, no key of ours passes, his address,
    any envelope, signatures of his own domain, failing ones of anybody's."""
    facts = draw(any_facts())
    dkim = [d for d in facts.dkim if d.result != "pass"] + [signed("r1", "evil.example", n=9)]
    return replace(
        facts,
        key=draw(
            st.sampled_from([SourceKey(KeyKind.ADDRESS, STRANGER), SourceKey(KeyKind.NETWORK, "x")])
        ),
        messages=facts.messages,
        both=0,
        dkim_only=0,
        spf_only=0,
        neither=facts.messages,
        dkim=tuple(dkim),
        addresses=(STRANGER,),
        reverse=draw(st.sampled_from([None, "", "mail.evil.example", "example.com.evil.example"])),
    )


@given(forged())
def test_a_forger_is_never_own_nor_approved(facts: Facts) -> None:
    for expected in (EXPECTED, Expected((DOMAIN,))):
        assert classify(facts, expected).class_ not in (Class.OWN, Class.APPROVED)


@given(any_facts(), SELECTORS, TEXT, RESULTS.filter(lambda r: r != "pass"))
def test_a_signature_that_fails_proves_nothing(
    facts: Facts, selector: str, domain: str, result: str
) -> None:
    more = replace(facts, dkim=(*facts.dkim, DkimCount(domain, selector, result, 7)))
    assert classify(more, EXPECTED).class_ is classify(facts, EXPECTED).class_


# The intent


def test_what_the_intent_leads_to_expect() -> None:
    assert EXPECTED.addresses == {
        "192.0.2.25": "mail.example.com",
        "2001:db8::25": "mail.example.com",
    }
    assert EXPECTED.networks == ("198.51.100.0/28",)
    assert EXPECTED.keys == ((DOMAIN, "r1"),)
    titles = {a.title: a.keys for a in EXPECTED.approved}
    assert titles["Mailchimp"] == ((DOMAIN, "k2"), (DOMAIN, "k3"))
    assert (DOMAIN, "selector1") in titles["Microsoft 365"]  # though its values are not given
    assert titles["spf.news.example"] == ((DOMAIN, "n1"),)


def test_a_domain_that_the_intent_lacks_and_senders_that_nobody_knows() -> None:
    assert expect(Intent(), "other.example").domains == ("other.example",)
    wish = Domain(senders=("no-such-service", "mailchimp"))
    found = expect(Intent(domains={DOMAIN: wish}), DOMAIN, selectors=("OLD",))
    assert [a.sender for a in found.approved] == ["mailchimp"]
    assert found.own_key(DOMAIN, "old")
