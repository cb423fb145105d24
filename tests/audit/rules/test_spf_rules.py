"""SPF rules beside real-life configurations, and what their remedies make of broken records."""

import pytest

from casekit import applied, evidence, outcome
from mailworthy.audit.case import Case
from mailworthy.audit.finding import AskOther, Finding, Publish
from mailworthy.audit.healthy import healthy
from mailworthy.audit.part import Known
from mailworthy.audit.rule import load
from mailworthy.audit.rules.spf._shared import BASE, line, world
from mailworthy.audit.run import run

SPF_RULES = tuple(r for r in load() if r.family == "spf")


def findings(case: Case) -> list[Finding]:
    return list(run(evidence(case), SPF_RULES).findings)


def fired(case: Case) -> list[str]:
    return sorted({f.rule for f in findings(case)})


def published(finding: Finding, name: str = "example.com") -> list[str]:
    """The texts that a remedy publishes at a name."""
    steps = [
        c for s in finding.remedy.steps for c in (s.changes if isinstance(s, AskOther) else (s,))
    ]
    return [s.record.value for s in steps if isinstance(s, Publish) and s.record.name == name]


NETBLOCKS = " ".join(f"ip4:198.51.{n}.0/16" for n in range(3))
PROVIDER = (
    line(
        "v=spf1 include:_blocks.example.net include:_blocks2.example.net ~all", "_spf.example.net"
    ),
    line(f"v=spf1 {NETBLOCKS} ip6:2001:db8::/28 ?all", "_blocks.example.net"),
    line("v=spf1 ip4:203.0.113.0/24 ~all", "_blocks2.example.net"),
)
FOREIGN_MX = (
    "example.com. MX 10 mx.example.net.",
    "mx.example.net. A 198.51.100.25",
    "mx.example.net. AAAA 2001:db8:1::25",
)
OWN_HOST = ("example.com. MX", "mail.example.com. TXT")

SILENT = {
    "healthy": healthy(),
    "the article's record": world("v=spf1 mx -all"),
    "hosted at a provider": world(
        "v=spf1 include:_spf.example.net ~all", *FOREIGN_MX, *PROVIDER, drop=("example.com. MX",)
    ),
    "hosted, handing over": world(
        "v=spf1 redirect=_blocks2.example.net", *FOREIGN_MX, *PROVIDER, drop=("example.com. MX",)
    ),
    "own MX, sends through a service": world("v=spf1 include:_spf.example.net -all", *PROVIDER),
    "only sends": world(f"v=spf1 {BASE} -all", drop=("example.com. MX",)),
    "sends with a null MX": world(
        f"v=spf1 {BASE} -all", "example.com. MX 0 .", drop=("example.com. MX",)
    ),
    "in and out are different hosts": world(
        "v=spf1 ip4:192.0.2.26 -all", "26.2.0.192.in-addr.arpa. PTR out.example.com."
    ),
    "in and out are different networks": world("v=spf1 ip4:192.0.2.96/29 -all"),
    "IPv4 only, by names": world(
        "v=spf1 a:www.example.com mx a:mail.example.com -all",
        drop=("mail.example.com. AAAA", "8.b.d.0", "5.2.0"),
    ),
    "macros": world(f"v=spf1 {BASE} exists:%{{i}}._spf.%{{d2}} -all exp=why.%{{d}}"),
    "neutral on purpose": world(f"v=spf1 {BASE} ?include:_spf.example.net ~all", *PROVIDER),
    "exclusions": world(f"v=spf1 -ip4:192.0.2.99 {BASE} ~all"),
    "upper case": world("V=SPF1 IP4:192.0.2.25 IP6:2001:DB8::25 -ALL"),
    "sends nothing": world("v=spf1 -all", drop=OWN_HOST),
    "does not exist": healthy(domain="nothing.example.com"),
    "other TXT": world(
        f"v=spf1 {BASE} ~all",
        line("google-site-verification=spf_all"),
        line("spf-verify=abc"),
        line("v=verifydomain MS=1"),
    ),
    "parked, by a common record": healthy(
        drop=("example.com. TXT",),
        add=(line("v=spf1 redirect=example.net"),),
        parked=True,
    ),
}


@pytest.mark.parametrize("name", SILENT)
def test_silent(name: str) -> None:
    assert fired(SILENT[name]) == []


BROKEN = {
    # text of the record: the rule, and the record that its remedy publishes
    "v=spf1 a mx - all": ("spf-syntax-error", "v=spf1 a mx -all"),
    "v=spf1 ip4: 192.0.2.25 ~all": ("spf-address-invalid", "v=spf1 ip4:192.0.2.25 ~all"),
    "v=spf1 ip4:192.0.2.25, ip4:192.0.2.26 ~all": (
        "spf-address-invalid",
        "v=spf1 ip4:192.0.2.25 ip4:192.0.2.26 ~all",
    ),
    "v=spf1 ip4:192.0.2.25,192.0.2.26 mx ~all": (
        "spf-address-invalid",
        "v=spf1 ip4:192.0.2.25 ip4:192.0.2.26 mx ~all",
    ),
    "v=spf1 ip4:2001:db8::25 ~all": ("spf-address-invalid", "v=spf1 ip6:2001:db8::25 ~all"),
    "v=spf1 ip4:192.0.2.300 mx ~all": ("spf-address-invalid", "v=spf1 <term> mx ~all"),
    "v=spf1 inlcude:_spf.example.net ~all": (
        "spf-unknown-mechanism",
        "v=spf1 include:_spf.example.net ~all",
    ),
    "v=spf1 redirect:example.net": ("spf-unknown-mechanism", "v=spf1 redirect=example.net"),
    "v=spf1 192.0.2.25 mx ~all": ("spf-syntax-error", "v=spf1 ip4:192.0.2.25 mx ~all"),
    "v=spf1 mx exp=a.example.net exp=b.example.net ~all": (
        "spf-modifier-twice",
        "v=spf1 mx exp=a.example.net ~all",
    ),
    "v=spf1 mx \xe2\x80\x93all": ("spf-foreign-characters", "v=spf1 mx -all"),
    "v=spf1 mx\t~all": ("spf-foreign-characters", "v=spf1 mx ~all"),
    "v=spf1 include:b\xc3\xbccher.example ~all": (
        "spf-foreign-characters",
        "v=spf1 include:xn--bcher-kva.example ~all",
    ),
    "v=spf1 include:_spf.example.netip4:192.0.2.25 ~all": (
        "spf-terms-joined",
        "v=spf1 include:_spf.example.net ip4:192.0.2.25 ~all",
    ),
    "v=spf1 a:mail.example.com~all": ("spf-terms-joined", "v=spf1 a:mail.example.com ~all"),
    "v=spf10 mx ~all": ("spf-version-malformed", "v=spf1 mx ~all"),
    "v=spf1;mx;~all;": ("spf-version-malformed", "v=spf1 mx ~all"),
    "v=spf1ip4:192.0.2.25 ~all": ("spf-version-malformed", "v=spf1 ip4:192.0.2.25 ~all"),
    " v = spf1 mx ~all": ("spf-version-malformed", "v=spf1 mx ~all"),
    "\xe2\x80\x9cv=spf1 mx ~all\xe2\x80\x9d": ("spf-quotes-published", "v=spf1 mx ~all"),
    "'v=spf1 mx ~all'": ("spf-quotes-published", "v=spf1 mx ~all"),
    "v=spf1 +all": (
        "spf-authorises-everyone",
        "v=spf1 ip4:192.0.2.25 ip6:2001:db8::25 ~all",
    ),
    "v=spf1 include:_spf.example.net all": (
        "spf-authorises-everyone",
        f"v=spf1 include:_spf.example.net {BASE} ~all",
    ),
    "v=spf1 mx ?all": ("spf-neutral-all", "v=spf1 mx ~all"),
    "v=spf1": ("spf-no-terminator", "v=spf1 ip4:192.0.2.25 ip6:2001:db8::25 ~all"),
    "v=spf1 ptr ~all": ("spf-ptr-mechanism", f"v=spf1 {BASE} ~all"),
    "v=spf1 ip4:192.0.2.25/0 ip6:2001:db8::25 -all": (
        "spf-network-of-everyone",
        f"v=spf1 {BASE} -all",
    ),
    "v=spf1 ip4:198.51.100.1/12 mx -all": (
        "spf-network-too-wide",
        "v=spf1 ip4:<network-4> mx -all",
    ),
    "v=spf1 a:www.example.com/8 mx -all": (
        "spf-network-too-wide",
        "v=spf1 a:www.example.com mx -all",
    ),
    "v=spf1 redirect=gone.example.net": (
        "spf-redirect-without-record",
        "v=spf1 ip4:192.0.2.25 ip6:2001:db8::25 ~all",
    ),
    "v=spf1 mx include:_spf.gogle.com ~all": (
        "spf-include-without-record",
        "v=spf1 mx include:_spf.google.com ~all",
    ),
    "v=spf1 include:example.com mx -all": ("spf-include-loop", "v=spf1 mx -all"),
}


@pytest.mark.parametrize("text", BROKEN)
def test_smallest_repair(text: str) -> None:
    rule, wanted = BROKEN[text]
    case = world(text, *PROVIDER)
    by_rule = {f.rule: f for f in findings(case)}
    assert rule in by_rule
    assert published(by_rule[rule]) == [wanted]


def test_blanks_are_explained() -> None:
    (finding,) = [f for f in findings(world("v=spf1 mx foo bar ~all")) if f.severity == "blocker"]
    assert published(finding) == ["v=spf1 mx <term> <term-2> ~all"]
    assert [b.placeholder for b in finding.remedy.blanks] == ["term", "term-2"]
    assert "'foo'" in finding.remedy.blanks[0].meaning


def test_the_intent_fills_blanks() -> None:
    from mailworthy.domain.recordset import RecordSet

    wanted = RecordSet("example.com", "TXT", (f"v=spf1 {BASE} ~all",), exclusive=False)
    (finding,) = [
        f
        for f in findings(world("v=spf1 mx foo ~all", wanted=(wanted,)))
        if f.severity == "blocker"
    ]
    assert published(finding) == [f"v=spf1 {BASE} ~all"]
    assert finding.remedy.blanks == ()


def test_two_records_where_one_says_it_all() -> None:
    case = world("v=spf1 mx ~all", line("v=spf1 include:_spf.example.net mx ~all"), *PROVIDER)
    (finding,) = findings(case)
    assert published(finding) == []
    after = applied(case, finding.remedy)
    assert fired(after) == []
    assert "include:_spf.example.net mx" in after.zones


def test_merging_is_never_softer_than_all() -> None:
    case = world("v=spf1 mx -all", line("v=spf1 redirect=_spf.example.net"), *PROVIDER)
    assert published(findings(case)[0]) == ["v=spf1 mx include:_spf.example.net -all"]
    case = world("v=spf1 mx +all", line("v=spf1 a -all"), *PROVIDER)
    assert published(findings(case)[0]) in (["v=spf1 mx a ~all"], ["v=spf1 a mx ~all"])


def test_only_the_user_knows_which_services_send() -> None:
    services = " ".join(f"include:s{n}.example.net" for n in range(11))
    records = [line(f"v=spf1 ip4:198.51.100.{n} -all", f"s{n}.example.net") for n in range(11)]
    (finding,) = [
        f
        for f in findings(world(f"v=spf1 {services} {BASE} ~all", *records))
        if f.severity == "blocker"
    ]
    assert finding.rule == "spf-too-many-lookups"
    assert published(finding) == [f"v=spf1 <terms> {BASE} ~all"]
    assert "include:s10.example.net (1)" in finding.remedy.blanks[0].meaning
    assert "10 look-ups" in finding.remedy.blanks[0].meaning


def test_foreign_records_are_for_their_owners() -> None:
    case = world(
        f"v=spf1 {BASE} include:_spf.example.net ~all", line("v=spf1 foo", "_spf.example.net")
    )
    (finding,) = findings(case)
    (step,) = finding.remedy.steps
    assert isinstance(step, AskOther)
    assert "_spf.example.net" in step.who
    assert "include:_spf.example.net" in finding.remedy.note
    mine = world(
        f"v=spf1 {BASE} include:_spf.example.com ~all", line("v=spf1 foo", "_spf.example.com")
    )
    (finding,) = findings(mine)
    assert published(finding, "_spf.example.com") == ["v=spf1 <term>"]


def test_ten_look_ups_are_enough() -> None:
    records = [line(f"v=spf1 ip4:198.51.100.{n} -all", f"s{n}.example.net") for n in range(11)]
    for count, expected in ((10, []), (11, ["spf-too-many-lookups"])):
        services = " ".join(f"include:s{n}.example.net" for n in range(count))
        assert fired(world(f"v=spf1 {services} {BASE} ~all", *records)) == expected


def test_voids_count_where_mail_is_lost() -> None:
    hosts = [f"v4-{n}.example.com. A 192.0.2.{40 + n}" for n in range(3)]
    names = " ".join(f"a:v4-{n}.example.com" for n in range(3))
    assert fired(world(f"v=spf1 ip4:192.0.2.25 ip6:2001:db8::25 {names} ~all", *hosts)) == []
    late = world(f"v=spf1 ip4:192.0.2.25 {names} ip6:2001:db8::25 ~all", *hosts)
    (finding,) = findings(late)
    assert finding.rule == "spf-too-many-voids"
    assert published(finding) == [
        "v=spf1 ip4:192.0.2.25 ip4:192.0.2.40 ip4:192.0.2.41 ip4:192.0.2.42 ip6:2001:db8::25 ~all"
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("v=spf1 ip4:192.0.2.26 ~all", ["192.0.2.25", "2001:db8::25"]),
        ("v=spf1 ip4:192.0.2.25 ~all", ["2001:db8::25"]),
        ("v=spf1 include:outside.test ~all", []),
    ],
)
def test_senders_of_the_intent(text: str, expected: list[str]) -> None:
    rule = next(r for r in SPF_RULES if r.id == "spf-sender-not-authorised")
    case = world(text, intent=rule.meta.bad.intent)
    assert [f.subject for f in findings(case) if f.rule == rule.id] == expected
    assert not [f for f in findings(case) if f.rule == "spf-host-not-authorised"]


def test_reverse_names_are_asked_for_only_on_suspicion() -> None:
    assert evidence(healthy()).listed == Known(())
    moved = evidence(world("v=spf1 ip4:192.0.2.26 ip6:2001:db8::26 ip4:192.0.2.0/28 ~all"))
    assert isinstance(moved.listed, Known)
    assert [each.ip for each in moved.listed.value] == ["192.0.2.26", "2001:db8::26"]


@pytest.mark.parametrize(
    ("ptr", "expected"),
    [
        ("static.26.2.0.192.hoster.example.net.", ["spf-host-not-authorised"]),
        ("out.example.com.", []),
    ],
)
def test_a_move_differs_from_a_second_host(ptr: str, expected: list[str]) -> None:
    case = world("v=spf1 ip4:192.0.2.26 ~all", f"26.2.0.192.in-addr.arpa. PTR {ptr}")
    assert fired(case) == expected


def test_long_records_are_shown_around_the_fault() -> None:
    text = f"v=spf1 {' '.join(['ip4:198.51.100.1'] * 40)} foo {'x' * 500} ~all"
    (finding,) = [f for f in findings(world(text)) if f.rule == "spf-unknown-mechanism"]
    for shown in finding.evidence:
        shown_text, carets = shown.said.split("\n")
        assert len(shown_text) <= 120
        assert carets.strip(" ^") == ""
        assert "^" in carets


def test_messages_are_printable() -> None:
    for rule in SPF_RULES:
        for finding in outcome(rule.meta.bad, (rule,)).findings:
            assert finding.message.isprintable()
            assert not finding.message.endswith(".")
