"""Whatever the world answers, an audit ends: bounded, shown safely, and not knowing is no fault."""

import json
import random
import re
from collections.abc import Callable
from itertools import product

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from casekit import target
from mailworthy.audit import healthychain
from mailworthy.audit.collect import Target, collect
from mailworthy.audit.facade import Audit, conclude
from mailworthy.audit.healthyconnect import connected
from mailworthy.audit.rule import load
from mailworthy.lookup.drive import drive
from mailworthy.lookup.memory import Memory
from mailworthy.lookup.model import (
    Answer,
    Ask,
    Dial,
    Dialled,
    Fetch,
    Fetched,
    Handshake,
    Question,
    Reply,
    Said,
    Status,
    Trial,
    Why,
    failed,
)
from mailworthy.render import document

RULES = load()
HEALTHY = connected()
WORLD = Memory.from_zone(
    HEALTHY.zones,
    signed=HEALTHY.signed,
    fetches={u: b.encode() for u, b in HEALTHY.fetches.items() if isinstance(b, str)},
    dials=HEALTHY.dials,
)
CHAINS = tuple(v for v in vars(healthychain).values() if isinstance(v, bytes))
TARGETS = [target(HEALTHY), msgspec.structs.replace(target(HEALTHY), selectors=())]
FORMATS = ("text", "markdown", "html", "sarif", "junit", "json", "jsonl")
# 12 hosts, 32 addresses with ten PTR names each, and the rest: what an enemy can make us ask.
MOST = 1000
STEERS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
COLOUR = re.compile("\x1b\\[[0-9;]*m")

NAMES = (".", "com.", "example.com.", "mail.example.com.", "*.example.com.", "192.0.2.1.")
NAMES += ("\\000\\027.x.", "a\\.b.example.com.", "'$(id)'.x.", "\\255\\200.com.", "x" * 63 + ".y.")
ADDRESSES = (
    "192.0.2.1",
    "127.0.0.1",
    "10.0.0.1",
    "::1",
    "::ffff:192.0.2.1",
    "fe80::1",
    "64:ff9b::1",
)
TEXTS = ("v=spf1", "v=spf1 include:example.com", "v=spf1 redirect=example.com", "v=DMARC1;", "")
TEXTS += (
    "v=spf1 include:%{d}.example.com mx a exists:%{ir}.%{v} ?all",
    "v=STSv1; id=é",
    "\x1b[31m",
)
TEXTS += ("v=DMARC1; p=none; rua=" + ",".join(f"mailto:x@h{n}.example.org" for n in range(50)),)
TEXTS += ("v=DMARC1; " + "x=1;" * 500, "v=DKIM1; p=" + "A" * 9000, "v=spf1 " + "a " * 1500)
TEXTS += ("v=spf1 ip4:999.1.1.1 ip6:::g a/99 mx//200", "v=BIMI1; l=https://\x9b/x; a=http://%zz")
NUMBERED = ("65536 1 .", "-1 -1 -1 .", "10 mail.example.com.", "0 issue ;;", "3 1 1 zz", "² x.")
_PUBLISHED = {(r.type, r.value) for r in WORLD.records}
BY_TYPE = {
    type_: sorted(v for t, v in _PUBLISHED if t == type_) for type_ in {t for t, _ in _PUBLISHED}
}


class Enemy:
    """The healthy world, in which each answer is with some probability anything at all."""

    def __init__(self, seed: int, share: float) -> None:
        self.dice = random.Random(seed)
        self.share = share
        self.asked = 0

    def instant(self, ask: Ask) -> Reply:
        self.asked += 1
        if self.dice.random() > self.share:
            return WORLD.instant(ask)
        status = self.dice.choice([*Status, *[Status.FOUND] * 6])
        if status is Status.FAILED:
            return failed(ask, self.dice.choice(list(Why)))
        if isinstance(ask, Fetch):
            kind = self.dice.choice(["text/plain", "text/html", "", "\x1b[0m;;="])
            body = self.dice.randbytes(self.dice.randrange(300))
            return Fetched(
                ask,
                Status.FOUND,
                code=self.dice.choice([200, 404, 0]),
                content_type=kind,
                body=body,
            )
        if isinstance(ask, Dial):
            return self.dialled(ask)
        assert isinstance(ask, Question)
        chain = tuple(
            n.rstrip(".") or "." for n in self.dice.sample(NAMES, self.dice.choice([0] * 8 + [2]))
        )
        many = self.dice.choice([1, 1, 1, 2, 30]) if status is Status.FOUND else 0
        records = tuple(sorted({self.record(ask.type) for _ in range(many)}))
        return Answer(ask, status, records=records, chain=chain, ad=self.dice.random() < 0.5)

    def dialled(self, ask: Dial) -> Dialled:
        dice = self.dice
        chain = tuple(
            dice.choice([*CHAINS, dice.randbytes(dice.randrange(400))])
            for _ in range(dice.randrange(4))
        )
        reason = dice.choice(["", "self-signed certificate", "certificate has expired"])
        version = dice.choice(["TLSv1.3", "TLSv1", "", "\x1b[0m"])
        fields = {
            **{n: self.said() for n in ("banner", "ehlo", "starttls", "ehlo_tls")},
            "tls": dice.choice([None, Handshake(version, "", chain, reason)]),
            "tls_error": dice.choice(["", "", "\x1b]0;no shared cipher"]),
            "tried": tuple((dice.choice(list(Trial)), Said(250)) for _ in range(dice.randrange(3))),
        }
        kept = {n: v for n, v in fields.items() if dice.random() < 0.8}
        return Dialled(ask, Status.FOUND, **kept)  # type: ignore[arg-type]

    def said(self) -> Said:
        dice = self.dice
        words = ("STARTTLS", "AUTH PLAIN", "SIZE 1", "SIZE " + "9" * 5000, "SIZE x", "8BITMIME")
        words += ("mail.example.com", "", " ", "\x1b[2J\u202e", "x" * 2000)
        lines = tuple(dice.choice(words) for _ in range(dice.randrange(6)))
        return Said(dice.choice([220, 220, 250, 250, 250, 421, 450, 500, 550, 554, 0]), lines)

    def record(self, type_: str) -> str:
        dice = self.dice
        usual = {"A": ADDRESSES, "AAAA": ADDRESSES, "NS": NAMES, "PTR": NAMES, "CNAME": NAMES}
        odd = usual.get(type_, TEXTS if type_ in ("TXT", "SPF") else NUMBERED)
        text = dice.choice(odd if dice.random() < 0.4 else BY_TYPE.get(type_, odd))
        if dice.random() < 0.3:
            at = dice.randrange(len(text) + 1)
            text = (
                text[:at]
                + chr(dice.randrange(256)) * dice.randrange(1, 9)
                + text[at + dice.randrange(3) :]
            )
        return text


class Silent:
    """The healthy world, with some questions that fail."""

    def __init__(self, mute: Callable[[Ask], bool], why: Why) -> None:
        self.mute, self.why = mute, why
        self.asked: dict[Ask, None] = {}

    def instant(self, ask: Ask) -> Reply:
        self.asked[ask] = None
        return failed(ask, self.why) if self.mute(ask) else WORLD.instant(ask)


def judged(wish: Target, world: Enemy | Silent) -> Audit:
    return conclude(drive(collect(wish), world), RULES, ())


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from([0.05, 0.2, 0.6, 1.0]), st.sampled_from(TARGETS))
def test_whatever_is_answered_an_audit_ends(seed: int, share: float, wish: Target) -> None:
    enemy = Enemy(seed, share)
    audit = judged(wish, enemy)
    assert enemy.asked < MOST
    for finding in audit.findings:
        shown = (
            finding.message,
            *(f"{e.command}{e.said}" for e in finding.evidence),
        )
        assert not any(map(STEERS.search, shown)), finding.rule
    for name in FORMATS:
        assert not STEERS.search(COLOUR.sub("", document(name)([audit]))), name
    json.loads(document("json")([audit]))


def asked(wish: Target) -> list[Ask]:
    world = Silent(lambda ask: False, Why.SERVFAIL)
    judged(wish, world)
    return list(world.asked)


def rules(audit: Audit) -> set[str]:
    return {f.rule for f in audit.findings}


# That a certificate is not to be trusted is an answer, not the lack of one.
UNKNOWN = [why for why in Why if why is not Why.TLS]
# What each target finds when everything is answered: without selectors, no key.
USUAL = [rules(judged(wish, Silent(lambda ask: False, Why.SERVFAIL))) for wish in TARGETS]
ASKED = [asked(wish) for wish in TARGETS]


@pytest.mark.parametrize("number", range(len(TARGETS)))
def test_one_failure_is_no_finding(number: int) -> None:
    for ask in ASKED[number]:
        audit = judged(TARGETS[number], Silent({ask}.__contains__, Why.SERVFAIL))
        assert rules(audit) <= USUAL[number], ask
        assert audit.exit_code() in (0, 3)


def is_refusal(ask: Ask, why: Why) -> bool:
    """That nobody listens at one address, while another one answers, is a fault that is known."""
    return isinstance(ask, Dial) and why is Why.UNREACHABLE


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from(UNKNOWN), st.sampled_from(range(len(TARGETS))))
@example(35143, Why.UNREACHABLE, 0)
@example(35143, Why.TIMEOUT, 0)
def test_many_failures_are_no_finding(seed: int, why: Why, number: int) -> None:
    dice = random.Random(seed)
    share = dice.choice([0.1, 0.5, 0.9])
    drawn = [ask for ask in ASKED[number] if dice.random() < share]
    mute = {ask for ask in drawn if not is_refusal(ask, why)}
    assert rules(judged(TARGETS[number], Silent(mute.__contains__, why))) <= USUAL[number]


@pytest.mark.parametrize(("wish", "why"), [*product(TARGETS, [Why.SERVFAIL, Why.DEADLINE])])
def test_with_nothing_answered_nothing_is_known(wish: Target, why: Why) -> None:
    audit = judged(wish, Silent(lambda ask: True, why))
    assert audit.findings == ()
    assert audit.exit_code() == 3
    assert {dot.state.value for dot in audit.checkpoint} == {"undetermined"}


@pytest.mark.parametrize("type_", ["MX", "A", "PTR", "TXT"])
def test_what_the_checkpoint_needs_leads_to_exit_3(type_: str) -> None:
    mute = Silent(lambda ask: isinstance(ask, Question) and ask.type == type_, Why.TIMEOUT)
    assert judged(TARGETS[0], mute).exit_code() == 3
