"""The attack suite on other implementations: they agree, or the case says what they answer."""

import base64
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from attacks_peers import dkimpy, pyspf
from attacks_suite import FOLDER, Case, cases, plain, text

HOME = Path(os.environ.get("MAILAUTH", "/usr/local/lib"))
pytestmark = pytest.mark.oracle
needs_mailauth = pytest.mark.skipif(
    shutil.which("node") is None or not (HOME / "node_modules" / "mailauth").is_dir(),
    reason="MAILAUTH names no folder with node_modules/mailauth, or there is no node",
)
SILENCE = "no answer"
Answers = dict[str, dict[str, Any]]


def question(case: Case) -> dict[str, Any]:
    session = {key: text(value) for key, value in case.session.items()}
    message = base64.b64encode(case.message).decode()
    return {**session, "zonedata": plain(case.zone), "message": message}


def ask_mailauth() -> Answers:
    """What it says, but for cases on which it would go on and on."""
    asked = [case for case in cases() if told(case, "mailauth") != SILENCE]
    run = subprocess.run(
        ["node", FOLDER / "mailauth.mjs", HOME],
        input=json.dumps([question(case) for case in asked]),
        capture_output=True,
        text=True,
        check=True,
    )
    answers = dict(zip([case.name for case in asked], json.loads(run.stdout), strict=True))
    return {case.name: answers.get(case.name, {SILENCE: ""}) for case in cases()}


def told(case: Case, name: str) -> str:
    """What the case says of an implementation, without the reason."""
    return str(case.test.get("others", {}).get(name, "")).partition(": ")[0]


def differences(case: Case, answer: dict[str, Any]) -> list[str]:
    """What an implementation says otherwise, of all that it says."""
    if SILENCE in answer:
        return [SILENCE]
    if "error" in answer:
        return [f"error {answer['error']}"]
    return [
        f"{key} {', '.join(found) if isinstance(found, list) else found}"
        for key, found in answer.items()
        if key in case.expect and not right(case.expect[key], found)
    ]


def right(wanted: Any, found: Any) -> bool:
    if wanted is None:
        return True
    if isinstance(wanted, list):
        pairs = len(wanted) == len(found)
        return pairs and all(map(right, wanted, found))
    accepted = wanted.split("|")
    return found in accepted or (found == "no pass" and set(accepted) != {"pass"})


def check(name: str, answers: Answers) -> None:
    """Every disagreement is told by its case, in the words that are seen."""
    seen = {case.name: "; ".join(differences(case, answers[case.name])) for case in cases()}
    assert {c.name: seen[c.name] for c in cases() if seen[c.name] != told(c, name)} == {}


@needs_mailauth
def test_mailauth() -> None:
    check("mailauth", ask_mailauth())


def test_dkimpy() -> None:
    pytest.importorskip("dkim", reason="dkimpy is among the oracles")
    check("dkimpy", {case.name: dkimpy(case) for case in cases()})


def test_pyspf() -> None:
    pytest.importorskip("spf", reason="pyspf is among the oracles")
    check("pyspf", {case.name: pyspf(case) for case in cases()})
