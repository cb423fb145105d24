"""The values of an Authentication-Results field (RFC 8601 §2.2)."""

import msgspec


class Property(msgspec.Struct, frozen=True):
    """`ptype.property=value`, such as header.from=example.com; comments stand after it.

    `ptype` is empty for the bare `property=value` that some write against the grammar.
    """

    ptype: str
    property: str
    value: str
    comments: tuple[str, ...] = ()


class MethodResult(msgspec.Struct, frozen=True):
    """What one method found: `dkim=pass reason="good" header.d=example.com`.

    `version` is None where it is not given, which means 1. Words are in lower case; values as
    they stand, without quotes. Comments within `method=result` stand after it.
    """

    method: str
    result: str
    version: int | None = None
    comments: tuple[str, ...] = ()
    reason: str | None = None
    reason_comments: tuple[str, ...] = ()
    properties: tuple[Property, ...] = ()

    def get(self, ptype: str, property: str) -> str | None:
        """The value of the first such property."""
        found = (p.value for p in self.properties if (p.ptype, p.property) == (ptype, property))
        return next(found, None)


class AuthResults(msgspec.Struct, frozen=True):
    """One field. No results stand for "none": no authentication was done.

    `version` is None where it is not given, which means 1. `comments` stand after the
    authserv-id and its version.
    """

    authserv_id: str
    results: tuple[MethodResult, ...] = ()
    version: int | None = None
    comments: tuple[str, ...] = ()
