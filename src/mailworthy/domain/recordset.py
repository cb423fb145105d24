"""Records as values, in one notation for intent, zones, answers and remedies.

A value is written as `lookup.model.Answer.records` writes it: TXT as one joined, unquoted
string; every other type in presentation format with absolute lower-case names.
"""

import msgspec

DEFAULT_TTL = 3600


class Record(msgspec.Struct, frozen=True, order=True):
    """One resource record; `name` in the inside form of `mailworthy.names`."""

    name: str
    type: str
    value: str
    ttl: int = DEFAULT_TTL


class RecordSet(msgspec.Struct, frozen=True):
    """All wanted records of one name and type, and why they are wanted.

    `comment` is one line for the zone file; `references` are RFC sections. `assumed` marks what
    another party must publish (a PTR, a report authorisation). `exclusive` is False where other
    records of the same name and type are nobody's business (foreign TXT beside our SPF).
    """

    name: str
    type: str
    values: tuple[str, ...]
    ttl: int = DEFAULT_TTL
    comment: str = ""
    references: tuple[str, ...] = ()
    assumed: bool = False
    exclusive: bool = True

    @property
    def records(self) -> tuple[Record, ...]:
        """The set, record by record."""
        return tuple(Record(self.name, self.type, value, self.ttl) for value in self.values)
