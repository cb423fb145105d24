"""The rules about DKIM and DMARC beyond their own cases: silence, interplay, hostile texts."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from casekit import applied, outcome, target
from mailworthy.audit.case import Case
from mailworthy.audit.collect import collect
from mailworthy.audit.finding import AskOther, Finding, Publish, Withdraw
from mailworthy.audit.healthy import ED25519_RECORD, RSA, RSA_RECORD, healthy
from mailworthy.audit.rule import load
from mailworthy.audit.run import Outcome, run
from mailworthy.lookup.drive import drive
from mailworthy.lookup.memory import Memory
from mailworthy.lookup.model import Why
from mailworthy.rdata.text import quote

RULES = tuple(r for r in load() if r.family in ("dkim", "dmarc"))
OK = "v=DMARC1; p=quarantine; rua=mailto:dmarc@example.com"


def key(value: str, selector: str = "r202611") -> str:
    return f"{selector}._domainkey.example.com. TXT {quote(value)}"


def policy(value: str) -> str:
    return f"_dmarc.example.com. TXT {quote(value)}"


def with_key(value: str, **more: object) -> Case:
    return healthy(drop=("r202611.",), add=(key(value),), **more)


def with_policy(*values: str, **more: object) -> Case:
    return healthy(drop=("_dmarc.",), add=tuple(policy(v) for v in values), **more)


def judged(case: Case, **fail: Why) -> Outcome:
    """The outcome of a case in which some names fail; `__` stands for a dot."""
    failing = {name.replace("__", "."): why for name, why in fail.items()}
    memory = Memory.from_zone(case.zones, signed=case.signed, fail=failing)
    return run(drive(collect(target(case)), memory), RULES)


def ids(case: Case) -> set[str]:
    return {f.rule for f in outcome(case, RULES).findings}


NO_MX = ("example.com. MX", "example.com. TXT")
DENIED = 'example.com. TXT "v=spf1 -all"'
PARKED = ("example.com. MX 0 .", DENIED)
NO_KEYS = ("r202611.", "e202611.")
ALIAS = "s1._domainkey.example.com. CNAME s1.keys.example.net."


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(
            healthy(selectors=(), drop=("e202611.",), add=(key(f"p={RSA}", "google"),)),
            id="a provider's key, found by guessing",
        ),
        pytest.param(
            healthy(
                drop=(*NO_MX, *NO_KEYS, "_dmarc."),
                selectors=(),
                add=(*PARKED, policy("v=DMARC1; p=reject")),
            ),
            id="parked, nobody said so",
        ),
        pytest.param(
            healthy(
                drop=(*NO_MX, *NO_KEYS, "_dmarc."),
                selectors=(),
                parked=True,
                add=(
                    *PARKED,
                    policy("v=DMARC1; p=reject; sp=reject; np=reject; psd=n"),
                    key("v=DKIM1; p=", "*"),
                ),
            ),
            id="parked, every key revoked",
        ),
        pytest.param(
            healthy(
                drop=("example.com. MX", "example.com. TXT", *NO_KEYS),
                selectors=(),
                add=("example.com. MX 10 mail.example.com.", DENIED),
            ),
            id="receives only",
        ),
        pytest.param(
            healthy(add=('*.example.com. TXT "v=spf1 -all"',)),
            id="a wildcard of the zone beside keys",
        ),
        pytest.param(
            healthy(add=(key("v=DKIM1; p=", "s2"),), selectors=("r202611", "e202611")),
            id="an old key revoked",
        ),
        pytest.param(
            healthy(selectors=(), add=(key("v=DKIM1; p=", "default"), key(RSA_RECORD, "s1"))),
            id="a revoked key found by guessing",
        ),
        pytest.param(
            healthy(
                add=(ALIAS, f"s1.keys.example.net. TXT {quote('k=rsa; t=s; p=' + RSA)}"),
                selectors=("r202611", "s1"),
            ),
            id="a service's key behind an alias",
        ),
        pytest.param(with_key("v=DKIM1; k=rsa; s=tlsrpt; p=" + RSA), id="a key for TLS reports"),
        pytest.param(
            with_key("v=DKIM1; n=x; k=rsa; h=sha256:sha512; t=x:s; z=1; p=" + RSA),
            id="unknown words in a key",
        ),
        pytest.param(
            with_key("v = DKIM1 ;\tk = rsa ; p = " + RSA[:99] + " " + RSA[99:] + " ;"),
            id="white space in a key",
        ),
        pytest.param(
            with_policy(
                "v=DMARC1;p=reject;sp=reject;adkim=s;aspf=s;rua=mailto:dmarc@example.com;ruf=mailto:dmarc@example.com;fo=1"
            ),
            id="as strict as can be",
        ),
        pytest.param(with_policy(OK, "some-verification=1"), id="a foreign text at _dmarc"),
        pytest.param(
            with_policy("v=DMARC1; p=quarantine; rua=mailto:dmarc@mail.example.com?subject=x"),
            id="a mailbox below the domain",
        ),
        pytest.param(
            healthy(domain="www.example.com", selectors=()),
            id="a name without mail, governed from above",
        ),
        pytest.param(
            healthy(domain="mail.example.com", selectors=()), id="a mail host, governed from above"
        ),
    ],
)
def test_silent_on_what_is_legitimate(case: Case) -> None:
    result = outcome(case, RULES)
    assert [(f.rule, f.message) for f in result.findings] == []
    assert result.undetermined == ()


@pytest.mark.parametrize(
    ("case", "found"),
    [
        # the cause is told, not its consequences
        (with_key(f"v=DKIM1\\; k=rsa\\; p={RSA}"), {"dkim-escaped-semicolons"}),
        (with_key(f'"v=DKIM1; k=rsa; p={RSA[:99]}" "{RSA[99:]}"'), {"dkim-quoted-record"}),
        (with_key(f"v=DKIM1, k=rsa; p={RSA}"), {"dkim-missing-semicolon"}),
        (with_key(f"v=DKIM1; k=ed25519; p={RSA}"), {"dkim-key-type-mismatch"}),
        (with_key("v=DKIM1; k=rsa; t=y; p="), {"dkim-revoked"}),
        (with_key("-----BEGIN RSA PRIVATE " + "KEY-----MIIE"), {"dkim-private-key-published"}),
        (with_key("v=DKIM1; k=rsa; p=" + "A" * 5000), {"dkim-large-rsa"}),
        (with_key("hello"), {"dkim-syntax-error"}),
        (with_key(""), {"dkim-p-missing"}),
        (healthy(drop=NO_KEYS, add=(key("hello", "*"),)), {"dkim-wildcard", "dkim-key-missing"}),
        (healthy(drop=NO_KEYS, add=(key("v=DKIM1; p=", "*"),)), {"dkim-key-missing"}),
        (
            healthy(drop=NO_KEYS, selectors=(), add=('*.example.com. TXT "v=spf1 -all"',)),
            {"dkim-wildcard", "dkim-nothing-published"},
        ),
        (with_policy("v=DMARC1; p=none; v=DMARC1; p=reject"), {"dmarc-duplicate-tag"}),
        (
            with_policy("v=DMARC1; p=none", "v=DMARC1; p=reject", "v=dmarc1; p=none"),
            {"dmarc-several-records"},
        ),
        (with_policy('"v=DMARC1; p=none; rua=mailto:dmarc@example.com"'), {"dmarc-quoted-record"}),
        (with_policy("p=none; rua=mailto:dmarc@example.com"), {"dmarc-version-missing"}),
        (with_policy("v=DMARC1; p=none; ruaa=mailto:dmarc@example.com"), {"dmarc-misspelt-tag"}),
        (
            with_policy("v=DMARC1; policy=reject; rua=mailto:dmarc@example.com"),
            {"dmarc-misspelt-tag"},
        ),
        (with_policy("v=DMARC1; p=; rua=mailto:dmarc@example.com"), {"dmarc-policy-invalid"}),
        (with_policy("v=DMARC1; p=none; rua="), {"dmarc-report-uri-malformed"}),
        (
            with_policy(
                "v=DMARC1; p=none; rua=mailto:dmärz@example.com".encode().decode("latin-1")
            ),
            {"dmarc-report-uri-malformed"},
        ),
        (
            with_policy("v=DMARC1; p=reject; pct=0; rua=mailto:dmarc@example.com"),
            {"dmarc-partial-policy"},
        ),
        (
            with_policy("v=DMARC1; p=none; pct=50; rua=mailto:dmarc@example.com"),
            {"dmarc-removed-pct", "dmarc-monitoring-only"},
        ),
        (
            with_policy("v=DMARC1; p=quarantine; pct=2²; rua=mailto:dmarc@example.com"),
            {"dmarc-syntax-error"},
        ),
        (with_policy("v=DMARC1"), {"dmarc-unquoted"}),
        (with_policy(""), {"dmarc-missing"}),
        (
            with_policy("v=DMARC1; p=none; rua=mailto:a@example.net"),
            {"dmarc-monitoring-only", "dmarc-report-host-receives-nothing"},
        ),
        (
            healthy(
                drop=("_dmarc.",),
                add=(f"example.com. TXT {quote(OK)}", f"example.com. TXT {quote(OK + ';')}"),
            ),
            {"dmarc-misplaced"},
        ),
    ],
)
def test_the_cause_is_found(case: Case, found: set[str]) -> None:
    assert ids(case) == found


def finding(case: Case, rule: str) -> Finding:
    (found,) = [f for f in outcome(case, RULES).findings if f.rule == rule]
    return found


def test_the_key_on_disk_is_what_is_published() -> None:
    case = with_key("v=DKIM1; k=rsa; p=hello", keys={"example.com/r202611": RSA_RECORD})
    step = finding(case, "dkim-bad-base64").remedy.steps[-1]
    assert isinstance(step, Publish)
    assert step.record.value == RSA_RECORD


def test_a_weak_key_on_disk_is_not() -> None:
    weak = (
        "MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAMvnlY7lN6R+GJHTaWZMOxfGjwzzXU2WEoY725wjolyZRU6RgX36adpd"
        "qKpeDFezMFgUDEjCg6IfTqJTRI0jNdsCAwEAAQ=="
    )
    record = f"v=DKIM1; k=rsa; p={weak}"
    case = with_key(record, keys={"example.com/r202611": record})
    assert finding(case, "dkim-weak-rsa").remedy.blanks


def test_whoever_has_the_record_is_asked() -> None:
    broken = quote("v=DKIM1 k=rsa; p=" + RSA)
    case = healthy(add=(ALIAS, f"s1.keys.example.net. TXT {broken}"), selectors=("r202611", "s1"))
    (step,) = finding(case, "dkim-missing-semicolon").remedy.steps
    assert isinstance(step, AskOther)
    assert {c.record.name for c in step.changes} == {"s1.keys.example.net"}
    assert "s1.keys.example.net" in step.who


def test_an_alias_inside_the_domain_is_ours() -> None:
    moved = (
        "_dmarc.example.com. CNAME policy.example.com.",
        f"policy.example.com. TXT {quote('v=dmarc1; p=none')}",
    )
    case = healthy(drop=("_dmarc.",), add=moved)
    old, new = finding(case, "dmarc-version-case").remedy.steps
    assert isinstance(old, Withdraw)
    assert isinstance(new, Publish)
    assert new.record.name == "policy.example.com"


@pytest.mark.parametrize(
    "fail",
    [
        {"r202611___domainkey__example__com": Why.SERVFAIL},
        {"_domainkey__example__com": Why.TIMEOUT, "r202611___domainkey__example__com": Why.TIMEOUT},
        {"_dmarc__example__com": Why.SERVFAIL},
        {"_dmarc__com": Why.TIMEOUT},
    ],
)
@pytest.mark.parametrize("selectors", [(), ("r202611", "e202611")])
def test_not_knowing_is_not_failing(fail: dict[str, Why], selectors: tuple[str, ...]) -> None:
    """No finding appears because an answer failed to come."""
    case = with_policy("v=DMARC1; p=reject; rua=mailto:dmarc@example.com", selectors=selectors)
    calm = {(f.rule, f.subject) for f in judged(case).findings}
    assert {(f.rule, f.subject) for f in judged(case, **fail).findings} <= calm


def test_a_silent_walk_is_not_a_missing_policy() -> None:
    result = judged(healthy(drop=("_dmarc.",)), _dmarc__com=Why.TIMEOUT)
    assert [f.rule for f in result.findings] == []
    assert any("dmarc-missing" in gap.rules for gap in result.undetermined)


# Laws

WORDS = st.sampled_from(
    [
        "v=DMARC1",
        "v=dmarc1",
        "v=DKIM1",
        "p=none",
        "p=reject",
        "p=",
        "P=quarantine",
        "sp=non",
        "np=none",
        "rua=mailto:a@example.com",
        "rua=a@example.com",
        "rua=https://example.net/",
        "ruf=mailto:b@example.net!1m",
        "rua=mailto:a@example.com,mailto:a@example.com",
        "fo=1",
        "fo=x",
        "pct=0",
        "pct=100",
        "t=y",
        "psd=y",
        "ruaa=mailto:a@example.com",
        "adkim=strict",
        "k=rsa",
        "k=RSA",
        "k=ed25519",
        "h=sha1",
        "s=web",
        "g=",
        "t=y:s",
        f"p={RSA}",
        f"p={RSA[:50]}",
        "&#61;",
        "\x93",
        "\\",
        '"',
        "=",
        "",
        " ",
        "mailto:c@example.com",
        "n=x y=z",
    ]
)
RECORDS = st.builds(
    lambda words, glue: glue.join(words),
    st.lists(WORDS, max_size=6),
    st.sampled_from(["; ", ";", " ", ", ", ";;"]),
)
TEXTS = st.text(st.characters(max_codepoint=255), max_size=60) | RECORDS
BLANKS = {
    "policy": "quarantine",
    "mailbox": "dmarc@mail.example.com",
    "public-key": RSA,
    "new-public-key": RSA,
    "record": RSA_RECORD,
}


def cured(case: Case, rule: str) -> bool:
    """Whether a rule is silent after its own remedies were applied, a few times if need be."""
    for _ in range(6):
        mine = [f for f in outcome(case, RULES).findings if f.rule == rule]
        if not mine:
            return True
        case = applied(case, mine[0].remedy)
    return False


@settings(max_examples=40, deadline=None)
@given(TEXTS)
@example("MAILTO:DMARC1")
@example("V=DMARC1;A=")
def test_whatever_a_policy_says_every_finding_is_curable(text: str) -> None:
    case = with_policy(text, blanks=BLANKS)
    assert {rule for rule in ids(case) if not cured(case, rule)} == set()


@settings(max_examples=40, deadline=None)
@given(TEXTS)
def test_whatever_a_key_says_every_finding_is_curable(text: str) -> None:
    case = with_key(text, blanks=BLANKS)
    assert {rule for rule in ids(case) if not cured(case, rule)} == set()


@settings(max_examples=15, deadline=None)
@given(st.lists(TEXTS, min_size=2, max_size=3, unique=True))
@example(["", "V=DMARC1;a=;A="])
def test_several_records_are_curable(texts: list[str]) -> None:
    case = healthy(
        drop=("_dmarc.", "r202611."),
        add=(*(policy(t) for t in texts), *(key(t) for t in texts)),
        blanks=BLANKS,
    )
    assert {rule for rule in ids(case) if not cured(case, rule)} == set()


def test_the_twin_of_an_ed25519_key_is_looked_for() -> None:
    alone = healthy(drop=NO_KEYS, add=(key(ED25519_RECORD, "ed"),), selectors=("ed",))
    assert ids(alone) == {"dkim-ed25519-only"}
    twins = (key(ED25519_RECORD, "ed"), key(RSA_RECORD, "default"))
    assert ids(healthy(drop=NO_KEYS, add=twins, selectors=("ed",))) == set()
