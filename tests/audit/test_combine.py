"""The remedies of one audit can all be carried out, and leave one record of each kind."""

from itertools import combinations

import pytest

from casekit import applied, outcome
from mailworthy.audit.case import Case
from mailworthy.audit.combine import combined
from mailworthy.audit.cure import changes
from mailworthy.audit.finding import Finding, Publish, Severity
from mailworthy.audit.healthy import healthy
from mailworthy.domain.recordset import RecordSet
from mailworthy.lookup.zonetext import read_zone

SPF = "example.com. TXT"
DMARC = "_dmarc.example.com. TXT"
SPF_WANTED = RecordSet("example.com", "TXT", ("v=spf1 mx -all",), exclusive=False)
BLANKS = {
    "mailbox": "dmarc@example.com",
    "term": "mx",
    "term-2": "a",
    "senders": "mx",
    "policy": "reject",
    "public-key": "x",
    "mail-host": "mail.example.com",
}


def faulty(drop: str, *texts: str, **more: object) -> Case:
    lines = tuple(f'{drop} "{text}"' for text in texts)
    return healthy(drop=(drop,), add=lines, blanks=BLANKS, **more)


CROWDS = {
    "spf": faulty(SPF, "v=spf1 ip4:10.0.0.5 ip4:192.0.2.25 ip4:192.0.2.25 ptr ?all mx"),
    "spf twice": faulty(SPF, "v=spf1 mx ptr -all", "v=spf1 a ip4:192.0.2.25/8 ?all"),
    "dmarc": faulty(
        DMARC, "v=DMARC1; p=none; pct=20; ri=3600; rf=afrf; sp=nnoe; rua=a@example.com"
    ),
    "dmarc twice": faulty(DMARC, "v=DMARC1 p=none; rua=a@example.com", "v=DMARC1; p=reject; xx=1"),
    "wanted": faulty(SPF, "v=spf1 ptr ?all", wanted=(SPF_WANTED,)),
    "wanted beside": faulty(SPF, "v=spf1 ptr ?all", "v=spf1 mx ~all", wanted=(SPF_WANTED,)),
    "soa": healthy(
        drop=("example.com. 3600 SOA",),
        add=("example.com. 3600 SOA ns1.example.net. a\\@b.example.com. 1 60 120 60 999999",),
    ),
}


def judged(case: Case) -> tuple[Finding, ...]:
    return combined(outcome(case).findings)


@pytest.mark.parametrize("name", CROWDS)
def test_no_record_is_replaced_twice(name: str) -> None:
    findings = judged(CROWDS[name])
    assert findings
    for one, other in combinations(findings, 2):
        assert not set(changes(one.remedy)) & set(changes(other.remedy))


@pytest.mark.parametrize("name", CROWDS)
def test_all_remedies_together_leave_one_record_of_each_kind(name: str) -> None:
    case = CROWDS[name]
    for finding in judged(case):
        case = applied(case, finding.remedy)
    texts = [r for r in read_zone(case.zones) if r.type == "TXT"]
    for name_, version in (("example.com", "v=spf1"), ("_dmarc.example.com", "v=dmarc1")):
        kind = [r for r in texts if r.name == name_ and r.value.lower().startswith(version)]
        assert len(kind) == 1
    assert sum(r.type == "SOA" and r.name == "example.com" for r in read_zone(case.zones)) == 1


@pytest.mark.parametrize("name", CROWDS)
def test_working_through_them_cures_everything(name: str) -> None:
    case = CROWDS[name]
    for _ in range(12):
        findings = [f for f in judged(case) if f.severity is not Severity.ADVICE or name == "soa"]
        if not findings:
            break
        assert any(f.remedy.steps for f in findings)
        for finding in findings:
            case = applied(case, finding.remedy)
    assert not findings


def test_the_worst_keeps_its_remedy_and_the_others_point_to_it() -> None:
    first, *others = [f for f in judged(CROWDS["spf"]) if f.rule.startswith("spf-")]
    assert first.remedy.steps
    assert others
    for other in others:
        assert other.remedy.steps == ()
        assert first.rule in other.remedy.note


def test_what_the_user_asked_for_wins() -> None:
    findings = judged(CROWDS["wanted"])
    changed = [f for f in findings if f.remedy.steps]
    assert [f.rule for f in changed] == ["zone-record-different"]
    published = [c.record.value for c in changes(changed[0].remedy) if isinstance(c, Publish)]
    assert published == ["v=spf1 mx -all"]


def test_a_lone_finding_keeps_its_remedy() -> None:
    case = healthy(drop=("_dmarc.",), blanks=BLANKS)
    assert judged(case) == outcome(case).findings


def test_the_mta_sts_policy_waits_for_the_mx() -> None:
    wanted = RecordSet("example.com", "MX", ("10 mail.example.com.",))
    case = healthy(
        drop=("example.com. MX",),
        add=("example.com. MX 10 autoconfig.example.com.",),
        wanted=(wanted,),
    )
    found = {f.rule: f for f in judged(case)}
    assert set(found) >= {"mtasts-testing-mx-not-covered", "mx-target-is-alias"}
    assert [r for r, f in found.items() if f.remedy.steps] == ["zone-record-different"]
