"""One reply as one line of a recording, and back."""

from typing import Any, TypeAlias

import msgspec

from mailworthy.lookup.model import (
    Answer,
    Ask,
    Dial,
    Dialled,
    Fetch,
    Fetched,
    Inspect,
    Inspected,
    Question,
    Reply,
)

Key: TypeAlias = tuple[str | int, ...]
_KINDS: dict[str, tuple[type[Ask], type[Reply]]] = {
    "dns": (Question, Answer),
    "fetch": (Fetch, Fetched),
    "dial": (Dial, Dialled),
    "server": (Inspect, Inspected),
}
# Written even where they say nothing, so that every line of a kind reads alike.
_ALWAYS = frozenset({"status", "ttl", "ad", "chain", "rcode", "records", "code"})
# Long or merely informative, so at the end of the line.
_LAST = ("records", "splits", "ede", "server", "ms")


def key(ask: Ask) -> Key:
    """What makes two asks one in a recording; limits of size and time do not count."""
    if isinstance(ask, Question):
        return ("dns", ask.name, ask.type)
    if isinstance(ask, Fetch):
        return ("fetch", ask.url)
    if isinstance(ask, Inspect):
        return ("server",)
    more = (*ask.trials, *(("greeting",) if ask.greeting else ()))
    return ("dial", ask.host, ask.ip, ask.port, ask.encryption, ask.newest, *more)


def encode(reply: Reply, scope: str = "") -> bytes:
    """A reply as one line without its end; what says nothing is left out.

    With `scope` the line is about that run only, when another run was told otherwise.
    """
    kind = next(word for word, (_, type_) in _KINDS.items() if isinstance(reply, type_))
    line: dict[str, Any] = {"kind": kind}
    if scope:
        line["for"] = scope
    line.update((name, getattr(reply.ask, name)) for name in reply.ask.__struct_fields__)
    names = [n for n in reply.__struct_fields__ if n not in ("ask", *_LAST)]
    for name in [*names, *_LAST]:
        value = getattr(reply, name, None)  # None where this kind of reply has no such field
        if value or (name in _ALWAYS and value is not None):
            line[name] = value
    return msgspec.json.encode(line)


def decode(line: bytes) -> Reply:
    """The reply that a line holds; see `decode_scoped`."""
    return decode_scoped(line)[1]


def decode_scoped(line: bytes) -> tuple[str, Reply]:
    """The run that a line is about ("" for all of them) and its reply; unknown keys are ignored.

    Raises ValueError (msgspec's errors are such) where it holds none.
    """
    values = msgspec.json.decode(line, type=dict[str, Any])
    kind = values.get("kind")
    if not isinstance(kind, str) or kind not in _KINDS:
        raise ValueError("its kind is none of dns, fetch, dial, server")
    ask_type, reply_type = _KINDS[kind]
    ask = msgspec.convert(_only(values, ask_type), ask_type)
    if isinstance(ask, Question):  # its name is in the inside form already
        msgspec.structs.force_setattr(ask, "name", values["name"])
    fields = msgspec.convert(
        _only(values, reply_type) | {"ask": _only(values, ask_type)}, reply_type
    )
    scope = msgspec.convert(values.get("for", ""), str)
    return scope, msgspec.structs.replace(fields, ask=ask)


def _only(values: dict[str, Any], type_: type[Ask] | type[Reply]) -> dict[str, Any]:
    names = type_.__struct_fields__
    return {name: values[name] for name in names if name in values}
