"""How much of a TLS report is read."""

import msgspec


class Limits(msgspec.Struct, frozen=True):
    """Bounds on one report.

    `max_octets` of JSON; `max_values` members and elements and `max_depth` of nesting, which
    bound memory, since three octets make a Python list. Of up to `max_read` octets so many failure
    details are left out that the rest is within these bounds. `max_repairs` places may be damaged.
    `max_count` sessions are the most that a reporter may have had, `max_days` what a window may
    span, `max_ahead` by how many seconds clocks may differ from ours.
    """

    max_read: int = 32 * 1024 * 1024
    max_octets: int = 10 * 1024 * 1024
    max_values: int = 200_000
    max_depth: int = 16
    max_repairs: int = 8
    max_texts: int = 200
    max_notes: int = 1000
    max_count: int = 10**12
    max_days: int = 32
    max_ahead: int = 2 * 86400


LIMITS = Limits()
