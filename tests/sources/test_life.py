"""A year of one domain: all five sources are named rightly, with what to do about each."""

from functools import cache

import pytest

from mailworthy.sources.classify import Confidence, Judgement, classify
from mailworthy.sources.expect import Expected, expect
from mailworthy.sources.facts import Facts
from mailworthy.sources.grouping import group
from mailworthy.sources.signals import Class
from sources_life import DOMAIN, FORWARDER, INTENT, OWN, year


@cache
def facts() -> dict[str, Facts]:
    found = group(year(), DOMAIN, alone=expect(INTENT, DOMAIN).addresses)
    return {str(key): value for key, value in found.items()}


@cache
def judged() -> dict[str, Judgement]:
    expected = expect(INTENT, DOMAIN)
    return {key: classify(value, expected) for key, value in facts().items()}


LIFE = [
    (f"address:{OWN}", Class.OWN, Confidence.CERTAIN, "mail.example.com", "Nothing to do."),
    (
        "service:mailchimp",
        Class.APPROVED,
        Confidence.CERTAIN,
        "k2._domainkey.example.com",
        "no harm while DKIM does",
    ),
    (f"address:{FORWARDER}", Class.FORWARDER, Confidence.CERTAIN, "(SRS)", "DKIM survives"),
    (
        "service:sendgrid",
        Class.APPROVED,
        Confidence.LIKELY,
        "names as a sender",
        "add CNAME s1._domainkey.example.com, s2._domainkey.example.com",
    ),
    (
        "network:203.0.113.0/24",
        Class.THREAT,
        Confidence.LIKELY,
        "bursts",
        "p=quarantine would stop the",
    ),
]


def test_there_are_five_sources() -> None:
    assert set(judged()) == {row[0] for row in LIFE}


@pytest.mark.parametrize(("key", "class_", "confidence", "evidence", "todo"), LIFE)
def test_each_is_named(
    key: str, class_: Class, confidence: Confidence, evidence: str, todo: str
) -> None:
    found = judged()[key]
    assert (found.class_, found.confidence) == (class_, confidence)
    assert evidence in " ".join(found.evidence)
    assert todo in " ".join(found.todo)


def test_without_an_intent_nothing_is_called_ours_that_is_not() -> None:
    expected = Expected((DOMAIN,))
    found = {k: classify(f, expected).class_ for k, f in facts().items()}
    assert found == {
        f"address:{OWN}": Class.OWN,
        "service:mailchimp": Class.APPROVED,
        f"address:{FORWARDER}": Class.FORWARDER,
        "service:sendgrid": Class.UNKNOWN,
        "network:203.0.113.0/24": Class.THREAT,
    }


def test_no_message_is_lost_or_counted_twice() -> None:
    assert sum(f.messages for f in facts().values()) == sum(r.record.count for r in year())


@pytest.mark.parametrize("seed", range(2, 6))
def test_another_year_is_judged_alike(seed: int) -> None:
    expected = expect(INTENT, DOMAIN)
    found = group(year(seed), DOMAIN, alone=expected.addresses)
    assert {str(k): classify(f, expected).class_ for k, f in found.items()} == {
        key: class_ for key, class_, *_ in LIFE
    }
