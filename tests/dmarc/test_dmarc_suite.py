"""The whole suite of tests/cases/dmarc, and that the suite is what its README says."""

import re
from typing import Any

import pytest

from dmarc_suite import EXPECTED, FAILURES, World, accepted, authors, cases, documents
from mailworthy.dmarc.align import Identifier, Method
from mailworthy.dmarc.engine import evaluate
from mailworthy.dmarc.result import DmarcResult
from mailworthy.lookup.drive import drive
from mailworthy.names import to_ascii

CASES = list(cases())
KEYS = {"description", "spec", "from", "spf", "dkim", "disagrees", *EXPECTED}
WORDS = {
    "result": {"pass", "fail", "none", "temperror", "permerror"},
    "policy": {"none", "quarantine", "reject"},
    "applied": {"none", "quarantine", "reject"},
    "disposition": {"none", "quarantine", "reject"},
}


def identifiers(case: dict[str, Any]) -> list[Identifier]:
    texts = [(Method.SPF, case["spf"])] if "spf" in case else []
    texts += [(Method.DKIM, text) for text in case.get("dkim", ())]
    split = [(method, *text.split(" ")) for method, text in texts]
    return [Identifier(method, domain, result) for method, result, domain in split]


def observed(result: DmarcResult) -> dict[str, Any]:
    """What the suite speaks of, for one Author Domain."""
    (only,) = result.judgements
    aligned = {c.identifier.method for c in only.checks if c.aligned and c.identifier.authenticated}
    return {
        "policy-domain": only.found.domain,
        "policy": only.found.policy,
        "applied": only.found.effective,
        "aligned": [m.value for m in Method if m in aligned],
        "org-domain": only.organization,
        "walk": [step.domain for step in only.found.walk.steps],
    }


@pytest.mark.parametrize(("case", "document"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_case(case: dict[str, Any], document: dict[str, Any]) -> None:
    domains = [to_ascii(domain) for domain in authors(case)]
    result = drive(evaluate(domains, identifiers(case)), World(document["zonedata"]))
    seen = {"result": result.result, "disposition": result.disposition}
    if len(result.judgements) == 1:
        seen |= observed(result)
    for key in EXPECTED:
        if key in case:
            assert seen[key] in accepted(case, key), key


def test_the_suite_is_large_and_its_names_are_unique() -> None:
    assert len(CASES) >= 150
    assert len({name for name, _, _ in CASES}) == len(CASES)


@pytest.mark.parametrize(("case", "document"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_case_is_well_formed(case: dict[str, Any], document: dict[str, Any]) -> None:
    assert set(case) <= KEYS
    assert {"description", "spec", "from", "result"} <= set(case)
    assert case["description"].endswith(".")
    assert "\n" not in case["description"].strip()
    for section in [case["spec"]] if isinstance(case["spec"], str) else case["spec"]:
        assert re.match(r"(?:[0-9]+|[A-C])(?:\.[0-9]+)+(?: |$)", section)
    for key, words in WORDS.items():
        assert key not in case or set(accepted(case, key)) <= words


def test_documents_are_well_formed() -> None:
    for _, document in documents():
        assert set(document) <= {"description", "zonedata", "tests", "optional"}
        for records in document["zonedata"].values():
            for record in records:
                known = isinstance(record, dict) or record in FAILURES
                assert known
