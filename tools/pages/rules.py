"""One page for each audit rule, and the index."""

from itertools import groupby

from casekit import outcome
from mailworthy.audit.case import Case
from mailworthy.audit.rule import Rule, load
from mailworthy.names import printable
from mailworthy.render.steps import lines_of
from pages.markdown import block, code, escape, linked, table

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
    "smtp": "SMTP, by calling the server",
    "tls": "TLS, by calling the server",
    "bimi": "BIMI",
    "srv": "Client set-up",
    "zone": "The zone",
    "server": "The server",
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
    """What makes the rule fire, as a difference to a healthy world, what it says, what not."""
    text = "\n## Example\n\nFound here, in a world that is otherwise healthy:\n\n"
    text += changed(rule.meta.bad)
    for finding in outcome(rule.meta.bad, (rule,)).findings[:1]:
        text += f"\nIt says: *{escape(printable(finding.message))}*, and gives this remedy:\n\n"
        text += block("\n".join(lines_of(finding.remedy)))
    if rule.meta.good.changes:
        text += "\nNot found here:\n\n" + changed(rule.meta.good)
    return text


def changed(case: Case) -> str:
    """The changes of a case, or all of it where it stands on its own."""
    lines = case.changes or case.zones.splitlines()
    language = "diff" if case.changes else "text"
    return block("\n".join(printable(line, 300) for line in lines), language)
