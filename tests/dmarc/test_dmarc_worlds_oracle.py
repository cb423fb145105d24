"""A few thousand invented worlds, judged by mailauth and by us."""

import json
import os
import random
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dmarc_suite import FOLDER, World
from mailworthy.dmarc.align import Identifier, Method
from mailworthy.dmarc.engine import evaluate
from mailworthy.lookup.drive import drive

HOME = Path(os.environ.get("MAILAUTH", "/usr/local/lib"))
pytestmark = [
    pytest.mark.oracle,
    pytest.mark.skipif(
        shutil.which("node") is None or not (HOME / "node_modules" / "mailauth").is_dir(),
        reason="MAILAUTH names no folder with node_modules/mailauth, or there is no node",
    ),
]
COUNT = 4000
TAGS = ["p=none", "p=quarantine", "p=reject", "p=bad", "sp=none", "sp=reject", "sp=bad",
        "np=quarantine", "np=reject", "adkim=s", "adkim=r", "aspf=s", "psd=y", "psd=n", "psd=u",
        "t=y", "t=n", "rua=mailto:a@b.example", "rua=bad", "x=y", "pct=0"]  # fmt: skip
NAMES = ["test", "a.test", "b.test", "x.a.test", "y.a.test", "z.x.a.test", "w.z.x.a.test",
         "1.2.3.4.5.6.7.8.a.test", "other"]  # fmt: skip
EXTRA = ["v=dmarc1; p=reject", "v=spf1 -all", "v=DMARC1x"]

Answer = dict[str, Any]


def unusable(case: Answer, mine: Answer, theirs: Answer) -> bool:
    """RFC 9989 §4.10.1, §9.2: the word for a record that ends DMARC processing is open."""
    return (mine["result"], theirs["result"]) == ("permerror", "none")


def without_p(case: Answer, mine: Answer, theirs: Answer) -> bool:
    """§4.7 p: a record without p counts as if it *included* p=none, so that sp and np stand."""
    records = case["zonedata"].get(f"_dmarc.{mine.get('policy-domain')}", [])
    texts = [r["TXT"] for r in records if r["TXT"].startswith("v=DMARC1")]
    return any(" p=" not in text for text in texts) and theirs["applied"] == "none"


CLASSES: list[Callable[[Answer, Answer, Answer], bool]] = [unusable, without_p]


def record(chance: random.Random) -> str:
    """Tags with p first, as a rule; each at most once."""
    picked = {t.partition("=")[0]: t for t in chance.sample(TAGS, chance.randint(0, 5))}
    policy = picked.pop("p", chance.choice(TAGS[:3]))
    return "; ".join(["v=DMARC1", *([policy] if chance.random() < 0.9 else []), *picked.values()])


def world(seed: int) -> Answer:
    chance = random.Random(seed)
    zone: dict[str, Any] = {}
    for name in NAMES:
        dice = chance.random()
        if dice < 0.45:
            count = 2 if chance.random() < 0.1 else 1
            zone[f"_dmarc.{name}"] = [{"TXT": record(chance)} for _ in range(count)]
            if chance.random() < 0.1:
                zone[f"_dmarc.{name}"].append({"TXT": chance.choice(EXTRA)})
        elif dice < 0.6:
            zone[name] = [{"A": "192.0.2.1"}]
    passing = chance.sample(NAMES, chance.randint(0, 3))
    split = chance.randint(0, 1) if passing else 0
    return {
        "zonedata": zone,
        "from": [chance.choice(NAMES[1:])],
        "spf": passing[:split],
        "dkim": passing[split:],
    }


def ours(case: Answer) -> Answer:
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
    differing = []
    for seed, (case, theirs) in enumerate(zip(worlds, json.loads(run.stdout), strict=True)):
        mine = ours(case)
        keys = [k for k in mine if k in theirs and mine[k] != theirs[k]]
        known = any(applies(case, mine, theirs) for applies in CLASSES)
        if keys and not known:
            differing.append((seed, keys, case, mine, theirs))
    assert differing[:3] == []
