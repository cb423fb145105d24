"""Every fact: where it holds, where it does not, and where nobody knows."""

from datetime import date
from typing import Any

import pytest

from mailworthy.dkim.result import Length
from mailworthy.dnsbl.result import Cause as Listed
from mailworthy.errors import UsageError
from mailworthy.helo.result import Cause as Helo
from mailworthy.iprev.engine import Result as Iprev
from mailworthy.lookup.model import Why
from mailworthy.message.author import Fault
from mailworthy.mx.result import Cause as Mx
from mailworthy.receive.facts import TESTS, find
from mailworthy.receive.flaw import Code, Level
from mailworthy.receive.oneclick import OneClickProblem
from mailworthy.receive.profile import Algorithms, Alignment, Profile
from mailworthy.receive.verifier import Algorithm
from mailworthy.receive.words import Fact, Held
from mailworthy.spf.model import Result as Spf
from receive_kit import (
    AUTHOR,
    HOST,
    IP,
    IP6,
    NONE,
    OTHER,
    QUARANTINE,
    REJECT,
    author,
    evidence,
    form,
    helo,
    iprev,
    listings,
    mx,
    signed,
    spf,
    unclicked,
)

TODAY = date(2026, 11, 23)
PROFILE = Profile("test", "Test")
LENGTHS = {length: Profile(length, length, length=length) for length in Length}
OLD = Profile("old", "Old", length=Length.HONOUR, discovery=Alignment.PUBLIC_SUFFIX_LIST)
FAILS: dict[str, Any] = {"sender": spf(Spf.FAIL, OTHER), "signatures": ()}  # neither passes
STRANGER: dict[str, Any] = {"sender": spf(Spf.PASS, OTHER), "signatures": (signed(domain=OTHER),)}
BROKEN, LATER = signed("body-changed"), signed("key-unavailable")
BARE = "static-192-0-2-25.isp.example.net"
OUT = Why.OUTSIDE

# Fact, what is changed of a clean message, whether the fact holds, and what its reason names.
CASES: list[tuple[Fact, dict[str, Any], Held, str]] = [
    (Fact.NO_REVERSE_NAME, {"iprev": iprev(Iprev.PERMERROR)}, Held.YES, IP),
    (Fact.NO_REVERSE_NAME, {"iprev": iprev(Iprev.FAIL)}, Held.NO, ""),
    (Fact.NO_REVERSE_NAME, {"iprev": iprev(Iprev.TEMPERROR)}, Held.UNKNOWN, "25.2.0.192"),
    (Fact.NO_REVERSE_NAME, {"iprev": iprev(Iprev.TEMPERROR, why=OUT)}, Held.NOT_ASKED, "outside"),
    (Fact.REVERSE_NOT_CONFIRMED, {"iprev": iprev(Iprev.PERMERROR)}, Held.YES, IP),
    (Fact.REVERSE_NOT_CONFIRMED, {"iprev": iprev(Iprev.FAIL)}, Held.YES, HOST),
    (Fact.REVERSE_NOT_CONFIRMED, {"iprev": iprev(Iprev.TEMPERROR)}, Held.UNKNOWN, "timeout"),
    (Fact.GENERIC_REVERSE_NAME, {"iprev": iprev(name=BARE)}, Held.YES, BARE),
    (Fact.GENERIC_REVERSE_NAME, {"iprev": iprev(Iprev.FAIL, name=BARE)}, Held.YES, BARE),
    (Fact.GENERIC_REVERSE_NAME, {"iprev": iprev(Iprev.PERMERROR)}, Held.NO, ""),
    (Fact.GENERIC_REVERSE_NAME, {"iprev": iprev(Iprev.TEMPERROR)}, Held.UNKNOWN, "PTR"),
    (Fact.HELO_UNUSABLE, {"helo": helo(Helo.SINGLE_LABEL)}, Held.YES, HOST),
    (Fact.HELO_UNUSABLE, {"helo": helo(Helo.UNKNOWN)}, Held.YES, HOST),
    (Fact.HELO_UNUSABLE, {"helo": helo(Helo.ELSEWHERE)}, Held.NO, ""),
    (Fact.HELO_UNUSABLE, {"helo": helo(Helo.OWN_LITERAL)}, Held.NO, ""),
    (Fact.HELO_UNUSABLE, {"helo": helo(Helo.LOOKUP)}, Held.UNKNOWN, HOST),
    (Fact.HELO_UNUSABLE, {"helo": helo(Helo.MISSING)}, Held.NOT_ASKED, "HELO"),
    (Fact.HELO_ELSEWHERE, {"helo": helo(Helo.ELSEWHERE)}, Held.YES, HOST),
    (Fact.HELO_ELSEWHERE, {"helo": helo(Helo.UNKNOWN)}, Held.NO, ""),
    (Fact.HELO_ELSEWHERE, {"helo": helo(Helo.LOOKUP)}, Held.UNKNOWN, HOST),
    (Fact.SPF_NONE, {"sender": spf(Spf.NONE)}, Held.YES, AUTHOR),
    (Fact.SPF_NONE, {"sender": spf(Spf.NONE, "")}, Held.YES, "no domain"),
    (Fact.SPF_NONE, {"sender": spf(Spf.TEMPERROR)}, Held.UNKNOWN, "timeout"),
    (Fact.SPF_FAIL, {"sender": spf(Spf.FAIL)}, Held.YES, IP),
    (Fact.SPF_FAIL, {"sender": spf(Spf.SOFTFAIL)}, Held.NO, ""),
    (Fact.SPF_FAIL, {"sender": spf(Spf.TEMPERROR)}, Held.UNKNOWN, AUTHOR),
    (Fact.SPF_FAIL, {"sender": spf(Spf.TEMPERROR, why=OUT)}, Held.NOT_ASKED, AUTHOR),
    (Fact.SPF_FAIL_OR_SOFTFAIL, {"sender": spf(Spf.SOFTFAIL)}, Held.YES, AUTHOR),
    (Fact.SPF_FAIL_OR_SOFTFAIL, {"sender": spf(Spf.FAIL)}, Held.YES, AUTHOR),
    (Fact.SPF_FAIL_OR_SOFTFAIL, {"sender": spf(Spf.NEUTRAL)}, Held.NO, ""),
    (Fact.SPF_FAIL_OR_SOFTFAIL, {"sender": spf(Spf.PERMERROR)}, Held.NO, ""),
    (Fact.SPF_INVALID, {"sender": spf(Spf.PERMERROR)}, Held.YES, AUTHOR),
    (Fact.SPF_INVALID, {"sender": spf(Spf.NONE)}, Held.NO, ""),
    (Fact.SPF_NOT_PASS, {"sender": spf(Spf.NEUTRAL)}, Held.YES, AUTHOR),
    (Fact.SPF_NOT_PASS, {"sender": spf(Spf.TEMPERROR)}, Held.UNKNOWN, AUTHOR),
    (Fact.DKIM_NONE, {"signatures": ()}, Held.YES, "nobody signed"),
    (Fact.DKIM_NONE, {"signatures": (signed("no-key"),)}, Held.YES, AUTHOR),
    (Fact.DKIM_NONE, {"signatures": (BROKEN,)}, Held.NO, ""),
    (Fact.DKIM_NONE, {"signatures": (signed("expired"),)}, Held.NO, ""),
    (Fact.DKIM_NONE, {"signatures": (signed("no-key"), LATER)}, Held.UNKNOWN, AUTHOR),
    (Fact.DKIM_BROKEN, {"signatures": (BROKEN,)}, Held.YES, AUTHOR),
    (Fact.DKIM_BROKEN, {"signatures": (signed("no-key"), BROKEN)}, Held.YES, AUTHOR),
    (Fact.DKIM_BROKEN, {"signatures": (signed("expired"),)}, Held.YES, AUTHOR),
    (Fact.DKIM_BROKEN, {"signatures": (BROKEN, signed())}, Held.NO, ""),
    (Fact.DKIM_BROKEN, {"signatures": ()}, Held.NO, ""),
    (Fact.DKIM_BROKEN, {"signatures": (BROKEN, LATER)}, Held.UNKNOWN, AUTHOR),
    (Fact.DKIM_NOT_PASS, {"signatures": ()}, Held.YES, "nobody signed"),
    (Fact.DKIM_NOT_PASS, {"signatures": (BROKEN,)}, Held.YES, AUTHOR),
    (Fact.DKIM_NOT_PASS, {"signatures": (BROKEN, LATER)}, Held.UNKNOWN, AUTHOR),
    (Fact.DKIM_WEAK_KEY, {"signatures": (signed("key-too-small", bits=512),)}, Held.YES, "512"),
    (
        Fact.DKIM_WEAK_KEY,
        {"signatures": (signed("key-too-small", bits=512), signed())},
        Held.NO,
        "",
    ),
    (Fact.DKIM_WEAK_KEY, {"signatures": ()}, Held.NO, ""),
    (
        Fact.DKIM_WEAK_KEY,
        {"signatures": (signed("key-too-small", bits=512), signed("key-unavailable", bits=0))},
        Held.UNKNOWN,
        AUTHOR,
    ),
    (Fact.DKIM_SHORT_KEY, {"signatures": (signed(bits=1024),)}, Held.YES, "s1._domainkey"),
    (Fact.DKIM_SHORT_KEY, {"signatures": (signed(bits=1024), signed())}, Held.NO, ""),
    (Fact.DKIM_SHORT_KEY, {"signatures": (signed(bits=256, k="ed25519"),)}, Held.NO, ""),
    (Fact.DKIM_SHORT_KEY, {"signatures": (signed(bits=1024), LATER)}, Held.UNKNOWN, AUTHOR),
    (Fact.UNAUTHENTICATED, FAILS, Held.YES, OTHER),
    (Fact.UNAUTHENTICATED, STRANGER, Held.NO, ""),
    (Fact.UNAUTHENTICATED, {**FAILS, "signatures": (LATER,)}, Held.UNKNOWN, AUTHOR),
    (Fact.UNAUTHENTICATED, {**FAILS, "signatures": (signed(),)}, Held.NO, ""),
    (Fact.UNAUTHENTICATED, {**FAILS, "sender": spf(Spf.TEMPERROR)}, Held.UNKNOWN, "timeout"),
    (Fact.UNALIGNED, STRANGER, Held.YES, OTHER),
    (Fact.UNALIGNED, FAILS, Held.YES, AUTHOR),
    (Fact.UNALIGNED, {**STRANGER, "record": None}, Held.YES, AUTHOR),
    (Fact.UNALIGNED, {**STRANGER, "signatures": (signed(domain=HOST),)}, Held.NO, ""),
    (Fact.UNALIGNED, {"record": None, "sender": spf(Spf.PASS, HOST)}, Held.NO, ""),
    (Fact.UNALIGNED, {**FAILS, "signatures": (LATER,)}, Held.UNKNOWN, AUTHOR),
    (Fact.UNALIGNED, {**FAILS, "signatures": (LATER,), "record": None}, Held.UNKNOWN, AUTHOR),
    (Fact.UNALIGNED, {**STRANGER, "record": Why.TIMEOUT}, Held.UNKNOWN, "_dmarc.example.com"),
    (Fact.UNALIGNED, {"record": Why.TIMEOUT}, Held.NO, ""),
    (Fact.UNALIGNED, {"who": author(AUTHOR, OTHER)}, Held.YES, "author"),
    (Fact.DKIM_UNALIGNED, {"signatures": (signed(domain=OTHER),)}, Held.YES, OTHER),
    (Fact.DKIM_UNALIGNED, {"signatures": ()}, Held.YES, AUTHOR),
    (Fact.DKIM_UNALIGNED, {"sender": spf(Spf.FAIL)}, Held.NO, ""),
    (Fact.DKIM_UNALIGNED, {"signatures": (LATER,)}, Held.UNKNOWN, AUTHOR),
    (Fact.DMARC_NONE, {"record": None}, Held.YES, AUTHOR),
    (Fact.DMARC_NONE, {"record": "v=DMARC1; p=maybe"}, Held.YES, f"_dmarc.{AUTHOR}"),
    (Fact.DMARC_NONE, {"record": Why.SERVFAIL}, Held.UNKNOWN, "servfail"),
    (Fact.DMARC_NONE, {"record": OUT}, Held.NOT_ASKED, "_dmarc.example.com"),
    (Fact.DMARC_NONE, {"who": author(fault=Fault.NO_FIELD)}, Held.YES, "From"),
    (Fact.DMARC_WITHOUT_REPORTS, {"record": "v=DMARC1; p=none"}, Held.YES, f"_dmarc.{AUTHOR}"),
    (Fact.DMARC_WITHOUT_REPORTS, {"record": None}, Held.NO, ""),
    (Fact.DMARC_WITHOUT_REPORTS, {"record": Why.SERVFAIL}, Held.UNKNOWN, "servfail"),
    (Fact.DMARC_FAIL, STRANGER, Held.YES, AUTHOR),
    (Fact.DMARC_FAIL, {**STRANGER, "record": None}, Held.NO, ""),
    (Fact.DMARC_FAIL, {**FAILS, "signatures": (LATER,)}, Held.UNKNOWN, "checked"),
    (Fact.DMARC_QUARANTINE, {**STRANGER, "record": QUARANTINE}, Held.YES, AUTHOR),
    (Fact.DMARC_QUARANTINE, {**STRANGER, "record": f"{REJECT}; t=y"}, Held.YES, AUTHOR),
    (Fact.DMARC_QUARANTINE, {**STRANGER, "record": REJECT}, Held.NO, ""),
    (Fact.DMARC_QUARANTINE, {"record": QUARANTINE}, Held.NO, ""),
    (Fact.DMARC_QUARANTINE, {**STRANGER, "record": Why.TIMEOUT}, Held.UNKNOWN, "_dmarc"),
    (Fact.DMARC_REJECT, {**STRANGER, "record": REJECT}, Held.YES, "_dmarc.example.com"),
    (Fact.DMARC_REJECT, {**STRANGER, "record": NONE}, Held.NO, ""),
    (Fact.DMARC_REJECT, {**STRANGER, "record": Why.TIMEOUT}, Held.UNKNOWN, "_dmarc"),
    (Fact.DMARC_REJECT, {**STRANGER, "record": OUT}, Held.NOT_ASKED, "_dmarc"),
    (Fact.DMARC_REJECT, {**FAILS, "signatures": (LATER,), "record": REJECT}, Held.UNKNOWN, "check"),
    (Fact.DMARC_REJECT, {**FAILS, "signatures": (LATER,), "record": NONE}, Held.NO, ""),
    (Fact.AUTHOR_UNCLEAR, {"who": author(fault=Fault.NO_FIELD)}, Held.YES, "From"),
    (Fact.AUTHOR_UNCLEAR, {"who": author(AUTHOR, OTHER)}, Held.YES, OTHER),
    (Fact.SENDER_UNREACHABLE, {"sender_mx": mx(Mx.NO_DOMAIN)}, Held.YES, AUTHOR),
    (Fact.SENDER_UNREACHABLE, {"sender_mx": mx(Mx.NULL_MX)}, Held.YES, AUTHOR),
    (Fact.SENDER_UNREACHABLE, {"sender_mx": mx(Mx.MALFORMED)}, Held.YES, AUTHOR),
    (Fact.SENDER_UNREACHABLE, {"sender_mx": None}, Held.NO, ""),
    (Fact.SENDER_UNREACHABLE, {"sender_mx": mx(Mx.LOOKUP)}, Held.UNKNOWN, AUTHOR),
    (Fact.AUTHOR_UNREACHABLE, {"author_mx": mx(Mx.NO_HOST)}, Held.YES, AUTHOR),
    (Fact.AUTHOR_UNREACHABLE, {"author_mx": mx(Mx.IMPLICIT)}, Held.NO, ""),
    (Fact.AUTHOR_UNREACHABLE, {"author_mx": mx(Mx.LOOKUP)}, Held.UNKNOWN, AUTHOR),
    (Fact.LISTED, {"listings": listings(Listed.LISTED)}, Held.YES, IP),
    (Fact.LISTED, {"listings": listings(Listed.FAILED)}, Held.UNKNOWN, "timeout"),
    (Fact.LISTED, {"listings": listings(Listed.REFUSED)}, Held.NOT_ASKED, "Spamhaus"),
    (Fact.LISTED, {"listings": None}, Held.NOT_ASKED, "blocklist"),
    (Fact.LISTED, {"listings": listings(Listed.LISTED, "dnswl")}, Held.NOT_ASKED, "blocklist"),
    (Fact.LISTED_BY_SPAMHAUS, {"listings": listings(Listed.LISTED)}, Held.YES, "Spamhaus"),
    (Fact.LISTED_BY_SPAMHAUS, {"listings": listings(Listed.LISTED, "psbl")}, Held.NOT_ASKED, ""),
    (Fact.LISTED_BY_SPAMHAUS, {"listings": None}, Held.NOT_ASKED, "blocklist"),
    (Fact.MALFORMED, {"form": form(Code.NO_DATE)}, Held.YES, "no-date"),
    (Fact.MALFORMED, {"form": form(Code.NO_DATE, Code.NUL)}, Held.YES, "1 more"),
    (Fact.MALFORMED, {"form": form(Code.NO_DATE, level=Level.SHOULD)}, Held.NO, ""),
    (Fact.MALFORMED, {"form": form(Code.OBSOLETE_DATE)}, Held.NO, ""),
    (Fact.NO_MESSAGE_ID, {"form": form(Code.NO_MESSAGE_ID)}, Held.YES, "no-message-id"),
    (Fact.NO_MESSAGE_ID, {"form": form(Code.BAD_MESSAGE_ID)}, Held.YES, "bad-message-id"),
    (Fact.DUPLICATE_FIELD, {"form": form(Code.DUPLICATE_FIELD)}, Held.YES, "duplicate-field"),
    (Fact.DUPLICATE_FIELD, {"form": form(Code.SEVERAL_DATE)}, Held.YES, "several-date"),
    (
        Fact.NO_ONE_CLICK,
        {"form": form(click=unclicked(OneClickProblem.ABSENT))},
        Held.YES,
        "List-Unsubscribe",
    ),
    (
        Fact.NO_ONE_CLICK,
        {"form": form(click=unclicked(OneClickProblem.SIGNATURE_UNKNOWN))},
        Held.UNKNOWN,
        "DKIM",
    ),
    (Fact.NOT_ENCRYPTED, {"tls": False}, Held.YES, "TLS"),
    (Fact.NOT_ENCRYPTED, {"tls": None}, Held.NOT_ASKED, "not known"),
]


@pytest.mark.parametrize(("fact", "changes", "held", "names"), CASES)
def test_case(fact: Fact, changes: dict[str, Any], held: Held, names: str) -> None:
    finding = find(fact, evidence(**changes), PROFILE)
    assert (finding.fact, finding.held) == (fact, held), finding.reason
    assert names in finding.reason
    assert finding.reason.isprintable()
    assert bool(finding.reason) == (held is not Held.NO)


def test_every_fact_is_shown_to_hold() -> None:
    assert set(TESTS) == set(Fact)
    assert {fact for fact, _, held, _ in CASES if held is Held.YES} == set(Fact)


@pytest.mark.parametrize("fact", list(Fact))
def test_a_clean_message_has_nothing_against_it(fact: Fact) -> None:
    for ip in (IP, IP6):
        assert find(fact, evidence(ip=ip), PROFILE).held is Held.NO


SHORTENED = (signed(length=10, uncovered=5),)
TAGGED = (signed(length=10),)


@pytest.mark.parametrize(
    ("length", "signatures", "fact", "held"),
    [
        (Length.HONOUR, SHORTENED, Fact.DKIM_UNALIGNED, Held.NO),
        (Length.IGNORE_FOR_DMARC, SHORTENED, Fact.DKIM_UNALIGNED, Held.YES),
        (Length.IGNORE_FOR_DMARC, SHORTENED, Fact.DKIM_NOT_PASS, Held.NO),
        (Length.IGNORE_FOR_DMARC, TAGGED, Fact.DKIM_UNALIGNED, Held.NO),
        (Length.REFUSE, TAGGED, Fact.DKIM_UNALIGNED, Held.YES),
        (Length.REFUSE, TAGGED, Fact.DKIM_NOT_PASS, Held.YES),
        (Length.REFUSE, TAGGED, Fact.DKIM_BROKEN, Held.YES),
        (Length.REFUSE, TAGGED, Fact.DKIM_NONE, Held.NO),
        (Length.REFUSE, (signed(),), Fact.DKIM_NOT_PASS, Held.NO),
    ],
)
def test_each_receiver_takes_l_its_own_way(
    length: Length, signatures: Any, fact: Fact, held: Held
) -> None:
    for record in (NONE, None):
        found = find(fact, evidence(signatures=signatures, record=record), LENGTHS[length])
        assert found.held is held


RSA = Profile(
    "rsa", "R and others", algorithms=Algorithms((Algorithm.RSA,), "https://r.example", TODAY)
)
ED25519, RSA_KEYLESS = signed(k="ed25519", bits=256), signed("no-key", bits=0)
NO_ED = "R does not verify Ed25519"
ALONE = f"{NO_ED}, and there is no other signature"
DENIED = {"sender": FAILS["sender"], "signatures": (ED25519,)}


@pytest.mark.parametrize(
    ("fact", "changes", "held", "names"),
    [
        (Fact.DKIM_NONE, {"signatures": (ED25519,)}, Held.YES, ALONE),
        (Fact.DKIM_NOT_PASS, {"signatures": (ED25519,)}, Held.YES, ALONE),
        (Fact.DKIM_NOT_PASS, {"signatures": (RSA_KEYLESS, ED25519)}, Held.YES, f"it is; {NO_ED}"),
        (Fact.DKIM_NOT_PASS, {"signatures": (BROKEN, ED25519)}, Held.YES, f"it is; {NO_ED}"),
        (Fact.DKIM_BROKEN, {"signatures": (BROKEN, ED25519)}, Held.YES, NO_ED),
        (Fact.DKIM_NOT_PASS, {"signatures": (signed(), ED25519)}, Held.NO, ""),
        (Fact.DKIM_NOT_PASS, {"signatures": (LATER, ED25519)}, Held.UNKNOWN, "could not be had"),
        (
            Fact.DKIM_NOT_PASS,
            {"signatures": (signed("key-unavailable", k="ed25519"),)},
            Held.YES,
            ALONE,
        ),
        (Fact.DKIM_WEAK_KEY, {"signatures": (signed(bits=512), ED25519)}, Held.YES, "512"),
        (Fact.DKIM_UNALIGNED, {"signatures": (ED25519,)}, Held.YES, NO_ED),
        (Fact.DKIM_UNALIGNED, {"signatures": (ED25519,), "record": None}, Held.YES, NO_ED),
        (Fact.DMARC_FAIL, DENIED, Held.YES, NO_ED),
        (Fact.DMARC_REJECT, {**DENIED, "record": REJECT}, Held.YES, NO_ED),
    ],
)
def test_a_signature_that_a_receiver_does_not_verify_is_none(
    fact: Fact, changes: dict[str, Any], held: Held, names: str
) -> None:
    finding = find(fact, evidence(**changes), RSA)
    assert finding.held is held, finding.reason
    assert names in finding.reason
    assert NO_ED not in find(fact, evidence(**changes), PROFILE).reason


def test_who_follows_rfc_7489_sees_its_result() -> None:
    both = ("v=DMARC1; p=reject", "v=DMARC1; p=reject")
    zone = {"_dmarc.news.example.com": both, "_dmarc.example.com": ("v=DMARC1; p=reject",)}
    found = evidence(who=author("news.example.com"), zone=zone, **FAILS)
    assert find(Fact.DMARC_REJECT, found, PROFILE).held is Held.YES
    assert find(Fact.DMARC_REJECT, found, OLD).held is Held.NO
    assert find(Fact.DMARC_NONE, found, OLD).held is Held.YES


def test_evidence_that_was_not_gathered_for_a_profile_is_misuse() -> None:
    given = evidence(dmarc_rfc7489=None)
    with pytest.raises(UsageError, match="not gathered for profile old"):
        find(Fact.DMARC_FAIL, given, OLD)


def test_a_hostile_name_stays_printable() -> None:
    given = evidence(iprev=iprev(Iprev.FAIL, name="\x1b[2J.evil.example"), **STRANGER)
    for fact in Fact:
        assert find(fact, given, PROFILE).reason.isprintable()
