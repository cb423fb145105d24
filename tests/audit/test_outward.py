"""Port 25 on the way out: who counts as an answer, and when nothing is known."""

from typing import Any

import msgspec
import pytest

from casekit import evidence, fired, outcome, target
from mailworthy.audit.case import Case
from mailworthy.audit.collect import collect
from mailworthy.audit.facade import conclude
from mailworthy.audit.healthyoutward import HOSTS, RECORDS, outward, reaching
from mailworthy.audit.healthyserver import served
from mailworthy.audit.part import Known, NotAsked
from mailworthy.audit.receivers import chosen, default
from mailworthy.audit.rule import load
from mailworthy.errors import UsageError
from mailworthy.lookup.drive import drive
from mailworthy.lookup.memory import Memory
from mailworthy.lookup.model import NO_REPLY, Ask, Dial, Dialled, Reply, Said, Status, Why

CLOSED, IPV6 = "server-outbound-port-25-closed", "server-outbound-ipv6-closed"


def said(case: Case, **first: Any) -> Case:
    """The same, and the first receiver's first address says something else."""
    call, *others = case.dials
    return msgspec.structs.replace(case, dials=(msgspec.structs.replace(call, **first), *others))


def lost(why: Why, detail: str = "") -> dict[str, Any]:
    return {"status": Status.FAILED, "why": why, "detail": detail, "banner": None}


OPEN: dict[str, Case] = {
    "all answer": reaching(),
    "refused by name": said(
        reaching(4, 6),
        status=Status.FOUND,
        why=None,
        banner=Said(554, ("5.7.1 no reverse name",)),
    ),
    "no time for us": said(reaching(4, 6), **lost(Why.BUSY, "421 too many connections")),
    "a connection, and then silence": said(reaching(4, 6), **lost(Why.TIMEOUT, NO_REPLY)),
}


@pytest.mark.parametrize("name", OPEN)
def test_one_answer_is_enough(name: str) -> None:
    assert CLOSED not in fired(OPEN[name])


@pytest.mark.parametrize(
    ("closed", "rules", "words"),
    [
        ((4, 6), {CLOSED}, "over IPv4 and IPv6"),
        ((4,), {CLOSED}, "who has no IPv6"),
        ((6,), {IPV6}, "waits for IPv4"),
    ],
)
def test_which_family_is_closed(closed: tuple[int, ...], rules: set[str], words: str) -> None:
    found = fired(reaching(*closed))
    assert set(found) == rules
    (finding,) = found.values()
    assert words in finding.message
    assert any("nc -z -v -w 10" in shown.command for shown in finding.evidence)


def test_no_way_there_is_closed_too() -> None:
    case = msgspec.structs.replace(reaching(4, 6), dials=outward(4, 6, why=Why.UNREACHABLE))
    assert set(fired(case)) == {CLOSED}


def test_a_machine_with_ipv6_alone() -> None:
    only = {"ip addr": "2001:db8::25", "ip route": "2001:db8::25"}
    found = fired(reaching(6, commands=only, main=("inet_protocols = ipv6",)))
    assert "port 25 is closed on the way out over IPv6" in found[CLOSED].message
    assert IPV6 not in found


def test_behind_nat_it_is_asked_over_ipv4() -> None:
    found = fired(reaching(4, commands={"ip addr": "10.0.0.5", "ip route": "10.0.0.5"}))
    (step,) = found[CLOSED].remedy.steps
    assert "10.0.0.5" in str(step)


UNKNOWN: dict[str, Case] = {
    "one receiver only": msgspec.structs.replace(reaching(4, 6), receivers=("big.example",)),
    "our own cap": said(reaching(4, 6), **lost(Why.BUSY, "no more than 8 conversations")),
    "the end of our time": said(reaching(4, 6), **lost(Why.DEADLINE)),
    "no SMTP": said(reaching(4, 6), **lost(Why.GARBLED)),
    "a table of ways": reaching(4, 6, main=("transport_maps = hash:/etc/postfix/transport",)),
    "a way out where others fail": reaching(4, 6, main=("smtp_fallback_relay = [a.example]",)),
}


@pytest.mark.parametrize("name", UNKNOWN)
def test_what_is_not_known_is_no_finding(name: str) -> None:
    result = outcome(UNKNOWN[name])
    assert [f.rule for f in result.findings if "outbound" in f.rule] == []
    gaps = [gap for gap in result.undetermined if CLOSED in gap.rules]
    assert "port 25 on the way out over IPv4" in {gap.what for gap in gaps}


NOT_ASKED: dict[str, tuple[Case, str]] = {
    "a relay": (reaching(4, 6, main=("relayhost = [a.example]:587",)), "relay [a.example]:587"),
    "relays by sender": (
        reaching(4, 6, main=("sender_dependent_relayhost_maps = hash:/x",)),
        "relay hash:/x",
    ),
    "a transport": (reaching(4, 6, main=("default_transport = lmtp:x",)), "default_transport"),
    "no connections": (served(add=RECORDS, dials=outward(4, 6)), "--server and --connect"),
    "receivers without means": (msgspec.structs.replace(reaching(), dials=()), "no_means"),
}


@pytest.mark.parametrize("name", NOT_ASKED)
def test_where_it_is_not_asked_it_says_so(name: str) -> None:
    case, words = NOT_ASKED[name]
    result = outcome(case)
    assert [f.rule for f in result.findings if "outbound" in f.rule] == []
    assert not [gap for gap in result.undetermined if "way out" in gap.what]
    assert [gap for gap in result.not_rehearsed if "way out" in gap.what and words in gap.why]


def test_nobody_is_named() -> None:
    case = reaching()
    wish = msgspec.structs.replace(target(case), receivers=())
    seen = drive(collect(wish), Memory.from_zone(case.zones, dials=case.dials))
    assert seen.outlets == NotAsked("port 25 on the way out", "no receivers are named")


class Counting:
    """The world of a case, and what was asked of it."""

    def __init__(self, case: Case) -> None:
        self.inner = Memory.from_zone(case.zones, dials=case.dials)
        self.asked: list[Ask] = []

    def instant(self, ask: Ask) -> Reply:
        self.asked.append(ask)
        return self.inner.instant(ask)


def calls(case: Case, **more: Any) -> list[Dial]:
    world = Counting(case)
    drive(collect(msgspec.structs.replace(target(case), **more)), world)
    return [ask for ask in world.asked if isinstance(ask, Dial) and ask.host in HOSTS]


def test_only_greetings_are_heard_one_call_a_receiver_and_family() -> None:
    found = calls(reaching())
    assert {(ask.host, ask.ip) for ask in found} == {
        (h, ip) for h, ips in HOSTS.items() for ip in ips
    }
    assert len(found) == 4
    assert all(ask.greeting and ask.port == 25 and not ask.trials for ask in found)


def test_it_is_asked_once_a_run() -> None:
    assert calls(reaching(), first=False) == []
    assert calls(reaching(), checkpoint=True) == []


def test_this_machine_is_no_receiver() -> None:
    case = reaching(commands={"ip addr": "192.0.2.25 198.51.100.1", "ip route": "192.0.2.25"})
    assert {ask.ip for ask in calls(case)} == {"198.51.100.2"}


def test_the_dot_says_that_it_is_open() -> None:
    def dot(case: Case) -> tuple[str, str]:
        judged = conclude(evidence(case), load(), ())
        return next((d.state.value, d.says) for d in judged.checkpoint if d.name == "Server")

    assert dot(reaching())[0] == "pass"
    assert dot(reaching())[1].endswith("; reaches others on port 25 (IPv4, IPv6)")
    assert dot(reaching(6))[1].endswith("; reaches others on port 25 (IPv4)")
    assert dot(reaching(4, 6))[0] == "fail"
    assert dot(UNKNOWN["no SMTP"])[0] == "undetermined"


def test_the_receivers_that_are_shipped() -> None:
    assert len(default()) >= 4
    assert chosen([" Gmail.COM ", "", "gmail.com"]) == ("gmail.com",)


@pytest.mark.parametrize(
    "names", [["a b"], ["x" * 64 + ".example"], [f"d{n}.example" for n in range(11)]]
)
def test_what_is_no_list_of_receivers(names: list[str]) -> None:
    with pytest.raises(UsageError):
        chosen(names)


def test_every_call_of_the_example_is_made() -> None:
    """Otherwise a case would be good because nobody was called."""
    outlets = evidence(reaching()).outlets
    assert isinstance(outlets, Known)
    assert [outlet.version for outlet in outlets.value] == [4, 6]
    assert all(isinstance(call, Dialled) for outlet in outlets.value for call in outlet.calls)
    assert all(outlet.open == Known(True) for outlet in outlets.value)
