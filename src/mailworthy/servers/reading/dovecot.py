"""What `doveconf -n` says of certificates. Nothing here raises."""

import re

_CERT = re.compile(r"^\s*(?:ssl_cert|ssl_server_cert_file)\s*=\s*<?\s*(/\S{1,4000})\s*$", re.M)
_OFF = re.compile(r"^ssl\s*=\s*no\s*$", re.M)


def certificates(text: str) -> tuple[str, ...]:
    """The files of certificates that Dovecot serves, those of its `local_name` blocks too."""
    if _OFF.search(text):
        return ()
    return tuple(dict.fromkeys(_CERT.findall(text[:2_000_000])))[:20]
