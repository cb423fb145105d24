"""Calls of receivers that did not answer, and whom to ask about it."""

from collections.abc import Iterable, Iterator

from mailworthy.audit.finding import AskOther, Shown, word
from mailworthy.audit.part import Known
from mailworthy.audit.rules.server._shared import noted, short
from mailworthy.audit.serverparts import Outlet
from mailworthy.lookup.model import Dialled

SHOWN = 4  # calls
_WORDS = {"timeout": "no answer in time"}


def tries(outlet: Outlet) -> Iterator[Shown]:
    """The calls, each with the command that repeats it."""
    for call in outlet.calls[:SHOWN]:
        command = f"nc -z -v -w 10 {word(call.ask.ip)} {call.ask.port}"
        yield noted(command, f"{call.ask.host}: {_said(call)}")


def _said(call: Dialled) -> str:
    """What came of a call; the reason why is the finding's to tell."""
    why = call.why.value if call.why else ""
    return _WORDS.get(why, short(call.detail) or why)


def opened(outlets: Iterable[Outlet]) -> AskOther:
    """The request to let mail out from these addresses."""
    ips = " and ".join(short(outlet.ip) for outlet in outlets)
    what = f"Please open TCP port 25 on the way out for {ips}: a mail server runs there."
    return AskOther("the provider of this machine", what)


def is_open(outlet: Outlet) -> bool:
    """Whether somebody answered."""
    return isinstance(outlet.open, Known) and outlet.open.value


def is_closed(outlet: Outlet) -> bool:
    """Whether nobody answered, for sure."""
    return isinstance(outlet.open, Known) and not outlet.open.value
