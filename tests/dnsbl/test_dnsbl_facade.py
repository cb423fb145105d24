"""Blocklists as a call: a slip of the pen is not "unlisted"."""

from ipaddress import ip_address

import pytest

from mailworthy import dnsbl
from mailworthy.errors import UsageError
from mailworthy.lookup.memory import Memory

NOBODY = Memory.from_zone("")


@pytest.mark.parametrize("typed", ["192.0.2.999", "", "com", "a b", "[192.0.2.1]", "a" * 300])
def test_what_is_neither_an_address_nor_a_domain(typed: str) -> None:
    for subjects in (typed, [typed], ("192.0.2.1", typed)):
        with pytest.raises(UsageError, match="is neither an address nor a domain"):
            dnsbl.check(subjects, (), resolver=NOBODY)


@pytest.mark.parametrize(
    "given", ["192.0.2.1", "10.0.0.1", "2001:db8::1", "example.com", ip_address("192.0.2.1")]
)
def test_what_can_be_asked_about(given: str) -> None:
    assert dnsbl.check(given, (), resolver=NOBODY).entries == ()
