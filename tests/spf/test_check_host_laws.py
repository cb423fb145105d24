"""Whatever the world answers, check_host() ends, is bounded, and says the same twice."""

import asyncio
import io
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailworthy.lookup.drive import drive
from mailworthy.lookup.model import Answer, Ask, Question, Reply, Status, Why, failed
from mailworthy.lookup.replay import Recorder, Replay
from mailworthy.spf import engine
from mailworthy.spf.authorise import Standing, authorises
from mailworthy.spf.identity import domain_of, helo_identity, mail_from_identity
from mailworthy.spf.model import LIMITS, Limits, Result
from mailworthy.spf.record import render
from mailworthy.spf.result import SpfResult
from mailworthy.spf.run import acheck_host, check_host
from mailworthy.spf.tree import cost
from spf_hostile import Hostile, worlds
from spf_values import record_texts, records

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
ips = st.sampled_from(["192.0.2.3", "2001:db8::1", "::ffff:192.0.2.9"]) | st.ip_addresses().map(str)
locals_ = st.sampled_from(["", "strong-bad", "a.b+c", "pelé", "x\r\ny", "l" * 99, "@"])
helos = st.sampled_from(["mx.example.org", "[192.0.2.3]", "", "HÉLO", "a..b", "x" * 300])


def most(limits: Limits) -> int:
    """The record, ten terms with an address question for each host, the names of the client, and
    an explanation."""
    return 1 + (limits.lookups + 1) * (1 + limits.mx_names) + 1


def evaluate(world: Hostile, ip: str, local: str, helo: str, limits: Limits = LIMITS) -> SpfResult:
    sender = f"{local}@d.example"
    return drive(engine.check_host(ip, "d.example", sender, helo=helo, limits=limits), world)


@given(worlds, ips, locals_, helos, st.integers(0, 12))
def test_it_is_bounded_and_repeatable(
    world: Hostile, ip: str, local: str, helo: str, lookups: int
) -> None:
    limits = Limits(lookups=lookups)
    found = evaluate(world, ip, local, helo, limits)
    assert world.asks <= most(limits)
    assert len(found.answers) <= most(limits)
    assert found.lookups <= lookups + 1
    assert found.voids <= LIMITS.voids + 1
    assert (found.lookups > lookups) <= (found.result is Result.PERMERROR)
    assert evaluate(world, ip, local, helo, limits) == found


@given(worlds, ips, locals_, helos)
def test_every_result_has_its_reason(world: Hostile, ip: str, local: str, helo: str) -> None:
    found = evaluate(world, ip, local, helo)
    assert f"§{found.section})" in found.reason
    assert found.reason.isprintable()
    assert len(found.reason) < 5000
    assert found.explanation.isascii()
    assert found.explanation.isprintable()
    assert (found.explanation == "") or found.result is Result.FAIL
    assert (found.failed is not None) == (found.result is Result.TEMPERROR)


@given(worlds, ips)
def test_it_is_what_the_tree_foretells(world: Hostile, ip: str) -> None:
    """The engine that counts and this one are two readings of one text."""
    found = evaluate(world, ip, "strong-bad", "mx.example.org")
    decided = authorises(drive(cost("d.example"), world), ip)
    if found.result is Result.TEMPERROR:
        assert any(answer.status is Status.FAILED for answer in found.answers)
    elif Standing.UNKNOWN not in decided.possible:
        assert Standing(found.result) in decided.possible, (found.reason, decided)


@given(worlds, ips, locals_)
def test_replay_equals_live(world: Hostile, ip: str, local: str) -> None:
    sender, sink = f"{local}@d.example", io.BytesIO()
    with Recorder(world, sink, now=NOON, version="1") as recorder:
        live = check_host(ip, "d.example", sender, helo="h.x", resolver=recorder, now=NOON)
    replay = Replay.read(io.BytesIO(sink.getvalue()), "run.jsonl")
    assert check_host(ip, "d.example", sender, helo="h.x", resolver=replay, now=NOON) == live


@given(worlds, ips)
def test_async_equals_sync(world: Hostile, ip: str) -> None:
    later = asyncio.run(acheck_host(ip, "d.example", "a@d.example", helo="h.x", resolver=world))
    assert later == check_host(ip, "d.example", "a@d.example", helo="h.x", resolver=world)


@given(st.text(), st.text())
def test_any_text_is_an_identity(path: str, helo: str) -> None:
    for identity in (mail_from_identity(path, helo), helo_identity(helo)):
        found = check_host(
            "192.0.2.1", identity.domain, identity.sender, helo=helo, resolver=Hostile(1, ["x"])
        )
        assert found.reason.isprintable()
        if domain_of(identity.domain) is None:
            assert found.result is Result.NONE
            assert not found.answers


class Deaf(Hostile):
    """A world in which one record can be had and every other look-up fails."""

    def instant(self, ask: Ask) -> Reply:
        self.asks += 1
        if ask == Question("d.example", "TXT"):
            return Answer(ask, Status.FOUND, records=(self.texts[0],))
        return failed(ask, Why.TIMEOUT)


@given(record_texts | records().map(render), ips)
def test_not_knowing_is_not_failing(text: str, ip: str) -> None:
    """After a look-up that failed nothing but temperror may come; ptr, %{p} and exp= are the
    exceptions that §5.5, §7.3 and §6.2 name."""
    found = evaluate(Deaf(0, [text]), ip, "a", "h.example")
    missed = [a for a in found.answers if a.status is Status.FAILED and a.ask.type != "PTR"]
    if missed and not (found.result is Result.FAIL and missed[0].ask.type == "TXT"):
        assert found.result is Result.TEMPERROR
        assert found.failed == missed[0]


@pytest.mark.parametrize("term", ["exists:%{l}.x.example", "a:%{p}.x.example", "ip4:192.0.2.9"])
def test_the_longest_record_takes_no_longer(term: str) -> None:
    """64 KB of terms and a megabyte of sender: what is bounded is work, which is counted here."""
    world = Hostile(3, ["v=spf1 " + " ".join([term] * (64000 // len(term))) + " -all"])
    found = evaluate(world, "198.51.100.1", "x" * 10**6, "h.example")
    assert world.asks <= most(LIMITS)
    assert len(found.sender) < 1200
