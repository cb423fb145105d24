"""Names and addresses that are set aside."""

import pytest

from mailworthy.rdata.address import NotAnAddress
from mailworthy.reserved import documentation_address, documentation_name, misplaced, special_use

NAMES = [
    ("example", True, "RFC 6761"),
    ("example.com", True, "RFC 6761"),
    ("mail.example.net", True, "RFC 6761"),
    ("a.b.example.org", True, "RFC 6761"),
    ("parked.example", True, "RFC 6761"),
    ("mail.test", True, "RFC 6761"),
    ("x.invalid", True, "RFC 6761"),
    ("localhost", True, "RFC 6761"),
    ("printer.local", False, "RFC 6762"),
    ("abc.onion", False, "RFC 7686"),
    ("router.home.arpa", False, "RFC 8375"),
    ("mail.corp.internal", False, "ICANN"),
    ("example.info", False, None),
    ("notexample.com", False, None),
    ("example.com.evil.net", False, None),
    ("2.0.192.in-addr.arpa", False, None),
    (".", False, None),
]


@pytest.mark.parametrize(("name", "documentation", "document"), NAMES)
def test_names(name: str, documentation: bool, document: str | None) -> None:
    assert documentation_name(name) is documentation
    found = special_use(name)
    assert (found or "").startswith(document or "-") if document else found is None


@pytest.mark.parametrize(
    ("name", "ip", "wrong"),
    [
        ("mail.example.com", "192.0.2.25", False),
        ("mail.mailworthy.dev", "192.0.2.25", True),
        ("mail.mailworthy.dev", "2001:db8::25", True),
        ("mail.mailworthy.dev", "3fff::25", True),
        ("mail.mailworthy.dev", "8.8.8.8", False),
        ("mail.example.com", "8.8.8.8", False),
    ],
)
def test_documentation_addresses_belong_to_documentation_names(
    name: str, ip: str, wrong: bool
) -> None:
    assert misplaced(name, ip) is wrong


def test_documentation_address() -> None:
    assert documentation_address("203.0.113.9")
    assert not documentation_address("203.0.114.9")
    with pytest.raises(NotAnAddress):
        documentation_address("mail.example.com")
