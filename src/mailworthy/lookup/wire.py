"""DNS messages: questions out, answers in (RFC 1035 §4, RFC 6891, RFC 8914).

dnspython takes 0.3 ms a message. The few types that mail needs are decoded here instead, to
the same text; whatever is unusual goes to dnspython.
"""

import struct

import msgspec

from mailworthy.lookup.fastwire import Odd, decode_fast
from mailworthy.lookup.nametext import wire_name
from mailworthy.lookup.presentation import type_number
from mailworthy.lookup.slowwire import decode_slow
from mailworthy.lookup.wiremodel import MAX_MESSAGE, Message

EDNS_SIZE = 1232  # fits every path without fragments
_RD, _AD, _QR, _OPCODE = 0x0100, 0x0020, 0x8000, 0x7800
_FORMERR, _NOTIMP = 1, 4


class Query(msgspec.Struct, frozen=True):
    """A question in octets, without its id; `echo` is what an answer must repeat."""

    echo: bytes
    flags: int = _RD | _AD
    dnssec: bool = False

    def message(self, ident: int, *, edns: bool = True) -> bytes:
        """The whole message, with an EDNS record unless the server cannot take one."""
        head = struct.pack("!6H", ident, self.flags, 1, 0, 0, int(edns))
        if not edns:
            return head + self.echo
        do = 0x8000 if self.dnssec else 0
        return head + self.echo + struct.pack("!BHHBBHH", 0, 41, EDNS_SIZE, 0, 0, do, 0)

    def matches(self, data: bytes) -> bool:
        """Whether a message is an answer to this question; its id is the caller's affair.

        The name is compared without regard to case. Only an error about the form of the
        question may leave the question out.
        """
        if len(data) < 12:
            return False
        flags, count = struct.unpack_from("!HH", data, 2)
        if not flags & _QR or flags & _OPCODE:
            return False
        if count == 0:
            return len(data) == 12 and flags & 15 in (_FORMERR, _NOTIMP)
        end = 12 + len(self.echo)
        echo = data[12:end]
        same = echo[:-4].lower() == self.echo[:-4] and echo[-4:] == self.echo[-4:]
        return count == 1 and same


def query(name: str, type_: str, *, dnssec: bool = False) -> Query | None:
    """A recursive question of class IN; None if the name cannot be sent.

    `type_` is a mnemonic that `presentation.mnemonic` accepts.
    """
    octets = wire_name(name)
    if octets is None:
        return None
    return Query(octets + struct.pack("!HH", type_number(type_), 1), dnssec=dnssec)


def is_truncated(data: bytes) -> bool:
    """Whether the TC bit of a message is set; short texts are not."""
    return len(data) > 2 and bool(data[2] & 2)


def decode(data: bytes) -> Message | None:
    """Read a message from the network; None if it is not one. Never raises.

    Records of other classes than IN, and types in the answer that nobody asked for and that
    are no aliases, are left out.
    """
    if len(data) > MAX_MESSAGE:
        return None
    try:
        return decode_fast(data)
    except (Odd, IndexError, struct.error):
        return decode_slow(data)
