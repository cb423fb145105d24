"""Who took a message: its receiver or a relay, by the exchangers of the recipient's domain."""

import pytest

from mailworthy.lookup.drive import drive
from mailworthy.lookup.memory import Memory
from mailworthy.sendtest.maillog import Step, read
from mailworthy.sendtest.relayed import relayed

ZONE = """$ORIGIN b.example.
@ 60 SOA ns a 1 2 3 4 5
@ 60 MX 10 mx
@ 60 MX 20 mx.far.example.
mx 60 A 192.0.2.8
mx 60 AAAA 2001:db8::8
bare 60 A 192.0.2.7
null 60 MX 0 .
"""
FAR = "$ORIGIN far.example.\n@ 60 SOA ns a 1 2 3 4 5\nmx 60 A 192.0.2.9\n"


def step(recipient: str, relay: str, program: str = "smtp") -> Step:
    line = (
        f"Nov 23 18:00:01 mail postfix/{program}[1]: 4AAAA: to=<{recipient}>, relay={relay}, "
        "delay=0.4, delays=0/0/0/0.4, dsn=2.0.0, status=sent (250 ok)"
    )
    found = read(line)
    assert isinstance(found, Step)
    return found


@pytest.mark.parametrize(
    ("recipient", "relay", "is_relay"),
    [
        ("x@b.example", "mx.b.example[192.0.2.8]:25", False),
        ("x@B.EXAMPLE", "MX.b.example[192.0.2.99]:25", False),
        ("x@b.example", "192.0.2.8[192.0.2.8]:25", False),
        ("x@b.example", "[2001:db8::8][2001:db8::8]:25", True),  # no form of Postfix's
        ("x@b.example", "2001:db8::8[2001:db8::8]:25", False),
        ("x@b.example", "mx.far.example[192.0.2.9]:25", False),
        ("x@b.example", "smtp.isp.example[192.0.2.10]:587", True),
        ("x@b.example", "127.0.0.1[127.0.0.1]:10025", True),
        ("x@bare.b.example", "bare.b.example[192.0.2.7]:25", False),
        ("x@bare.b.example", "smtp.isp.example[192.0.2.10]:25", True),
        ("x@null.b.example", "smtp.isp.example[192.0.2.10]:25", True),
        ("x@gone.b.example", "smtp.isp.example[192.0.2.10]:25", True),
        ("x@unknown.example", "smtp.isp.example[192.0.2.10]:25", None),
        ("x@[192.0.2.1]", "smtp.isp.example[192.0.2.10]:25", None),
        ("postmaster", "smtp.isp.example[192.0.2.10]:25", None),
    ],
)
def test_who_took_it(recipient: str, relay: str, is_relay: bool | None) -> None:
    resolver = Memory.from_zone(ZONE + FAR)
    assert drive(relayed(step(recipient, relay)), resolver) is is_relay


def test_an_exchanger_that_cannot_be_looked_up_may_be_the_one() -> None:
    taken = step("x@b.example", "smtp.isp.example[192.0.2.10]:25")
    assert drive(relayed(taken), Memory.from_zone(ZONE)) is None


@pytest.mark.parametrize("program", ["lmtp", "local", "virtual", "pipe"])
def test_what_delivers_here_is_no_relay(program: str) -> None:
    taken = step("x@b.example", "dovecot", program)
    assert drive(relayed(taken), Memory.from_zone(ZONE)) is False
