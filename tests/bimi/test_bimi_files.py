"""The picture and the mark certificate of BIMI: good ones, and whatever a web server sends."""

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailworthy.audit.healthychain import GOOD, OTHER_NAME
from mailworthy.audit.rules.bimi._files import LOGO, pem
from mailworthy.bimi.indicator import MAX_OCTETS, Indicator, read
from mailworthy.bimi.mark import first

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" version="1.2" baseProfile="tiny-ps">'


def codes(text: str | bytes) -> list[str]:
    return [p.code for p in read(text.encode() if isinstance(text, str) else text).problems]


@pytest.mark.parametrize("data", [LOGO.encode(), gzip.compress(LOGO.encode())])
def test_a_good_picture(data: bytes) -> None:
    parsed = read(data)
    assert parsed.problems == ()
    assert parsed.record == Indicator("tiny-ps", "1.2", True, len(LOGO))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "not-xml"),
        ("<html/>", "not-svg"),
        ('<svg xmlns="urn:other"/>', "not-svg"),
        ("<svg", "not-xml"),
        ("\x89PNG", "not-xml"),
        ('<!DOCTYPE svg [<!ENTITY a "aaaa">]><svg>&a;</svg>', "document-type"),
        (LOGO.replace("tiny-ps", "tiny"), "not-tiny-ps"),
        (LOGO.replace('"1.2"', '"1.1"'), "not-tiny-ps"),
        (LOGO.replace("<title>Example</title>", ""), "no-title"),
        (f"{HEAD}<g><title>deep</title></g></svg>", "no-title"),
        (LOGO.replace("0 0 9 9", "0 0 9 8"), "not-square"),
        (f"{HEAD}<title>x</title><script/></svg>", "forbidden-element"),
        (f"{HEAD}<title>x</title><use href='https://x.example/'/></svg>", "outside-reference"),
        (f"{HEAD}<title>{'x' * 40000}</title></svg>", "large"),
        (f"{HEAD}<title>{'x' * MAX_OCTETS}</title></svg>", "too-large"),
    ],
)
def test_a_bad_picture(text: str, code: str) -> None:
    assert codes(text) == [code]


def test_what_lies_inside_may_be_referred_to() -> None:
    assert codes(f"{HEAD}<title>x</title><use href='#a'/></svg>") == []


def test_a_bomb_is_not_unpacked() -> None:
    assert codes(gzip.compress(b"\0" * (50 << 20))) == ["too-large"]
    assert codes(b"\x1f\x8bbroken") == ["not-xml"]


@given(st.binary(max_size=300))
def test_reading_never_raises(data: bytes) -> None:
    read(data)
    read(HEAD.encode() + data)
    first(data)
    first(b"-----BEGIN CERTIFICATE-----" + data + b"-----END CERTIFICATE-----")


def test_the_first_certificate_of_a_file() -> None:
    found = first(b"subject=x\n" + pem(OTHER_NAME, GOOD).encode())
    assert found
    assert found.names == ("www.example.com",)
    assert first(b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----") is None
