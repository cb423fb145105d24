"""One page for each audit rule, and the index."""

from itertools import groupby

from mailworthy.audit.case import Case
from mailworthy.audit.rule import Rule, load
from pages.markdown import block, code, linked, table

TITLES = {
    "mx": "MX",
    "address": "Addresses",
    "ptr": "Reverse DNS",
    "helo": "HELO",
    "spf": "SPF",
    "dkim": "DKIM",
    "dmarc": "DMARC",
    "mtasts": "MTA-STS",
    "tlsrpt": "TLS reporting",
    "dane": "DANE",
    "dnssec": "DNSSEC",
    "caa": "CAA",
    "bimi": "BIMI",
    "srv": "Client set-up",
    "zone": "The zone",
    "intent": "The intent",
}
FOLDER = "reference/rules"
INTRODUCTION = """\
# Rules

{count} rules. Each page says what is checked, why it matters and how to mend it;
`mailworthy explain ID` prints the same.

*Blocker*: mail is lost or forged today.
*Warning*: some receivers refuse, or it breaks soon.
*Advice*: it works; this is better.
"""


def families() -> list[tuple[str, list[Rule]]]:
    """The rules by family, in the order in which mail meets them."""
    order = list(TITLES)
    ordered = sorted(load(), key=lambda r: (order.index(r.family), r.id))
    return [(family, list(rules)) for family, rules in groupby(ordered, lambda r: r.family)]


def pages() -> dict[str, str]:
    """Path to text."""
    found = {f"{FOLDER}/{each.id}.md": page(each) for each in load()}
    return {f"{FOLDER}/index.md": index(), **found}


def index() -> str:
    """All rules, family by family."""
    text = INTRODUCTION.format(count=len(load()))
    for family, rules in families():
        rows = [
            (f"[{code(r.id)}]({r.id}.md)", r.meta.severity.value, linked(r.title)) for r in rules
        ]
        heading = f"\n## {TITLES[family]} {{#{family}}}\n\n"
        text += heading + table(("Rule", "Severity", "Problem"), rows)
    return text


def page(rule: Rule) -> str:
    """Everything about one rule."""
    title, _, body = rule.doc.strip().partition("\n")
    facts = f"**{rule.meta.severity.value.capitalize()}**"
    if rule.meta.references:
        facts += " · " + " · ".join(linked(r) for r in rule.meta.references)
    head = [f"# {code(rule.id)}\n", title, f"\n{facts}\n", body.strip(), ""]
    return "\n".join([*head, example(rule), f"\n[All rules](index.md#{rule.family})\n"])


def example(rule: Rule) -> str:
    """What makes the rule fire, as a difference to a healthy world, and what does not."""
    text = "\n## Example\n\n" + "Found here, in a world that is otherwise healthy:\n\n"
    text += changed(rule.meta.bad)
    if rule.meta.good.changes:
        text += "\nNot here:\n\n" + changed(rule.meta.good)
    return text


def changed(case: Case) -> str:
    """The changes of a case, or all of it where it stands on its own."""
    if case.changes:
        return block("\n".join(case.changes), "diff")
    return block(case.zones, "zone")
