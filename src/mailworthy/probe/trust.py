"""Whether a chain of certificates is to be trusted, asked of OpenSSL without a connection.

A sender of mail takes any certificate where it encrypts opportunistically, and judges it where
MTA-STS wants it. So a conversation takes any, and the chain that was seen is shown to OpenSSL
once more, in a handshake with nobody that ends where the certificates have been judged: the
first octets of TLS 1.2 are enough for that, and no key is needed (RFC 5246 §7.4.2).
"""

import ssl
from collections.abc import Sequence

from mailworthy.names import printable

_RECORD = 16384  # octets of one record at most (RFC 5246 §6.2.1)
_SERVER_HELLO, _CERTIFICATE = 2, 11
_HELLO = (
    b"\x03\x03"  # TLS 1.2
    + bytes(32)  # the random, which nobody looks at
    + b"\x00"  # no session
    + b"\xc0\x2f"  # ECDHE-RSA-AES128-GCM-SHA256
    + b"\x00"  # no compression
    + b"\x00\x05\xff\x01\x00\x01\x00"  # secure renegotiation (RFC 5746 §3.2)
)
_OTHER_KEY = "WRONG_CERTIFICATE_TYPE"  # judged, but not for RSA: found out after the judgement


def untrusted(chain: Sequence[bytes], authorities: ssl.SSLContext) -> str:
    """Why a chain (DER, the server's own first) does not lead to an authority and is not in
    date, in OpenSSL's words; empty where it does and is. Names are not looked at.

    `authorities` is a context that verifies and speaks TLS 1.2. Never raises.
    """
    if not chain:
        return "the server showed no certificate"
    coming, going = ssl.MemoryBIO(), ssl.MemoryBIO()
    side = authorities.wrap_bio(coming, going)
    try:
        _step(side)
        coming.write(flight(chain))
        _step(side)
    except ssl.SSLCertVerificationError as error:
        return printable(error.verify_message or "the certificate is not good", 120)
    except ssl.SSLError as error:
        if error.reason == _OTHER_KEY:
            return ""
        return f"the certificates cannot be read: {printable(error.reason or 'broken', 80)}"
    return ""


def flight(chain: Sequence[bytes]) -> bytes:
    """What a server of TLS 1.2 sends first, up to its certificates."""
    return _records(_message(_SERVER_HELLO, _HELLO) + _certificates(chain))


def _step(side: ssl.SSLObject) -> None:
    try:
        side.do_handshake()
    except ssl.SSLWantReadError:
        return


def _certificates(chain: Sequence[bytes]) -> bytes:
    listed = b"".join(_sized(der) for der in chain)
    return _message(_CERTIFICATE, _sized(listed))


def _message(kind: int, body: bytes) -> bytes:
    return bytes([kind]) + _sized(body)


def _sized(data: bytes) -> bytes:
    return len(data).to_bytes(3, "big") + data


def _records(data: bytes) -> bytes:
    pieces = (data[i : i + _RECORD] for i in range(0, len(data), _RECORD))
    return b"".join(b"\x16\x03\x03" + len(p).to_bytes(2, "big") + p for p in pieces)
