"""Every question behind a verdict, by the check that asked it."""

from collections.abc import Iterator

from mailworthy.lookup.model import Answer, Reply, Status
from mailworthy.names import printable
from mailworthy.receive.verdict import Verdict
from mailworthy.render.gaps import explained
from mailworthy.render.lines import INDENT, cut, said
from mailworthy.render.verdict.words import NAMES

_SHOWN = 500
_MOST = 10  # records of one answer


def lines(verdict: Verdict) -> Iterator[str]:
    """A paragraph a check: what was asked, what came, how long it took and from where."""
    for heard in verdict.heard:
        if heard.replies:
            yield f"  {NAMES[heard.check]}"
        for reply in heard.replies:
            yield from _reply(reply)


def _reply(reply: Reply) -> Iterator[str]:
    asked = _asked(reply)
    server = getattr(reply, "server", "")
    where = f" from {printable(server, 60)}" if server else ""
    took = f"  {reply.ms:.0f} ms{where}" if reply.ms or server else ""
    yield cut(f"{INDENT}{asked}{took}")
    yield from said(answered(reply))


def _asked(reply: Reply) -> str:
    if isinstance(reply, Answer):
        return f"{printable(reply.ask.name, 100)} {printable(reply.ask.type, 20)}"
    return printable(getattr(reply.ask, "url", "") or getattr(reply.ask, "host", ""), 100)


def answered(reply: Reply) -> str:
    """What was learned, in one printable line."""
    if reply.status is Status.FAILED:
        return f"nothing was learned: {explained(reply.why or '')}"
    records = getattr(reply, "records", ())
    shown = " | ".join(printable(text, _SHOWN) for text in records[:_MOST])
    more = f" | … {len(records) - _MOST} more" if len(records) > _MOST else ""
    return f"{reply.status}: {shown}{more}" if shown else reply.status.value
