"""The arithmetic of the scores, over every combination of what Rspamd can find."""

import re
from itertools import product

import pytest

from mailworthy.servers.scores import (
    BAD_HELO,
    LISTED,
    MARK,
    NOTHING,
    QUARANTINE,
    REFUSE,
    REJECT,
    SCORES,
    Check,
)

# What Rspamd may raise for each check, and whether the check has then failed. Written down here
# a second time on purpose: the expressions of the table are what is tested.
STATES: dict[Check, dict[str, bool]] = {
    Check.SPF: {
        "R_SPF_ALLOW": False,
        "R_SPF_NEUTRAL": False,
        "R_SPF_NA": False,
        "R_SPF_DNSFAIL": False,
        "R_SPF_PERMFAIL": False,
        "R_SPF_FAIL": True,
        "R_SPF_SOFTFAIL": True,
    },
    Check.DKIM: {
        "R_DKIM_ALLOW": False,
        "R_DKIM_ALLOW R_DKIM_REJECT": False,
        "R_DKIM_ALLOW R_DKIM_PERMFAIL": False,
        "R_DKIM_TEMPFAIL": False,
        "R_DKIM_TEMPFAIL R_DKIM_REJECT": False,
        "R_DKIM_NA": True,
        "R_DKIM_PERMFAIL": True,
        "R_DKIM_REJECT": True,
        "R_DKIM_REJECT R_DKIM_PERMFAIL": True,
    },
    Check.DMARC: {
        "DMARC_NA": False,
        "DMARC_POLICY_ALLOW": False,
        "DMARC_DNSFAIL": False,
        "DMARC_POLICY_SOFTFAIL": False,
        "DMARC_POLICY_QUARANTINE": True,
        "DMARC_POLICY_REJECT": True,
    },
    Check.REVERSE_DNS: {
        "": False,
        "HFILTER_HOSTNAME_UNKNOWN RDNS_NONE RDNS_DNSFAIL": False,
        "HFILTER_HOSTNAME_UNKNOWN": True,
        "HFILTER_HOSTNAME_UNKNOWN RDNS_NONE": True,
    },
    Check.HELO: {"": False, BAD_HELO[0]: True, " ".join(BAD_HELO): True},
    Check.BLOCKLIST: {"": False, LISTED[0]: True, " ".join(LISTED): True},
}
SMALL_CHANGE = 0.5


def raised(symbols: frozenset[str]) -> dict[str, float]:
    """What weighs, by symbol."""
    return {
        s.symbol: s.score
        for s in SCORES
        if (holds(s.expression, symbols) if s.expression else s.symbol in symbols)
    }


def holds(expression: str, symbols: frozenset[str]) -> bool:
    python = re.sub(r"[A-Z0-9_]+", lambda m: str(m[0] in symbols), expression)
    assert re.fullmatch(r"[TrueFals!&|() ]+", python)
    return bool(eval(python.replace("&", " and ").replace("|", " or ").replace("!", " not ")))


def cases() -> list[tuple[frozenset[str], frozenset[Check]]]:
    """Every combination: the symbols raised, and the checks that failed."""
    found = []
    for words in product(*STATES.values()):
        failed = {c for c, word in zip(STATES, words, strict=True) if STATES[c][word]}
        found.append((frozenset(" ".join(words).split()), frozenset(failed)))
    return found


CASES = cases()


def total(symbols: frozenset[str]) -> float:
    return sum(raised(symbols).values())


def test_one_failed_check_never_refuses_and_marks_only_by_dmarc() -> None:
    seen = 0
    for symbols, failed in CASES:
        if len(failed) == 1:
            seen += 1
            assert total(symbols) < REFUSE - SMALL_CHANGE, symbols
            assert (total(symbols) >= MARK - SMALL_CHANGE) == (failed == {Check.DMARC}), symbols
    assert seen > 100


def test_three_failed_checks_refuse() -> None:
    three = [symbols for symbols, failed in CASES if len(failed) >= 3]
    assert len(three) > 1000
    assert [s for s in three if total(s) < REFUSE + SMALL_CHANGE] == []


def test_two_failed_checks_mark() -> None:
    for symbols, failed in CASES:
        if len(failed) == 2:
            assert total(symbols) >= MARK + SMALL_CHANGE, symbols


def test_no_failed_check_weighs_nothing() -> None:
    assert {total(symbols) for symbols, failed in CASES if not failed} == {0}


def test_reject_needs_one_independent_fact() -> None:
    for symbols, failed in CASES:
        if "DMARC_POLICY_REJECT" not in symbols:
            continue
        broken = "R_DKIM_REJECT" in symbols  # follows from what a list does to a message
        others = failed - {Check.DMARC} - ({Check.DKIM} if broken else set())
        if others:
            assert total(symbols) >= REFUSE + SMALL_CHANGE, symbols
        else:
            assert MARK + SMALL_CHANGE <= total(symbols) < REFUSE - SMALL_CHANGE, symbols


def test_quarantine_with_one_more_fact_is_not_refused() -> None:
    for symbols, failed in CASES:
        if "DMARC_POLICY_QUARANTINE" in symbols and len(failed) == 2:
            assert total(symbols) < REFUSE - SMALL_CHANGE, symbols


def test_p_none_changes_nothing() -> None:
    for symbols, _ in CASES:
        if "DMARC_POLICY_SOFTFAIL" in symbols:
            without = symbols - {"DMARC_POLICY_SOFTFAIL"} | {"DMARC_NA"}
            assert raised(symbols) == raised(without)


def test_every_check_counts_once() -> None:
    by_symbol = {s.symbol: s.check for s in SCORES}
    for symbols, _ in CASES:
        checks = [by_symbol[symbol] for symbol in raised(symbols)]
        assert len(checks) == len(set(checks)), symbols


@pytest.mark.parametrize("score", [s for s in SCORES if s.expression], ids=lambda s: s.symbol)
def test_what_a_symbol_is_made_of_weighs_nothing_itself(score) -> None:
    silent = {symbol for symbols in NOTHING.values() for symbol in symbols}
    harmless = {"R_DKIM_NA", "R_DKIM_PERMFAIL", "R_DKIM_TEMPFAIL", "RDNS_DNSFAIL"}
    own = {s.symbol for s in SCORES if s.expression is None}
    assert set(re.findall(r"[A-Z0-9_]+", score.expression)) <= silent | harmless | own


def test_the_order_of_the_weights() -> None:
    assert MARK < QUARANTINE < REJECT < REFUSE
