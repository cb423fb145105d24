"""Write the skeleton of an audit rule: `tools/rule.py spf/too_many_lookups`."""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
RULES = ROOT / "src" / "mailworthy" / "audit" / "rules"
USAGE = "usage: make rule NAME=family/problem, such as NAME=spf/too_many_lookups"

SKELETON = '''\
"""TODO: the problem in one sentence, as it would be said to an administrator.

## What it checks
TODO: which records are looked at, and what must hold.

## Why it matters
TODO: what happens to mail, and at whom.

## How to fix
TODO: what to publish, change or ask for.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import MxSet
from mailworthy.audit.finding import Found, Remedy, Severity, cite, publish
from mailworthy.audit.healthy import healthy
from mailworthy.audit.rule import rule


@rule(
    severity=Severity.WARNING,
    references=("RFC 5321 §5.1",),
    bad=healthy(drop=("example.com. MX ",), add=("example.com. MX 10 TODO.example.com.",)),
    good=healthy(),
)
def check(domain: str, mx: MxSet) -> Iterator[Found]:
    """Yield one finding for every thing that is wrong."""
    if mx.exchanges:
        return
    yield Found(
        subject=domain,
        message=f"{domain} TODO",
        remedy=Remedy((publish(domain, "MX", f"10 mail.{domain}."),)),
        evidence=(cite(mx.answer),),
    )
'''


def skeleton(name: str, rules: Path) -> Path:
    """Write the file; raises ValueError with one clear line where that cannot be done."""
    family, _, problem = name.strip().replace("-", "_").partition("/")
    if not all(re.fullmatch(r"[a-z][a-z0-9_]*", part) for part in (family, problem)):
        raise ValueError(USAGE)
    if not (rules / family).is_dir():
        families = ", ".join(sorted(p.name for p in rules.iterdir() if p.name[0] not in "_."))
        raise ValueError(f"there is no family {family}; there are: {families}")
    path = rules / family / f"{problem}.py"
    if path.exists():
        raise ValueError(f"{path} exists already")
    path.write_text(SKELETON)
    return path


def main(arguments: list[str]) -> str | None:
    """An error message, or None."""
    if len(arguments) != 1:
        return USAGE
    try:
        path = skeleton(arguments[0], RULES)
    except ValueError as error:
        return str(error)
    sys.stdout.write(f"{path.relative_to(ROOT)}\n")
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
