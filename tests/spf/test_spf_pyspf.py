"""The same terms accepted and refused as by pyspf, another implementation of RFC 7208."""

import re
from collections.abc import Iterator

import msgspec
import pytest
from hypothesis import assume, given

from agreement import Agreement, Difference
from mailworthy.spf.macro import Context, DomainSpec, Macro, expand
from mailworthy.spf.model import Mechanism
from mailworthy.spf.record import parse, render_term
from peer_pyspf import TERMS
from spf_values import domain_specs, mechanisms, terms_text

pyspf = pytest.importorskip("spf", reason="pyspf is not installed")
pytestmark = pytest.mark.oracle


def query() -> "pyspf.query":
    found = pyspf.query(i="192.0.2.3", s="a-b@sender.example", h="mx.example.org", strict=True)
    found.p = "mx.example.org"  # else it would look it up
    return found


def pyspf_accepts(term: str) -> bool:
    """Whether pyspf reads one term without a syntax error, as its check0() does."""
    try:
        found = pyspf.RE_MODIFIER.match(term)
        if found is None:
            # Of the same grammar; for include pyspf also refuses the current domain, a loop.
            query().validate_mechanism(re.sub(r"^([-+~?]?)include", r"\1exists", term, flags=re.I))
        elif found[1] in ("redirect", "exp"):
            return bool(query().expand_domain(term[found.end() :]))
        else:
            query().expand(term[found.end() :])
    except pyspf.PermError:
        return False
    return True


AGREEMENT = Agreement("pyspf, terms", *TERMS)


@pytest.fixture(autouse=True, scope="module")
def counted(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    AGREEMENT.tell(request.config)


@given(terms_text)
def test_the_same_terms_are_errors(term: str) -> None:
    ours = parse(f"v=spf1 {term}").record is not None
    AGREEMENT.hold(ours, pyspf_accepts(term), term, ours)


@given(mechanisms)
def test_what_we_render_is_accepted(term: Mechanism) -> None:
    text = render_term(term)
    AGREEMENT.hold(True, pyspf_accepts(text), text, True)


@pytest.mark.parametrize(
    ("kind", "term", "ours"),
    list(zip(TERMS, ("a:x%%", "x=%{c}", "a:%{d0}"), (True, True, False), strict=True)),
)
def test_the_differences_are_real(kind: Difference, term: str, ours: bool) -> None:
    assert (parse(f"v=spf1 {term}").record is not None) is ours is not pyspf_accepts(term)
    assert AGREEMENT.named(term, ours) == [kind.name]


@given(domain_specs())
def test_macros_expand_alike(spec: DomainSpec) -> None:
    """Only where nothing is escaped or cut, and without what pyspf does otherwise than §7.3:
    it rejoins the parts of l and s with dots, those of all others with what stood between."""
    macros = [part for part in spec.parts if isinstance(part, Macro)]
    assume(not any(m.delimiters.strip(".") for m in macros if m.letter not in "ls"))
    context = Context("192.0.2.3", "sender.example", "a-b@sender.example", "mx.example.org")
    ours = expand(spec, msgspec.structs.replace(context, validated="mx.example.org"))
    assume(len(ours) < 200 and "\\" not in ours and pyspf_accepts(f"a:{spec}"))
    assert query().expand(str(spec)).lower() == ours
