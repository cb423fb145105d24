"""check_host(): one table for each section of RFC 7208, RFC 8616 and the limits."""

import asyncio
from datetime import UTC, datetime
from ipaddress import ip_address

import pytest

from mailworthy import spf
from mailworthy.errors import UsageError
from mailworthy.lookup.memory import Memory
from mailworthy.lookup.model import Answer, Ask, Question, Reply, Status, Why
from mailworthy.rdata.address import NotAnAddress
from mailworthy.spf.identity import domain_of, helo_identity, mail_from_identity
from mailworthy.spf.model import Limits
from mailworthy.spf.result import SECTIONS, Cause, SpfResult
from mailworthy.spf.run import acheck_host, check_host

SOA = "example. 60 SOA ns.example. root.example. 1 2 3 4 5\n"
ARPA = "arpa. 60 SOA ns.example. root.example. 1 2 3 4 5\n"
IP = "192.0.2.1"


def world(text: str, **fail: Why) -> Memory:
    """Zones from lines of `name type data`; `fail` names look-ups that fail: `b_TXT`."""
    lines = [line.split(maxsplit=2) for line in text.splitlines() if line.strip()]
    zone = "".join(f"{name} 60 {type_} {data}\n" for name, type_, data in lines)
    broken = {(f"{k.rpartition('_')[0]}.example", k.rpartition("_")[2]): v for k, v in fail.items()}
    return Memory.from_zone(SOA + ARPA + zone, fail=broken)


def check(text: str, ip: str = IP, sender: str = "user@d.example", **fail: Why) -> SpfResult:
    domain = sender.rpartition("@")[2]
    return check_host(ip, domain, sender, helo="mx.h.example", resolver=world(text, **fail))


def record(text: str, more: str = "") -> str:
    return f'd.example. TXT "{text}"\n{more}'


# --- mechanisms: record, the rest of the world, client, result, path, section ------------------

A = "d.example. A 192.0.2.1\nd.example. AAAA 2001:db8::1"
MX = "d.example. MX 10 m.example.\nm.example. A 192.0.2.1\nm.example. AAAA 2001:db8::1"
PTR = "1.2.0.192.in-addr.arpa. PTR x.d.example.\nx.d.example. A 192.0.2.1"
MATCHES = [
    ("v=spf1 -all", "", IP, "fail", "-all", "5.1"),
    ("v=spf1 ip4:192.0.2.0/31 -all", "", IP, "pass", "ip4:192.0.2.0/31", "5.6"),
    ("v=spf1 ip4:192.0.2.0/32 -all", "", IP, "fail", "-all", "5.1"),
    ("v=spf1 ip4:192.0.2.1 -all", "", "::ffff:192.0.2.1", "pass", "ip4:192.0.2.1", "5.6"),
    ("v=spf1 ip6:2001:db8::/64 -all", "", "2001:db8::7", "pass", "ip6:2001:db8::/64", "5.6"),
    ("v=spf1 ip6:::/0 -all", "", IP, "fail", "-all", "5.1"),
    ("v=spf1 ip4:0.0.0.0/0 ?all", "", "::1", "neutral", "?all", "5.1"),
    ("v=spf1 a -all", A, IP, "pass", "a", "5.3"),
    ("v=spf1 ~a -all", A, "2001:db8::1", "softfail", "~a", "5.3"),
    ("v=spf1 a/24 -all", A, "192.0.2.77", "pass", "a/24", "5.3"),
    ("v=spf1 a/24 -all", A, "2001:db8::77", "fail", "-all", "5.1"),
    ("v=spf1 a//64 -all", A, "2001:db8::77", "pass", "a//64", "5.3"),
    ("v=spf1 mx -all", MX, IP, "pass", "mx", "5.4"),
    ("v=spf1 mx//32 -all", MX, "2001:db8:9::", "pass", "mx//32", "5.4"),
    ("v=spf1 mx -all", "d.example. MX 0 .", IP, "fail", "-all", "5.1"),
    ("v=spf1 mx -all", "d.example. A 192.0.2.1", IP, "fail", "-all", "5.1"),
    ("v=spf1 ptr -all", PTR, IP, "pass", "ptr", "5.5"),
    ("v=spf1 ptr:x.d.example -all", PTR, IP, "pass", "ptr:x.d.example", "5.5"),
    ("v=spf1 ptr:b.example -all", PTR, IP, "fail", "-all", "5.1"),
    ("v=spf1 ptr -all", PTR, "192.0.2.2", "fail", "-all", "5.1"),
    ("v=spf1 exists:d.example -all", A, "2001:db8::9", "pass", "exists:d.example", "5.7"),
    ("v=spf1 exists:m.example -all", "m.example. AAAA ::1", IP, "fail", "-all", "5.1"),
]


@pytest.mark.parametrize("case", MATCHES)
def test_mechanisms(case: tuple[str, ...]) -> None:
    text, more, ip, result, term, section = case
    found = check(record(text, more), ip)
    assert (found.result, found.path, found.section) == (result, (term,), section)
    assert found.cause is Cause.MATCH
    assert (found.where, found.record) == ("d.example", text)


def test_the_path_leads_through_records() -> None:
    found = check(
        record("v=spf1 include:a.example -all")
        + 'a.example. TXT "v=spf1 redirect=b.example"\nb.example. TXT "v=spf1 ip4:192.0.2.0/24"'
    )
    assert found.path == ("include:a.example", "redirect=b.example", "ip4:192.0.2.0/24")
    assert (found.where, found.domain, found.lookups) == ("b.example", "d.example", 2)
    assert [a.ask.name for a in found.answers] == ["d.example", "a.example", "b.example"]
    assert found.reason == (
        "192.0.2.1 matches include:a.example > redirect=b.example > ip4:192.0.2.0/24 "
        "of d.example (RFC 7208 §5.6)"
    )


def test_an_include_has_its_own_sign() -> None:
    inner = 'a.example. TXT "v=spf1 ip4:192.0.2.0/24 -all"'
    assert check(record("v=spf1 -include:a.example all", inner)).result == "fail"
    assert check(record("v=spf1 -include:a.example all", inner), "::1").path == ("all",)


# --- what goes wrong, and why -------------------------------------------------------------------

TEN = " ".join(f"a:n{n}.example" for n in range(10))
TEN_A = "\n".join(f"n{n}.example. A 198.51.100.{n}" for n in range(10)) + "\n"
ELEVEN_MX = "\n".join(f"d.example. MX {n} m{n}.example." for n in range(11))
CAUSES = [
    ("", "none", Cause.NO_DOMAIN, "d.example does not exist"),
    ("d.example. A 192.0.2.1", "none", Cause.NO_RECORD, "d.example has no SPF record"),
    (record("v=spf10"), "none", Cause.NO_RECORD, "d.example has no SPF record"),
    (record("v=spf1 ip4:192.0.2.9"), "neutral", Cause.DEFAULT, "no term matches"),
    (record("v=spf1") + record("V=SPF1 ?all"), "permerror", Cause.SEVERAL_RECORDS, "more than one"),
    (record("v=spf1 ptr ip4:1.2.3 all"), "permerror", Cause.SYNTAX, "at 1.2.3 (RFC 7208 §4.6)"),
    (
        record("v=spf1 exp=a.b exp=a.b"),
        "permerror",
        Cause.SYNTAX,
        "'exp=' stands twice, at exp=a.b",
    ),
    (record("v=spf1 a\\233 all"), "permerror", Cause.SYNTAX, "has a syntax error: "),
    (
        record("v=spf1 include:b.example"),
        "permerror",
        Cause.INCLUDE_WITHOUT_RECORD,
        "b.example is included and has no SPF record",
    ),
    (
        record("v=spf1 include:b..example"),
        "permerror",
        Cause.INCLUDE_WITHOUT_RECORD,
        "b..example is included",
    ),
    (
        record("v=spf1 redirect=b.example"),
        "permerror",
        Cause.REDIRECT_WITHOUT_RECORD,
        "b.example is redirected to",
    ),
    (
        record(f"v=spf1 {TEN} exists:b.example", TEN_A),
        "permerror",
        Cause.TOO_MANY_LOOKUPS,
        "exists:b.example is one term too many",
    ),
    (
        record(f"v=spf1 {TEN} redirect=b.example", TEN_A),
        "permerror",
        Cause.TOO_MANY_LOOKUPS,
        "redirect=b.example is one term too many",
    ),
    (
        record("v=spf1 a mx exists:b.example"),
        "permerror",
        Cause.TOO_MANY_VOIDS,
        "exists:b.example is one term too many whose look-ups find nothing",
    ),
    (record("v=spf1 mx", ELEVEN_MX), "permerror", Cause.TOO_MANY_MX, "mx stands for more MX"),
    (
        record("v=spf1 redirect=d.example"),
        "permerror",
        Cause.TOO_MANY_LOOKUPS,
        "redirect=d.example > redirect=d.example",
    ),
]


@pytest.mark.parametrize(("zone", "result", "cause", "words"), CAUSES)
def test_errors(zone: str, result: str, cause: Cause, words: str) -> None:
    found = check(zone)
    assert (found.result, found.cause) == (result, cause)
    assert found.section == SECTIONS[cause]
    assert words in found.reason
    assert (found.problems != ()) is (cause is Cause.SYNTAX)


FAILURES = [
    (
        record("v=spf1 all"),
        {"d_TXT": Why.SERVFAIL},
        "temperror",
        "TXT at d.example failed: servfail",
    ),
    (record("v=spf1 a all"), {"d_A": Why.TIMEOUT}, "temperror", "A at d.example failed: timeout"),
    (record("v=spf1 mx all"), {"d_MX": Why.BOGUS}, "temperror", "MX at d.example failed: bogus"),
    (record("v=spf1 mx all", MX), {"m_A": Why.REFUSED}, "temperror", "A at m.example failed"),
    (record("v=spf1 exists:b.example"), {"b_A": Why.LOOP}, "temperror", "A at b.example failed"),
    (record("v=spf1 include:b.example"), {"b_TXT": Why.TIMEOUT}, "temperror", "TXT at b.example"),
    (record("v=spf1 redirect=b.example"), {"b_TXT": Why.TIMEOUT}, "temperror", "TXT at b.example"),
    (
        record("v=spf1 mx -all", MX + "\nd.example. MX 9 n.example."),
        {"n_A": Why.TIMEOUT},
        "pass",
        "",
    ),
    (record("v=spf1 ptr ?all", PTR), {"x.d_A": Why.TIMEOUT}, "neutral", "?all"),
    (record("v=spf1 -all exp=e.example"), {"e_TXT": Why.TIMEOUT}, "fail", "-all"),
]


@pytest.mark.parametrize(("zone", "fail", "result", "words"), FAILURES)
def test_not_knowing(zone: str, fail: dict[str, Why], result: str, words: str) -> None:
    found = check(zone, **fail)
    assert found.result == result
    assert words in found.reason
    assert (found.failed is not None) is (result == "temperror")


def test_what_is_outside_the_zones_is_not_known() -> None:
    found = check(record("v=spf1 include:elsewhere.test -all"))
    assert found.result == "temperror"
    assert found.failed is not None
    assert found.failed.why is Why.OUTSIDE


# --- limits (§4.6.4) ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "lookups", "voids"),
    [
        (record("v=spf1 ip4:192.0.2.9 -all"), 0, 0),
        (record(f"v=spf1 {TEN} -all", TEN_A), 10, 0),
        (record("v=spf1 a mx -all"), 2, 2),
        (record("v=spf1 mx -all", "d.example. MX 1 g.example.\nd.example. MX 1 h.example."), 1, 1),
        (record("v=spf1 a -all", "d.example. AAAA ::1"), 1, 1),
        (record("v=spf1 -all exp=g.example"), 0, 0),
        (record("v=spf1 a:b..example a:b..example a:b..example -all"), 3, 0),
        (record("v=spf1 all redirect=b.example"), 0, 0),
        (record("v=spf1 ip4:192.0.2.1 redirect=b.example"), 0, 0),
    ],
)
def test_what_counts(zone: str, lookups: int, voids: int) -> None:
    found = check(zone)
    assert (found.lookups, found.voids) == (lookups, voids)
    assert found.result in ("fail", "pass")


def test_limits_can_be_set() -> None:
    zone = world(record(f"v=spf1 {TEN} a:b.example all"))
    wide = check_host(IP, "d.example", "a@d.example", helo="h.x", resolver=zone)
    assert wide.cause is Cause.TOO_MANY_VOIDS
    limits = Limits(lookups=11, voids=11)
    wide = check_host(IP, "d.example", "a@d.example", helo="h.x", resolver=zone, limits=limits)
    assert wide.result == "pass"


def test_records_together_may_not_be_endless() -> None:
    """One record of any length is read; a tree of such records is not."""
    networks = " ".join(["ip4:198.51.100.1"] * 3800)
    texts = {"d": f"v=spf1 {networks} include:a.example all", "a": "v=spf1 all"}

    class Long:
        def instant(self, ask: Ask) -> Reply:
            assert isinstance(ask, Question)
            return Answer(ask, Status.FOUND, records=(texts[ask.name[0]],))

    assert check_host(IP, "d.example", "a@d.example", helo="h.x", resolver=Long()).result == "pass"
    texts["a"] = texts["d"]
    found = check_host(IP, "d.example", "a@d.example", helo="h.x", resolver=Long())
    assert (found.result, found.cause, found.section) == ("permerror", Cause.TOO_LONG, "3.4")
    assert found.path == ("include:a.example",)


def test_ten_names_of_the_client_are_looked_at() -> None:
    pointers = "".join(f"1.2.0.192.in-addr.arpa. PTR n{n}.d.example.\n" for n in range(12))
    zone = record("v=spf1 ptr ?ptr:b.example -all exp=%{p}.example", pointers)
    found = check(zone)
    assert [a.ask.type for a in found.answers] == ["TXT", "PTR"] + ["A"] * 10 + ["TXT"]
    assert found.voids == 1  # that of the first ptr: the second asks nothing


# --- identities (§2.3, §2.4, §4.3) ---------------------------------------------------------------

IDENTITIES = [
    ("a@d.example", "d.example", "a@d.example"),
    ("<a@d.example>", "d.example", "a@d.example"),
    ("", "h.example", "postmaster@h.example"),
    ("<>", "h.example", "postmaster@h.example"),
    ("@d.example", "d.example", "@d.example"),
    ('"a@b"@d.example', "d.example", '"a@b"@d.example'),
    ("@r.example,@s.example:a@d.example", "d.example", "a@d.example"),
    ("postmaster", "postmaster", "postmaster"),
]


@pytest.mark.parametrize(("path", "domain", "sender"), IDENTITIES)
def test_mail_from(path: str, domain: str, sender: str) -> None:
    found = mail_from_identity(path, "h.example")
    assert (found.scope, found.domain, found.sender) == ("mailfrom", domain, sender)


def test_helo() -> None:
    found = helo_identity("h.example")
    assert (found.scope, found.domain, found.sender) == (
        "helo",
        "h.example",
        "postmaster@h.example",
    )


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("D.Example.", "d.example"),
        ("münchen.example", "xn--mnchen-3ya.example"),
        ("MÜNCHEN。example", "xn--mnchen-3ya.example"),
        ("xn--mnchen-3ya.example", "xn--mnchen-3ya.example"),
        ("_spf.a b.example", "_spf.a\\032b.example"),
        ("a\\.b.example", "a\\\\.b.example"),
        ("a\0.example", "a\\000.example"),
        ("l" * 63 + ".example", "l" * 63 + ".example"),
        *((text, None) for text in ("", ".", "localhost", "d.example..", "a..example", ".example")),
        *((text, None) for text in ("[192.0.2.1]", "[IPv6:2001:db8::1]", "192.0.2.1", "d.-x")),
        *((text, None) for text in ("l" * 64 + ".example", "a." * 124 + "example", "ü" * 600)),
        *((text, None) for text in ("\udc96.example", "a.\u202eexample", "☃️\u200d.example")),
    ],
)
def test_domains_as_clients_give_them(text: str, name: str | None) -> None:
    assert domain_of(text) == name
    if name is None:
        found = check_host(IP, text, f"a@{text}", helo="h.example", resolver=world(""))
        assert (found.result, found.cause) == ("none", Cause.MALFORMED_DOMAIN)
        assert not found.answers
        assert found.reason.isprintable()


def test_no_local_part_is_postmaster() -> None:
    zone = record("v=spf1 exists:%{l}.%{o} -all", "postmaster.d.example. A 127.0.0.2")
    for sender in ("@d.example", "d.example", ""):
        found = check_host(IP, "d.example", sender, helo="h.example", resolver=world(zone))
        assert (found.result, found.sender) == ("pass", "postmaster@d.example")


# --- macros (§7, RFC 8616 §4) --------------------------------------------------------------------

MACROS = [
    ("exists:%{l}.example", 'a"b;c', 'a\\"b\\;c.example'),
    ("exists:%{l}.example", "a b\x00\x7f", "a\\032b\\000\\127.example"),
    ("exists:%{l-}.example", "A-b-C", "a.b.c.example"),
    ("exists:%{ir}.%{v}.example", "x", "1.2.0.192.in-addr.example"),
    ("exists:%{h}.example", "x", "mx.h.example.example"),
    ("exists:%{p}.example", "x", "unknown.example"),
    ("exists:%{L}.example", "a/b", "a%2fb.example"),
]


@pytest.mark.parametrize(("term", "local", "name"), MACROS)
def test_names_of_any_octets_are_asked(term: str, local: str, name: str) -> None:
    found = check(record(f"v=spf1 {term} -all"), sender=f"{local}@d.example")
    assert found.answers[-1].ask == Question(name, "A")
    assert found.answers[-1].status is Status.ABSENT


@pytest.mark.parametrize("term", ["%{l}", "%{s}", "%{l1r-}", "%{S}"])
@pytest.mark.parametrize("kind", ["exists", "a", "include", "ptr"])
def test_terms_with_a_local_part_that_is_not_ascii_never_match(term: str, kind: str) -> None:
    zone = record(f"v=spf1 {kind}:{term}.example ?all")
    found = check(zone, sender="pelé@d.example")
    assert (found.result, found.lookups, len(found.answers)) == ("neutral", 1, 1)
    assert (
        check(record(f"v=spf1 redirect={term}.example"), sender="é@d.example").result == "neutral"
    )
    assert check(record(f"v=spf1 -all exp={term}.example"), sender="é@d.example").result == "fail"


def test_u_labels_are_a_labels_in_names_and_macros() -> None:
    zone = 'xn--mnchen-3ya.example. TXT "v=spf1 exists:%{d}.%{o}.%{h}.t.example -all"'
    found = check_host(
        IP, "MÜNCHEN.example", "x@münchen.example", helo="h.ü.example", resolver=world(zone)
    )
    name = "xn--mnchen-3ya.example.xn--mnchen-3ya.example.h.xn--tda.example.t.example"
    assert found.answers[-1].ask.name == name


P = "v=spf1 exists:%{p}.t.example include:b.d.example ?all"


@pytest.mark.parametrize(
    ("pointers", "asked"),
    [
        (["d.example", "b.d.example", "z.example"], ["d.example", "b.d.example"]),
        (["x.d.example", "x.b.d.example", "a.example"], ["x.b.d.example", "x.b.d.example"]),
        (["z.example"], ["z.example", "z.example"]),
        ([], ["unknown", "unknown"]),
    ],
)
def test_the_validated_name(pointers: list[str], asked: list[str]) -> None:
    """The domain itself, else one below it, else any; the current domain changes on include."""
    zone = record(P) + 'b.d.example. TXT "v=spf1 exists:%{p}.t.example"\n'
    zone += "".join(f"1.2.0.192.in-addr.arpa. PTR {n}.\n{n}. A 192.0.2.1\n" for n in pointers)
    found = check(zone)
    names = [a.ask.name for a in found.answers if a.ask.name.endswith(".t.example")]
    assert names == [f"{name}.t.example" for name in asked]
    assert [a.ask.type for a in found.answers].count("PTR") == 1


# --- explanations (§6.2) --------------------------------------------------------------------------

EXPLAINED = [
    ("%{i} may not send for %{o}.", "192.0.2.1 may not send for d.example."),
    ("%{c} %{r} %{t} %{h}%_%%", "192.0.2.1 r.example 1795435200 mx.h.example %"),
    (
        "See http://%{d}/why.html?s=%{S}",
        "See http://d.example/why.html?s=u%20%22%0D%0A%40d.example",
    ),
    ("%{s}", 'u "\\013\\010@d.example'),
    ("%{p}", "unknown"),
    ("%{x}", ""),
    ("caf\\233", ""),
    ("x" * 250, "x" * 250),
]


@pytest.mark.parametrize(("text", "shown"), EXPLAINED)
def test_explanations(text: str, shown: str) -> None:
    zone = world(record("v=spf1 -all exp=e.example", f'e.example. TXT "{text}"'))
    noon = datetime(2026, 11, 23, 12, tzinfo=UTC)
    found = check_host(
        IP,
        "d.example",
        'u "\r\n@d.example',
        helo="mx.h.example",
        resolver=zone,
        receiver="r.example",
        now=noon,
    )
    assert (found.result, found.explanation) == ("fail", shown)


def test_explanations_are_cut() -> None:
    zone = record("v=spf1 -all exp=e.example", f'e.example. TXT "{"%{s}" * 60}"')
    found = check(zone, sender="é" * 400 + "@d.example")
    assert len(found.explanation) <= 1000
    assert found.explanation.isascii()


@pytest.mark.parametrize(
    ("zone", "shown"),
    [
        ('d.example. TXT "v=spf1 redirect=b.example exp=x.example"', "b says"),
        ('d.example. TXT "v=spf1 -include:c.example exp=x.example"', "x says"),
        ('d.example. TXT "v=spf1 include:b.example ~all exp=x.example"', ""),
        ('d.example. TXT "v=spf1 include:b.example -all"', ""),
    ],
)
def test_whose_explanation_counts(zone: str, shown: str) -> None:
    more = """
        b.example. TXT "v=spf1 -all exp=y.example"
        c.example. TXT "v=spf1 all exp=y.example"
        x.example. TXT "x says"
        y.example. TXT "b says"
    """
    assert check(f"{zone}\n{more}").explanation == shown


# --- as a call -----------------------------------------------------------------------------------


def test_a_result_has_no_truth_value() -> None:
    with pytest.raises(TypeError, match=r"compare its \.result"):
        bool(check(record("v=spf1 -all")))


@pytest.mark.parametrize("ip", ["", "192.0.2", "192.0.2.1/32", "fe80::1%eth0", "x" * 99])
def test_no_address_is_misuse(ip: str) -> None:
    with pytest.raises(NotAnAddress):
        check_host(ip, "d.example", "a@d.example", helo="h.x", resolver=world(""))
    with pytest.raises(UsageError):
        asyncio.run(acheck_host(ip, "d.example", "a@d.example", helo="h.x", resolver=world("")))


class Slow:
    """A resolver that does I/O and never gets an answer in time."""

    async def answer(self, ask: Ask, timeout: float | None = None) -> Reply:
        assert isinstance(ask, Question)
        return Answer(ask, Status.FAILED, Why.DEADLINE)

    def run(self, work):  # type: ignore[no-untyped-def]
        return asyncio.run(work)


def test_a_resolver_that_waits() -> None:
    found = check_host(IP, "d.example", "a@d.example", helo="h.x", resolver=Slow())
    assert (found.result, found.section) == ("temperror", "4.4")
    assert "deadline" in found.reason


def test_the_package_has_the_names() -> None:
    assert spf.check_host is check_host
    assert spf.acheck_host is acheck_host
    assert spf.SpfResult is SpfResult
    assert set(SECTIONS) == set(Cause) - {Cause.MATCH}


@pytest.mark.parametrize("ip", ["192.0.2.1", "2001:db8::1"])
def test_an_address_of_ipaddress_is_one_too(ip: str) -> None:
    given = ("d.example", "user@d.example")
    zone = world(record("v=spf1 ip4:192.0.2.1 ip6:2001:db8::1 -all"))
    found = check_host(ip_address(ip), *given, helo="mx.h.example", resolver=zone)
    assert found == check_host(ip, *given, helo="mx.h.example", resolver=zone)
    assert found.result == "pass"
