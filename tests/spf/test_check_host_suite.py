"""check_host() against the openspf suite for RFC 7208, in memory and over UDP."""

import io
from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec.structs import replace

from lookup.loopback import Handler, Loopback, asked_of, serving
from mailworthy.lookup.drive import Resolver
from mailworthy.lookup.live import Live
from mailworthy.lookup.live.exchange import Pace
from mailworthy.lookup.model import Why
from mailworthy.lookup.replay import Recorder, Replay
from mailworthy.spf.identity import mail_from_identity
from mailworthy.spf.result import SpfResult
from mailworthy.spf.run import check_host
from spf_suite import Suite, Zone, cases, needed, scenarios

pytestmark = needed
PACE = Pace((0.05, 0.2), 0.3)
CASES = 203


def judge(case: dict[str, Any], resolver: Resolver) -> SpfResult:
    helo = str(case["helo"])
    identity = mail_from_identity(str(case["mailfrom"]), helo)
    return check_host(
        str(case["host"]), identity.domain, identity.sender, helo=helo, resolver=resolver
    )


def expected(case: dict[str, Any]) -> list[str]:
    return case["result"] if isinstance(case["result"], list) else [case["result"]]


def agrees(found: SpfResult, case: dict[str, Any]) -> bool:
    """The result, and the explanation where the case has one; our default one is empty."""
    explanation = case.get("explanation", found.explanation)
    wanted = "" if explanation == "DEFAULT" else explanation
    return found.result in expected(case) and found.explanation == wanted


@pytest.mark.parametrize(("zone", "case"), cases())
def test_in_memory(zone: Zone, case: dict[str, Any]) -> None:
    found = judge(case, Suite(zone))
    assert agrees(found, case), found
    assert found.section in found.reason
    assert found.reason.isprintable()


def silent_on_timeout(suite: Suite) -> Handler:
    """A server that lets what the suite calls TIMEOUT go unanswered."""
    answer = serving(suite)  # type: ignore[arg-type]

    def handle(data: bytes, tcp: bool) -> list[bytes]:
        reply = suite.instant(asked_of(data))
        return [] if getattr(reply, "why", None) is Why.TIMEOUT else answer(data, tcp)

    return handle


@pytest.mark.parametrize("scenario", scenarios(), ids=lambda s: s["description"].replace(" ", "-"))
def test_over_udp(scenario: dict[str, Any]) -> None:
    suite = Suite(scenario["zonedata"])
    wrong = {}
    with Loopback(silent_on_timeout(suite)) as server, Live(server.spec, pace=PACE) as live:
        for name, case in scenario["tests"].items():
            found = judge(case, live)
            if not agrees(found, case):
                wrong[name] = found
    assert not wrong
    assert server.asked


def told(result: SpfResult) -> SpfResult:
    """A result without what differs from run to run: which server answered, and how fast."""
    plain = [replace(a, server="", ms=0.0, ttl=0) for a in result.answers]
    failed = result.failed and replace(result.failed, server="", ms=0.0, ttl=0)
    return replace(result, answers=tuple(plain), failed=failed)


def test_a_replay_of_what_came_over_udp() -> None:
    (scenario,) = (s for s in scenarios() if s["description"].startswith("Include"))
    handler = silent_on_timeout(Suite(scenario["zonedata"]))
    for case in scenario["tests"].values():
        sink = io.BytesIO()
        with (
            Loopback(handler) as server,
            Live(server.spec, pace=PACE) as live,
            Recorder(live, sink, now=datetime.now(UTC), version="1") as recorder,
        ):
            found = judge(case, recorder)
        replay = Replay.read(io.BytesIO(sink.getvalue()), "run.jsonl")
        assert told(judge(case, replay)) == told(found)


def test_none_is_skipped() -> None:
    assert len(cases()) == CASES
