"""Reverse names, countries and networks: only when asked, and never more than is known."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailworthy.errors import UsageError
from mailworthy.lookup.drive import drive
from mailworthy.lookup.memory import Memory
from mailworthy.sources.place import (
    MAX_TEXT,
    GeoDatabaseError,
    Locality,
    locate,
    open_database,
    reverse_names,
)

ZONE = """
$TTL 300
2.0.192.in-addr.arpa. SOA ns.test. root.test. 1 1 1 1 1
example.com. SOA ns.test. root.test. 1 1 1 1 1
25.2.0.192.in-addr.arpa. PTR mail.example.com.
26.2.0.192.in-addr.arpa. PTR liar.example.com.
mail.example.com. A 192.0.2.25
liar.example.com. A 198.51.100.1
"""


def names(*addresses: str, **options: Any) -> dict[str, str]:
    world = Memory.from_zone(ZONE)
    return drive(reverse_names(addresses, **options), world)


def test_only_confirmed_names_count() -> None:
    found = names("192.0.2.25", "192.0.2.26", "192.0.2.27", "192.0.2.25")
    assert found == {"192.0.2.25": "mail.example.com", "192.0.2.26": "", "192.0.2.27": ""}


def test_what_failed_is_not_known() -> None:
    assert names("203.0.113.1") == {}  # outside the zone


def test_what_is_known_is_not_asked_again() -> None:
    engine = reverse_names(["192.0.2.25"], known={"192.0.2.25": ""})
    with pytest.raises(StopIteration) as stopped:
        next(engine)
    assert stopped.value.value == {}


def test_what_is_no_address_is_not_asked() -> None:
    assert names("nonsense", "", "1.2.3", "\0") == {}


def test_a_run_has_a_limit() -> None:
    assert list(names("192.0.2.25", "192.0.2.26", limit=1)) == ["192.0.2.25"]


class Book:
    """A database in memory; an exception as a record is raised."""

    def __init__(self, record: object) -> None:
        self.record = record

    def get(self, ip_address: str, /) -> object:
        if isinstance(self.record, Exception):
            raise self.record
        return self.record


@pytest.mark.parametrize(
    ("record", "locality"),
    [
        ({"country": {"iso_code": "DE"}}, Locality("DE")),
        (
            {"autonomous_system_number": 64500, "autonomous_system_organization": "Example"},
            Locality("", 64500, "Example"),
        ),
        (
            {"country": "Germany", "country_code": "DE", "asn": "AS64500", "as_name": "Example"},
            Locality("DE", 64500, "Example"),
        ),
        ({"country_code": "\x1b["}, Locality()),
        ({"country_code": "Germany", "asn": "AS-1", "as_name": 7}, Locality()),
        ({"as_name": "\x1b[31m"}, Locality(owner="\\027[31m")),
        (None, Locality()),
        ("x", Locality()),
        (ValueError("an IPv6 address in a database of IPv4"), Locality()),
    ],
)
def test_locate(record: object, locality: Locality) -> None:
    assert locate(Book(record), "192.0.2.1") == locality


def test_no_address_is_nowhere() -> None:
    assert locate(Book({"country_code": "DE"}), "nonsense") == Locality()


@given(
    st.dictionaries(
        st.sampled_from(["country", "country_code", "asn", "as_name", "autonomous_system_number"]),
        st.recursive(
            st.none() | st.integers() | st.text() | st.floats(),
            lambda inner: st.dictionaries(st.just("iso_code"), inner),
            max_leaves=3,
        ),
    )
)
def test_any_record_is_read(record: dict[str, Any]) -> None:
    found = locate(Book(record), "192.0.2.1")
    assert found.owner.isprintable()
    assert len(found.owner) <= MAX_TEXT
    assert found.country.isprintable()


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    pytest.importorskip("maxminddb")
    (tmp_path / "x.mmdb").write_bytes(b"no database")
    with pytest.raises(GeoDatabaseError, match="is no MaxMind database") as raised:
        open_database(tmp_path / "x.mmdb")
    assert isinstance(raised.value, UsageError)
    with pytest.raises(GeoDatabaseError):
        open_database(tmp_path / "missing.mmdb")
