"""Values of one record set in the form and order that every resolver gives them."""

from collections.abc import Iterable
from typing import TypeAlias

MAX_CHAIN = 16  # aliases that are followed before a chain counts as a loop

# A value as Answer.records writes it, and for TXT where its character-strings were joined.
Value: TypeAlias = tuple[str, tuple[int, ...]]


def ordered(values: Iterable[Value]) -> tuple[tuple[str, ...], tuple[tuple[int, ...], ...]]:
    """`Answer.records` and `Answer.splits`: sorted, without repetitions (RFC 2181 §5).

    Splits are given for all records if any was split, and for none otherwise.
    """
    unique = sorted(set(values))
    splits = tuple(split for _, split in unique)
    return tuple(text for text, _ in unique), splits if any(splits) else ()


def joined(strings: Iterable[bytes]) -> Value:
    """Character-strings as one text, an octet a character, with the places of the joints."""
    parts = list(strings)
    ends, total = [], 0
    for part in parts[:-1]:
        total += len(part)
        ends.append(total)
    return b"".join(parts).decode("latin-1"), tuple(ends)
