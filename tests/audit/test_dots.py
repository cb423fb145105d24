"""The DKIM dot, and aliases that a zone file leads out of."""

import pytest

from casekit import target
from mailworthy.audit.case import Case
from mailworthy.audit.checkpoint import Dot
from mailworthy.audit.collect import collect
from mailworthy.audit.facade import Audit, conclude
from mailworthy.audit.healthy import healthy
from mailworthy.audit.rule import load
from mailworthy.lookup.drive import drive
from mailworthy.lookup.memory import Memory

PLAIN = """\
example.com. 60 SOA ns1.example.net. h.example.com. 1 14400 3600 1209600 3600
example.com. MX 10 mail.example.com.
example.com. TXT "v=spf1 mx -all"
mail.example.com. A 192.0.2.25
"""
NO_MAIL = """\
example.com. 60 SOA ns1.example.net. h.example.com. 1 14400 3600 1209600 3600
example.com. MX 0 .
example.com. TXT "v=spf1 -all"
_dmarc.example.com. TXT "v=DMARC1; p=reject; sp=reject; np=reject"
"""
REVOKED = '*._domainkey.example.com. TXT "v=DKIM1; p="\n'
ALIAS = "selector1._domainkey.example.com. CNAME selector1-x.y.onmicrosoft.com.\n"


def judged(case: Case) -> Audit:
    return conclude(drive(collect(target(case)), Memory.from_zone(case.zones)), load(), ())


def dkim(audit: Audit) -> Dot:
    return next(dot for dot in audit.checkpoint if dot.name == "DKIM")


@pytest.mark.parametrize("selectors", [(), ("selector1",)])
def test_an_alias_out_of_the_zone_file(selectors: tuple[str, ...]) -> None:
    audit = judged(Case(PLAIN + ALIAS, selectors=selectors))
    dot = dkim(audit)
    assert dot.state == "not asked"
    assert dot.says == "selector1 → selector1-x.y.onmicrosoft.com (not in the zone file)"
    assert not [f for f in audit.findings if f.rule.startswith("dkim-")]


@pytest.mark.parametrize(
    ("selectors", "state"), [((), "undetermined"), (("s2",), "fail")], ids=["guessed", "known"]
)
def test_a_revoked_key_is_no_key(selectors: tuple[str, ...], state: str) -> None:
    zone = PLAIN + 's2._domainkey.example.com. TXT "v=DKIM1; k=rsa; p="\n'
    dot = dkim(judged(Case(zone, selectors=selectors)))
    assert (dot.state, dot.says) == (state, "s2 (revoked)")


@pytest.mark.parametrize(("more", "parked"), [("", True), (REVOKED, True), (REVOKED, False)])
def test_no_mail_needs_no_key(more: str, parked: bool) -> None:
    dot = dkim(judged(Case(NO_MAIL + more, parked=parked)))
    assert (dot.state, dot.says) == ("pass", "none needed")


def test_reject_without_a_key_reddens_dkim() -> None:
    zone = PLAIN + '_dmarc.example.com. TXT "v=DMARC1; p=reject; rua=mailto:a@example.com"\n'
    audit = judged(Case(zone))
    assert "dmarc-reject-without-dkim" in {f.rule for f in audit.findings}
    assert (dkim(audit).state, dkim(audit).says) == ("fail", "none")


def test_a_key_that_was_found() -> None:
    dot = dkim(judged(healthy()))
    assert (dot.state, dot.says) == ("pass", "r202611 (rsa 2048), e202611 (ed25519)")


def test_an_alias_at_the_apex_beside_all_else() -> None:
    """The target's SPF record stays as it is: the remedy takes the alias away."""
    apex = "example.com. CNAME mail.example.com.\nexample.com. NS ns1.example.net.\n"
    zone = PLAIN.replace('example.com. TXT "v=spf1 mx -all"\n', "") + apex
    zone += 'mail.example.com. TXT "v=spf1 ptr ?all"\n'
    audit = judged(Case(zone))
    assert "zone-apex-is-alias" in {f.rule for f in audit.findings}
    assert not [f for f in audit.findings if f.rule.startswith("spf-")]


def test_an_alias_at_the_apex_that_has_addresses_of_its_own() -> None:
    apex = "example.com. CNAME mail.example.com.\nexample.com. A 192.0.2.80\n"
    (found,) = [f for f in judged(Case(PLAIN + apex)).findings if f.rule == "zone-apex-is-alias"]
    assert [step.record.type for step in found.remedy.steps] == ["CNAME"]
