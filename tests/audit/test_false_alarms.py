"""Zones as people write them: what is right in them is not complained about, what is wrong is
said once, and what to do about it is complete."""

import pytest

from casekit import fired
from mailworthy.audit.case import Case
from mailworthy.audit.finding import Configure, Finding, Publish
from mailworthy.domain.recordset import RecordSet

SOA = "60 SOA ns1.example.net. h.example.com. 1 14400 3600 1209600 3600\n"
IN_AND_OUT = f"""\
example.com. {SOA}
example.com. MX 10 in.example.com.
in.example.com. A 192.0.2.25
example.com. TXT "v=spf1 ip4:192.0.2.26 -all"
"""
SHARED = IN_AND_OUT.replace('"v=spf1 ip4', '"v=spf1 mx include:spf.example.net ip4')
NEWS = f"""\
example.com. {SOA}
news.example.com. TXT "v=spf1 include:spf.example.net -all"
s1._domainkey.news.example.com. CNAME s1.example.net.
"""
WEB = f"""\
example.com. {SOA}
example.com. A 192.0.2.80
example.com. TXT "v=spf1 -all"
"""
PLAIN = f"""\
example.com. {SOA}
example.com. MX 10 mail.example.com.
mail.example.com. A 192.0.2.25
"""


def values(finding: Finding) -> list[str]:
    return [s.record.value for s in finding.remedy.steps if isinstance(s, Publish)]


def test_a_host_that_only_receives_is_at_most_advised_to_be_in_spf() -> None:
    found = fired(Case(IN_AND_OUT + 'in.example.com. TXT "v=spf1 a -all"\n'))
    mine = [f for f in found.values() if f.rule.startswith(("spf-", "helo-"))]
    assert all(f.severity == "advice" for f in mine)


@pytest.mark.parametrize("zone", [IN_AND_OUT, SHARED])
def test_a_host_may_say_that_it_never_sends(zone: str) -> None:
    assert "helo-spf-fails" not in fired(Case(zone + 'in.example.com. TXT "v=spf1 -all"\n'))


def test_a_host_that_spf_names_cannot_say_so() -> None:
    zone = IN_AND_OUT.replace("ip4:192.0.2.26", "ip4:192.0.2.25")
    assert "helo-spf-fails" in fired(Case(zone + 'in.example.com. TXT "v=spf1 -all"\n'))


def test_a_name_that_only_sends_newsletters() -> None:
    found = fired(Case(NEWS, domain="news.example.com"))
    assert "mx-missing" not in found
    assert found["mx-missing-inside-zone"].severity == "warning"


def test_a_web_site_is_offered_a_null_mx() -> None:
    assert values(fired(Case(WEB))["mx-implicit"]) == ["0 ."]
    sender = WEB.replace("v=spf1 -all", "v=spf1 a -all")
    assert values(fired(Case(sender))["mx-implicit"]) == ["10 <mail-host>."]


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("v=spf1 ip4: 192.0.2.25 mx: mail.example.com -all", "spf-address-invalid"),
        ("v=spf1 ipv4:192.0.2.25 ip6:192.0.2.26 include: -all", "spf-unknown-mechanism"),
        ("v=spf1 mx\xa0ip4:192.0.2.999 foo -all", "spf-foreign-characters"),
    ],
)
def test_one_grammar_finding_a_record(text: str, rule: str) -> None:
    found = fired(Case(PLAIN + f'example.com. TXT "{text}"\n'))
    assert [r for r in found if r.startswith("spf-")] == [rule]


def test_addresses_for_reports_are_repaired_too() -> None:
    zone = PLAIN + '_dmarc.example.com. TXT "v=DMARC1 p=none; rua=a@example.com"\n'
    (value,) = values(fired(Case(zone))["dmarc-missing-semicolon"])
    assert value == "v=DMARC1; p=none; rua=mailto:a@example.com"


def test_records_are_merged_without_ptr() -> None:
    zone = PLAIN + 'example.com. TXT "v=spf1 mx ptr -all"\nexample.com. TXT "v=spf1 a -all"\n'
    assert values(fired(Case(zone))["spf-several-records"]) == ["v=spf1 a mx -all"]


def test_an_address_that_the_intent_wants_is_corrected_there() -> None:
    text = "v=spf1 ip4:10.0.0.5 ~all"
    intent = '[hosts."mail.example.com"]\nipv4 = ["10.0.0.5"]\nmx = 10\n[domains."example.com"]\n'
    wanted = (RecordSet("example.com", "TXT", (text,), exclusive=False),)
    case = Case(PLAIN + f'example.com. TXT "{text}"\n', intent=intent, wanted=wanted)
    (step,) = fired(case)["spf-unroutable-network"].remedy.steps
    assert isinstance(step, Configure)
    assert step.file == "mailworthy.toml"


DOUBLED = "mail.example.com.example.com."


@pytest.mark.parametrize(
    ("line", "rule", "value"),
    [
        ("_imaps._tcp.example.com. SRV 0 1 993", "srv-target-missing", "0 1 993 mail.example.com."),
        ("autoconfig.example.com. CNAME", "srv-autoconfig-dangling", "mail.example.com."),
        ("autodiscover.example.com. CNAME", "srv-autodiscover-dangling", "mail.example.com."),
    ],
)
def test_a_final_dot_is_put_back(line: str, rule: str, value: str) -> None:
    found = fired(Case(PLAIN + f"{line} {DOUBLED}\n"))[rule]
    assert "final dot is missing" in found.message
    assert values(found) == [value]


def test_a_dkim_alias_inside_the_zone_may_lack_its_dot() -> None:
    alias = "s1._domainkey.example.com. CNAME s1.mailer.net.example.com.\n"
    found = fired(Case(PLAIN + alias, selectors=("s1",)))["dkim-alias-dangling"]
    assert "final dot" in found.remedy.note


@pytest.mark.parametrize(
    ("line", "rule", "value"),
    [
        (
            "_dmarc.example.com. TXT v=DMARC1; p=reject; rua=mailto:a@example.com",
            "dmarc-unquoted",
            "v=DMARC1; p=<policy>; rua=mailto:<mailbox>",
        ),
        (
            "s1._domainkey.example.com. TXT v=DKIM1; k=rsa; p=AAAA",
            "dkim-unquoted",
            "v=DKIM1; k=rsa; p=<public-key>",
        ),
        (
            "_smtp._tls.example.com. TXT v=TLSRPTv1; rua=mailto:a@example.com",
            "tlsrpt-version-misspelt",
            "v=TLSRPTv1; rua=mailto:<mailbox>",
        ),
        (
            "_mta-sts.example.com. TXT v=STSv1; id=1",
            "mtasts-version-misspelt",
            "v=STSv1; id=20261123T120000Z",
        ),
    ],
)
def test_a_semicolon_without_quotes_begins_a_comment(line: str, rule: str, value: str) -> None:
    found = fired(Case(PLAIN + line + "\n"))[rule]
    assert "written without quotes" in found.message
    assert values(found) == [value]
