"""Where an address is: its reverse name, and its country and network from a user's database.

Both are optional and only done when asked for; no import of reports waits for them.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Protocol

import msgspec

from mailworthy.errors import UsageError
from mailworthy.iprev.engine import IprevResult, Result, iprev
from mailworthy.lookup.branches import gather
from mailworthy.lookup.model import Asking
from mailworthy.names import printable
from mailworthy.rdata.address import address

MAX_ADDRESSES = 200  # asked for in one run: up to 11 questions each
MAX_TEXT = 100


class GeoDatabaseError(UsageError):
    """A database of countries and networks that cannot be used."""


class Locality(msgspec.Struct, frozen=True):
    """Where an address is used: a country code, and the network with its owner; "" if unknown."""

    country: str = ""
    asn: int = 0
    owner: str = ""


class Database(Protocol):
    """What `open_database` returns: a reader of the MaxMind DB format."""

    def get(self, ip_address: str, /) -> Any:
        """The record of an address."""


def reverse_names(
    addresses: Iterable[str], *, known: Mapping[str, str] | None = None, limit: int = MAX_ADDRESSES
) -> Asking[dict[str, str]]:
    """The forward-confirmed reverse names of addresses that are not `known` (RFC 8601 §3).

    An address without such a name has "". One whose look-up failed is left out, since nothing
    was learned: ask again another day. At most `limit` addresses are asked for, in their order.
    """
    wanted = dict.fromkeys(ip for ip in addresses if ip not in (known or {}) and address(ip))
    asked = list(wanted)[:limit]
    if not asked:
        return {}
    results = yield from gather([iprev(ip) for ip in asked])
    names = {ip: _confirmed(result) for ip, result in zip(asked, results, strict=True)}
    return {ip: name for ip, name in names.items() if name is not None}


def _confirmed(result: IprevResult) -> str | None:
    return None if result.result is Result.TEMPERROR else result.name


def open_database(path: Path) -> Database:
    """A MaxMind DB file of countries or networks, whoever made it.

    Raises GeoDatabaseError if it is none, cannot be read, or the package maxminddb is missing.
    """
    try:
        import maxminddb
    except ImportError:
        raise GeoDatabaseError("countries need the package: pip install mailworthy[geo]") from None
    try:
        return maxminddb.open_database(path)
    except (OSError, ValueError, maxminddb.InvalidDatabaseError) as error:
        raise GeoDatabaseError(f"{path} is no MaxMind database: {error}") from None


def locate(database: Database, ip: str) -> Locality:
    """What a database says of an address, in the words of MaxMind, DB-IP or IPinfo.

    Nothing is raised: a record that is damaged, missing or of another form says nothing.
    """
    if address(ip) is None:
        return Locality()
    try:
        record = database.get(ip)
    except (ValueError, RuntimeError, OSError):  # a damaged part of the file, IPv6 in one for IPv4
        return Locality()
    return _locality(record) if isinstance(record, dict) else Locality()


def _locality(record: dict[str, Any]) -> Locality:
    return Locality(
        _country(record),
        _number(record.get("autonomous_system_number", record.get("asn"))),
        _text(record.get("autonomous_system_organization", record.get("as_name"))),
    )


def _country(record: dict[str, Any]) -> str:
    """`country.iso_code` of MaxMind and DB-IP, `country_code` of IPinfo and plain databases."""
    country = record.get("country")
    code = country.get("iso_code") if isinstance(country, dict) else record.get("country_code")
    if isinstance(code, str) and len(code) == 2 and code.isascii() and code.isalpha():
        return code
    return ""


def _number(value: object) -> int:
    """15169, or "AS15169"."""
    text = str(value).removeprefix("AS")[:10]
    return int(text) if text.isascii() and text.isdecimal() else 0


def _text(value: object) -> str:
    return printable(value, MAX_TEXT) if isinstance(value, str) else ""
