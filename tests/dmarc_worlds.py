"""Invented worlds for DMARC: what DNS holds, who writes, and what SPF and DKIM found."""

import random
from typing import Any

COUNT = 4000
TAGS = ["p=none", "p=quarantine", "p=reject", "p=bad", "sp=none", "sp=reject", "sp=bad",
        "np=quarantine", "np=reject", "adkim=s", "adkim=r", "aspf=s", "psd=y", "psd=n", "psd=u",
        "t=y", "t=n", "rua=mailto:a@b.example", "rua=bad", "x=y", "pct=0"]  # fmt: skip
NAMES = ["test", "a.test", "b.test", "x.a.test", "y.a.test", "z.x.a.test", "w.z.x.a.test",
         "1.2.3.4.5.6.7.8.a.test", "other"]  # fmt: skip
EXTRA = ["v=dmarc1; p=reject", "v=spf1 -all", "v=DMARC1x"]

Case = dict[str, Any]


def record(chance: random.Random) -> str:
    """Tags with p first, as a rule; each at most once."""
    picked = {t.partition("=")[0]: t for t in chance.sample(TAGS, chance.randint(0, 5))}
    policy = picked.pop("p", chance.choice(TAGS[:3]))
    return "; ".join(["v=DMARC1", *([policy] if chance.random() < 0.9 else []), *picked.values()])


def world(seed: int) -> Case:
    """One world; the same for one seed."""
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
