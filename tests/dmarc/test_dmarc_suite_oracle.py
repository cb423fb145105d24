"""The suite on mailauth: it agrees, or the case says which section decides."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agreement import Agreement, Difference
from dmarc_suite import EXPECTED, FOLDER, accepted, authors, cases
from peer_mailauth import CLASSES

HOME = Path(os.environ.get("MAILAUTH", "/usr/local/lib"))
pytestmark = [
    pytest.mark.oracle,
    pytest.mark.skipif(
        shutil.which("node") is None or not (HOME / "node_modules" / "mailauth").is_dir(),
        reason="MAILAUTH names no folder with node_modules/mailauth, or there is no node",
    ),
]
CASES = list(cases())
AGREEMENT = Agreement("mailauth, the suite", *CLASSES)


@pytest.fixture(autouse=True, scope="module")
def counted(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    AGREEMENT.tell(request.config)


def passed(text: str) -> list[str]:
    result, domain = text.split(" ")
    return [domain] if result == "pass" else []


def question(case: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    return {
        "zonedata": document["zonedata"],
        "from": authors(case),
        "spf": passed(case["spf"]) if "spf" in case else [],
        "dkim": [domain for text in case.get("dkim", ()) for domain in passed(text)],
    }


def differences(case: dict[str, Any], answer: dict[str, Any]) -> list[str]:
    """What mailauth says otherwise, of all that it says."""
    return [
        f"{key} {answer[key]}"
        for key in EXPECTED
        if key in case and key in answer and answer[key] not in accepted(case, key)
    ]


@pytest.fixture(scope="module")
def answers() -> dict[str, dict[str, Any]]:
    questions = json.dumps([question(case, document) for _, case, document in CASES])
    run = subprocess.run(
        ["node", FOLDER / "mailauth.mjs", HOME],
        input=questions,
        capture_output=True,
        text=True,
        check=True,
    )
    return {name: found for (name, _, _), found in zip(CASES, json.loads(run.stdout), strict=True)}


def wanted(case: dict[str, Any]) -> dict[str, Any]:
    return {key: accepted(case, key)[0] for key in EXPECTED if key in case}


def undecided(case: dict[str, Any]) -> bool:
    results = [case["spf"]] if "spf" in case else []
    return any(text.startswith("temperror ") for text in [*results, *case.get("dkim", ())])


def test_every_disagreement_is_of_a_class(answers: dict[str, dict[str, Any]]) -> None:
    for name, case, document in CASES:
        found = differences(case, answers[name])
        seen = question(case, document) | {"undecided": undecided(case)}
        AGREEMENT.hold([], found, seen, wanted(case), answers[name])


@pytest.mark.parametrize("kind", CLASSES[2:], ids=[one.name for one in CLASSES[2:]])
def test_the_classes_are_real(kind: Difference) -> None:
    """The suite has them; the others are those of the invented worlds."""
    assert AGREEMENT.counts[kind.name] > 0


def test_every_disagreement_is_named(answers: dict[str, dict[str, Any]]) -> None:
    found = {name: differences(case, answers[name]) for name, case, _ in CASES}
    unnamed = {
        name: found[name]
        for name, case, _ in CASES
        if found[name] and "mailauth" not in case.get("disagrees", {})
    }
    assert unnamed == {}


def test_no_named_disagreement_is_stale(answers: dict[str, dict[str, Any]]) -> None:
    stale = [
        name
        for name, case, _ in CASES
        if "mailauth" in case.get("disagrees", {}) and not differences(case, answers[name])
    ]
    assert stale == []
