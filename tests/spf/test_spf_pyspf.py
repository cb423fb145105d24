"""The same terms accepted and refused as by pyspf, another implementation of RFC 7208."""

import re

import msgspec
import pytest
from hypothesis import assume, given

from mailworthy.spf.macro import Context, DomainSpec, Macro, expand
from mailworthy.spf.model import Mechanism
from mailworthy.spf.record import parse, render_term
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


# Where pyspf differs from RFC 7208: (what a term looks like, who accepts it, why we do not follow).
DIFFERENCES = [
    (r"%%", True, "pyspf refuses every % at the end, even that of the macro-expand %%"),
    (r"=.*%\{[crtCRT]", True, "the grammar allows c, r, t in unknown modifiers, which are ignored"),
    (r"%\{[a-zA-Z]0+[rR]?[^0-9a-zA-Z]*\}", False, "§7.3: the number in a macro MUST be nonzero"),
]


def explained(term: str, ours: bool) -> bool:
    """Whether a disagreement about this term is one of the known ones."""
    return any(re.search(pattern, term) for pattern, mine, _ in DIFFERENCES if mine is ours)


@given(terms_text)
def test_the_same_terms_are_errors(term: str) -> None:
    ours = parse(f"v=spf1 {term}").record is not None
    assert ours is pyspf_accepts(term) or explained(term, ours)


@given(mechanisms)
def test_what_we_render_is_accepted(term: Mechanism) -> None:
    text = render_term(term)
    assert pyspf_accepts(text) or explained(text, True)


@pytest.mark.parametrize(("pattern", "ours", "why"), DIFFERENCES)
def test_the_differences_are_real(pattern: str, ours: bool, why: str) -> None:
    examples = {"a:x%%": True, "x=%{c}": True, "a:%{d0}": False}
    (term,) = (t for t, mine in examples.items() if re.search(pattern, t) and mine is ours)
    assert (parse(f"v=spf1 {term}").record is not None) is ours is not pyspf_accepts(term), why


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
