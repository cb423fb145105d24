"""Mark certificates (VMC, CMC), as far as they are certificates."""

import base64
import binascii
import re

from mailworthy.certificate import Certificate, read

_PEM = re.compile(
    rb"-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]{1,200000})-----END CERTIFICATE-----"
)


def first(data: bytes) -> Certificate | None:
    """The first certificate of a PEM file; None if there is none that can be read."""
    found = _PEM.search(data)
    try:
        return read(base64.b64decode(found[1])).record if found else None
    except (binascii.Error, ValueError):
        return None
