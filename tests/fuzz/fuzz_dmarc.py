"""Targets: DMARC records, reporting URIs with them, discovery and evaluation."""

from typing import Any

import msgspec

from fuzz_dkim import TAGS
from fuzzkit import Answers, Target, bounded, plain, sound, texts
from mailworthy.dmarc.align import MAX_WALKS, Identifier, Method
from mailworthy.dmarc.authorise import authorised
from mailworthy.dmarc.engine import MAX_AUTHORS, evaluate
from mailworthy.dmarc.record import DmarcRecord, Policy, is_dmarc, parse, psd_of, render
from mailworthy.dmarc.result import Result
from mailworthy.dmarc.uri import ReportUri
from mailworthy.lookup.drive import drive

# Records


def check_record(data: bytes) -> None:
    for text in texts(data):
        parsed = parse(text)
        sound(parsed, len(text))
        bounded(parsed, len(text), 100)
        assert parsed.record is None or is_dmarc(text)
        psd_of(text)
        record = parsed.record
        if record is not None:
            again = parse(render(record)).record
            assert again is not None
            assert placeless(again) == placeless(record)
            assert record.effective(record.p) in Policy
            for uri in (*record.rua, *record.ruf):
                assert text[uri.start : uri.end] == uri.text
                plain(uri.host, "host", 1000)
                assert uri.address.isascii()


def placeless(record: DmarcRecord) -> DmarcRecord:
    def bare(uris: tuple[ReportUri, ...]) -> Any:
        return tuple(msgspec.structs.replace(uri, start=0, end=0) for uri in uris)

    return msgspec.structs.replace(record, rua=bare(record.rua), ruf=bare(record.ruf))


WORDS = (*TAGS, b"v=DMARC1;", b"p=none;", b"p=reject;", b"sp=", b"np=quarantine;", b"t=y;",
         b"psd=y;", b"psd=n;", b"rua=", b"ruf=", b"mailto:", b"a@x.example", b",", b"!10m", b"%2C",
         b"https://x.example/", b"fo=1:d:s;", b"adkim=s;", b"pct=50;", b"\xc4\xb0=", b"?subject=",
         b"//[::1]", b"%")  # fmt: skip
RECORD = Target(
    "dmarc_record",
    check_record,
    (
        b"v=DMARC1; p=reject; sp=none; np=reject; adkim=s; rua=mailto:a@x.example!10m,https://b/",
        b"v=DMARC1;rua=mailto:%61@x.example;ruf=mailto:b@y.example;fo=1:d;t=y;psd=n",
        b"v = DMARC1 ; p = bad; rua=mailto:a@x.example; pct=50; x=1",
    ),
    WORDS,
)


# The engines


def check_evaluate(data: bytes) -> None:
    """The first line holds Author Domains, the second identifiers; then one answer a line."""
    lines = [line.decode("latin-1").replace("|", "\n") for line in data.split(b"\n")]
    authors, signers, *answers = [*lines, "", ""][: max(2, len(lines))]
    domains = authors.split()
    identifiers = [
        Identifier(Method.DKIM, name.lstrip("!"), "temperror" if name[:1] == "!" else "pass")
        for name in signers.split()
    ]
    world = Answers(answers)
    found = drive(evaluate(domains, identifiers), world)
    assert world.asks <= MAX_AUTHORS * (9 + 8 * MAX_WALKS)
    assert found.result is not Result.PASS or found.disposition is Policy.NONE
    assert found.result is not Result.PASS or any(i.authenticated for i in identifiers)
    plain(found.reason)
    bounded(found, len(data), 20_000)
    if domains and identifiers:
        world = Answers(answers)
        drive(authorised(domains[0], identifiers[0].domain), world)
        assert world.asks <= 17


EVALUATE = Target(
    "dmarc_evaluate",
    check_evaluate,
    (
        b"a.b.example.com\nexample.com !x.example.com\n?:\nv=DMARC1; p=reject; psd=n\n?:",
        b"a.test b.test\na.test\n!:\nv=DMARC1; p=none|v=DMARC1; p=reject",
        b"1.2.3.4.5.6.7.8.9.10.example\n9.10.example\n?:\nv=DMARC1; p=reject; np=none; sp=bad",
    ),
    (*WORDS, b"\n", b"|", b"!:x", b"?:", b"a.test", b".", b" ", b"..", b"\\", b"x" * 64),
)

TARGETS = (RECORD, EVALUATE)
