"""Hypothesis strategies for SPF values and texts."""

from ipaddress import IPv4Address, IPv6Address

from hypothesis import strategies as st

from mailworthy.rdata.address import render
from mailworthy.spf.macro import DomainSpec, Macro, Part, parse_domain_spec
from mailworthy.spf.model import Kind, Mechanism, Modifier, Qualifier, SpfRecord, Term

LETTERS = "slodiphv"
VISIBLE = "".join(map(chr, range(0x21, 0x7F)))

macros = st.builds(
    Macro,
    st.sampled_from(LETTERS),
    st.none() | st.integers(1, 999),
    st.booleans(),
    st.text(".-+,/_=", max_size=3),
    st.booleans(),
)
exp_macros = st.builds(Macro, st.sampled_from(LETTERS + "crt"))


@st.composite
def domain_specs(draw: st.DrawFn) -> DomainSpec:
    """A domain-spec in its canonical value: literals joined, lower case."""
    parts: list[Part] = []
    for part in draw(st.lists(st.text("ab0-_/:%. ", max_size=6) | macros, max_size=4)):
        if isinstance(part, str) and parts and isinstance(parts[-1], str):
            parts[-1] += part
        elif part != "":
            parts.append(part)
    end = draw(st.sampled_from([".example", ".xn--zckzah", ".c0m", "%", " "]) | macros)
    if isinstance(end, str) and parts and isinstance(parts[-1], str):
        parts[-1] += end
    else:
        parts.append(end)
    return DomainSpec(tuple(parts))


prefixes4 = st.none() | st.integers(0, 32)
prefixes6 = st.none() | st.integers(0, 128)
ip4 = st.integers(0, 2**32 - 1).map(lambda n: render(IPv4Address(n)))
ip6 = st.integers(0, 2**128 - 1).map(lambda n: render(IPv6Address(n)))
qualifiers = st.sampled_from(Qualifier)
mechanisms: st.SearchStrategy[Term] = st.one_of(
    st.builds(Mechanism, st.just(Kind.ALL), qualifiers),
    st.builds(Mechanism, st.sampled_from([Kind.INCLUDE, Kind.EXISTS]), qualifiers, domain_specs()),
    st.builds(Mechanism, st.just(Kind.PTR), qualifiers, st.none() | domain_specs()),
    st.builds(
        Mechanism,
        st.sampled_from([Kind.A, Kind.MX]),
        qualifiers,
        st.none() | domain_specs(),
        prefixes4,
        prefixes6,
    ),
    st.builds(Mechanism, st.just(Kind.IP4), qualifiers, network=ip4, prefix4=prefixes4),
    st.builds(Mechanism, st.just(Kind.IP6), qualifiers, network=ip6, prefix6=prefixes6),
)
unknown_modifiers = st.builds(
    Modifier,
    st.sampled_from(["ra", "rp", "rr", "moo.cow-far_out", "default", "a", "v", "x9"]),
    st.text(VISIBLE.replace("%", ""), max_size=8) | st.sampled_from(["%{c}", "a%%b", "100"]),
)


@st.composite
def records(draw: st.DrawFn) -> SpfRecord:
    """Any record; redirect and exp stand at most once."""
    terms = draw(st.lists(mechanisms | unknown_modifiers, max_size=6))
    for name in draw(st.lists(st.sampled_from(["redirect", "exp"]), unique=True)):
        spec = draw(domain_specs())
        terms.insert(draw(st.integers(0, len(terms))), Modifier(name, str(spec), spec))
    return SpfRecord(tuple(terms))


_PIECES = (
    "all include: a: mx ptr ip4: ip6: exists: redirect= exp= v=spf1 - + ~ ? 192.0.2.1 1.2.3 "
    "2001:db8::1 /24 //64 /33 /032 / // : = . example.com foo.example. abc.123 museum %{i} %{d2r} "
    "%{ir-} %{c} %{d0} %% %_ %- % %( moo a_b.c 1up -com"
)
pieces = st.sampled_from(_PIECES.split())
terms_text = st.lists(pieces, min_size=1, max_size=5).map("".join)
record_texts = st.lists(terms_text, max_size=4).map(lambda terms: " ".join(["v=spf1", *terms]))


def spec(text: str) -> DomainSpec:
    """A domain-spec that must be right."""
    found = parse_domain_spec(text).record
    assert found is not None, text
    return found
