"""The result of a message: RFC 9989 §4.4, §5.3, §11.5. Cases of the texts are in cases/dmarc."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dmarc_zone import Zone
from mailworthy import dmarc
from mailworthy.dmarc import Identifier, Judgement, Method, Policy, Reason, Result
from mailworthy.dmarc.align import MAX_WALKS
from mailworthy.dmarc.engine import MAX_AUTHORS, evaluate
from mailworthy.errors import UsageError
from mailworthy.lookup.drive import drive
from mailworthy.lookup.model import Answer, Ask, Question, Reply, Status, Why, failed

REJECT = {"_dmarc.example.com": "v=DMARC1; p=reject"}


def dkim(domain: str, result: str = "pass") -> Identifier:
    return Identifier(Method.DKIM, domain, result, "s1")


def spf(domain: str, result: str = "pass") -> Identifier:
    return Identifier(Method.SPF, domain, result)


def only(domain: str, identifiers: list[Identifier], world: Zone) -> Judgement:
    (judgement,) = drive(evaluate([domain], identifiers), world).judgements
    return judgement


@pytest.mark.parametrize(
    ("identifiers", "reason", "section"),
    [
        ([dkim("example.com")], Reason.ALIGNED, "5.3.5"),
        ([dkim("example.net")], Reason.UNALIGNED, "5.3.5"),
        ([dkim("example.com", "fail"), spf("a.com", "none")], Reason.UNAUTHENTICATED, "5.3.5"),
        ([spf("example.com", "temperror")], Reason.IDENTIFIER_UNDECIDED, "5.3.6"),
    ],
)  # fmt: skip
def test_reasons(identifiers: list[Identifier], reason: Reason, section: str) -> None:
    found = only("example.com", identifiers, Zone(REJECT))
    assert (found.reason, found.reason.section) == (reason, section)


def test_every_reason_has_a_section() -> None:
    assert all(reason.section for reason in Reason)


def test_strangers_and_twins_cost_no_question() -> None:
    world = Zone(REJECT)
    result = only("example.com", [spf("example.com"), dkim("esp.test"), dkim("a.com")], world)
    assert result.result is Result.PASS
    assert set(world.asked) == {"_dmarc.example.com", "_dmarc.com"}
    assert [c.aligned for c in result.checks] == [True, False, False]
    assert [c.organization for c in result.checks] == [None, None, None]


def test_an_own_walk_for_an_identifier_below_the_organization() -> None:
    world = Zone(REJECT | {"_dmarc.b.example.com": "v=DMARC1; p=none; psd=n"})
    result = only("example.com", [dkim("a.b.example.com"), dkim("c.example.com")], world)
    assert [c.aligned for c in result.checks] == [False, True]
    assert [c.organization for c in result.checks] == ["b.example.com", "example.com"]


def test_all_signatures_are_compared_although_one_is_enough() -> None:
    result = only("example.com", [spf("example.com"), dkim("mail.example.com")], Zone(REJECT))
    assert [c.aligned for c in result.checks] == [True, True]


def test_a_partial_result_names_the_question_that_was_missing() -> None:
    world = Zone(REJECT | {"_dmarc.mail.example.com": Why.TIMEOUT})
    result = drive(evaluate(["example.com"], [dkim("mail.example.com")]), world)
    assert (result.result, result.disposition) == (Result.TEMPERROR, Policy.NONE)
    assert result.unknown is not None
    assert (result.unknown.name, result.unknown.why) == ("_dmarc.mail.example.com", Why.TIMEOUT)
    (judgement,) = result.judgements
    assert judgement.found.policy is Policy.REJECT  # learned all the same


def test_too_many_signatures_are_not_walked_and_that_is_said() -> None:
    signatures = [dkim(f"s{i}.b.example.com") for i in range(MAX_WALKS + 3)]
    world = Zone(REJECT | {"_dmarc.b.example.com": "v=DMARC1; p=none; psd=n"})
    result = only("example.com", signatures, world)
    assert sum(c.over_limit for c in result.checks) == 3
    assert (result.result, result.reason) == (Result.FAIL, Reason.UNALIGNED)
    assert only("example.com", [*signatures, dkim("example.com")], world).result is Result.PASS


def test_signatures_of_one_domain_share_a_walk() -> None:
    result = only("example.com", [dkim("mail.example.com")] * 50, Zone(REJECT))
    assert not any(c.over_limit for c in result.checks)
    assert all(c.aligned for c in result.checks)


def test_a_faulty_from_aligns_with_nothing() -> None:
    asked = evaluate(["example.com"], [dkim("example.com")], fault="two From fields")
    result = drive(asked, Zone(REJECT))
    assert (result.result, result.reason) == (Result.PERMERROR, Reason.FAULTY_FROM)
    assert (result.disposition, result.fault) == (Policy.REJECT, "two From fields")


def test_no_author_asks_nothing() -> None:
    world = Zone({})
    result = drive(evaluate([], [dkim("example.com")]), world)
    assert (result.result, result.reason) == (Result.PERMERROR, Reason.NO_AUTHOR)
    assert (result.disposition, result.judgements, world.asked) == (Policy.NONE, (), [])


def test_more_authors_than_the_limit_are_named() -> None:
    names = [f"a{i}.example" for i in range(MAX_AUTHORS + 2)]
    result = drive(evaluate(names, []), Zone({}))
    assert result.not_evaluated == ("a10.example", "a11.example")
    assert len(result.judgements) == MAX_AUTHORS
    assert (result.result, result.reason) == (Result.PERMERROR, Reason.SEVERAL_AUTHORS)


def test_p_none_asks_for_nothing() -> None:
    world = Zone({"_dmarc.example.com": "v=DMARC1; p=none"})
    result = drive(evaluate(["example.com"], []), world)
    assert (result.result, result.disposition) == (Result.FAIL, Policy.NONE)


def test_results_have_no_truth_value() -> None:
    with pytest.raises(TypeError, match="truth value"):
        bool(drive(evaluate(["example.com"], []), Zone({})))


def test_calls_and_their_twins() -> None:
    world = Zone(REJECT)
    result = dmarc.evaluate("Example.COM.", [dkim("example.com")], resolver=world)
    assert result.result is Result.PASS
    assert asyncio.run(dmarc.aevaluate(["example.com"], [dkim("example.com")], resolver=world)) == (
        result
    )
    found = dmarc.discover("www.example.com", resolver=world)
    assert (found.domain, found.policy) == ("example.com", Policy.REJECT)
    assert asyncio.run(dmarc.adiscover("www.example.com", resolver=world)) == found
    with pytest.raises(UsageError):
        dmarc.discover("a..b", resolver=world)
    with pytest.raises(UsageError):
        dmarc.evaluate("", [], resolver=world)


class Chaos:
    """Answers anything at all, always the same to the same question."""

    def __init__(self, data: st.DataObject) -> None:
        self.data = data
        self.known: dict[Ask, Reply] = {}

    def instant(self, ask: Ask) -> Reply:
        assert isinstance(ask, Question)
        if ask not in self.known:
            self.known[ask] = self.invented(ask)
        return self.known[ask]

    def invented(self, ask: Question) -> Reply:
        status = self.data.draw(st.sampled_from(Status))
        if status is Status.FAILED:
            return failed(ask, self.data.draw(st.sampled_from(Why)))
        records = self.data.draw(st.lists(texts, max_size=2)) if status is Status.FOUND else []
        return Answer(ask, status, records=tuple(records))


tags = st.sampled_from(
    ["p=reject", "p=none", "p=x", "sp=none", "np=reject", "psd=y", "psd=n", "adkim=s", "aspf=s",
     "t=y", "rua=mailto:a@b.example"]
)  # fmt: skip
texts = st.lists(tags, max_size=4).map(lambda t: "; ".join(["v=DMARC1", *t])) | st.text(
    st.characters(max_codepoint=255)
)
labels = st.sampled_from(["a", "b", "com", r"\.", "x" * 63, "", "xn--a"])
names = st.lists(labels, max_size=11).map(".".join) | st.text(max_size=20)
words = st.sampled_from(["pass", "fail", "temperror", "permerror", "none", "softfail", "nonsense"])
found = st.builds(Identifier, st.sampled_from(Method), names, words)


@given(st.lists(names, max_size=12), st.lists(found, max_size=15), st.booleans(), st.data())
def test_never_raises_and_stays_bounded(
    domains: list[str], identifiers: list[Identifier], faulty: bool, data: st.DataObject
) -> None:
    world = Chaos(data)
    result = drive(evaluate(domains, identifiers, fault="x" if faulty else ""), world)
    assert len(world.known) <= MAX_AUTHORS * (9 + 8 * MAX_WALKS)
    single = len(set(map(str.lower, domains))) == 1 and not faulty
    if result.result is Result.PASS:
        assert not faulty
        assert result.disposition is Policy.NONE
        assert any(i.result == "pass" for i in identifiers)
    if result.result in (Result.NONE, Result.TEMPERROR):
        assert result.disposition is Policy.NONE
    if not single and len(result.judgements) != 1:
        assert result.result is Result.PERMERROR


@given(st.lists(found, max_size=8), st.data())
def test_more_evidence_never_undoes_a_pass(
    identifiers: list[Identifier], data: st.DataObject
) -> None:
    world = Chaos(data)
    before = drive(evaluate(["a.com"], identifiers), world).result
    after = drive(evaluate(["a.com"], [*identifiers, dkim("evil.test")]), world).result
    assert (before is Result.PASS) == (after is Result.PASS)
