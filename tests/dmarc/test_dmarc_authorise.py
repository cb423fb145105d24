"""External report destinations: RFC 9990 §4."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dmarc_zone import Zone
from mailworthy.dmarc.authorise import Authorised, Permit, authorised
from mailworthy.lookup.drive import drive
from mailworthy.lookup.model import Answer, Ask, Question, Reply, Status, Why, failed

NAME = "blue.example.com._report._dmarc.red.example.net"
WALKS = ("_dmarc.blue.example.com", "_dmarc.example.com", "_dmarc.com", "_dmarc.red.example.net",
         "_dmarc.example.net", "_dmarc.net")  # fmt: skip
OVERRIDE = "v=DMARC1; rua=mailto:x@red.example.net"

# what the world holds, the outcome, how many names are asked
TABLE: list[tuple[dict[str, str | list[str] | Why], Permit, int]] = [
    ({}, Permit.DENIED, 7),
    ({NAME: "v=DMARC1"}, Permit.GRANTED, 7),
    ({NAME: "v=DMARC1;"}, Permit.GRANTED, 7),
    ({NAME: "v=DMARC1; p=nonsense"}, Permit.GRANTED, 7),
    ({NAME: ["v=DMARC1", "v=DMARC1"]}, Permit.GRANTED, 7),
    ({NAME: ["other", "v=DMARC1"]}, Permit.GRANTED, 7),
    ({NAME: "v=dmarc1"}, Permit.DENIED, 7),
    ({NAME: "v=DMARC1x"}, Permit.DENIED, 7),
    ({NAME: "yes"}, Permit.DENIED, 7),
    ({NAME: OVERRIDE}, Permit.GRANTED, 7),
    ({NAME: "v=DMARC1; rua=mailto:x@RED.example.net"}, Permit.GRANTED, 7),
    ({NAME: "v=DMARC1; rua=mailto:x@victim.example"}, Permit.MISDIRECTED, 7),
    ({NAME: "v=DMARC1; rua=mailto:x@sub.red.example.net"}, Permit.MISDIRECTED, 7),
    ({NAME: "v=DMARC1; rua=https://victim.example/"}, Permit.MISDIRECTED, 7),
    ({NAME: f"{OVERRIDE},mailto:x@victim.example"}, Permit.MISDIRECTED, 7),
    ({NAME: [OVERRIDE, "v=DMARC1; rua=mailto:x@victim.example"]}, Permit.MISDIRECTED, 7),
    ({NAME: Why.TIMEOUT}, Permit.UNKNOWN, 7),
    # a walk that failed matters only where there is no permission
    ({"_dmarc.com": Why.SERVFAIL}, Permit.UNKNOWN, 7),
    ({"_dmarc.com": Why.SERVFAIL, "_dmarc.net": Why.SERVFAIL}, Permit.UNKNOWN, 7),
    ({"_dmarc.net": Why.SERVFAIL, NAME: "v=DMARC1"}, Permit.GRANTED, 7),
    ({"_dmarc.net": Why.SERVFAIL, NAME: Why.TIMEOUT}, Permit.UNKNOWN, 7),
]


def result(
    world: Zone, domain: str = "blue.example.com", host: str = "red.example.net"
) -> Authorised:
    return drive(authorised(domain, host), world)


@pytest.mark.parametrize(("txt", "permit", "asked"), TABLE)
def test_table(txt: dict[str, str | list[str] | Why], permit: Permit, asked: int) -> None:
    world = Zone(txt)
    found = result(world)
    assert found.permit is permit
    assert found.name == NAME
    assert set(world.asked) == {*WALKS, NAME}
    assert len(world.asked) == asked
    assert found.deliverable is (permit is Permit.GRANTED)
    assert (found.unknown is not None) is (permit is Permit.UNKNOWN)


def test_the_same_name_costs_nothing() -> None:
    world = Zone({})
    assert result(world, "example.com", "Example.COM.").permit is Permit.INTERNAL
    assert world.asked == []


@pytest.mark.parametrize(
    ("domain", "host", "permit"),
    [
        ("example.com", "mail.example.com", Permit.INTERNAL),
        ("mail.example.com", "example.com", Permit.INTERNAL),
        ("a.example.com", "b.example.com", Permit.INTERNAL),
        ("example.com", "apart.example.com", Permit.DENIED),
        ("example.com", "example.net", Permit.DENIED),
        ("example.net", "www.example.net", Permit.DENIED),
    ],
)
def test_organizations_decide(domain: str, host: str, permit: Permit) -> None:
    world = Zone(
        {
            "_dmarc.example.com": "v=DMARC1; p=none",
            "_dmarc.apart.example.com": "v=DMARC1; p=none; psd=n",
        }
    )
    found = result(world, domain, host)
    assert found.permit is permit
    assert any("_report" in name for name in world.asked) is (permit is Permit.DENIED)


def test_the_override_replaces_the_destination() -> None:
    found = result(Zone({NAME: [OVERRIDE, "v=DMARC1"]}))
    assert [u.address for u in found.rua] == ["x@red.example.net"]
    assert found.texts == (OVERRIDE, "v=DMARC1")
    assert result(Zone({NAME: "v=DMARC1; rua=mailto:x@victim.example"})).rua == ()


def test_a_name_too_long_cannot_be_verified() -> None:
    domain = ".".join(["a" * 60] * 3 + ["example"])
    host = ".".join(["b" * 50, "example.net"])
    world = Zone({})
    found = result(world, domain, host)
    assert (found.permit, found.deliverable) == (Permit.TOO_LONG, False)
    assert found.name not in world.asked
    trouble = Zone({"_dmarc.net": Why.TIMEOUT})
    assert result(trouble, domain, host).permit is Permit.UNKNOWN


def test_a_uri_without_host_has_nobody_to_permit() -> None:
    world = Zone({})
    assert result(world, "example.com", "").permit is Permit.DENIED
    assert world.asked == []


class Chaos:
    """Answers anything at all."""

    def __init__(self, data: st.DataObject) -> None:
        self.data = data
        self.asked: list[Ask] = []

    def instant(self, ask: Ask) -> Reply:
        assert isinstance(ask, Question)
        self.asked.append(ask)
        status = self.data.draw(st.sampled_from(Status))
        if status is Status.FAILED:
            return failed(ask, self.data.draw(st.sampled_from(Why)))
        text = st.text(st.characters(max_codepoint=255)) | st.just("v=DMARC1") | st.just(OVERRIDE)
        records = self.data.draw(st.lists(text, max_size=3)) if status is Status.FOUND else []
        return Answer(ask, status, records=tuple(records))


names = st.lists(st.sampled_from(["a", "b", "com", r"\.", "x" * 63, ""]), max_size=12).map(".".join)


@given(names | st.text(max_size=40), names | st.text(max_size=40), st.data())
def test_never_raises_and_stays_bounded(domain: str, host: str, data: st.DataObject) -> None:
    world = Chaos(data)
    found = drive(authorised(domain, host), world)
    assert len(world.asked) <= 17
    assert found.rua == () or found.permit is Permit.GRANTED
    assert all(uri.host == found.host for uri in found.rua)
