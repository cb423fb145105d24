"""From fields that some readers see and others do not: RFC 5322 §2.2, §2.3."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailworthy.message import read
from mailworthy.message.author import Fault, author
from mailworthy.message.disguise import disguised

TRUE = b"From: x@evil.test\r\n"
HIDDEN = [
    b"From\0: ceo@bank.test\r\n" + TRUE,
    TRUE + b"F\0rom: ceo@bank.test\r\n",
    TRUE + b"From\x0b: ceo@bank.test\r\n",
    TRUE + b"\x0cFROM : ceo@bank.test\r\n",
    b"\xef\xbb\xbfFrom: ceo@bank.test\r\n" + TRUE,
    b" From: ceo@bank.test\r\n" + TRUE,
    b"Subject: a\rFrom: ceo@bank.test\r\n" + TRUE,
    b"Subject: a\r\rfrom : ceo@bank.test\r\n" + TRUE,
]
PLAIN = [
    TRUE,
    b"FROM : x@evil.test\r\n",
    TRUE + b"Subject: a\r\n From: ceo@bank.test\r\n",
    TRUE + b"X-From: ceo@bank.test\r\n>From: a\r\nResent-From: a@bank.test\r\n",
    TRUE + b"\r\na\rFrom: ceo@bank.test\r\n",
    b"From ceo@bank.test Mon\r\n" + TRUE,
]


@pytest.mark.parametrize("header", HIDDEN)
def test_a_second_author_is_seen_through_the_disguise(header: bytes) -> None:
    message = read(header + b"\r\n")
    found = author([field.value for field in message.named(b"from")], disguised(message))
    assert (found.fault, found.domain) == (Fault.DISGUISED, None)
    assert set(found.domains) == {"bank.test", "evil.test"}


@pytest.mark.parametrize("header", HIDDEN)
def test_a_disguise_alone_is_no_from(header: bytes) -> None:
    message = read(header.replace(TRUE, b"") + b"\r\n")
    found = author((), disguised(message))
    assert (found.fault, found.domains) == (Fault.NO_FIELD, ("bank.test",))


@pytest.mark.parametrize("header", PLAIN)
def test_what_is_no_disguise(header: bytes) -> None:
    assert disguised(read(header + b"\r\n")) == ()


@given(st.lists(st.sampled_from([b"from", b":", b"\r", b"\n", b" ", b"\0", b"\xff", b"a@b.test"])))
def test_nothing_raises(pieces: list[bytes]) -> None:
    assert author((), disguised(read(b"".join(pieces)))).domain is None
