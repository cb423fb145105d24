"""Targets: header fields and body, From, Authentication-Results, Received and dates."""

from fuzzkit import Target, bounded, plain, problems, sound
from mailworthy.message import date, received
from mailworthy.message.author import MAX_DOMAINS, author
from mailworthy.message.authres import AuthResults, field, forged, parse, render
from mailworthy.message.faults import faults
from mailworthy.message.header import Message, read, wire
from mailworthy.rdata import address

LINES = (b"\r\n", b"\n", b"\r", b"\r\n ", b"\r\n\t", b"\r\n\r\n", b"\n\n", b" ", b"\t", b":", b"\0")


# Header fields and body


def check_message(data: bytes) -> None:
    message = read(data)
    assert message.given == data
    together(message)
    spans(message)
    shape = faults(message)
    problems(shape, len(message.data) + 1)
    assert len({problem.code for problem in shape}) == len(shape)
    bounded(message, len(data), 8)
    same(message, read(message.data))


def together(message: Message) -> None:
    """Nothing is lost and nothing made up."""
    ended = b"\r\n" if message.divided and message.header else b""
    empty = b"\r\n" if message.divided else b""
    tail = message.data[message.header_at :]
    assert tail.startswith(message.header + ended + empty) or not message.divided
    assert b"\r\n".join(message.lines) == message.header
    assert message.data.endswith(message.body)
    assert message.divided or message.body == b""
    assert message.data.count(b"\n") == message.data.count(b"\r\n")
    assert wire(message.data) == message.data


def spans(message: Message) -> None:
    """Every field is where it says, under its name."""
    for one in message.fields:
        assert message.data[one.start : one.end] == one.raw == message.lines[one.index]
        assert one.name == one.name.rstrip(b" \t\r\n").lower() == message.names[one.index]
        assert one.index in message.places[one.name]
        assert one.raw.endswith(one.value)
    assert sum(map(message.count, message.places)) == len(message.lines)
    for name in list(message.places)[:20]:
        assert [f.index for f in message.named(name)] == message.places[name]


def same(one: Message, other: Message) -> None:
    """Line ends make no difference."""
    assert (one.data, one.lines, one.names) == (other.data, other.lines, other.names)
    assert (one.body, one.divided) == (other.body, other.divided)


MESSAGE = Target(
    "message",
    check_message,
    (
        b"From: a@example.com\r\nTo: b@example.com\r\nSubject: x\r\n\r\nbody\r\n",
        b"From joe Mon Nov 23 12:00:00 2026\nFrom: a@example.com\nX:\n y\n\nbody\n",
        b"Received: by mx\r\n\tfor <a@b.c>;\r\n Mon\r\nReceived : x\r\nnothing\r\n\r\n",
        b"\r\nonly a body",
    ),
    (*LINES, b"From", b"From ", b"from:", b"Subject:", b"\xc3\xa4", b"\xff", b"x" * 999),
)


# From


def check_author(data: bytes) -> None:
    values = data.split(b"\n\n")
    found = author(values)
    assert found.fault or found.domains
    assert len(values) == 1 or found.fault
    assert (found.domain is not None) == (found.fault is None and len(found.domains) == 1)
    assert len(set(found.domains)) == len(found.domains) <= MAX_DOMAINS
    for domain in found.domains:
        assert domain == domain.lower().rstrip(".")
        assert domain.isascii()
        plain(domain, "domain", 253)
    for mailbox in found.mailboxes if found.fault is None else ():
        assert mailbox.domain in (*found.domains, "")
    plain(found.detail, "detail")
    for problem in found.problems:
        problems([problem], len(data) + 1)
    bounded(found, len(data), 200)
    one_more(values)


def one_more(values: list[bytes]) -> None:
    """A last address is read, or there is a fault: nobody hides one by what stands before."""
    found = author([values[0] + b", <x@last.test>"])
    assert "last.test" in found.domains or found.fault


AUTHOR = Target(
    "author",
    check_author,
    (
        b" Joe <joe@example.com>",
        b' "Joe \\"x\\" (y)" <joe(z)@example.com> (comment)',
        b" Group: a@a.test, <b@b.test>;",
        b" @a.test,@b.test:joe@c.test",
        b" =?utf-8?q?joe=40bank.test?= <x@evil.test>",
        b" j\xc3\xb6e@b\xc3\xbccher.example",
        b" a@a.test\n\n b@b.test",
        b" x@[192.0.2.1]",
    ),
    (*b'< > , ; : . ( ) " \\ [ ] @'.split(), *LINES, b"a@b.test", b"=?utf-8?b?YUBiLmM=?=",
     b"\xc3\xa9", b"xn--", b"\xe2\x80\xae", b"\xff", b"last.test"),
)  # fmt: skip


# Authentication-Results

OURS = "mx.example.com"


def check_authres(data: bytes) -> None:
    text = data.decode("utf-8", "surrogateescape")
    parsed = parse(data)
    assert parsed == parse(text)
    sound(parsed, len(text))
    bounded(parsed, len(text), 30)
    if parsed.record is not None:
        stable(parsed.record)
    removals(data, parsed.record)


def stable(record: AuthResults) -> None:
    """What was read is written so that it is read again, in lines that are safe to send."""
    text = render(record)
    again = parse(text).record
    assert again is not None, text
    assert render(again) == text
    assert parse(render(again)).record == again
    whole = field(record)
    assert parse(whole.partition(b":")[2]).record == again
    assert whole.startswith(b"Authentication-Results:")
    assert whole.endswith(b"\r\n")
    for line in whole[:-2].split(b"\r\n")[1:]:
        assert line[:1] in (b"\t", b" "), line
        assert line.strip(), "a line without words would end the header"
    assert not any(c < 32 for c in whole.replace(b"\r\n", b"").replace(b"\t", b""))


def removals(data: bytes, record: AuthResults | None) -> None:
    """No field that says it is ours stays."""
    found = forged([data], [OURS])
    for removal in found:
        assert removal.index == 0
        plain(removal.why)
    if record is not None and record.authserv_id.lower() == OURS:
        assert found, "ours, and left"
    if record is None and OURS in data.decode("latin-1").lower():
        assert found, "unreadable, ours, and left"
    assert forged([data], []) == () or parse(data).has("unsupported-version")
    before = b" (" + data.replace(b"\\", b"").replace(b"(", b"").replace(b")", b"") + b") "
    if len(data) < 60_000:
        assert forged([before + OURS.encode() + b"; none"], [OURS]), "hidden behind a comment"


AUTHRES = Target(
    "authres",
    check_authres,
    (
        b" mx.example.com; spf=pass smtp.mailfrom=example.net",
        b' mx.example.com 1; dkim=pass (good) reason="x y" header.d=example.net header.s=s1;'
        b"\r\n\tdmarc=fail policy.dmarc=reject header.from=example.net",
        b" foo.example (a (b) c) 1 (d) ; dkim / 1 (e) = (f) fail policy (g) . (h) expired",
        b" example.org; none",
        b' "quoted id"; auth=pass smtp.auth="\xc3\xa4 b"@c.test',
    ),
    (*b'; = ( ) " \\ . / [ ] @ none reason header.d= spf=pass smtp.mailfrom= 1 2'.split(), *LINES,
     b"mx.example.com", b"MX.Example.COM.", b"\xc3\xa9", b"\xff", b"\xe2\x80\xa8", b"\x7f"),
)  # fmt: skip

# Received


def check_received(data: bytes) -> None:
    text = data.decode("utf-8", "surrogateescape")
    parsed = received.parse(data)
    sound(parsed, len(text))
    bounded(parsed, min(len(text), received.MAX_TEXT), 50)
    found = parsed.record
    if found is not None:
        for name in found.__struct_fields__:
            word = getattr(found, name)
            if isinstance(word, str):
                plain(word, name, 10 * received.MAX_PATH)  # escapes included
        assert not found.ip or address.address(found.ip) is not None
        assert found.date is None or found.date.tzinfo is not None
    plain(received.path(text) or "", "path", 10 * received.MAX_PATH)
    sound(date.parse(text), len(text))


RECEIVED = Target(
    "received",
    check_received,
    (
        b" from mx.a.test (mx.a.test [192.0.2.1])\r\n\tby mx.b.test (Postfix) with ESMTPS id 4A\r\n"
        b"\tfor <b@b.test>; Mon, 23 Nov 2026 12:00:00 +0000 (UTC)",
        b" from [192.0.2.1] (helo=x.test) by mx.b.test with esmtpsa (TLS1.3) (Exim 4.98)"
        b" (envelope-from <a@a.test>) id 1; 23 Nov 26 12:00 GMT",
        b" from unknown (HELO x.test) (a@192.0.2.1) by 0 with SMTP; 1 Jan 2026 00:00:00 -0000",
        b" (qmail 1 invoked by uid 0); 1 Jan 2026 00:00:60 EST",
        b" from x.test (2001:db8::1) by y.test (2001:db8::2) with Microsoft SMTP Server id 15.1;",
    ),
    (*b'from by via with id for ; ( ) [ ] < > @ " \\ , . : helo= HELO TLS1.3'.split(), *LINES,
     b"envelope-from <>", b"[IPv6:2001:db8::1]", b"192.0.2.1", b"Mon, ", b" 23 Nov 2026 12:00:00",
     b" +0000", b" -9999", b"\xff", b"\xc3\xa9", b"29 Feb 2025", b"99999", b"unknown",
     b"may be forged"),
)  # fmt: skip

TARGETS = (MESSAGE, AUTHOR, AUTHRES, RECEIVED)
