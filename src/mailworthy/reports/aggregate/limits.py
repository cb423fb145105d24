"""How much one aggregate report may cost."""

import msgspec


class Limits(msgspec.Struct, frozen=True):
    """Bounds for reading one report; all sizes in octets of UTF-8.

    Time is linear in the size of the source and memory does not depend on it: a part of the report
    (a record, its metadata) is held as a whole, everything else passes by.
    """

    chunk: int = 131_072  # read from the source at once
    part: int = 131_072  # one record with all its signatures, or one of the parts above the records
    preamble: int = 262_144  # before <feedback>
    token: int = 65_536  # one tag, comment or processing instruction
    depth: int = 16  # elements in each other; RFC 9990 has six
    attributes: int = 32  # of one element
    records: int = 1_000_000
    early: int = 10_000  # records kept in memory while the policy has not been seen yet
    restarts: int = 50_000  # places where the text is not well-formed
    again: int = 16_777_216  # octets that are looked at once more after such places
    omissions: int = 1_000  # told one by one; the rest is only counted


LIMITS = Limits()
