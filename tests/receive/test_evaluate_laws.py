"""Laws of the whole judgement: no message and no answer makes it raise, endless or two-faced."""

import asyncio
import io
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailworthy.dmarc.result import Result as Dmarc
from mailworthy.dnsbl.lists import default
from mailworthy.errors import UsageError
from mailworthy.lookup.model import Ask, Reply, Why, failed
from mailworthy.lookup.replay import Recorder, Replay
from mailworthy.receive import Envelope, Options, Verdict, aevaluate, evaluate
from mailworthy.receive.words import Check, Disposition, Held
from mailworthy.spf.model import Result as Spf
from spf_hostile import Hostile

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
LISTS = default()

KEY = "v=DKIM1; p=MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=; k=ed25519"
DMARC = ["v=DMARC1; p=reject; np=none; rua=mailto:a@b.example", "v=DMARC1; p=none; psd=y"]
SIGNATURE = b"DKIM-Signature: v=1; a=ed25519-sha256; d=d.example; s=s; h=from; bh=AAAA; b=AAAA\r\n"
ARC = (
    b"ARC-Seal: i=1; a=rsa-sha256; cv=none; d=d.example; s=s; b=AAAA\r\n"
    b"ARC-Message-Signature: i=1; a=rsa-sha256; d=d.example; s=s; h=from; bh=AA==; b=AAAA\r\n"
    b"ARC-Authentication-Results: i=1; d.example; spf=pass\r\n"
)
PIECES = [
    b"From: a@d.example\r\n",
    b"From: <b@e.example>, c@f.example\r\n",
    b"from :\x00@\xff\r\n",
    b"Date: Mon, 23 Nov 2026 12:00:00 +0000\r\n",
    b"Message-ID: <1@d.example>\r\n",
    b"Received: from x (y [192.0.2.1]) by z; Mon, 23 Nov 2026 12:00:00 +0000\r\n",
    b"List-Unsubscribe: <https://d.example/u>\r\n",
    b"\r\n",
    b"\n",
    b"\r",
    b"  folded\r\n",
    b"body \r\n",
    SIGNATURE,
    SIGNATURE * 30,
    ARC,
]
messages = st.lists(st.sampled_from(PIECES) | st.binary(max_size=30), max_size=12).map(b"".join)
texts = st.text(max_size=12) | st.sampled_from(["", "<>", "a@d.example", "<a@e.example>", "h.x"])
envelopes = st.builds(
    Envelope,
    st.sampled_from(["192.0.2.1", "2001:db8::1", "::ffff:192.0.2.1"]),
    texts | st.sampled_from(["mail.d.example", "[192.0.2.1]", "localhost"]),
    texts,
    tls=st.sampled_from([None, True, False]),
)
worlds = st.builds(
    Hostile,
    st.integers(0, 10**6),
    st.lists(
        st.sampled_from([KEY, *DMARC, "v=spf1 a mx include:e.example ~all", "v=spf1 -all"])
        | st.text(max_size=20),
        min_size=1,
        max_size=4,
    ),
)
# The sum of what each engine states: ten authors with nine names and ten walks of eight each,
# 224 for each SPF identity, 50 pairs of ARC keys, DKIM 10, iprev 11, HELO 2, MX twice 21,
# blocklists 4 each for two subjects, and two of RFC 7489 an author.
MOST = 10 * (9 + 80) + 2 * 224 + 100 + 10 + 11 + 2 + 2 * 21 + 8 * len(LISTS) + 20


# A verdict of all profiles takes milliseconds: a thousand are enough for the long run too.
enough = settings(max_examples=min(settings().max_examples, 1000))


class Broken:
    """A resolver of which nothing is to be had."""

    def __init__(self, why: Why) -> None:
        self.why = why

    def instant(self, ask: Ask) -> Reply:
        return failed(ask, self.why)


def judged(message: bytes, envelope: Envelope, world: object) -> Verdict:
    return evaluate(
        message,
        envelope,
        resolver=world,  # type: ignore[arg-type]
        now=NOW,
        profile="all",
        options=Options(lists=LISTS),
    )


@enough
@given(messages, envelopes, worlds)
def test_any_message_in_any_world_gets_a_verdict(
    message: bytes, envelope: Envelope, world: Hostile
) -> None:
    verdict = judged(message, envelope, world)
    assert world.asks <= MOST
    assert len(verdict.decisions) > 5
    assert [check.check for check in verdict.checks] == list(Check)
    shown = [c.reason + c.about for c in verdict.checks] + [d.reason for d in verdict.decisions]
    shown += [o.finding.reason for d in verdict.decisions for o in d.outcomes if o.finding]
    assert all(text.isprintable() for text in shown)
    assert all(shown)


@enough
@given(messages, envelopes, worlds)
def test_a_replay_says_the_same(message: bytes, envelope: Envelope, world: Hostile) -> None:
    sink = io.BytesIO()
    with Recorder(world, sink, now=NOW, version="1") as recorder:
        live = judged(message, envelope, recorder)
    replay = Replay.read(io.BytesIO(sink.getvalue()), "run.jsonl")
    again = judged(message, envelope, replay)
    assert (again.checks, again.decisions) == (live.checks, live.decisions)


@enough
@given(messages, envelopes, worlds)
def test_asyncio_says_the_same(message: bytes, envelope: Envelope, world: Hostile) -> None:
    options = Options(lists=LISTS)
    later = asyncio.run(
        aevaluate(message, envelope, resolver=world, now=NOW, profile="all", options=options)
    )
    assert later == judged(message, envelope, world)


@enough
@given(messages, envelopes, st.sampled_from(list(Why)))
def test_when_dns_fails_nothing_fails_for_it(message: bytes, envelope: Envelope, why: Why) -> None:
    """What needs an answer is undetermined; only what is plain without DNS may count."""
    evidence = judged(message, envelope, Broken(why)).evidence
    assert evidence.spf.result in (Spf.TEMPERROR, Spf.NONE)
    assert evidence.iprev.result == "temperror"
    assert all(s.result not in ("pass", "fail") for s in evidence.dkim.signatures)
    for result in evidence.dmarc.values():
        assert result.result in (Dmarc.TEMPERROR, Dmarc.PERMERROR, Dmarc.NONE)
        assert all(j.result is Dmarc.TEMPERROR for j in result.judgements)


@enough
@given(messages, envelopes)
def test_a_deadline_gives_a_partial_verdict(message: bytes, envelope: Envelope) -> None:
    world = Hostile(1, [KEY])
    verdict = evaluate(message, envelope, resolver=world, now=NOW, deadline=0)
    assert world.asks == 0
    assert Check.REVERSE_DNS in verdict.not_done
    assert {c.check for c in verdict.checks if c.good is Held.UNKNOWN} >= {Check.REVERSE_DNS}
    assert {step.reply.why for step in verdict.trace} == {Why.DEADLINE}


def test_without_time_a_good_message_is_asked_to_come_again() -> None:
    message = b"".join([*PIECES[:1], *PIECES[3:5], SIGNATURE, b"\r\nhello\r\n"])
    envelope = Envelope("192.0.2.1", "mail.d.example", "a@d.example")
    verdict = evaluate(message, envelope, resolver=Hostile(1, []), now=NOW, deadline=0)
    assert verdict.disposition is Disposition.DEFER
    assert {c.value for c in verdict.not_done} == {
        *("iprev", "helo", "spf", "spf-helo", "dkim", "dmarc", "sender-domain", "author-domain")
    }


@enough
@given(messages, envelopes, worlds)
def test_the_trace_holds_every_answer(message: bytes, envelope: Envelope, world: Hostile) -> None:
    verdict = judged(message, envelope, world)
    asked = {(step.reply.ask, step.check) for step in verdict.trace}
    used = {(a.ask, Check.SPF) for a in verdict.evidence.spf.answers}
    used |= {(a.ask, Check.HELO) for a in verdict.evidence.helo.answers}
    used.add((verdict.evidence.iprev.reverse.ask, Check.REVERSE_DNS))
    assert used <= asked


def test_misuse_is_told() -> None:
    envelope = Envelope("192.0.2.1")
    wrong: tuple[Any, ...] = (None, "192.0.2.1", {"ip": "192.0.2.1"})
    for each in wrong:
        with pytest.raises(UsageError, match="verify needs an Envelope"):
            evaluate(b"", each)
    with pytest.raises(UsageError, match="is no resolver"):
        evaluate(b"", envelope, resolver="zone:x")  # type: ignore[arg-type]
    for no_address in wrong[::2]:
        with pytest.raises(UsageError, match="is not an IP address"):
            Envelope(no_address)
    assert Envelope(ip_address("192.0.2.1")) == envelope  # type: ignore[arg-type]
