"""Rules about conversations: what is no fault, what is not known, and odd worlds."""

from typing import Any

import msgspec
import pytest

from casekit import evidence, fired, outcome
from mailworthy.audit.case import Case
from mailworthy.audit.finding import AskOther
from mailworthy.audit.healthy import POLICY, POLICY_URL, PTR4, PTR6, healthy
from mailworthy.audit.healthychain import AUTHORITY, EXPIRED, GOOD, OTHER_NAME, RENEWED, SELF_SIGNED
from mailworthy.audit.healthyconnect import INTENT, OWNER, connected, ehlo, says, shown, world
from mailworthy.audit.part import Known, NotAsked, Unknown
from mailworthy.audit.rules._talks import hello, openssl
from mailworthy.lookup.model import Dial, Dialled, Status, Trial, Why, failed

FAMILIES = ("smtp-", "tls-", "dane-", "mtasts-", "bimi-", "srv-")
CLEAR = {"ehlo": ehlo(drop="STARTTLS"), "starttls": None, "tls": None, "ehlo_tls": None}
ENFORCED = {POLICY_URL: POLICY.replace("testing", "enforce").replace("86400", "1209600")}


def failing(why: Why, case: Case, at: int | None = None) -> Case:
    """The same, and the conversations (or one of them) fail."""
    dials = tuple(
        reply if at not in (None, n) else lost(reply, why) for n, reply in enumerate(case.dials)
    )
    return msgspec.structs.replace(case, dials=dials)


def lost(reply: Dialled, why: Why) -> Dialled:
    found = failed(reply.ask, why)
    assert isinstance(found, Dialled)
    return found


NO_FAULT: dict[str, Case] = {
    "as it should be": connected(),
    "another name, which the PTR records have": connected(
        drop=(PTR4, PTR6),
        add=(f"{PTR4} PTR smtp.example.com.", f"{PTR6} PTR smtp.example.com."),
        dials=world({"banner": says("smtp.example.com ESMTP", code=220)}),
    ),
    "upper case": connected(dials=world({"banner": says("MAIL.Example.COM ESMTP", code=220)})),
    "a banner of several lines": connected(
        dials=world({"banner": says("mail.example.com ESMTP", "no spam", code=220)})
    ),
    "no limit": connected(dials=world({"ehlo_tls": ehlo("SIZE 0", drop="SIZE")})),
    "a limit that is no number": connected(
        dials=world({"ehlo_tls": ehlo("SIZE many", drop="SIZE")})
    ),
    "a limit beyond all": connected(
        dials=world({"ehlo_tls": ehlo("SIZE " + "9" * 5000, drop="SIZE")})
    ),
    "the key is pinned, nobody vouches": connected(
        dials=world(shown(SELF_SIGNED, untrusted="self-signed certificate"))
    ),
    "refused because of who calls": connected(
        dials=world(
            {
                **dict.fromkeys(("ehlo", "starttls", "tls", "ehlo_tls")),
                "banner": says(
                    "5.7.1 Service unavailable; blocked using zen.spamhaus.org", code=554
                ),
            }
        )
    ),
    "EHLO refused because of our name": connected(
        dials=world(
            {
                **dict.fromkeys(("starttls", "tls", "ehlo_tls")),
                "ehlo": says("5.7.1 your name is not welcome", code=550),
            }
        )
    ),
    "VRFY says nothing of anybody": connected(
        dials=world(
            first={"tried": ((Trial.VRFY, says("perhaps", code=252)),) * 2}, trials=(Trial.VRFY,)
        ),
        trials=(Trial.VRFY,),
        intent=INTENT,
    ),
    "a renewal at one address, the key kept": connected(dials=world(second=shown(GOOD, AUTHORITY))),
}


@pytest.mark.parametrize("name", NO_FAULT)
def test_no_fault(name: str) -> None:
    assert not [rule for rule in fired(NO_FAULT[name]) if rule.startswith(FAMILIES)]


@pytest.mark.parametrize("why", [Why.TIMEOUT, Why.BUSY, Why.GARBLED, Why.UNREACHABLE])
def test_nobody_answering_is_undetermined(why: Why) -> None:
    result = outcome(failing(why, connected()))
    assert result.findings == ()
    gaps = {gap.what: gap.why for gap in result.undetermined}
    assert gaps == {
        "mail.example.com (192.0.2.25), port 25": why,
        "mail.example.com (2001:db8::25), port 25": why,
        "mail.example.com (192.0.2.25), port 465": why,
        "mail.example.com (192.0.2.25), port 587": why,
    }


def test_one_address_that_is_silent_is_undetermined_and_the_other_judged() -> None:
    case = connected(dials=world({"banner": says("localhost", code=220)}))
    result = outcome(failing(Why.TIMEOUT, case, at=1))
    assert [finding.rule for finding in result.findings] == ["smtp-banner-no-name"]
    (gap,) = result.undetermined
    assert (gap.what, gap.why) == ("mail.example.com (2001:db8::25), port 25", "timeout")


UNFINISHED: dict[str, dict[str, Any]] = {
    "asks for time": {"banner": says("busy", code=450)},
    "gone after the greeting": dict.fromkeys(("ehlo", "starttls", "tls", "ehlo_tls")),
    "gone in the handshake": dict.fromkeys(("tls", "ehlo_tls")),
}


@pytest.mark.parametrize("name", UNFINISHED)
def test_a_conversation_that_breaks_off_is_undetermined(name: str) -> None:
    result = outcome(connected(dials=world(UNFINISHED[name])))
    assert result.findings == ()
    assert {gap.what.rpartition(" ")[2] for gap in result.undetermined} == {"25"}


def test_without_means_nothing_is_asked_and_nothing_said() -> None:
    result = outcome(healthy())
    assert (result.findings, result.undetermined) == ((), ())
    assert {gap.what for gap in result.not_rehearsed if gap.why == "no_means"} == {
        "port 25 of mail.example.com",
        "port 465 of mail.example.com",
        "port 587 of mail.example.com",
        "https://autoconfig.example.com/mail/config-v1.1.xml",
    }


def test_a_machine_without_ipv6_says_so() -> None:
    case = connected()
    dials = list(case.dials)
    reply = failed(dials[1].ask, Why.NO_MEANS, detail="no way from here by IPv6")
    assert isinstance(reply, Dialled)
    dials[1] = reply
    result = outcome(msgspec.structs.replace(case, dials=tuple(dials)))
    assert (result.findings, result.undetermined) == ((), ())
    assert "no way from here by IPv6" in {gap.why for gap in result.not_rehearsed}


def test_a_closed_address_is_a_fault_only_beside_an_open_one() -> None:
    result = outcome(failing(Why.UNREACHABLE, connected(), at=1))
    assert [finding.rule for finding in result.findings] == ["smtp-ipv6-closed"]
    assert result.undetermined == ()


# What is said of the same fault depends on what senders were promised.
PROMISES: dict[str, tuple[Case, set[str]]] = {
    "no encryption": (connected(dials=world(CLEAR), tlsa=""), {"tls-not-offered"}),
    "no encryption, DANE": (connected(dials=world(CLEAR)), {"dane-without-tls"}),
    "no encryption, MTA-STS": (
        connected(dials=world(CLEAR), tlsa="", fetches=ENFORCED),
        {"mtasts-mx-not-validated"},
    ),
    "expired": (connected(dials=world(shown(EXPIRED, AUTHORITY))), {"tls-certificate-expired"}),
    "expired, MTA-STS": (
        connected(dials=world(shown(EXPIRED, AUTHORITY)), fetches=ENFORCED),
        {"mtasts-mx-not-validated"},
    ),
    "other name, MTA-STS": (
        connected(dials=world(shown(OTHER_NAME, AUTHORITY)), fetches=ENFORCED),
        {"mtasts-mx-not-validated"},
    ),
    "TLSA of no key, in a zone that is not signed": (
        connected(tlsa=f"3 1 1 {'00' * 32}", signed=()),
        set(),
    ),
    "TLSA of the next key too": (
        connected(add=(f"{OWNER} 3 1 1 {'00' * 32}",)),
        set(),
    ),
}


@pytest.mark.parametrize("name", PROMISES)
def test_the_worst_is_said_once(name: str) -> None:
    case, expected = PROMISES[name]
    assert {rule for rule in fired(case) if rule.startswith(FAMILIES)} == expected


def test_both_certificates_are_looked_at() -> None:
    found = fired(connected(dials=world(second=shown(RENEWED, AUTHORITY))))
    assert set(found) == {"tls-certificates-differ"}
    assert len(found["tls-certificates-differ"].evidence) == 2


def test_trials_are_for_own_hosts_only() -> None:
    asked = connected(trials=(Trial.RELAY,), intent=INTENT)
    (host,) = known(evidence(asked).hosts)
    assert [call.reply.ask.trials for call in host.calls] == [(Trial.RELAY,), ()]
    stranger = connected(trials=(Trial.RELAY,))
    (host,) = known(evidence(stranger).hosts)
    assert [call.reply.ask.trials for call in host.calls] == [(), ()]


def test_who_runs_the_host_is_asked() -> None:
    case = connected(
        dials=world(CLEAR),
        tlsa="",
        drop=("example.com. MX",),
        add=("example.com. MX 10 mx.example.net.", "mx.example.net. A 192.0.2.25"),
    )
    dials = tuple(
        msgspec.structs.replace(d, ask=msgspec.structs.replace(d.ask, host="mx.example.net"))
        for d in case.dials
    )
    found = fired(msgspec.structs.replace(case, dials=dials))["tls-not-offered"]
    (step,) = found.remedy.steps
    assert isinstance(step, AskOther)
    assert "mx.example.net" in step.who


def test_hosts_beyond_the_first_ones_are_not_called() -> None:
    more = tuple(
        line
        for n in range(8)
        for line in (
            f"example.com. MX {n + 20} h{n}.example.com.",
            f"h{n}.example.com. A 192.0.2.{n}",
        )
    )
    hosts = known(evidence(connected(add=more)).hosts)
    called = [host.name for host in hosts if host.calls]
    assert called == ["mail.example.com", *(f"h{n}.example.com" for n in range(4))]
    assert all(isinstance(host.talks, NotAsked) for host in hosts if not host.calls)


def known(part: Known | Unknown | NotAsked) -> tuple:  # type: ignore[type-arg]
    assert isinstance(part, Known)
    return tuple(part.value)


def test_a_command_is_safe_whatever_the_name() -> None:
    talk = Dialled(Dial("$(id)`x` -x.example.com", "2001:db8::25"), Status.FOUND)
    quoted = "'$(id)`x` -x.example.com'"
    end = f"-connect '[2001:db8::25]:25' -servername {quoted} </dev/null"
    assert openssl(talk, "").command == f"openssl s_client -starttls smtp {end}"
    assert hello(talk).command.endswith(" | nc 2001:db8::25 25")


def test_every_reply_of_a_found_conversation_counts() -> None:
    (host,) = known(evidence(connected()).hosts)
    assert [talk.status for talk in known(host.talks)] == [Status.FOUND] * 2
