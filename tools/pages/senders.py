"""The sender table."""

from mailworthy.sources.table import Sender, blanks, load
from pages.markdown import code, escape, table

INTRODUCTION = """\
# Senders

Services that send mail in your name, and what you publish so that they may.
In the intent, name them under `senders`; aliases are understood too.

Every entry rests on the page linked as *source*, read on the day given.
An empty cell means that no page says it.
*Aligns* is what can make DMARC pass once everything is set up.
Blanks such as `{account}` come from your account at the service and are given as `values`.

"""
HEADER = ("Name", "Service", "SPF include", "DKIM", "Return path", "Aligns", "Source")


def page() -> str:
    """One table over all senders, and notes below it."""
    senders = load()
    text = INTRODUCTION + table(HEADER, [row(s) for s in senders.values()])
    notes = [f"- **{escape(s.title)}**: {escape(s.note)}\n" for s in senders.values() if s.note]
    return text + "\n## Notes\n\n" + "".join(notes)


def row(sender: Sender) -> tuple[str, ...]:
    """One service."""
    title = f"[{escape(sender.title)}]({sender.help})" if sender.help else escape(sender.title)
    keys = [f"{code(k.selector)} {k.type.value} {code(k.value)}" for k in sender.dkim]
    return (
        "<br>".join([code(sender.name), *also(sender)]),
        title,
        "<br>".join(code(name) for name in sender.spf),
        "<br>".join(keys),
        sender.return_path.value if sender.return_path else "",
        ", ".join(check.value.upper() for check in sender.aligns),
        f"[{sender.read.isoformat()}]({sender.source})",
    )


def also(sender: Sender) -> list[str]:
    """The lines below a name: aliases, and the blanks to be filled."""
    lines = []
    if sender.aliases:
        lines.append("also " + ", ".join(code(alias) for alias in sender.aliases))
    if needed := blanks(sender):
        lines.append("needs " + ", ".join(code(blank) for blank in needed))
    return lines
