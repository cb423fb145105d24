"""Tests as JSON: `{"tests": [{…}]}`."""

from collections.abc import Sequence
from typing import Any

import msgspec

from mailworthy.render.jsontext import encode
from mailworthy.render.verdict.json import clean, plain
from mailworthy.sendtest.follow import Trail
from mailworthy.sendtest.model import Found, Sent


def document(tests: Sequence[Sent]) -> str:
    """One object, indented."""
    return encode({"tests": clean([_test(test) for test in tests])}, indent=2)


def _test(test: Sent) -> dict[str, Any]:
    return {
        "outcome": test.outcome,
        "from": test.sender,
        "to": test.recipient,
        "message_id": test.message_id,
        "sent_at": test.sent_at,
        "submission": msgspec.to_builtins(test.submission),
        "state": test.trail.state,
        "trail": _trail(test.trail),
        "reply": msgspec.to_builtins(test.reply),
        "meaning": msgspec.to_builtins(test.meaning),
        "log": test.log,
        "mailbox": test.mailbox,
        "found": _found(test.found) if test.found is not None else None,
    }


def _trail(trail: Trail) -> dict[str, Any]:
    return {
        "queue_ids": trail.queue_ids,
        "expired": trail.expired,
        "steps": [msgspec.to_builtins(step) for step in trail.steps],
    }


def _found(found: Found) -> dict[str, Any]:
    judged = found.judged
    return {
        "place": found.place,
        "folder": found.folder,
        "seconds": found.seconds,
        "authserv_id": judged.authserv_id,
        "comparisons": [msgspec.to_builtins(each) for each in judged.comparisons],
        "verdict": plain(judged.verdict) if judged.verdict is not None else None,
        "why": judged.why,
    }
