"""Which Received field the message came from outside by, and where that cannot be known."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailworthy.message import read
from mailworthy.receive.handover import doubtful
from mailworthy.receive.hops import boundary, hops

DATE = "; Mon, 02 Mar 2026 10:00:00 +0000\n"
REST = "From: a@bank.example\n\nbody\n"
OUTSIDE = f"Received: from mail.bank.example (x [198.51.100.25]) by mx.me.example with ESMTPS{DATE}"


def from_to(client: str, server: str, protocol: str = "ESMTP") -> str:
    return f"Received: from {client} by {server} with {protocol} id 1{DATE}"


AT_LOCALHOST = from_to("mx.me.example ([127.0.0.1])", "localhost (mx.me.example [127.0.0.1])")

# What stands above the field that is chosen, where the servers are one's own
ORDINARY = {
    "lmtp": [from_to("mx.me.example", "mx.me.example", "LMTP")],
    "lmtp, another name": [from_to("x (y [10.0.0.1])", "imap", "LMTP")],
    "local": [f"Received: by mx.me.example (Postfix, from userid 0) id 1{DATE}"],
    "qmail": [f"Received: (qmail 12 invoked by uid 89){DATE}"],
    "Gmail": [f"Received: by 2002:a05:1:: with SMTP id a1{DATE}"],
    "fetched": [from_to("pop.provider.example ([192.0.2.7])", "laptop", "POP3")],
    "amavis": [from_to("localhost (localhost [127.0.0.1])", "mx.me.example"), AT_LOCALHOST],
    "a filter that adds nothing": [from_to("localhost (localhost [127.0.0.1])", "mx.me.example")],
    "rspamd": [from_to("localhost (unknown [IPv6:::1])", "mx.me.example")],
    "a filter by a bare name": [from_to("filter ([127.0.0.1])", "mx.me.example")],
    "inner relay": [from_to("mx.me.example (mx.me.example [10.0.0.2])", "imap.me.example")],
    "inner relay, its reverse name": [from_to("mx (mx.me.example [10.0.0.2])", "imap.me.example")],
    "inner relay, bare": [from_to("MX ([10.0.0.2])", "imap.other.example")],
    "Exchange": [
        from_to("EX2.me.example (10.0.0.5)", "EX1.me.example (10.0.0.4)", "Microsoft SMTP Server"),
        from_to("edge.me.example (10.0.0.9)", "EX2.me.example", "Microsoft SMTP Server"),
    ],
    "the same organization": [from_to("hub.me.example (10.0.0.9)", "mbx.me.example")],
}

STRANGER = "mx.attacker.example"
# What a server writes that does not see, or does not say, who brought the message
HIDDEN = {
    "behind a proxy": from_to(f"{STRANGER} (x [172.17.0.1])", "mx.me.example"),
    "behind NAT, no name": from_to(f"{STRANGER} (unknown [192.168.1.1])", "mx.me.example"),
    "without an address": from_to(STRANGER, "mx.me.example"),
    "before-queue filter": from_to(f"{STRANGER} (localhost [127.0.0.1])", "mx.me.example"),
    "an open comment": from_to("mx.me.example( (x [192.0.2.66])", "mx.me.example"),
    "an open quote": from_to('"mx.me.example (x [192.0.2.66])', "mx.me.example"),
    "an address for a name": from_to("[10.0.0.2] ([172.17.0.1])", "mx.me.example"),
    "of the same public suffix": from_to("x.co.uk ([172.17.0.1])", "mx.me.example"),
    "no clause": "Received: whatever\n",
}


def doubts(*fields: str) -> list[int]:
    message = read("".join([*fields, REST]).encode())
    chosen = boundary(message)
    assert chosen == len(fields)
    return [hop.number for hop in doubtful(message, chosen)]


@pytest.mark.parametrize("above", ORDINARY.values(), ids=ORDINARY)
def test_ordinary_chains(above: list[str]) -> None:
    assert doubts(*above, OUTSIDE) == []


@pytest.mark.parametrize("above", HIDDEN.values(), ids=HIDDEN)
def test_a_field_that_hides_the_client(above: str) -> None:
    assert doubts(above, OUTSIDE) == [1, 2]
    assert doubts(*ORDINARY["lmtp"], above, OUTSIDE) == [2, 3]


def test_two_organizations_below_one_public_suffix_are_strangers() -> None:
    below = OUTSIDE.replace("mx.me.example", "mx.me.co.uk")
    assert doubts(from_to("x.evil.co.uk ([10.0.0.1])", "mx.me.co.uk"), below) == [1, 2]
    assert doubts(from_to("x.me.co.uk ([10.0.0.1])", "mx.me.co.uk"), below) == []


def test_the_topmost_field_is_never_doubted() -> None:
    assert doubts(OUTSIDE) == []


PIECES = st.lists(st.sampled_from([*HIDDEN.values(), AT_LOCALHOST, OUTSIDE]), max_size=6)


@given(PIECES | st.lists(st.text(max_size=40).map("Received: {}\n".format)), st.integers(-2, 8))
def test_whatever_stands_there(fields: list[str], hop: int) -> None:
    message = read("".join([*fields, REST]).encode("utf-8", "replace"))
    found = [each.number for each in doubtful(message, hop)]
    assert found == sorted(set(found))
    assert set(found) <= {each.number for each in hops(message)}
