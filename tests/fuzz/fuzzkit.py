"""What every target of the fuzzers is made of, and what holds for whatever a parser returns."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec
from hypothesis import strategies as st

from mailworthy.lookup.model import Answer, Ask, Question, Reply, Status, Why, failed
from mailworthy.parsed import Parsed, Problem

CASES = Path(__file__).parent.parent / "cases" / "fuzz"
MAX_MESSAGE = 500  # characters of a problem or a reason: these are read by people
_WHYS = list(Why)


class Target(msgspec.Struct, frozen=True):
    """One parser under fire.

    `check` takes any octets and raises AssertionError where a promise is broken. `seeds` are
    good inputs to begin with, `words` what is worth putting in.
    """

    name: str
    check: Callable[[bytes], None]
    seeds: tuple[bytes, ...]
    words: tuple[bytes, ...]

    def cases(self) -> list[bytes]:
        """The seeds, and every input that once broke something."""
        found = sorted((CASES / self.name).glob("*")) if (CASES / self.name).is_dir() else []
        return [b"", *self.seeds, *(path.read_bytes() for path in found)]

    def inputs(self) -> st.SearchStrategy[bytes]:
        """Octets, words in any order, and cases in which something was changed."""
        some = st.sampled_from(self.words) | st.binary(max_size=4)
        return st.one_of(
            st.binary(max_size=200),
            st.lists(some, max_size=40).map(b"".join),
            st.builds(changed, st.sampled_from(self.cases()), changes(some)),
        )


Change = tuple[float, int, bytes]


def changes(some: st.SearchStrategy[bytes]) -> st.SearchStrategy[list[Change]]:
    """Where to cut how much and what to put there."""
    return st.lists(st.tuples(st.floats(0, 1), st.integers(0, 9), some), max_size=5)


def changed(data: bytes, edits: list[Change]) -> bytes:
    """`data` after these edits."""
    for where, cut, put in edits:
        at = int(where * len(data))
        data = data[:at] + put + data[at + cut :]
    return data


def texts(data: bytes) -> Iterator[str]:
    """The octets as DNS text is handed over, and as text of any kind."""
    yield data.decode("latin-1")
    if not data.isascii():
        yield data.decode("utf-8", "surrogateescape")


def plain(text: str, what: str = "text", limit: int = MAX_MESSAGE) -> None:
    """What people are shown is short and steers no terminal."""
    assert text.isprintable(), f"{what} is not printable: {text!r}"
    assert len(text) <= limit, f"{what} has {len(text)} characters"


def sound(parsed: Parsed[Any], length: int) -> None:
    """What a parser promises: a record or a problem, in order, inside, for people to read."""
    assert isinstance(parsed, Parsed)
    assert parsed.record is not None or parsed.problems, "neither a record nor a problem"
    problems(parsed.problems, length)


def problems(found: Iterable[Problem], length: int) -> None:
    """Problems lie inside, in the order of the text; one may stand behind the last character."""
    last = 0
    for problem in found:
        assert last <= problem.start <= problem.end <= length + 1, problem
        last = problem.start
        plain(problem.message, problem.code)
        assert problem.code.replace("-", "").isalnum(), problem.code
        assert problem.code == problem.code.lower()


def weight(value: Any) -> int:
    """Characters and octets in a value and all it holds: what an answer costs to keep."""
    if isinstance(value, msgspec.Struct):
        return 1 + sum(weight(getattr(value, name)) for name in value.__struct_fields__)
    if isinstance(value, str | bytes):
        return 1 + len(value)
    if isinstance(value, int):
        return 1 + value.bit_length() // 8
    if isinstance(value, dict):
        return 1 + sum(weight(key) + weight(item) for key, item in value.items())
    if isinstance(value, tuple | list | frozenset | set):
        return 1 + sum(map(weight, value))
    return 1


def bounded(value: Any, size: int, times: int = 100) -> None:
    """No input makes us keep more than so many times its size."""
    found = weight(value)
    assert found <= 4000 + times * size, f"{size} octets became {found}"


class Answers:
    """A world that gives these texts, one after the other, to whatever is asked.

    What an answer is depends on its text and on nothing else, so that every run is like the
    last one. `asks` is how many questions there were.
    """

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.asks = 0

    def instant(self, ask: Ask) -> Reply:
        assert isinstance(ask, Question), ask
        line = self.lines[self.asks % len(self.lines)] if self.lines else ""
        self.asks += 1
        kind, _, rest = line.partition(":")
        if kind == "!":
            return failed(ask, _WHYS[len(rest) % len(_WHYS)])
        if kind == "?":
            return Answer(ask, [Status.EMPTY, Status.ABSENT][len(rest) % 2])
        return Answer(ask, Status.FOUND, records=tuple(line.split("\n")))
