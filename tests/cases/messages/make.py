"""Write the messages of this folder and the DNS of their world: `python make.py`."""

from datetime import UTC, datetime
from pathlib import Path

from mailworthy.dkim.facade import signer
from mailworthy.dkim.material import public_text
from mailworthy.dkim.signing import Signer, signing_key

HERE = Path(__file__).parent
SENT = datetime(2026, 3, 2, 9, 0, 0, tzinfo=UTC)

LETTER = b"""\
Date: Mon, 02 Mar 2026 10:00:00 +0100
From: Jane Doe <jane@example.com>
To: Ruth <ruth@receiver.example>
Message-ID: <20260302090000.1@mail.example.com>
Subject: The minutes of Monday
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

Dear Ruth,

here they are. Shall we meet on Thursday?

Jane
"""

SPOOF = b"""\
Date: Mon, 02 Mar 2026 09:12:00 +0000
From: "Jane Doe" <jane@example.com>
To: Ruth <ruth@receiver.example>
Message-ID: <8f3a@203.0.113.66>
Subject: Urgent: new bank account
MIME-Version: 1.0
Content-Type: text/plain; charset=us-ascii

Ruth, please use the new account from today. It is confidential.

Jane
"""

FOOTER = b"""\
_______________________________________________
minutes mailing list -- minutes@lists.example.org
"""

ZONES = """\
example.com. 3600 IN SOA ns1.example.com. admin.example.com. 1 7200 900 1209600 3600
example.com. 3600 IN NS ns1.example.com.
example.com. 3600 IN MX 10 mail.example.com.
example.com. 3600 IN TXT "v=spf1 ip4:192.0.2.25 -all"
ns1.example.com. 3600 IN A 192.0.2.53
mail.example.com. 3600 IN A 192.0.2.25
mail.example.com. 3600 IN TXT "v=spf1 a -all"
_dmarc.example.com. 3600 IN TXT "v=DMARC1; p=reject; rua=mailto:dmarc@example.com"

example.org. 3600 IN SOA ns1.example.org. admin.example.org. 1 7200 900 1209600 3600
example.org. 3600 IN NS ns1.example.org.
example.org. 3600 IN MX 10 mx.example.org.
example.org. 3600 IN TXT "v=spf1 mx -all"
ns1.example.org. 3600 IN A 198.51.100.53
mx.example.org. 3600 IN A 198.51.100.7
mx.example.org. 3600 IN TXT "v=spf1 a -all"
lists.example.org. 3600 IN MX 10 mx.example.org.
lists.example.org. 3600 IN TXT "v=spf1 mx -all"

example.net. 3600 IN SOA ns1.example.net. admin.example.net. 1 7200 900 1209600 3600
example.net. 3600 IN NS ns1.example.net.
ns1.example.net. 3600 IN A 203.0.113.53
203-0-113-66.dyn.example.net. 3600 IN A 203.0.113.66

2.0.192.in-addr.arpa. 3600 IN SOA ns1.example.com. admin.example.com. 1 7200 900 1209600 3600
2.0.192.in-addr.arpa. 3600 IN NS ns1.example.com.
25.2.0.192.in-addr.arpa. 3600 IN PTR mail.example.com.

100.51.198.in-addr.arpa. 3600 IN SOA ns1.example.org. admin.example.org. 1 7200 900 1209600 3600
100.51.198.in-addr.arpa. 3600 IN NS ns1.example.org.
7.100.51.198.in-addr.arpa. 3600 IN PTR mx.example.org.

113.0.203.in-addr.arpa. 3600 IN SOA ns1.example.net. admin.example.net. 1 7200 900 1209600 3600
113.0.203.in-addr.arpa. 3600 IN NS ns1.example.net.
66.113.0.203.in-addr.arpa. 3600 IN PTR 203-0-113-66.dyn.example.net.
"""

ORIGINAL = """\
Received: from mail.example.com (mail.example.com [192.0.2.25])
\t(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits))
\tby mx.{by} (Postfix) with ESMTPS id 4A1B2C3D
\tfor <ruth@{by}>; Mon, 02 Mar 2026 09:00:02 +0000 (UTC)
"""
RELAYED = """\
Received: from mx.example.org (mx.example.org [198.51.100.7])
\t(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits))
\tby mx.receiver.example (Postfix) with ESMTPS id 5E6F7A8B
\tfor <ruth@receiver.example>; Mon, 02 Mar 2026 09:00:05 +0000 (UTC)
"""
DIALLED = """\
Received: from mail.example.com (203-0-113-66.dyn.example.net [203.0.113.66])
\tby mx.receiver.example (Postfix) with ESMTP id 9C0D1E2F
\tfor <ruth@receiver.example>; Mon, 02 Mar 2026 09:12:03 +0000 (UTC)
"""


def _signer(domain: str, *selectors: str) -> Signer:
    files = {"r": "rsa.pem", "e": "ed25519.pem"}
    return signer(domain, [(s, (HERE / "keys" / files[s[0]]).read_bytes()) for s in selectors])


def _wire(text: bytes | str) -> bytes:
    octets = text.encode() if isinstance(text, str) else text
    return octets.replace(b"\n", b"\r\n")


def _path(address: str) -> bytes:
    return _wire(f"Return-Path: <{address}>\n")


def messages() -> dict[str, bytes]:
    """File name to the octets of a message."""
    jane = _signer("example.com", "r2026", "e2026").sign(_wire(LETTER), now=SENT)
    at_org = _wire(ORIGINAL.format(by="example.org")) + jane
    changed = at_org.replace(b"Subject: ", b"Subject: [minutes] ") + _wire(FOOTER)
    listed = b"List-Id: <minutes.lists.example.org>\r\n" + changed
    return {
        "clean.eml": _path("jane@example.com")
        + _wire(ORIGINAL.format(by="receiver.example"))
        + jane,
        "spoofed.eml": _path("jane@example.com") + _wire(DIALLED) + _wire(SPOOF),
        "forwarded.eml": _path("jane@example.com") + _wire(RELAYED) + at_org,
        "list.eml": _path("minutes-bounces@lists.example.org")
        + _wire(RELAYED)
        + _signer("lists.example.org", "r2025").sign(listed, now=SENT),
    }


def world() -> str:
    """The zones, with the public halves of the keys."""
    keys = [
        _key("r2026._domainkey.example.com", "rsa.pem"),
        _key("e2026._domainkey.example.com", "ed25519.pem"),
        _key("r2025._domainkey.lists.example.org", "rsa.pem"),
    ]
    return ZONES + "\n" + "".join(keys)


def _key(name: str, file: str) -> str:
    k, p = public_text(signing_key("x", (HERE / "keys" / file).read_bytes()).key)
    text = f"v=DKIM1; k={k}; p={p}"
    strings = " ".join(f'"{text[i : i + 250]}"' for i in range(0, len(text), 250))
    return f"{name}. 3600 IN TXT {strings}\n"


def main() -> None:
    """Write everything."""
    for name, octets in messages().items():
        (HERE / name).write_bytes(octets)
    (HERE / "world.zone").write_text(world())


if __name__ == "__main__":
    main()
