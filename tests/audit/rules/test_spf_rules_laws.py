"""Laws of the SPF rules: no record breaks them, no fault goes unseen, repairs can be read, and
cheaper records let the same hosts pass."""

import msgspec
from hypothesis import example, given, settings
from hypothesis import strategies as st

from casekit import evidence
from mailworthy.audit.collect.policies import spf_of
from mailworthy.audit.evidence import Evidence
from mailworthy.audit.finding import AskOther, Finding, Publish
from mailworthy.audit.healthy import healthy
from mailworthy.audit.rule import load
from mailworthy.audit.rules.spf._cheaper import cheaper
from mailworthy.audit.rules.spf._shared import line, world
from mailworthy.audit.run import run
from mailworthy.lookup.drive import drive
from mailworthy.lookup.memory import Memory
from mailworthy.spf.authorise import authorises
from mailworthy.spf.model import Limits
from mailworthy.spf.record import is_spf, parse
from mailworthy.spf.tree import cost

SPF_RULES = tuple(r for r in load() if r.family == "spf")
BASE = evidence(healthy())
OTHERS = (
    line("v=spf1 ip4:198.51.100.7 -all", "_spf.example.net"),
    line("v=spf1 include:example.com a:no.example.net foo:1 -all", "_bad.example.net"),
    line("v=spf1 mx", "_two.example.net"),
    line("v=spf1 a", "_two.example.net"),
)


def seen(*texts: str) -> Evidence:
    """The healthy world with these TXT records at the domain."""
    zones = world(None, *(line(text) for text in texts), *OTHERS).zones
    spf, tree = drive(spf_of("example.com"), Memory.from_zone(zones))
    return msgspec.structs.replace(BASE, spf=spf, spf_tree=tree)


def findings(*texts: str) -> tuple[Finding, ...]:
    return run(seen(*texts), SPF_RULES).findings


def texts_of(finding: Finding) -> list[str]:
    steps = finding.remedy.steps
    changes = [c for s in steps for c in (s.changes if isinstance(s, AskOther) else (s,))]
    texts = [c.record.value for c in changes if isinstance(c, Publish)]
    for blank in finding.remedy.blanks:
        texts = [text.replace(f"<{blank.placeholder}>", "mx") for text in texts]
    return texts


TERMS = st.sampled_from(
    [
        *("all", "+all", "-all", "?all", "~all", "mx", "a", "ptr", "exists:%{p}.example.net"),
        *("ip4:192.0.2.25", "ip4:192.0.2.25/8", "ip4:0.0.0.0/0", "ip4:10.0.0.1", "ip6:::/0"),
        *("ip4:1.2.3", "ip4:", "192.0.2.1", "ip4:1.2.3.4,5.6.7.8", "ipv4:192.0.2.1", "ip4=1.2.3.4"),
        *("include:_spf.example.net", "include:_bad.example.net", "-include:_two.example.net"),
        *("include:example.com", "redirect=_spf.example.net", "redirect=no.example.net", "exp=a.b"),
        *("include:a..b", "include:foo", "%{x}", "v=spf1", "ra=a@b", "rp=1", "a:b.commx:c.example"),
        *(
            "mx;",
            "-",
            "~",
            "\xe2\x80\x93all",
            "\xa0",
            "x\x1b[0m",
            "a" * 70 + ".example",
            "exists:b.c",
        ),
    ]
)
HEADS = st.sampled_from(
    ["v=spf1 ", "v=spf1", "V=SPF1  ", "v=spf1;", ' "v=spf1 ', "spf2.0/pra ", ""]
)
RECORDS = st.builds(lambda head, terms: head + " ".join(terms), HEADS, st.lists(TERMS, max_size=6))


@settings(max_examples=150, deadline=None)
@given(st.lists(RECORDS | st.text("v=spf1 :ai.4\xff\x00\"'", max_size=40), max_size=2))
def test_every_fault_is_seen_and_every_repair_can_be_read(texts: list[str]) -> None:
    found = findings(*texts)
    records = [text for text in set(texts) if is_spf(text)]
    broken = len(records) > 1 or any(parse(text).record is None for text in records)
    assert not broken or any(f.severity == "blocker" for f in found)
    for finding in found:
        for text in texts_of(finding):
            assert is_spf(text)
            assert parse(text).record is not None


@settings(max_examples=60, deadline=None)
@given(RECORDS)
def test_remedies_do_not_withdraw_what_is_not_there(text: str) -> None:
    for finding in findings(text):
        for step in finding.remedy.steps:
            if not isinstance(step, (Publish, AskOther)):
                assert step.record.value == text


NO_LIMITS = Limits(lookups=1000, voids=1000, descend=1000)
WEB = world(
    None,
    line("v=spf1 ip4:198.51.100.1 include:deep.example.net ~all", "one.example.net"),
    line("v=spf1 ip4:198.51.100.2 -all", "deep.example.net"),
    line("v=spf1 -ip4:198.51.100.2 include:one.example.net ?all", "odd.example.net"),
    line("v=spf1 mx:example.com a include:deep.example.net -all", "own.example.com"),
    line("v=spf1 a:www.example.com +all", "open.example.com"),
    line("v=spf1 -ip4:192.0.2.80 ip4:192.0.2.0/24 -all", "hole.example.com"),
    line("v=spf1 a mx:example.com -all", "end.example.com"),
    "own.example.com. A 192.0.2.61",
    "end.example.com. A 192.0.2.62",
).zones
IPS = (
    *("192.0.2.25", "192.0.2.80", "192.0.2.61", "192.0.2.62", "192.0.2.99"),
    *("198.51.100.1", "198.51.100.2", "2001:db8::25", "2001:db8::99"),
)
COSTLY = st.sampled_from(
    [
        *("mx", "a:mail.example.com", "?a:www.example.com", "mx/28", "-a:end.example.com"),
        *("include:one.example.net", "include:deep.example.net", "include:odd.example.net"),
        *(
            "include:own.example.com",
            "include:open.example.com",
            "ip4:192.0.2.25",
            "a:no.example.com",
        ),
        *("-include:own.example.com", "a", "mx:example.net", "ip4:192.0.2.80"),
        *("include:hole.example.com", "-ip4:198.51.100.2"),
    ]
)
ENDS = st.sampled_from(["~all", "-all", "redirect=end.example.com", "redirect=one.example.net", ""])


@settings(max_examples=150, deadline=None)
@given(st.lists(COSTLY, max_size=6), ENDS, st.integers(0, 5))
@example(["include:deep.example.net", "-ip4:198.51.100.2", "include:one.example.net"], "~all", 2)
def test_a_cheaper_record_lets_the_same_hosts_pass(terms: list[str], end: str, most: int) -> None:
    memory = Memory.from_zone(WEB)
    text = " ".join(["v=spf1", *terms, *([end] if end else [])])
    before = drive(cost("example.com", text=text, limits=NO_LIMITS), memory)
    repair = cheaper(before, "example.com", most)
    if repair.blanks:
        return
    after = drive(cost("example.com", text=repair.text, limits=NO_LIMITS), memory)
    assert after.lookups <= max(most, before.lookups)
    for ip in IPS:
        old, new = (authorises(tree, ip, limits=NO_LIMITS).result for tree in (before, after))
        assert old == new, (ip, repair.text)
