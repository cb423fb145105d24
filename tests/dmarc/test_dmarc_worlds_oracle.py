"""A few thousand invented worlds, judged by mailauth and by us."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from agreement import MOST, Agreement, Difference
from dmarc_suite import FOLDER, World
from dmarc_worlds import COUNT, Case, world
from mailworthy.dmarc.align import Identifier, Method
from mailworthy.dmarc.engine import evaluate
from mailworthy.lookup.drive import drive
from peer_mailauth import CLASSES

HOME = Path(os.environ.get("MAILAUTH", "/usr/local/lib"))
pytestmark = [
    pytest.mark.oracle,
    pytest.mark.skipif(
        shutil.which("node") is None or not (HOME / "node_modules" / "mailauth").is_dir(),
        reason="MAILAUTH names no folder with node_modules/mailauth, or there is no node",
    ),
]
AGREEMENT = Agreement("mailauth, invented worlds", *CLASSES)


@pytest.fixture(autouse=True, scope="module")
def counted(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    AGREEMENT.tell(request.config)


def ours(case: Case) -> Case:
    found = [Identifier(Method.SPF, d, "pass") for d in case["spf"]]
    found += [Identifier(Method.DKIM, d, "pass") for d in case["dkim"]]
    result = drive(evaluate(case["from"], found), World(case["zonedata"]))
    (only,) = result.judgements
    answer = {"result": result.result.value, "disposition": result.disposition.value}
    if only.found.policy is not None:
        aligned = {c.identifier.method for c in only.checks if c.aligned}
        answer |= {
            "policy-domain": only.found.domain,
            "applied": str(only.found.effective),
            "aligned": [m.value for m in Method if m in aligned],
            "org-domain": only.organization,
        }
    return answer


def test_worlds() -> None:
    worlds = [world(seed) for seed in range(COUNT)]
    run = subprocess.run(
        ["node", FOLDER / "mailauth.mjs", HOME],
        input=json.dumps(worlds),
        capture_output=True,
        text=True,
        check=True,
    )
    for case, theirs in zip(worlds, json.loads(run.stdout), strict=True):
        mine = ours(case)
        keys = [key for key in mine if key in theirs]
        AGREEMENT.hold(
            [mine[key] for key in keys], [theirs[key] for key in keys], case, mine, theirs
        )


@pytest.mark.parametrize("kind", CLASSES[:2], ids=[one.name for one in CLASSES[:2]])
def test_the_classes_are_real(kind: Difference) -> None:
    """The worlds have them; the others are those of the suite, which holds that too."""
    assert AGREEMENT.counts[kind.name] > 0


def test_they_are_few() -> None:
    assert len(CLASSES) <= MOST
    assert all("§" in one.section for one in CLASSES)
