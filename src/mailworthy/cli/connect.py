"""The options that let a run open connections, and the resolver that opens them."""

from collections.abc import Callable
from typing import Any, TypeVar

import click
import msgspec

from mailworthy.cli.options import option
from mailworthy.errors import UsageError

F = TypeVar("F", bound=Callable[..., Any])
DEADLINE = 90.0  # seconds for one domain, since a server may take 30 for its greeting
_TRIALS = ("vrfy", "relay")


class Call(msgspec.Struct, frozen=True):
    """What was typed; `trial` in words of lookup.model.Trial."""

    connect: bool = False
    allow: str | None = None
    ca: str | None = None
    helo: str | None = None
    trial: tuple[str, ...] = ()
    receivers: str | None = None

    @property
    def prefixes(self) -> tuple[str, ...]:
        """Where we may connect to though it is no public address."""
        return tuple(p for p in (self.allow or "").split(",") if p.strip())

    @property
    def outward(self) -> tuple[str, ...]:
        """The receivers that show whether port 25 is open. Raises UsageError for what is none."""
        from mailworthy.audit.receivers import chosen, default

        return default() if self.receivers is None else chosen(self.receivers.split(","))

    def resolver(self, inner: Any) -> Any:
        """One that has these conversations, over `inner` for DNS.

        Raises UsageError for a prefix, a file or a name that is none.
        """
        from mailworthy.probe.connecting import Connecting
        from mailworthy.probe.public import Allowed

        return Connecting(inner, allowed=Allowed(self.prefixes), helo=self.helo or "", ca=self.ca)

    def deadline(self, seconds: float) -> float:
        """The time for one domain: longer with connections, unless it was set."""
        context = click.get_current_context(silent=True)
        source = context.get_parameter_source("deadline") if context else None
        default = source is click.core.ParameterSource.DEFAULT
        return max(seconds, DEADLINE) if self.connect and default else seconds

    def put_to(self, targets: list[Any]) -> list[Any]:
        """Targets whose own hosts are put to the trials. Raises UsageError if none has any."""
        if not self.trial:
            return targets
        from mailworthy.lookup.model import Trial

        if not any(target.intent for target in targets):
            raise UsageError("--trial is for hosts of your own, which a mailworthy.toml names")
        trials = tuple(Trial(word) for word in self.trial)
        return [msgspec.structs.replace(target, trials=trials) for target in targets]


def _words(context: click.Context, parameter: click.Parameter, text: str | None) -> tuple[str, ...]:
    words = [word.strip().lower() for word in (text or "").split(",") if word.strip()]
    if odd := next((word for word in words if word not in _TRIALS), None):
        raise click.BadParameter(f"{odd!r} is none of {', '.join(_TRIALS)}.")
    return tuple(dict.fromkeys(words))


OPTIONS = (
    click.option(
        "--connect",
        is_flag=True,
        help="Call the mail servers and web sites too: greeting, encryption, certificates, files.",
    ),
    option("allow", "ca", "helo", "receivers"),
    click.option(
        "--trial",
        metavar="TRIAL[,TRIAL]",
        callback=_words,
        help="With --connect, try on hosts of mailworthy.toml: vrfy (does it tell mailboxes?), "
        "relay (does it take mail from strangers for strangers? nothing is sent).",
    ),
)


def calling(function: F) -> F:
    """The options, given to the command as they are."""
    for each in reversed(OPTIONS):
        function = each(function)
    return function


def call_of(how: dict[str, Any]) -> Call:
    """The connections that these options allow; takes them out. Raises UsageError."""
    call = Call(**{name: how.pop(name) for name in Call.__struct_fields__})
    if call.trial and not call.connect:
        raise UsageError("--trial goes with --connect")
    return call
