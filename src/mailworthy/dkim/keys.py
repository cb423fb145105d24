"""The records at a selector: asked for in one round, and the best of them (RFC 6376 §6.1.2)."""

from collections.abc import Callable, Iterable
from functools import lru_cache

from mailworthy.dkim.judge import Finding
from mailworthy.dkim.record import DkimKey
from mailworthy.dkim.record import parse as parse_key
from mailworthy.dkim.result import Result, outcome
from mailworthy.lookup.model import Answer, Asking, Status, Why, ask, question
from mailworthy.names import printable
from mailworthy.parsed import Parsed

_CACHED = 4096  # characters; longer key records are read anew each time


def fetch_keys(names: Iterable[str]) -> Asking[dict[str, Answer]]:
    """What DNS says at each of these names, each asked for once."""
    questions = dict.fromkeys(names)
    if not questions:
        return {}
    answers = yield from ask(*[question(name, "TXT") for name in questions])
    return dict(zip(questions, answers, strict=True))


def best(answer: Answer, limit: int, judged: Callable[[Parsed[DkimKey]], Finding]) -> Finding:
    """Of the first `limit` records, what the most helpful one gives; or why there is none."""
    unanswered = _unanswered(answer)
    if unanswered is not None:
        return unanswered
    findings = []
    for text in answer.records[:limit]:
        finding = judged(_key(text))
        if outcome(finding.code)[0] in (Result.PASS, Result.POLICY):
            return finding
        findings.append(finding)
    return min(findings, key=lambda f: _HELP.get(f.code, 1))


# Which of several failures to report: the one that says most about the signer's own key.
_HELP = {"signature-wrong": 0, "body-changed": 0, "key-syntax": 2, "service-differs": 2}


def _unanswered(answer: Answer) -> Finding | None:
    if answer.records and answer.status is Status.FOUND:
        return None
    name = printable(answer.ask.name, 100)
    if answer.status is Status.FAILED:
        if answer.why is Why.BAD_NAME:
            return Finding("key-name-impossible", f"{name} cannot be asked for")
        return Finding("key-unavailable", f"no answer about {name} ({answer.why})")
    return Finding("no-key", f"there is no key at {name}")


def _key(text: str) -> Parsed[DkimKey]:
    return _cached_key(text) if len(text) <= _CACHED else parse_key(text)


@lru_cache(maxsize=1024)
def _cached_key(text: str) -> Parsed[DkimKey]:
    return parse_key(text)
