"""Which Received field the message came from outside by, and where that cannot be known."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailworthy.message import read
from mailworthy.receive.handover import doubtful
from mailworthy.receive.hops import Seen, boundary, hops, seen_at

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

MS = "Microsoft SMTP Server (version=TLS1_2)"
AT_EXCHANGE = [
    from_to("AS8.prod.outlook.com (2603:10a6:20b::12)", "DB9.prod.outlook.com", "HTTPS"),
    from_to("AM0.PROD.OUTLOOK.COM (2603:10a6:208::15)", "AS8.prod.outlook.com (2603::1)", MS),
    from_to("AM4.prod.outlook.com (2603:10b6:a03::7f)", "AM0.outlook.office365.com (::1)", MS),
]
FRONT = (
    f"Received: from mail.bank.example (198.51.100.25) by AM4.mail.protection.outlook.com with {MS}"
    + DATE
)
# A client may give itself any name, and rent some of the addresses
NO_STEPS = {
    "a stranger's address": ("AM4.prod.outlook.com (198.51.100.66)", "AM0.outlook.com", MS),
    "a rented address": ("AM4.prod.outlook.com (2603:1030:20b::12)", "AM0.outlook.com", MS),
    "another tenant": ("AM4.outbound.protection.outlook.com (40.107.1.1)", "AM0.outlook.com", MS),
    "at the front": ("AM4.outlook.com (2603:10a6::1)", "AM4.mail.protection.outlook.com", MS),
    "another name": ("mail.attacker.example (2603:10a6::1)", "AM0.outlook.com", MS),
    "like it": ("AM4.notoutlook.com (2603:10a6::1)", "AM0.outlook.com", MS),
    "another house": ("AM4.outlook.com (2603:10a6::1)", "mx.me.example", MS),
    "another protocol": ("AM4.outlook.com (2603:10a6::1)", "AM0.outlook.com", "ESMTP"),
}


def test_steps_within_exchange_online_are_passed_over() -> None:
    assert doubts(*AT_EXCHANGE, FRONT) == []
    message = read("".join([*AT_EXCHANGE, FRONT, REST]).encode())
    found = seen_at(message, 4)
    assert isinstance(found, Seen)
    assert found.assumptions[1] == (
        "Received numbers 2 and 3 are steps within Exchange Online, by the names and addresses."
    )
    assert [hop.number for hop in doubtful(read((AT_EXCHANGE[1] + OUTSIDE).encode()), 2)] == [1, 2]


@pytest.mark.parametrize("given", NO_STEPS.values(), ids=NO_STEPS)
def test_what_only_looks_like_a_step_is_the_boundary(given: tuple[str, str, str]) -> None:
    assert boundary(read((from_to(*given) + FRONT + REST).encode())) == 1


@pytest.mark.parametrize(
    ("front", "paths", "mail_from"),
    [
        (FRONT, "Return-Path: a@bank.example\n", "a@bank.example"),
        (FRONT, "Return-Path: a@bank.example\nReturn-Path: b@bank.example\n", ""),
        (OUTSIDE, "Return-Path: a@bank.example\n", ""),
    ],
)
def test_exchange_online_writes_the_return_path_below(
    front: str, paths: str, mail_from: str
) -> None:
    found = seen_at(read((front + paths + REST).encode()), 1)
    assert isinstance(found, Seen)
    assert found.envelope.mail_from == mail_from
    assert "eturn path" in found.assumptions[0]


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
