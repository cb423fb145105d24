"""Received fields in the forms of many servers (RFC 5321 §4.4, RFC 3848, RFC 6531 §4.3)."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailworthy.message.received import MAX_NAME, MAX_TEXT, Received, parse, path

NOON = datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC)
DATE = "; Mon, 23 Nov 2026 12:00:00 +0000"

# server, what it writes without the date, what that says
FORMS: list[tuple[str, str, dict[str, Any]]] = [
    (
        "Postfix",
        " from mail.example.com (rdns.example.com [192.0.2.1])\r\n"
        "\t(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)\r\n"
        "\t key-exchange X25519 server-signature RSA-PSS (2048 bits) server-digest SHA256)\r\n"
        "\t(No client certificate requested)\r\n"
        "\tby mx.example.net (Postfix) with ESMTPS id 4XyZ12abcDz9\r\n"
        "\tfor <jane@example.net>",
        {
            "helo": "mail.example.com",
            "reverse": "rdns.example.com",
            "ip": "192.0.2.1",
            "by": "mx.example.net",
            "protocol": "ESMTPS",
            "id": "4XyZ12abcDz9",
            "recipient": "jane@example.net",
            "tls": True,
        },
    ),
    (
        "Postfix, no reverse name, no TLS",
        " from [10.0.0.7] (unknown [203.0.113.9])\r\n"
        "\tby mx.example.net (Postfix) with ESMTP id A1",
        {
            "helo": "[10.0.0.7]",
            "ip": "203.0.113.9",
            "by": "mx.example.net",
            "protocol": "ESMTP",
            "id": "A1",
            "tls": False,
        },
    ),
    (
        "Postfix, IPv6, submission",
        " from laptop (laptop.example.net [IPv6:2001:DB8:0::1])\r\n"
        "\t(Authenticated sender: joe@[192.0.2.99])\r\n"
        "\tby mx.example.net (Postfix) with ESMTPSA id A1",
        {
            "helo": "laptop",
            "reverse": "laptop.example.net",
            "ip": "2001:db8::1",
            "by": "mx.example.net",
            "protocol": "ESMTPSA",
            "id": "A1",
            "tls": True,
        },
    ),
    (
        "Postfix, written by a program",
        " by mail.example.com (Postfix, from userid 1000)\r\n\tid 4XyZ",
        {"by": "mail.example.com", "id": "4XyZ"},
    ),
    (
        "Exim",
        " from rdns.example.com ([192.0.2.1]:41234 helo=mail.example.com)\r\n"
        "\tby mx.example.net with esmtps  (TLS1.3) tls TLS_AES_256_GCM_SHA384\r\n"
        "\t(Exim 4.96)\r\n\t(envelope-from <joe@example.com>)\r\n\tid 1qXyZa-0001ab-2c\r\n"
        "\tfor jane@example.net",
        {
            "helo": "mail.example.com",
            "reverse": "rdns.example.com",
            "ip": "192.0.2.1",
            "by": "mx.example.net",
            "protocol": "esmtps",
            "id": "1qXyZa-0001ab-2c",
            "recipient": "jane@example.net",
            "envelope_from": "joe@example.com",
            "tls": True,
        },
    ),
    (
        "Exim, the HELO name is the reverse name",
        " from mail.example.com ([192.0.2.1]:41234)\r\n\tby mx.example.net with esmtp (Exim 4.96)",
        {
            "helo": "mail.example.com",
            "reverse": "mail.example.com",
            "ip": "192.0.2.1",
            "by": "mx.example.net",
            "protocol": "esmtp",
            "tls": False,
        },
    ),
    (
        "Exim, no reverse name, a literal as HELO, a bounce",
        " from [203.0.113.9] (port=4711 helo=[10.1.1.1])\r\n"
        "\tby mx.example.net with esmtp (Exim 4.96) (envelope-from <>) id 1q",
        {
            "helo": "[10.1.1.1]",
            "ip": "203.0.113.9",
            "by": "mx.example.net",
            "protocol": "esmtp",
            "id": "1q",
            "envelope_from": "",
            "tls": False,
        },
    ),
    (
        "Exim, a literal as HELO beside the address",
        " from rdns.example.com ([192.0.2.1] ident=mail helo=[10.1.1.1]) by mx.example.net",
        {
            "helo": "[10.1.1.1]",
            "reverse": "rdns.example.com",
            "ip": "192.0.2.1",
            "by": "mx.example.net",
        },
    ),
    (
        "Sendmail",
        " from mail.example.com (IDENT:joe@rdns.example.com [192.0.2.1] (may be forged))\r\n"
        "\t(authenticated bits=0)\r\n\tby mx.example.net (8.17.1/8.17.1) with ESMTPS id 9ANBxy\r\n"
        "\t(version=TLSv1.3 cipher=TLS_AES_256_GCM_SHA384 bits=256 verify=NO)\r\n"
        "\tfor <jane@example.net>",
        {
            "helo": "mail.example.com",
            "reverse": "rdns.example.com",
            "ip": "192.0.2.1",
            "by": "mx.example.net",
            "protocol": "ESMTPS",
            "id": "9ANBxy",
            "recipient": "jane@example.net",
            "tls": True,
        },
    ),
    (
        "Sendmail, an identity that looks like an address",
        " from x (IDENT:[10.9.9.9]@rdns.example.com [192.0.2.1]) by mx.example.net",
        {"helo": "x", "reverse": "rdns.example.com", "ip": "192.0.2.1", "by": "mx.example.net"},
    ),
    (
        "qmail",
        " from unknown (HELO mail.example.com) (192.0.2.1)\r\n  by mx.example.net with SMTP",
        {
            "helo": "mail.example.com",
            "ip": "192.0.2.1",
            "by": "mx.example.net",
            "protocol": "SMTP",
            "tls": False,
        },
    ),
    (
        "qmail, with an identity",
        " from rdns.example.com (EHLO [10.0.0.1]) (joe@192.0.2.1) by mx.example.net with ESMTP",
        {
            "helo": "[10.0.0.1]",
            "reverse": "rdns.example.com",
            "ip": "192.0.2.1",
            "by": "mx.example.net",
            "protocol": "ESMTP",
            "tls": False,
        },
    ),
    (
        "qmail, nothing known",
        " from unknown (192.0.2.1) by mx.example.net with SMTP",
        {"ip": "192.0.2.1", "by": "mx.example.net", "protocol": "SMTP", "tls": False},
    ),
    (
        "qmail-ldap with TLS",
        " from mail.example.com ([192.0.2.1])\r\n\t(envelope-sender <joe@example.com>)\r\n"
        "\tby mx.example.net (qmail-ldap-1.03)\r\n"
        "\twith (DHE-RSA-AES256-SHA encrypted) SMTP\r\n\tfor <jane@example.net>",
        {
            "helo": "mail.example.com",
            "ip": "192.0.2.1",
            "by": "mx.example.net",
            "protocol": "SMTP",
            "recipient": "jane@example.net",
            "envelope_from": "joe@example.com",
            "tls": True,
        },
    ),
    (
        "Exchange",
        " from mail.example.com (192.0.2.1) by EX01.example.net\r\n"
        " (198.51.100.7) with Microsoft SMTP Server (version=TLS1_2,\r\n"
        " cipher=TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384) id 15.1.2507.6 via Frontend\r\n Transport",
        {
            "helo": "mail.example.com",
            "ip": "192.0.2.1",
            "by": "ex01.example.net",
            "protocol": "Microsoft SMTP Server",
            "id": "15.1.2507.6",
            "via": "Frontend Transport",
            "tls": True,
        },
    ),
    (
        "Exchange inside",
        " from EX01.example.net ([fe80::1234:abcd]) by EX02.example.net\r\n"
        " ([fe80::1234:abce%14]) with mapi id 15.01.2507.006",
        {
            "helo": "EX01.example.net",
            "ip": "fe80::1234:abcd",
            "by": "ex02.example.net",
            "protocol": "mapi",
            "id": "15.01.2507.006",
        },
    ),
    (
        "Exchange, a zone in the address",
        " from EX01.example.net (fe80::1%5) by EX02.example.net with Microsoft SMTP Server (TLS)",
        {
            "helo": "EX01.example.net",
            "ip": "fe80::1",
            "by": "ex02.example.net",
            "protocol": "Microsoft SMTP Server",
            "tls": True,
        },
    ),
    (
        "Gmail",
        " from mail.example.com (rdns.example.com. [2001:db8::1])\r\n"
        "        by mx.google.com with ESMTPS id a1b2-c3si4.0.2026.11.23\r\n"
        "        for <jane@example.net>\r\n"
        "        (version=TLS1_3 cipher=TLS_AES_256_GCM_SHA384 bits=256/256)",
        {
            "helo": "mail.example.com",
            "reverse": "rdns.example.com",
            "ip": "2001:db8::1",
            "by": "mx.google.com",
            "protocol": "ESMTPS",
            "id": "a1b2-c3si4.0.2026.11.23",
            "recipient": "jane@example.net",
            "tls": True,
        },
    ),
    (
        "Gmail inside",
        " by 2002:a05:6a00:1:b0:1:2:3 with SMTP id a1csp123",
        {
            "by": "2002:a05:6a00:1:b0:1:2:3",
            "protocol": "SMTP",
            "id": "a1csp123",
            "tls": False,
        },
    ),
    (
        "Yahoo",
        " from 192.0.2.1 (EHLO mail.example.com)\r\n by 10.1.2.3 with SMTPs\r\n"
        " (version=TLS1_3 cipher=TLS_AES_128_GCM_SHA256)",
        {
            "helo": "mail.example.com",
            "ip": "192.0.2.1",
            "by": "10.1.2.3",
            "protocol": "SMTPs",
            "tls": True,
        },
    ),
    (
        "OpenSMTPD",
        " from mail.example.com (rdns.example.com [192.0.2.1])\r\n"
        "\tby mx.example.net (OpenSMTPD) with ESMTPS id 1a2b\r\n"
        "\t(TLSv1.3:TLS_AES_256_GCM_SHA384:256:NO)\r\n\tfor <jane@example.net>",
        {
            "helo": "mail.example.com",
            "reverse": "rdns.example.com",
            "ip": "192.0.2.1",
            "by": "mx.example.net",
            "protocol": "ESMTPS",
            "id": "1a2b",
            "recipient": "jane@example.net",
            "tls": True,
        },
    ),
    (
        "Courier",
        " from mail.example.com (softdnserr [::ffff:192.0.2.1])\r\n"
        "  (TLS: TLSv1.3,256bits,ECDHE_RSA_AES_256_GCM)\r\n  by mx.example.net with ESMTP\r\n"
        "  id 00000000000A1B2C.65",
        {
            "helo": "mail.example.com",
            "ip": "192.0.2.1",
            "by": "mx.example.net",
            "protocol": "ESMTP",
            "id": "00000000000A1B2C.65",
            "tls": True,
        },
    ),
    (
        "Haraka",
        " from mail.example.com (rdns.example.com [192.0.2.1])\r\n"
        "\tby mx.example.net (Haraka/3.0.3) with ESMTPS id 8A.1\r\n"
        "\tenvelope-from <joe@example.com>\r\n\ttls TLS_AES_256_GCM_SHA384",
        {
            "helo": "mail.example.com",
            "reverse": "rdns.example.com",
            "ip": "192.0.2.1",
            "by": "mx.example.net",
            "protocol": "ESMTPS",
            "id": "8A.1",
            "envelope_from": "joe@example.com",
            "tls": True,
        },
    ),
    (
        "a tls clause alone (RFC 8314 §4.3)",
        " from a.example (a.example [192.0.2.1])\r\n"
        " by b.example with ESMTP tls TLS_AES_128_GCM_SHA256",
        {
            "helo": "a.example",
            "reverse": "a.example",
            "ip": "192.0.2.1",
            "by": "b.example",
            "protocol": "ESMTP",
            "tls": True,
        },
    ),
    (
        "Stalwart",
        " from mail.example.com (rdns.example.com [192.0.2.1] (AS64496, Example [Net]))\r\n"
        "\t(using TLSv1_3 with cipher TLS13_AES_256_GCM_SHA384)\r\n"
        "\tby mx.example.net (Stalwart SMTP) with ESMTPS id 2F0",
        {
            "helo": "mail.example.com",
            "reverse": "rdns.example.com",
            "ip": "192.0.2.1",
            "by": "mx.example.net",
            "protocol": "ESMTPS",
            "id": "2F0",
            "tls": True,
        },
    ),
    (
        "mox",
        " from mail.example.com ([192.0.2.1]) by mx.example.net ([198.51.100.7]) via tcp\r\n"
        "\twith ESMTPS id Ab (TLS1.3 TLS_AES_128_GCM_SHA256) for <jane@example.net>",
        {
            "helo": "mail.example.com",
            "ip": "192.0.2.1",
            "by": "mx.example.net",
            "via": "tcp",
            "protocol": "ESMTPS",
            "id": "Ab",
            "recipient": "jane@example.net",
            "tls": True,
        },
    ),
    (
        "Momentum",
        " from [192.0.2.1] ([192.0.2.1:4711] helo=mail.example.com)\r\n"
        "\tby mx.example.net (envelope-from <joe@example.com>)\r\n"
        "\t(ecelerity 4.2.3.4 r(:)) with ESMTPS (cipher=AES256-SHA) id 12/34-56",
        {
            "helo": "mail.example.com",
            "ip": "192.0.2.1",
            "by": "mx.example.net",
            "protocol": "ESMTPS",
            "id": "12/34-56",
            "envelope_from": "joe@example.com",
            "tls": True,
        },
    ),
    (
        "CommuniGate",
        " from [192.0.2.1] (account joe@example.com HELO mail.example.com)\r\n"
        "  by mx.example.net (CommuniGate Pro SMTP 6.3) with ESMTPSA id 123",
        {
            "helo": "mail.example.com",
            "ip": "192.0.2.1",
            "by": "mx.example.net",
            "protocol": "ESMTPSA",
            "id": "123",
            "tls": True,
        },
    ),
    (
        "Dovecot LMTP",
        " from mx.example.net\r\n\tby mx.example.net with LMTP\r\n\tid oC8pKg\r\n"
        "\t(envelope-from <joe@example.com>)\r\n\tfor <jane@example.net>",
        {
            "helo": "mx.example.net",
            "by": "mx.example.net",
            "protocol": "LMTP",
            "id": "oC8pKg",
            "recipient": "jane@example.net",
            "envelope_from": "joe@example.com",
            "tls": False,
        },
    ),
    (
        "Cyrus LMTP",
        " from mx.example.net ([unix socket])\r\n\t by mx.example.net (Cyrus 3.8) with LMTPA",
        {
            "helo": "mx.example.net",
            "by": "mx.example.net",
            "protocol": "LMTPA",
            "tls": False,
        },
    ),
    (
        "fetchmail",
        " from pop.example.net [192.0.2.9]\r\n"
        "\tby localhost with POP3 (fetchmail-6.4.37)\r\n\tfor <joe@localhost> (single-drop)",
        {
            "helo": "pop.example.net",
            "ip": "192.0.2.9",
            "by": "localhost",
            "protocol": "POP3",
            "recipient": "joe@localhost",
        },
    ),
    (
        "Oracle",
        " from mail.example.com ([192.0.2.1]) by mx.example.net\r\n"
        " (Oracle Communications Messaging Server 8.1) with ESMTP id <0ABC00@mx.example.net>\r\n"
        " for jane@example.net",
        {
            "helo": "mail.example.com",
            "ip": "192.0.2.1",
            "by": "mx.example.net",
            "protocol": "ESMTP",
            "id": "0ABC00@mx.example.net",
            "recipient": "jane@example.net",
            "tls": False,
        },
    ),
    (
        "SMTPUTF8",
        " from mail.example.com (rdns.example.com [192.0.2.1]) by mx.example.net with UTF8SMTPSA"
        " for <用户@例え.example>",
        {
            "helo": "mail.example.com",
            "reverse": "rdns.example.com",
            "ip": "192.0.2.1",
            "by": "mx.example.net",
            "protocol": "UTF8SMTPSA",
            "recipient": "用户@例え.example",
            "tls": True,
        },
    ),
    (
        "keywords as names, in capitals, without a comment's help",
        " FROM by (from [192.0.2.1]) BY with WITH ESMTP ID for FOR <id@example.net>",
        {
            "helo": "by",
            "reverse": "from",
            "ip": "192.0.2.1",
            "by": "with",
            "protocol": "ESMTP",
            "id": "for",
            "recipient": "id@example.net",
            "tls": False,
        },
    ),
    (
        "quoted local part",
        ' from a.example (a.example [192.0.2.1]) by b.example for <"a b;>"@example.net>',
        {
            "helo": "a.example",
            "reverse": "a.example",
            "ip": "192.0.2.1",
            "by": "b.example",
            "recipient": '"a b;>"@example.net',
        },
    ),
]


@pytest.mark.parametrize(("text", "said"), [f[1:] for f in FORMS], ids=[f[0] for f in FORMS])
def test_forms(text: str, said: dict[str, Any]) -> None:
    parsed = parse((text + DATE).encode())
    assert parsed.record == Received(date=NOON, **said)


def test_the_invoked_one_of_qmail_has_a_date_alone() -> None:
    parsed = parse(b" (qmail 1234 invoked by uid 89); 23 Nov 2026 12:00:00 -0000\r\n")
    assert parsed.record == Received(date=NOON)
    assert [p.code for p in parsed.problems] == ["missing-from", "missing-by"]


def test_powermta_has_its_envelope_after_the_date() -> None:
    text = " from m.example (192.0.2.1) by n.example id h1 for <j@n.example>"
    parsed = parse(text + "; Mon, 23 Nov 2026 13:00:00 +0100 (envelope-from <joe@m.example>)")
    assert parsed.record is not None
    assert parsed.record.envelope_from == "joe@m.example"
    assert parsed.record.date == NOON
    assert parsed.record.date.utcoffset() == timedelta(hours=1)
    assert parsed.problems == ()


@pytest.mark.parametrize(
    "helo",
    ["x by y with LMTP", "x with LMTP", "x via y with local id 3", "x by y", "from by y with LMTP"],
)
def test_keywords_in_a_helo_name_are_not_the_server_s(helo: str) -> None:
    text = f"from {helo} (unknown [192.0.2.66])\r\n\tby mx.example.net (Postfix) with ESMTPS id 1"
    record = parse(f"{text}; Mon, 23 Nov 2026 12:00:00 +0000").record
    assert record is not None
    assert (record.ip, record.by, record.protocol) == ("192.0.2.66", "mx.example.net", "ESMTPS")
    assert (record.helo, record.id) == (helo.split(maxsplit=1)[0], "1")


def test_the_date_keeps_its_zone() -> None:
    record = parse("from a; Mon, 23 Nov 2026 07:00:00 -0500 (EST)").record
    assert record is not None
    assert record.date == datetime(2026, 11, 23, 7, tzinfo=timezone(timedelta(hours=-5)))


PROBLEMS: list[tuple[str, list[tuple[str, int, int]]]] = [
    ("", [("missing-date", 0, 0), ("no-clause", 0, 0)]),
    ("nonsense", [("no-clause", 0, 8), ("missing-date", 8, 8)]),
    ("from a by b", [("missing-date", 11, 11)]),
    ("from a by b; yesterday", [("bad-date", 12, 22)]),
    ("from a by b; Tue, 23 Nov 2026 12:00:00 +0000", [("wrong-weekday", 13, 16)]),
    ("from a by b; Mon, 23 Nov 26 12:00:00 GMT", [("obsolete-date", 25, 27)] * 1
     + [("obsolete-date", 37, 40)]),
    ("by b" + DATE, [("missing-from", 0, 0)]),
    ("from a" + DATE, [("missing-by", 0, 0)]),
    ("from [192.0.2.1] by b" + DATE, [("claimed-address", 5, 16)]),
    ("from a by b by c" + DATE, [("clause-repeated", 12, 14)]),
    ("from a (b by c" + DATE,
     [("missing-by", 0, 0), ("unclosed", 7, 14 + len(DATE)), ("missing-date", 47, 47)]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "problems"), PROBLEMS)
def test_problems_have_places(text: str, problems: list[tuple[str, int, int]]) -> None:
    assert [(p.code, p.start, p.end) for p in parse(text).problems] == problems


def test_an_address_that_is_a_claim_is_marked() -> None:
    record = parse("from [192.0.2.1] by mx.example.net" + DATE).record
    assert record is not None
    assert (record.ip, record.helo, record.claimed) == ("192.0.2.1", "[192.0.2.1]", True)


CLIENTS: list[tuple[str, str, str, bool]] = [
    # who the server says it was, the address, the HELO name, whether several addresses stand there
    ("a(b[198.51.100.25]) (real [192.0.2.66])", "192.0.2.66", "a", True),
    ("a (b [198.51.100.25]) (real [192.0.2.66])", "192.0.2.66", "a", True),
    ("a (b [192.0.2.66]) (real [192.0.2.66])", "192.0.2.66", "a", False),
    ("a (HELO b) (198.51.100.25) (192.0.2.66)", "192.0.2.66", "b", True),
    ("[192.0.2.66] (helo=x) (y [198.51.100.25])", "198.51.100.25", "x", True),
    ("[192.0.2.66] (helo=(bank.example)[198.51.100.25])", "192.0.2.66", "[192.0.2.66]", False),
    ("[198.51.100.25] (real [192.0.2.66])", "192.0.2.66", "[198.51.100.25]", False),
    # what is said of the session after that may hold names that the client chose
    ('a (real [192.0.2.66]) (Client CN "x [198.51.100.25]", Issuer "x" (not verified))',
     "192.0.2.66", "a", False),
    ("a (real [192.0.2.66]) (Authenticated sender: x@[198.51.100.25])", "192.0.2.66", "a", False),
    ("a (real [192.0.2.66]) (AUTH: LOGIN x@198.51.100.25)", "192.0.2.66", "a", False),
    ("[192.0.2.66] (account x@198.51.100.25 HELO a)", "192.0.2.66", "a", False),
    ("a (client [192.0.2.66])", "192.0.2.66", "a", False),
    ("127.0.0.1 (EHLO a) (192.0.2.66)", "192.0.2.66", "a", False),
]  # fmt: skip


@pytest.mark.parametrize(("client", "ip", "helo", "disputed"), CLIENTS)
def test_the_client_cannot_choose_its_address(
    client: str, ip: str, helo: str, disputed: bool
) -> None:
    parsed = parse(f"from {client} by mx.example.net (Postfix) with ESMTPS id 1{DATE}")
    assert parsed.record is not None
    assert (parsed.record.ip, parsed.record.helo) == (ip, helo)
    assert parsed.record.disputed is parsed.has("several-addresses") is disputed


TLS: list[tuple[str, bool | None]] = [
    ("with SMTP", False),
    ("with LMTP", False),
    ("with ESMTPA", False),
    ("with UTF8SMTP", False),
    ("with ESMTPS", True),
    ("with ESMTPSA", True),
    ("with UTF8SMTPS", True),
    ("with UTF8LMTPSA", True),
    ("with LMTPS", True),
    ("with HTTP", None),
    ("with Microsoft SMTP Server", None),
    ("", None),
    ("with ESMTP (TLSv1.2)", True),
    ("with SMTP (Some-Cipher encrypted)", True),
    # what the client or the sender chose does not count
    ("with ESMTP (envelope-from <tls1@encrypted.example>)", False),
    ("(Authenticated sender: TLSv1.3) with ESMTP", False),
    ("with ESMTP (no TLS)", False),
]


@pytest.mark.parametrize(("text", "tls"), TLS)
def test_tls(text: str, tls: bool | None) -> None:
    for client in ("from a (b [192.0.2.1])", "from a (HELO TLS1) (192.0.2.1)", "from cipher=x"):
        record = parse(f"{client} by mx.example.net {text}{DATE}").record
        assert record is not None
        assert record.tls is tls


PATHS: list[tuple[str, str | None]] = [
    (" <joe@example.com>", "joe@example.com"),
    (" joe@example.com\r\n", "joe@example.com"),
    ("<>", ""),
    (" <> ", ""),
    ("", None),
    ("  ", None),
    ("<joe", None),
    ('<"joe>', None),
    ('<"a>b"@example.com>', '"a>b"@example.com'),
    ("<joe@example.com>, uid 0", "joe@example.com"),
    ("joe@example.com, uid 0", "joe@example.com"),
    ("<a\x1b[31m@example.com>", "a\\x1b[31m@example.com"),
]


@pytest.mark.parametrize(("text", "address"), PATHS)
def test_paths(text: str, address: str | None) -> None:
    assert path(text) == address


def texts(record: Received) -> list[str]:
    return [
        *(record.helo, record.reverse, record.ip, record.by, record.via, record.protocol),
        *(record.id, record.recipient, record.envelope_from or ""),
    ]


WORDS = st.sampled_from(
    [
        *(" from ", " by ", " with ", " id ", " for ", " via ", " tls ", " envelope-from "),
        *("(", ")", "[", "]", "<", ">", '"', "\\", ";", "@", " ", "\r\n\t", "helo=", "HELO "),
        *("192.0.2.1", "2001:db8::1", "IPv6:", "example.com", "ESMTPS", "unknown", "%", ":", "\0"),
        *("; Mon, 23 Nov 2026 12:00:00 +0000", "(envelope-from <", "\x1b[2J", "é", "\u202e"),
    ]
)
ANY = st.one_of(st.lists(WORDS, max_size=40).map("".join).map(str.encode), st.binary(max_size=200))


@given(ANY)
def test_whatever_comes_gives_printable_short_texts(value: bytes) -> None:
    parsed = parse(value)
    length = len(value.decode("utf-8", "surrogateescape"))
    for problem in parsed.problems:
        assert 0 <= problem.start <= problem.end <= length
    if parsed.record is not None:
        for text in texts(parsed.record):
            assert text.isprintable()
            assert len(text) <= 10 * MAX_NAME
        assert parsed.record.date is None or parsed.record.date.tzinfo is not None


NAMES = st.from_regex(r"[a-z][a-z0-9-]{0,20}(\.[a-z][a-z0-9]{0,10}){1,3}", fullmatch=True)
IPS = st.ip_addresses().map(str).filter(lambda text: not text.startswith("::ffff:"))
MOMENTS = st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1)).map(
    lambda d: d.replace(microsecond=0, tzinfo=UTC)
)


@given(NAMES, NAMES, IPS, NAMES, MOMENTS)
def test_what_postfix_writes_is_read_back(
    helo: str, reverse: str, ip: str, by: str, when: datetime
) -> None:
    literal = f"IPv6:{ip}" if ":" in ip else ip
    stamp = when.strftime("%a, %d %b %Y %H:%M:%S +0000")
    record = parse(
        f" from {helo} ({reverse} [{literal}])\r\n\tby {by} (Postfix) with ESMTP id 4X\r\n"
        f"\tfor <jane@{by}>; {stamp}"
    ).record
    assert record is not None
    assert (record.helo, record.reverse, record.by) == (helo, reverse, by)
    assert (record.ip, record.date, record.recipient) == (ip, when, f"jane@{by}")


@pytest.mark.parametrize(
    "piece", ["(", "[", '"', "<", "\\", "from ", "(a)", "[1] ", ";", "a@(", " "]
)
def test_a_long_field_is_read_as_far_as_the_limit(piece: str) -> None:
    text = "from a by b " + piece * 200_000 + DATE
    parsed = parse(text)
    assert parsed.has("too-long")
    cut = parse(text[:MAX_TEXT])
    assert parsed.record == cut.record
    assert [p for p in parsed.problems if p.code != "too-long"] == list(cut.problems)
