"""What the rules about submission share."""

from mailworthy.audit.connectparts import Submission
from mailworthy.audit.finding import AskOther, Execute, Remedy
from mailworthy.audit.rules._talks import RELOAD, shown

_SERVICE = {465: "submissions", 587: "submission"}


def subject(each: Submission) -> str:
    """Host and port."""
    return f"{each.host}:{each.port}"


def option(each: Submission, pair: str) -> Remedy:
    """An option of the service in master.cf, `name=value`; a request where another runs it."""
    command = f"postconf -P {_SERVICE.get(each.port, each.port)}/inet/{pair}"
    if each.own:
        return Remedy((Execute(command),), RELOAD)
    who = f"whoever runs {shown(each.host)}"
    return Remedy((AskOther(who, f"Please mend port {each.port}; with Postfix: {command}"),))
