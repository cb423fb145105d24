"""Every parser under fire from Hypothesis; `make fuzz` is the same with coverage, and longer."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings

from fuzz_targets import TARGETS
from fuzzkit import CASES, Target, bounded, plain, problems, sound
from mailworthy.parsed import Parsed, Problem

ALL = list(TARGETS.values())


@pytest.mark.parametrize("target", ALL, ids=list(TARGETS))
def test_seeds_and_what_once_broke(target: Target) -> None:
    for data in target.cases():
        target.check(data)


@pytest.mark.parametrize("target", ALL, ids=list(TARGETS))
def test_any_octets(target: Target) -> None:
    @given(target.inputs())
    def run(data: bytes) -> None:
        target.check(data)

    run()


def test_every_case_belongs_to_a_target() -> None:
    assert {path.name for path in CASES.glob("*")} <= set(TARGETS)


def broken(data: bytes) -> None:
    assert b"<" not in data


def test_what_is_broken_is_found() -> None:
    target = Target("broken", broken, (b"a@b",), (b"<", b"@"))

    @settings(database=None, max_examples=200)
    @given(target.inputs())
    def run(data: bytes) -> None:
        target.check(data)

    with pytest.raises(AssertionError):
        run()


@pytest.mark.parametrize(
    "promise",
    [
        lambda: plain("a\x1b[31m"),
        lambda: plain("a" * 501),
        lambda: sound(Parsed(None), 3),
        lambda: sound(Parsed(None, (Problem("code", "text", 5, 6),)), 3),
        lambda: sound(Parsed(1, (Problem("code", "two\nlines"),)), 3),
        lambda: problems([Problem("code", "text", 2, 3), Problem("code", "text", 1, 3)], 9),
        lambda: problems([Problem("Code", "text")], 9),
        lambda: bounded(Parsed(("a" * 5000,)), 3),
        lambda: bounded({"a": [b"b" * 5000]}, 3),
    ],
)
def test_every_promise_can_be_broken(promise: Callable[[], None]) -> None:
    with pytest.raises(AssertionError):
        promise()
