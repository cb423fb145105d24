"""The file of settings for mail programs, as others may serve it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailworthy.audit.rules.srv._autoconfig import URL, config
from mailworthy.audit.rules.srv._settings import MAX_SERVERS, hosts
from mailworthy.domain.intentfile import loads
from mailworthy.lookup.model import Fetch, Fetched, Status
from mailworthy.servers import autoconfig

GOOD = config("example.com", "mail.example.com")
INTENT = """\
[hosts."mail.example.com"]
ipv4 = ["192.0.2.25"]
mx = 10
[domains."example.com"]
"""


def named(body: bytes | str) -> tuple[str, ...] | None:
    data = body.encode() if isinstance(body, str) else body
    return hosts(Fetched(Fetch(URL), Status.FOUND, code=200, body=data))


def test_the_servers_are_read() -> None:
    assert named(GOOD) == ("mail.example.com",)
    (file,) = autoconfig.files(loads(INTENT, source="test"))
    assert named(file.text) == ("mail.example.com",)


@pytest.mark.parametrize(
    "body", ["", "<html/>", "<clientConfig>", "<!DOCTYPE x []><clientConfig/>", "\x1f\x8b"]
)
def test_what_is_no_such_file(body: str) -> None:
    assert named(body) is None


def test_there_may_be_ever_so_many() -> None:
    many = "".join(f"<hostname>h{n}.example</hostname>" for n in range(5000))
    found = named(f"<clientConfig>{many}</clientConfig>")
    assert found
    assert len(found) == MAX_SERVERS


@given(st.binary(max_size=200))
def test_reading_never_raises(data: bytes) -> None:
    named(data)
    named(b"<clientConfig><hostname>" + data)
