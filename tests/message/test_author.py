"""The Author Domains of From: RFC 5322 §3.4 and §4.4, RFC 6532, RFC 9989 §5.3.1."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailworthy.message.author import MAX_DOMAINS, MAX_FIELD, Author, Fault, author


def of(text: str | bytes) -> Author:
    return author([text if isinstance(text, bytes) else text.encode()])


WELL: list[tuple[str, tuple[str, ...], list[str]]] = [
    (" joe@example.com", ("example.com",), []),
    (" Joe <joe@EXAMPLE.com>", ("example.com",), []),
    (' "Joe, S." <joe@example.com>\r\n', ("example.com",), []),
    (' "ceo@bank.test" <joe@example.com>', ("example.com",), []),  # quoted is no address
    (" (ceo@bank.test) joe@example.com (x (y) z)", ("example.com",), []),
    (" =?utf-8?q?ceo=40bank=2Etest?= <joe@example.com>", ("example.com",), []),
    (' "joe smith"@example.com', ("example.com",), []),
    (r' "a\"<b@bank.test>"@example.com', ("example.com",), []),
    (" Joe\r\n\t<joe@\r\n example.com>", ("example.com",), []),
    (" joe@localhost", ("localhost",), []),
    (" joe@bücher.example", ("xn--bcher-kva.example",), []),
    (" 用户@例え。jp", ("xn--r8jz45g.jp",), []),
    (" joe@xn--bcher-kva.example", ("xn--bcher-kva.example",), []),
    # several addresses
    (" a@example.com, b@example.net", ("example.com", "example.net"), []),
    (" a@example.com, b@EXAMPLE.com", ("example.com",), []),
    (" Team: a@example.com, B <b@example.net>;", ("example.com", "example.net"), []),
    (" A: a@a.test;, B: b@b.test;", ("a.test", "b.test"), []),
    # obsolete syntax (RFC 5322 §4.4)
    (" joe @ example . com", ("example.com",), []),
    (" Joe Q. Public <joe@example.com>", ("example.com",), []),
    (" <@a.test,@b.test:joe@example.com>", ("example.com",), ["obsolete-route"]),
    (" , joe@example.com,, ", ("example.com",), []),
    (' joe."q".p@example.com', ("example.com",), []),
    # malformed, and all readers find the same
    (" joe@example.com.", ("example.com",), []),
    (" <joe@example.com", ("example.com",), ["unclosed-angle"]),
    (" joe@example.com>", ("example.com",), ["after-domain"]),
    (" joe@example.com <joe@example.com>", ("example.com",), ["ambiguous"]),
    (" <<joe@example.com>>", ("example.com",), ["ambiguous", "after-angle"]),
    (" Smith, Joe <joe@example.com>", ("example.com",), ["no-at-sign"]),
    (" joe.@example.com", ("example.com",), ["bad-local-part"]),
    (" @example.com", ("example.com",), ["bad-local-part"]),
    (" Joe <joe@example.com> and more", ("example.com",), ["after-angle"]),
    (" joe@example.com; jane@example.com", ("example.com",), ["stray-semicolon"]),
    (" Re: hello <joe@example.com>", ("example.com",), ["unclosed-group"]),
    (" a: b: joe@example.com;", ("example.com",), ["stray-colon"]),
    (" joe@example.com (no end", ("example.com",), ["unclosed"]),
    (" joe@[192.0.2.1], joe@example.com", ("example.com",), ["domain-literal"]),
]


@pytest.mark.parametrize(("text", "domains", "codes"), WELL)
def test_domains_on_which_all_agree(text: str, domains: tuple[str, ...], codes: list[str]) -> None:
    found = of(text)
    assert (found.domains, found.fault) == (domains, None)
    assert [p.code for p in found.problems] == codes
    assert found.domain == (domains[0] if len(domains) == 1 else None)


FAULTS: list[tuple[str | bytes, Fault, tuple[str, ...]]] = [
    ("", Fault.NO_ADDRESS, ()),
    (" ", Fault.NO_ADDRESS, ()),
    (" Joe", Fault.NO_ADDRESS, ()),
    (" <>", Fault.NO_ADDRESS, ()),
    (" undisclosed recipients:;", Fault.NO_ADDRESS, ()),
    (" (joe@example.com)", Fault.NO_ADDRESS, ()),
    (" joe@[192.0.2.1]", Fault.NO_DOMAIN, ()),
    (" joe@", Fault.BAD_DOMAIN, ()),
    (" joe@example..com", Fault.BAD_DOMAIN, ()),
    (" joe@-example.com", Fault.BAD_DOMAIN, ()),
    (" joe@exam!ple.com", Fault.BAD_DOMAIN, ()),
    (" joe@" + "x" * 64 + ".com", Fault.BAD_DOMAIN, ()),
    (" joe@" + "x." * 200 + "com", Fault.BAD_DOMAIN, ()),
    (" joe@" + "x" * 2000, Fault.BAD_DOMAIN, ()),
    (" joe@xn--\u00fc.example", Fault.BAD_DOMAIN, ()),
    # a NUL: some stop there, some drop it
    (" joe@bank.test\0.evil.test", Fault.BAD_DOMAIN, ("bank.test", "bank.test.evil.test")),
    (" joe@ba\0nk.test", Fault.BAD_DOMAIN, ("ba", "bank.test")),
    (" joe@bank.test\x01", Fault.BAD_DOMAIN, ("bank.test",)),
    (b" joe@b\xfccher.example", Fault.BAD_DOMAIN, ("xn--bcher-kva.example",)),
    (" joe@=?utf-8?q?bank.test?=", Fault.BAD_DOMAIN, ("bank.test",)),
    # readers disagree
    (" x@evil.test [<ceo@bank.test>]", Fault.AMBIGUOUS, ("bank.test", "evil.test")),
    (" <x@evil.test>[<ceo@bank.test>]", Fault.AMBIGUOUS, ("bank.test", "evil.test")),
    (" =?utf-8?q?ceo=40bank.test?= x@evil.test", Fault.AMBIGUOUS, ("bank.test", "evil.test")),
    (" x@evil.test =?utf-8?q?ceo=40bank.test?=", Fault.AMBIGUOUS, ("bank.test", "evil.test")),
    (" ceo@bank.test <x@evil.test>", Fault.AMBIGUOUS, ("evil.test", "bank.test")),
    (" <x@evil.test> ceo@bank.test", Fault.AMBIGUOUS, ("evil.test", "bank.test")),
    (" <x@evil.test> <ceo@bank.test>", Fault.AMBIGUOUS, ("evil.test", "bank.test")),
    (" <<x@evil.test>,<ceo@bank.test>>", Fault.AMBIGUOUS, ("evil.test", "bank.test")),
    (" ceo@bank.test@evil.test", Fault.AMBIGUOUS, ("bank.test", "evil.test")),
    (" ceo@bank.test x@evil.test", Fault.AMBIGUOUS, ("bank.test", "evil.test")),
    (" ceo@bank.test: x@evil.test;", Fault.AMBIGUOUS, ("bank.test", "evil.test")),
    (' "Joe <ceo@bank.test>', Fault.AMBIGUOUS, ("bank.test",)),
    (" x@evil.test (ceo@bank.test", Fault.AMBIGUOUS, ("bank.test", "evil.test")),
    (' "ceo@bank.test"', Fault.AMBIGUOUS, ("bank.test",)),
    (" =?utf-8?b?PGNlb0BiYW5rLnRlc3Q+?=", Fault.AMBIGUOUS, ("bank.test",)),
    (" =?utf-8?q?=3Cceo=40bank=2Etest=3E?=, x@evil.test", Fault.AMBIGUOUS,
     ("bank.test", "evil.test")),
    (" =?utf-8?b?!!?=", Fault.NO_ADDRESS, ()),
    (" x@evil.test\nFrom: ceo@bank.test", Fault.AMBIGUOUS, ("evil.test", "bank.test")),
]  # fmt: skip


@pytest.mark.parametrize(("text", "fault", "domains"), FAULTS)
def test_faults_and_whom_readers_may_see(
    text: str | bytes, fault: Fault, domains: tuple[str, ...]
) -> None:
    found = of(text)
    assert (found.fault, found.domains) == (fault, domains)
    assert found.domain is None


def test_no_field() -> None:
    assert author([]) == Author(fault=Fault.NO_FIELD)


def test_several_fields_are_one_fault_and_all_their_domains() -> None:
    found = author([b" a@example.com", b" b@bank.test"])
    assert (found.fault, found.domains) == (Fault.SEVERAL_FIELDS, ("example.com", "bank.test"))
    assert (found.detail, found.domain) == ("2 of them", None)
    assert author([b" a@example.com"] * 2).fault is Fault.SEVERAL_FIELDS


def test_mailboxes_keep_what_was_written() -> None:
    (box,) = of(' "Joe \\"S\\"" =?utf-8?q?x?= <"joe s"@B\u00fccher.example>').mailboxes
    assert (box.local, box.domain) == ("joe s", "xn--bcher-kva.example")
    assert (box.written, box.display) == ("B\u00fccher.example", 'Joe "S" =?utf-8?q?x?=')


def test_what_is_not_read_is_a_fault() -> None:
    found = of(" " * MAX_FIELD + "joe@bank.test")
    assert (found.fault, found.domains) == (Fault.TOO_LONG, ())
    many = of(",".join(f"a@d{i}.test" for i in range(MAX_DOMAINS + 1)))
    assert (many.fault, len(many.domains)) == (Fault.TOO_LONG, MAX_DOMAINS)
    assert author([b"a@b.test"] * 100_000).fault is Fault.SEVERAL_FIELDS


PIECES = ["a", "joe", "@", "bank.test", "evil.test", "<", ">", ",", ";", ":", ".", "(", ")", '"',
          "\\", "[", "]", " ", "\r\n ", "\0", "é", "=?utf-8?q?a=40b.c?=", "\r", "\n"]  # fmt: skip
texts = st.lists(st.sampled_from(PIECES), max_size=25).map("".join)


@given(st.lists(st.binary() | texts.map(str.encode), max_size=3))
def test_any_octets_give_domains_or_a_fault(values: list[bytes]) -> None:
    found = author(values)
    assert found.fault or found.domains
    assert len(values) == 1 or found.fault
    assert len(set(found.domains)) == len(found.domains)
    assert all(d == d.lower() and d.isascii() and not d.endswith(".") for d in found.domains)
    assert found.fault or all(b.domain in (*found.domains, "") for b in found.mailboxes)


@given(texts, st.sampled_from(["bank.test", "evil.test"]))
def test_a_domain_in_angle_brackets_is_never_overlooked(before: str, domain: str) -> None:
    """Whatever stands before a last address, it is read or there is a fault."""
    found = of(f"{before}, <x@{domain}>")
    assert domain in found.domains or found.fault


@pytest.mark.parametrize(
    "piece",
    ["(", '"', "\\", "<", "@", "a@b,", "[", "[a", ":", ";", " ", ".", "a ", "=?a?q?", "é@é,"],
)
def test_a_megabyte_of_anything_is_read(piece: str) -> None:
    found = of(piece * (1_000_000 // len(piece)))
    assert found.fault is not None
    assert len(found.domains) <= MAX_DOMAINS


WORDS = ["Jane", " ", "  ", "Doe", '"', "'", ",", ".", "<", ">", "@", "a.b", "example.com", "x-"]
plain_pieces = st.sampled_from([*WORDS, "-y", "\t", "EXAMPLE.org", "_", "+", "1", "xn--a", "\\"])
shapes = st.builds(
    "{}{}{}{}{}@{}{}{}".format,
    st.sampled_from(["", " ", "\t"]),
    st.sampled_from(["", "Jane", "Jane Doe", "Jane  Doe", '"Doe, J."', '" Jane "', '""']),
    st.sampled_from(["", " ", "  "]),
    st.sampled_from(["", "<"]),
    st.sampled_from(["joe", "joe.doe", "j+1", "a..b", "_"]),
    st.sampled_from(["example.com", "Example.COM", "example", "-a.example", "a_b.example", "a-.b"]),
    st.sampled_from(["", ">"]),
    st.sampled_from(["", " ", "\t "]),
)


def told(value: str) -> tuple[Any, ...]:
    found = author([value.encode()])
    return found.domains, found.mailboxes, found.fault, [p.code for p in found.problems]


@given(shapes | st.lists(plain_pieces, max_size=9).map("".join))
def test_an_ordinary_field_is_read_as_any_other(text: str) -> None:
    """A comment in front means nothing, and leads past the short way."""
    assert told(text) == told(f"(){text}")
