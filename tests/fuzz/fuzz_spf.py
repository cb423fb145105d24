"""Targets: SPF records, macros, check_host()."""

from fuzz_message import LINES
from fuzzkit import Answers, Target, bounded, plain, problems, sound, texts
from mailworthy.lookup.drive import drive
from mailworthy.spf.authorise import authorises
from mailworthy.spf.engine import check_host
from mailworthy.spf.hints import intended
from mailworthy.spf.identity import domain_of, helo_identity, mail_from_identity
from mailworthy.spf.macro import (
    MAX_EXPLANATION,
    Context,
    expand,
    explain,
    never_matches,
    parse_domain_spec,
    parse_explanation,
    parse_macro_string,
)
from mailworthy.spf.model import LIMITS, Result
from mailworthy.spf.record import is_spf, parse, parse_terms, render
from mailworthy.spf.show import render_tree
from mailworthy.spf.tree import cost

# Records


def check_record(data: bytes) -> None:
    for text in texts(data):
        parsed = parse(text)
        sound(parsed, len(text))
        bounded(parsed, len(text), 100)
        assert parsed.record is None or is_spf(text)
        intended(text)
        placed = parse_terms(text)
        for item in placed:
            assert parse_terms("v=spf1 " + text[item.start : item.end])[0].term == item.term
        record = parsed.record
        if record is not None:
            assert tuple(item.term for item in placed) == record.terms
            canonical = render(record)
            plain(canonical, limit=10 + 4 * len(text))
            assert parse(canonical).record == record
            assert render(record) == canonical


MACROS = (b"%{", b"}", b"%%", b"%_", b"%-", b"%{d}", b"%{ir}", b"%{l1r-}", b"%{S}", b"%{p2}",
          b"%{h}", b"%{c}", b"%{t}", b"%{d0}", b"%{d99999}", b".+-,/_=")  # fmt: skip
WORDS = (*MACROS, *LINES, b"v=spf1 ", b"include:", b"a:", b"mx", b"ptr", b"ip4:", b"ip6:", b"/24",
         b"exists:", b"redirect=", b"exp=", b"all", b"-", b"~", b"?", b"+", b"192.0.2.1", b"//64",
         b"2001:db8::1", b"example.com", b"ra=", b"rp=100", b"rr=e:f", b"\xc3\xa9",
         b"\xa0")  # fmt: skip
RECORD = Target(
    "spf_record",
    check_record,
    (
        b"v=spf1 ip4:192.0.2.0/24 ip6:2001:db8::/32 a mx:example.com/24//64 -all",
        b"v=spf1 include:_spf.%{d2}.example.com ~exists:%{ir}.%{v}.x.example redirect=y.example",
        b"v=spf1 exp=e.example ra=postmaster rp=10 rr=e:f moo=%{c} ?all",
        b"v=spf2.0/pra include: a:/33 ip4:1.2.3",
    ),
    WORDS,
)


# Macros

CONTEXTS = (
    Context("192.0.2.3", "d.example", "strong-bad@email.example.com", "mx.example.org"),
    Context("2001:db8::cb01", "a\\.b.example", "\xe9\0\udc80@x.example", "x" * 400, "p.example"),
)


def check_macro(data: bytes) -> None:
    for text in texts(data):
        for read in (parse_domain_spec, parse_explanation, parse_macro_string):
            found = read(text)
            sound(found, len(text))
            bounded(found, len(text), 100)
        spec = parse_domain_spec(text).record
        explanation = parse_explanation(text).record
        for context in CONTEXTS:
            if spec is not None:
                assert parse_domain_spec(str(spec)).record == spec
                name = expand(spec, context)
                plain(name, "name", 4 * 253)
                assert name.isascii()
                never_matches(spec, context)
            if explanation is not None:
                assert str(parse_explanation(str(explanation)).record) == str(explanation)
                assert len(explain(explanation, context)) <= MAX_EXPLANATION


MACRO = Target(
    "spf_macro",
    check_macro,
    (b"%{ir}.%{v}._spf.%{d2}", b"%{L1r-}.lp.%{o}", b"See %{S} and %%20 %-%_ at %{t}", b"a.b%%"),
    (*MACROS, b"a", b".", b".example", b"20", b" ", b"\\", b"\xff", b"x" * 64),
)


# The engines


def check_engine(data: bytes) -> None:
    """The first line is the reverse-path, the second HELO; then one answer a line, whose records
    are cut at bars."""
    lines = [line.decode("latin-1").replace("|", "\n") for line in data.split(b"\n")]
    path, helo, *answers = [*lines, "", ""][: max(2, len(lines))]
    for ip in ("192.0.2.3", "2001:db8::1"):
        world = Answers(answers)
        for identity in (mail_from_identity(path, helo), helo_identity(helo)):
            plain(domain_of(identity.domain) or "", "domain", 1000)
        found = drive(check_host(ip, "d.example", path, helo=helo), world)
        assert world.asks <= 1 + (LIMITS.lookups + 1) * (1 + LIMITS.mx_names) + 1
        assert found.lookups <= LIMITS.lookups + 1
        assert found.voids <= LIMITS.voids + 1
        plain(found.reason, "reason", 5000)
        plain(found.trail, "trail", 5000)
        assert f"§{found.section})" in found.reason
        assert found.explanation.isascii()
        plain(found.explanation, "explanation", MAX_EXPLANATION)
        assert not found.explanation or found.result is Result.FAIL
        assert (found.failed is not None) == (found.result is Result.TEMPERROR)
        problems(found.problems, len(found.record or ""))
        bounded(found, len(data), 1000)


ENGINE = Target(
    "spf_check",
    check_engine,
    (
        b"a@d.example\nmx.example\nv=spf1 a mx include:b.example -all\n192.0.2.1\n10 m.example.",
        b"<>\nmx.example\nv=spf1 ptr exists:%{p}.x -all exp=%{l}.y\np.example.\n192.0.2.3",
        b"l\xc3\xa9@x\n[1.2.3.4]\nother|v=spf1 redirect=c.example\n!:\n?:x",
    ),
    (*WORDS, b"10 m.example.", b"p.example.", b"|", b"!:x", b"?:", b"\n", b"@", b"<>"),
)


def check_tree(data: bytes) -> None:
    """One answer a line, as for the engine: the tree of a domain, and who it lets send."""
    lines = [line.decode("latin-1").replace("|", "\n") for line in data.split(b"\n")]
    world = Answers(lines)
    tree = drive(cost("d.example"), world)
    assert world.asks <= 1 + LIMITS.descend * (2 + 2 * LIMITS.mx_names)
    bounded(tree, len(data), 3000)
    authorises(tree, "192.0.2.3")
    for line in render_tree(tree):
        plain(line, "line of the tree", 2000)


TREE = Target(
    "spf_tree",
    check_tree,
    (b"v=spf1 a mx include:b.example -all\n192.0.2.1\n10 m.example.\nv=spf1 redirect=c.example",),
    ENGINE.words,
)

TARGETS = (RECORD, MACRO, ENGINE, TREE)
