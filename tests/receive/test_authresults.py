"""A verdict as an Authentication-Results field: the words of the registry, and nobody else's."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailworthy.arc.result import ArcResult
from mailworthy.arc.result import Result as Arc
from mailworthy.errors import UsageError
from mailworthy.iprev.engine import Result as Iprev
from mailworthy.lookup.model import Why
from mailworthy.message import read
from mailworthy.message.author import Fault
from mailworthy.message.authres import field, parse
from mailworthy.receive.authresults import authentication_results, marking, removals
from mailworthy.receive.envelope import Envelope
from mailworthy.receive.evidence import Evidence
from mailworthy.receive.verdict import Verdict
from mailworthy.spf.model import Result as Spf
from receive_kit import HOST, IP, OTHER, QUARANTINE, REJECT, author, evidence, iprev, signed, spf

OURS = "mx.receiver.example"

# RFC 8601 §6.7 and the IANA registry: RFC 7208, RFC 6376, RFC 9989 §9.1, RFC 8617 §10.
REGISTERED = {
    "iprev": {"policy.iprev"},
    "spf": {"smtp.mailfrom", "smtp.helo"},
    "dkim": {"header.d", "header.i", "header.b", "header.a", "header.s"},
    "dmarc": {"header.from", "policy.dmarc"},
    "arc": {"smtp.remote-ip", "header.oldest-pass"},
}
WORDS = {
    "iprev": "pass fail temperror permerror",
    "spf": "none pass fail softfail policy neutral temperror permerror",
    "dkim": "none pass fail policy neutral temperror permerror",
    "dmarc": "fail none pass permerror temperror",
    "arc": "none pass fail",
}


def written(**changes: Any) -> list[str]:
    """Every result as one line, without its reason."""
    made = authentication_results(Verdict(evidence(**changes), ()), OURS)
    return [
        " ".join(
            [f"{r.method}={r.result}", *(f"{p.ptype}.{p.property}={p.value}" for p in r.properties)]
        )
        for r in made.results
    ]


def test_a_clean_message() -> None:
    assert written() == [
        "iprev=pass policy.iprev=192.0.2.25",
        "spf=pass smtp.mailfrom=example.com",
        "spf=none smtp.helo=mail.example.com",
        "dkim=pass header.d=example.com header.s=s1",
        "dmarc=pass header.from=example.com policy.dmarc=none",
        "arc=none smtp.remote-ip=192.0.2.25",
    ]


BROKEN = ArcResult(Arc.FAIL, "seal", "the seal of set 1 is wrong", "RFC 8617 §5.2")
CASES: list[tuple[dict[str, Any], str]] = [
    ({"record": QUARANTINE, "sender": spf(Spf.PASS, OTHER), "signatures": ()},
     "dmarc=fail header.from=example.com policy.dmarc=quarantine"),
    ({"record": REJECT}, "dmarc=pass header.from=example.com policy.dmarc=reject"),
    ({"record": REJECT + "; t=y"}, "dmarc=pass header.from=example.com policy.dmarc=quarantine"),
    ({"record": None}, "dmarc=none header.from=example.com"),
    ({"record": Why.TIMEOUT}, "dmarc=temperror header.from=example.com"),
    # several authors, or none that all agree on: no domain may be taken for the one that passed
    ({"who": author("example.com", OTHER)}, "dmarc=permerror"),
    ({"who": author("example.com", fault=Fault.AMBIGUOUS)}, "dmarc=permerror"),
    ({"signatures": ()}, "dkim=none"),
    ({"signatures": (signed("body-changed"), signed(domain=OTHER))},
     "dkim=pass header.d=other.example header.s=s1"),
    ({"sender": spf(Spf.SOFTFAIL)}, "spf=softfail smtp.mailfrom=example.com"),
    ({"iprev": iprev(Iprev.TEMPERROR)}, "iprev=temperror policy.iprev=192.0.2.25"),
    ({"arc": BROKEN}, "arc=fail smtp.remote-ip=192.0.2.25"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "line"), CASES)
def test_results(changes: dict[str, Any], line: str) -> None:
    assert line in written(**changes)


def test_every_signature_is_told_and_those_beyond_the_cap_are_not() -> None:
    several = (signed("body-changed"), signed(domain=OTHER), signed("not-evaluated"))
    lines = [line for line in written(signatures=several) if line.startswith("dkim=")]
    assert [line.split()[0] for line in lines] == ["dkim=fail", "dkim=pass"]


def test_the_null_reverse_path_has_helo_alone() -> None:
    bounce = msgspec.structs.replace(evidence(), envelope=Envelope(IP, HOST, "<>"))
    made = authentication_results(Verdict(bounce, ()), OURS)
    assert [r.get("smtp", "mailfrom") for r in made.results if r.method == "spf"] == [None]


def test_why_it_failed_is_a_reason() -> None:
    made = authentication_results(Verdict(evidence(signatures=(signed("no-key"),)), ()), OURS)
    assert {r.method: r.reason for r in made.results}["dkim"] == "no-key it is"


HOSTILE = st.text(st.characters(exclude_categories=[]), max_size=60) | st.sampled_from(
    [
        "a; dmarc=pass header.from=bank.example",
        "a\r\nAuthentication-Results: mx.receiver.example; dkim=pass",
        '"; spf=pass',
        ") spf=pass (",
        "x" * 600,
        "\\",
        "a…",
        "  ",
    ]
)


def hostile(helo: str, domain: str, selector: str, why: str, who: str) -> Evidence:
    """Whatever comes from outside, at every place from which something is written."""
    found = evidence(who=author(who or "a.example"))
    signature = msgspec.structs.replace(
        signed(), domain=domain, selector=selector, reason=why, algorithm=helo
    )
    return msgspec.structs.replace(
        found,
        spf=msgspec.structs.replace(found.spf, domain=domain, result=Spf.FAIL, path=(why,)),
        spf_helo=msgspec.structs.replace(found.spf_helo, domain=helo),
        dkim=msgspec.structs.replace(found.dkim, signatures=(signature, signature)),
        arc=ArcResult(Arc.FAIL, "seal", why, "RFC 8617 §5.2"),
    )


@given(HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE)
def test_nobody_adds_a_result(helo: str, domain: str, selector: str, why: str, who: str) -> None:
    made = authentication_results(Verdict(hostile(helo, domain, selector, why, who), ()), OURS)
    for width in (30, 60, 78):
        octets = field(made, width)
        assert octets.isascii()
        assert octets.count(b"\r\n") == octets.count(b"\n") == octets.count(b"\r")
        lines = octets.decode().split("\r\n")
        assert all(line[:1] in "\t " and line.strip() for line in lines[1:-1])
        parsed = parse(octets.partition(b":")[2])
        assert parsed.record == made
        assert not parsed.problems
    methods = [result.method for result in made.results]
    assert methods == ["iprev", "spf", "spf", "dkim", "dkim", "dmarc", "arc"]
    for result in made.results:
        assert result.result in WORDS[result.method].split()
        found = {f"{p.ptype}.{p.property}" for p in result.properties}
        assert found <= REGISTERED[result.method]


def test_lines_are_short_where_that_can_be() -> None:
    long = signed("body-changed")
    long = msgspec.structs.replace(long, reason="a body that somebody changed " * 4)
    made = authentication_results(Verdict(evidence(signatures=(long,)), ()), OURS)
    assert max(map(len, field(made, 60).decode().split("\r\n"))) <= 60


@pytest.mark.parametrize("name", ["", "a b", "a;b", "a\r\nb", "mx.é.example", '"a"', "(a)", "\\"])
def test_what_is_no_authserv_id(name: str) -> None:
    with pytest.raises(UsageError, match="is no authserv-id") as caught:
        authentication_results(Verdict(evidence(), ()), name)
    assert str(caught.value).isprintable()


MESSAGE = (
    b"Received: from a\r\n"
    b"Authentication-Results: MX.receiver.example;\r\n dkim=pass\r\n"
    b"Subject: x\r\n"
    b"Authentication-Results: mx.other.example; spf=pass\r\n"
    b"authentication-results: sub.mx.receiver.example; spf=pass\r\n"
    b"\r\n"
    b"Authentication-Results: mx.receiver.example; spf=pass\r\n"
)


@pytest.mark.parametrize("end", [b"\r\n", b"\n"])
def test_forged_fields_are_named_with_their_lines(end: bytes) -> None:
    message = read(MESSAGE.replace(b"\r\n", end))
    assert [r.index for r in removals(message, OURS)] == [0, 2]
    made = marking(Verdict(evidence(), ()), OURS, message, lines_above=7)
    assert [(s.line, s.authserv_id) for s in made.remove] == [
        (9, "MX.receiver.example"),
        (13, "sub.mx.receiver.example"),
    ]
    assert made.folded() + "\r\n" == field(made.results).decode()
    assert all("claims to be ours" in stale.why for stale in made.remove)
