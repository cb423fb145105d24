"""One line of JSON for a message, and for what happens to the server itself."""

from collections.abc import Iterable
from typing import Any

from mailworthy.milter.handled import Handled
from mailworthy.milter.mail import Mail
from mailworthy.names import readable
from mailworthy.render.jsontext import encode

_TEXT = 300  # characters of a name, an address or a reason


def message(mail: Mail, handled: Handled, ms: float) -> str:
    """The line for one message. What strangers wrote is cut and shows no control characters."""
    told = {
        "event": "message",
        "queue_id": mail.queue_id,
        "client": mail.client.ip or mail.client.family.value,
        "client_name": mail.client.name,
        "helo": mail.client.helo,
        "from": mail.sender,
        "author": handled.author,
        "recipients": len(mail.recipients),
        "size": mail.size,
        "tls": mail.encrypted,
        "user": mail.user,
        "origin": handled.origin,
        "judged": handled.judged,
        "did": handled.act,
        "code": handled.code,
        "reason": handled.reason,
        "checks": _checks(handled.results),
        "removed": handled.removed,
        "signed": list(handled.signed),
        "unsigned": handled.unsigned,
        "sealed": handled.sealed,
        "ms": round(ms, 1),
    }
    return encode(
        {key: _shown(value) for key, value in told.items() if value not in ("", [], {}, None)}
    )


def event(what: str, **details: Any) -> str:
    """The line for anything else."""
    return encode({"event": what, **{key: _shown(value) for key, value in details.items()}})


def _checks(results: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The results of each method, several of them between commas."""
    found: dict[str, list[str]] = {}
    for method, result in results:
        found.setdefault(method, []).append(result)
    return {method: ",".join(words) for method, words in found.items()}


def _shown(value: Any) -> Any:
    return readable(value, _TEXT) if isinstance(value, str) else value
