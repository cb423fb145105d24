"""Audits that hold what anybody may have published, for the tests of every format."""

from datetime import date
from typing import Any

from mailworthy.audit.checkpoint import Dot, State
from mailworthy.audit.facade import Audit
from mailworthy.audit.finding import (
    AskOther,
    Blank,
    Configure,
    Finding,
    Remedy,
    Severity,
    Shown,
    publish,
    withdraw,
)
from mailworthy.audit.run import Gap
from mailworthy.audit.trial import Trial
from mailworthy.receive import decision as fact
from mailworthy.receive.decision import Decision, Outcome
from mailworthy.receive.profile import Line
from mailworthy.receive.words import Check, Disposition, Fact, Held

NASTY = {
    "escapes": "\x1b[31mred\x1b]8;;http://evil.example/\x07link\x9b2J",
    "controls": "\x00\x01\x07\x08\x0b\x0c\x0e\x7f\x80\x85\x9f\ufffe\uffff",
    "directions": "\u202egnp.exe\u202c \u2066x\u2069 \u200b\ufeff\u2028\u2029",
    "HTML": "</script></style><script>alert(1)</script><img src=x onerror=alert(1)> &lt;b&gt; &#60",
    "attributes": '" onmouseover="alert(1)" \' onload=\'x',
    "XML": "]]> <![CDATA[ <!-- --> <?php &amp; &unknown; %entity;",
    "Markdown": "` `` ``` ```` | a | b | # h [x](javascript:alert(1)) ![y](//e) **b** _i_ ~s~ <b>",
    "lines": "one\r\ntwo\n```\n# heading\n| cell |\n---\n    ``````",
    "letters": "M\N{LATIN SMALL LETTER U WITH DIAERESIS}nchen \N{GRINNING FACE}",
    "surrogates": "\ud800 \udfff",
    "backslashes": "\\ \\n \\u001b \\x1b $(id) `id` %s {0}",
    "long": "x" * 5000 + " " + "word " * 500,
}


def octets(text: str) -> str:
    """As it would be in a TXT record."""
    return text.encode("utf-8", "surrogatepass").decode("latin-1")


def remedy(text: str) -> Remedy:
    return Remedy(
        (
            publish("example.com", "TXT", f"v=spf1 {octets(text)} -all"),
            withdraw(text, "MX", text),
            Configure(text, f"first {text}\nsecond {text}"),
            AskOther(text, text, (publish("host.example", "A", text),)),
        ),
        note=text,
        blanks=(Blank("place", text),),
    )


def finding(text: str, rule: str, severity: Severity, waived: str | None = None) -> Finding:
    return Finding(
        rule=rule,
        severity=severity,
        subject=f"subject {text}",
        message=f"message {text}",
        evidence=(Shown(f"dig {text}", f"said {text}"),),
        remedy=remedy(text),
        references=("RFC 5321 §5", "RFC 7208 §4.6.4"),
        waived=waived,
    )


def decision(
    profile: str,
    disposition: Disposition = Disposition.ACCEPT,
    broken: Held = Held.NO,
    text: str = "plain",
    code: str = "",
    **line: Any,
) -> Decision:
    """What a receiver with a single requirement says; `line` changes the requirement."""
    how = {"action": Disposition.REJECT, "broken_by": (Fact.NO_REVERSE_NAME,), "code": code} | line
    wanted = Line(
        id="reverse-dns",
        requirement="every address has a name",
        **how,
        source="https://receiver.example/rules",
        date=date(2026, 11, 20),
    )
    found = fact.Finding(Fact.NO_REVERSE_NAME, broken, f"fact {text}")
    outcomes = () if broken is Held.NO else (Outcome(wanted, broken, found),)
    return Decision(profile, f"The {profile} mail", disposition, f"because {text}", outcomes, code)


def trial(*decisions: Decision, ip: str = "192.0.2.25", domain: str = "example.com") -> Trial:
    checks = {Check.SPF: "pass", Check.DKIM: "pass", Check.DMARC: "pass"}
    return Trial(domain, f"mail.{domain}", ip, checks, decisions, date(2026, 11, 20))


def trials(text: str, domain: str) -> tuple[Trial, ...]:
    """Two addresses: one receiver refuses the first, one cannot tell, one takes all."""
    reject = decision("red", Disposition.REJECT, Held.YES, text, f"550 5.7.25 no {text}")
    defer = decision("grey", Disposition.DEFER, Held.UNKNOWN, text)
    first = trial(reject, defer, decision("green"), domain=domain)
    second = trial(decision("red"), defer, decision("green"), ip="2001:db8::25", domain=domain)
    return first, second


def audit(text: str = "plain", domain: str = "example.com") -> Audit:
    """One of everything, with the same text everywhere."""
    names = ("MX", "Addresses", "Reverse DNS", "SPF", "DKIM", "DMARC")
    states = (State.PASS, State.FAIL, State.UNKNOWN, State.NOT_ASKED, State.PASS, State.PASS)
    return Audit(
        domain=domain,
        checkpoint=tuple(Dot(n, s, f"says {text}") for n, s in zip(names, states, strict=True)),
        findings=(
            finding(text, "ptr-missing", Severity.BLOCKER),
            finding(text, "mx-target-is-alias", Severity.WARNING),
            finding(text, "ptr-missing", Severity.ADVICE, waived=f"because {text}"),
        ),
        undetermined=(Gap(f"what {text}", "timeout", ("ptr-missing",)),),
        not_rehearsed=(Gap(f"what {text}", f"why {text}", ("ptr-missing",)),),
        spf_tree=(f"{domain}  1 look-up of 10", f"└─ {text}"),
        trials=trials(text, domain),
    )


CLEAN = Audit("example.net", (), (), (), ())
EVERY = tuple(audit(text, f"d{n}.example") for n, text in enumerate(NASTY.values()))
