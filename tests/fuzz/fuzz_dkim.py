"""Targets: tag-lists, DKIM signatures and key records, canonicalization, the whole engine."""

from datetime import UTC, datetime

from fuzz_message import LINES
from fuzzkit import Answers, Target, bounded, plain, problems, sound, texts
from mailworthy import taglist
from mailworthy.dkim import canonical, engine, record, signature
from mailworthy.dkim.canonical import Canonicalization
from mailworthy.dkim.result import DkimSignature, Result
from mailworthy.lookup.drive import drive
from mailworthy.message.header import read

# Tag-lists


def check_taglist(data: bytes) -> None:
    for text in texts(data):
        found = taglist.parse(text)
        problems(found.problems, len(text))
        assert len(found) <= taglist.MAX_TAGS
        last = 0
        for tag in found:
            assert last <= tag.start < tag.end <= len(text)
            assert text[tag.start : tag.start + len(tag.name)] == tag.name
            assert text[tag.value_start : tag.value_end] == tag.value
            assert tag.value == tag.value.strip(" \t\r\n")
            last = tag.end
        pairs = [(tag.name, tag.value) for tag in found]
        again = taglist.parse(taglist.render(pairs))
        assert [(tag.name, tag.value) for tag in again] == pairs
        bounded(found, len(text), 100)


TAGS = (*LINES, b";", b"=", b"; ", b" = ", b"v=", b"p=", b"a=b", b";;", b"\\;", b"&quot;",
        b"\xe2\x80\x9c", b"\x93", b"\xff", b"A=", b"a_1=", b"1=", b"  rua=")  # fmt: skip
TAGLIST = Target(
    "taglist",
    check_taglist,
    (b"a=b; c = d\r\n e ;", b"v=DKIM1;p=abc=;", b"a=1;a=2; =x; y", b"x=a b=c"),
    TAGS,
)


# DKIM-Signature


def check_signature(data: bytes) -> None:
    parsed = signature.parse(data)
    sound(parsed, len(data))
    bounded(parsed, len(data), 30)
    domain, selector = signature.peek(data)
    plain(domain, "domain", 253)
    plain(selector, "selector", 253)
    whole = parsed.record
    if whole is not None:
        assert (domain, selector) == (whole.d, whole.s)
        assert b"from" in whole.h
        assert whole.b
        assert whole.bh
        assert whole.x is None or whole.t is None or whole.x > whole.t
        assert whole.i_domain == whole.d or whole.i_domain.endswith("." + whole.d)
        assert whole.i.startswith("@") or "@" in whole.i
        assert whole.key_type in ("rsa", "ed25519")
        assert whole.key_name.endswith(f"._domainkey.{whole.d}")
    emptied(b"DKIM-Signature:" + data, is_readable=whole is not None)


def emptied(line: bytes, *, is_readable: bool) -> None:
    """Only the value of b= goes, and that of a good signature is gone."""
    without = signature.without_b(line)
    assert signature.without_b(without) == without
    assert len(without) <= len(line)
    if is_readable:
        assert signature.tags(without.partition(b":")[2])["b"] == ""


VALUE = (b" v=1; a=rsa-sha256; c=relaxed/simple; d=example.com; s=sel; t=1; x=99;\r\n\th=from:to;"
         b" i=joe=40x@example.com; l=3; q=dns/txt; bh=AAAA; b=AA\r\n AA==")  # fmt: skip
SIGNATURE = Target(
    "dkim_signature",
    check_signature,
    (
        VALUE,
        b"v=1;a=ed25519-sha256;d=b\xc3\xbccher.example;s=a.b;h=From:From;bh=QQ==;b=QQ==",
        b"v=1;a=rsa-sha1;d=example.com;s=s;h=from;bh=A;b=;c=simple;z=From:a=20b|To:c",
    ),
    (*TAGS, b"b=", b"bh=", b"d=example.com;", b"s=s;", b"h=from;", b"i=", b"@", b"=20", b"l=",
     b"9" * 80, b"xn--", b"\xc3\xbc", b"\xe2\x84\xaa", b"c=relaxed/relaxed;"),
)  # fmt: skip


# Key records


def check_key(data: bytes) -> None:
    for text in texts(data):
        parsed = record.parse(text)
        sound(parsed, len(text))
        bounded(parsed, len(text), 100)
        key = parsed.record
        if key is not None:
            assert record.parse(record.render(key)).record == key
            assert (key.public_key() is None) == (key.bits == 0)
            assert key.revoked == (key.p == "")
            assert not record.same_key(key, key) or not key.revoked


P = (b"MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDwIRP/UC3SBsEmGqZ9ZJW3/DkMoGeLnQg1fWn7/zYtIxN2SnFC"
     b"jxOCKG9v3b4jYfcTNh5ijSsq631uBItLa7od+v/RtdC2UzJ1lWT947qR+Rcac2gbto/NMqJ0fzfVjH4OuKhitdY9tf"
     b"6mcwGjaNBcWToIMmPSPDdQPNUYckcQ2QIDAQAB")  # fmt: skip
ED = b"11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
KEY = Target(
    "dkim_key",
    check_key,
    (
        b"v=DKIM1; k=rsa; h=sha256; s=email; t=y:s; n=note; p=" + P,
        b"v=DKIM1; k=ed25519; p=" + ED,
        b"p=",
        b"k=rsa; g=; p=" + P[:60] + b" " + P[60:],
    ),
    (*TAGS, P, ED, b"k=rsa;", b"k=ed25519;", b"t=y;", b"t=s;", b"h=sha1:sha256", b"s=*", b"MC4",
     b"MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A", b"PRIVATE KEY", b"AAAA", b"//8=", b"MCow", b'"'),
)  # fmt: skip


# Canonicalization


def check_canonical(data: bytes) -> None:
    lines = read(data).data
    for algorithm in Canonicalization:
        body = canonical.body(lines, algorithm)
        assert canonical.body(body, algorithm) == body
        assert len(body) <= len(lines) + 2
        assert body.endswith(b"\r\n") or not body
        assert body[-4:] != b"\r\n\r\n"
        line = b"X:" + lines.replace(b"\r\n", b"\r\n ")
        made = canonical.field(b"x", line, algorithm)
        relaxed = algorithm is Canonicalization.RELAXED
        assert canonical.field(b"x", made, algorithm) == made
        assert not relaxed or b"\n" not in made
        assert not relaxed or b"  " not in made
        assert canonical.is_odd(line) or made == canonical.field(b"x", line, algorithm, odd=False)


CANONICAL = Target(
    "canonical",
    check_canonical,
    (b"a  b \t\r\n\r\n \r\n\r\n", b"", b"\r\n\r\n", b"x\r\r\n\r\n", b" " * 20 + b"\r\n"),
    (*LINES, b"a", b"  ", b"\x0b", b"\x0c", b" \r\n", b"\r\r", b"        "),
)


# The engine

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def check_verify(data: bytes) -> None:
    """Key records are the first line, cut at bars; the message is the rest."""
    first, _, message = data.partition(b"\n")
    world = Answers(first.decode("latin-1").split("|"))
    found = drive(engine.verify(message, now=NOW), world)
    assert world.asks <= 10
    places = read(message).places.get(b"dkim-signature", [])
    assert [one.index for one in found.signatures] == places
    for one in found.signatures:
        outcome(one)
    again = drive(engine.verify(read(message).data, now=NOW), Answers(world.lines))
    assert again == found, "line ends make a difference"
    bounded(found, len(data), 200)


def outcome(one: DkimSignature) -> None:
    plain(one.reason)
    plain(one.domain, "domain", 253)
    plain(one.selector, "selector", 253)
    assert one.section.startswith("RFC ")
    assert isinstance(one.result, Result)
    assert one.counts <= (one.result is Result.PASS)
    assert one.uncovered >= 0
    assert one.covers("from") == (one.result is Result.PASS)


SIGNED = b"From: a@example.com\r\nTo: b@example.com\r\nSubject: x\r\n\r\nbody\r\n"
VERIFY = Target(
    "dkim_verify",
    check_verify,
    (
        b"v=DKIM1; p=" + P + b"\nDKIM-Signature:" + VALUE + b"\r\n" + SIGNED,
        b"!|v=DKIM1; k=ed25519; p=" + ED + b"\nDKIM-Signature:" + VALUE + b"\r\n" + SIGNED,
        b"?\nDKIM-Signature: x\r\n" + SIGNED,
    ),
    (*SIGNATURE.words, *KEY.words[-8:], b"DKIM-Signature:", b"From:", b"|", b"!:", b"?:"),
)

TARGETS = (TAGLIST, SIGNATURE, KEY, CANONICAL, VERIFY)
