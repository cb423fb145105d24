"""Reports, and what they come in: builders for the tests of reports."""

import base64
import bz2
import gzip
import io
import lzma
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterable, Mapping

XML = b"""<?xml version="1.0" encoding="UTF-8"?>
<feedback>
  <report_metadata>
    <org_name>receiver.example</org_name>
    <email>dmarc@receiver.example</email>
    <report_id>r1</report_id>
    <date_range><begin>1790000000</begin><end>1790086399</end></date_range>
  </report_metadata>
  <policy_published><domain>example.com</domain><p>none</p></policy_published>
  <record>
    <row>
      <source_ip>192.0.2.25</source_ip>
      <count>3</count>
      <policy_evaluated>
        <disposition>none</disposition><dkim>pass</dkim><spf>fail</spf>
      </policy_evaluated>
    </row>
    <identifiers><header_from>example.com</header_from></identifiers>
    <auth_results>
      <dkim><domain>example.com</domain><selector>s1</selector><result>pass</result></dkim>
      <spf><domain>example.com</domain><result>fail</result></spf>
    </auth_results>
  </record>
</feedback>
"""
JSON = b"""{"organization-name": "receiver.example",
 "date-range": {"start-datetime": "2026-09-21T00:00:00Z", "end-datetime": "2026-09-21T23:59:59Z"},
 "contact-info": "tls@receiver.example", "report-id": "t1",
 "policies": [{"policy": {"policy-type": "no-policy-found", "policy-domain": "example.com"},
   "summary": {"total-successful-session-count": 5, "total-failure-session-count": 0}}]}
"""
COMPLAINT = b"""From: fbl@receiver.example
To: abuse@example.com
Subject: complaint
Date: Mon, 21 Sep 2026 10:00:00 +0000
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="f"

--f
Content-Type: text/plain

Somebody complained.
--f
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: Loop/1.0
Version: 1
Arrival-Date: Mon, 21 Sep 2026 09:00:00 +0000
Source-IP: 192.0.2.25
--f
Content-Type: message/rfc822

From: news@example.com
List-Id: <news.example.com>
Subject: News
Content-Type: application/xml; name="receiver.example!example.com!1!2.xml"

<feedback><report_metadata/></feedback>
--f--
"""
PLAIN = b"From: joe@example.com\nTo: ann@example.org\nSubject: Lunch?\n\nAt noon?\n"


def report(records: int = 1, number: int = 1) -> bytes:
    """The report, with so many records and another name."""
    head, record, tail = XML.partition(b"  <record>")[0], _record(), b"</feedback>\n"
    return head.replace(b">r1<", b">r%d<" % number) + record * records + tail


def _record() -> bytes:
    start, end = XML.index(b"  <record>"), XML.index(b"</feedback>")
    return XML[start:end]


def zipped(files: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip archive."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return file.getvalue()


def tarred(files: Mapping[str, bytes], style: int = tarfile.PAX_FORMAT) -> bytes:
    """A tar archive."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w", format=style) as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return file.getvalue()


def part(
    data: bytes, kind: str = "application/octet-stream", name: str = "", encoding: str = "base64"
) -> bytes:
    """A part of a multipart."""
    label = f'{kind}; name="{name}"' if name else kind
    coded = base64.encodebytes(data) if encoding == "base64" else data
    return f"Content-Type: {label}\nContent-Transfer-Encoding: {encoding}\n\n".encode() + coded


def mail(*parts: bytes, subject: str = "Report Domain: example.com", boundary: str = "b") -> bytes:
    """A multipart mail."""
    head = (
        "From: dmarc@receiver.example\nTo: rua@example.com\nMIME-Version: 1.0\n"
        f'Subject: {subject}\nContent-Type: multipart/mixed; boundary="{boundary}"\n\n'
    )
    line = f"--{boundary}\n".encode()
    return head.encode() + line + (b"\n" + line).join(parts) + f"\n--{boundary}--\n".encode()


def inner_mail(*parts: bytes) -> bytes:
    """A part that is a mail."""
    return part(mail(*parts, boundary="inner"), "message/rfc822", encoding="7bit")


def mbox(mails: Iterable[bytes]) -> bytes:
    """An mbox file."""
    return b"".join(b"From a@b Mon Sep 21 10:00:00 2026\n" + one + b"\n" for one in mails)


def gzip_bomb(
    octets: int, head: bytes = XML.partition(b"<record>")[0], fill: bytes = b" "
) -> bytes:
    """What begins as `head` and goes on for very long; it has no end, which nobody should see."""
    coder = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = coder.compress(head) + coder.flush(zlib.Z_FULL_FLUSH)
    mebi = coder.compress(fill * ((1 << 20) // len(fill))) + coder.flush(zlib.Z_FULL_FLUSH)
    return b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + packed + mebi * (octets >> 20)


def overlapping_zip(files: int, octets: int) -> bytes:
    """Many directory entries for one and the same file."""
    one = zipped({"a.xml": XML.partition(b"</feedback>")[0] + b" " * octets})
    start, end = one.index(b"PK\x01\x02"), one.index(b"PK\x05\x06")
    entries = one[start:end] * files
    return (
        one[:start]
        + entries
        + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, files, files, len(entries), start, 0)
    )


def nested(data: bytes, times: int) -> bytes:
    """A zip archive in a zip archive, and so on."""
    for _ in range(times):
        data = zipped({"inner.zip": data})
    return data


WRAPS = {
    "plain": lambda d: d,
    "gzip": gzip.compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "gzip twice": lambda d: gzip.compress(gzip.compress(d)),
    "gzip in pieces": lambda d: gzip.compress(d[:100]) + gzip.compress(d[100:]),
    "gzip and garbage": lambda d: gzip.compress(d) + b"garbage",
    "gzip and zeros": lambda d: gzip.compress(d) + bytes(100),
    "zip": lambda d: zipped({"a.xml": d}),
    "zip, stored": lambda d: zipped({"a.xml": d}, zipfile.ZIP_STORED),
    "zip, bzip2": lambda d: zipped({"a.xml": d}, zipfile.ZIP_BZIP2),
    "zip, lzma": lambda d: zipped({"a.xml": d}, zipfile.ZIP_LZMA),
    "zip twice": lambda d: nested(zipped({"a.xml": d}), 1),
    "zip after junk": lambda d: b"PK\x03\x04junk" * 9 + zipped({"a.xml": d}),
    "zip, folders and droppings": lambda d: zipped(
        {"f/": b"", "f/a.xml": d, "__MACOSX/f/._a.xml": b"\0\5\x16\7", "f/.DS_Store": b"Bud1"}
    ),
    "gzip in zip": lambda d: zipped({"a.xml.gz": gzip.compress(d)}),
    "zip in gzip": lambda d: gzip.compress(zipped({"a.xml": d})),
    "tar": lambda d: tarred({"a.xml": d}),
    "tar, GNU, long name": lambda d: tarred({"n" * 300: d}, tarfile.GNU_FORMAT),
    "tar, pax, long name": lambda d: tarred({"n" * 300: d}),
    "tar.gz": lambda d: gzip.compress(tarred({"a.xml": d})),
    "tar.xz": lambda d: lzma.compress(tarred({"a.xml": d})),
    "mail": lambda d: mail(part(b"hello", "text/plain", encoding="7bit"), part(d)),
    "mail, as it is": lambda d: mail(part(d, "text/xml", encoding="8bit")),
    "mail, the whole body": lambda d: b"From: a@b\n" + part(gzip.compress(d), "application/gzip"),
    "mail, image": lambda d: mail(part(gzip.compress(d), "image/png", "logo.png")),
    "mail, no encoding named": lambda d: mail(part(d)).replace(b"base64", b"7bit"),
    "mail, base64 that is none": lambda d: mail(b"Content-Transfer-Encoding: base64\n\n" + d),
    "mail with CRLF": lambda d: mail(part(gzip.compress(d))).replace(b"\n", b"\r\n"),
    "mail after a blank line": lambda d: b"\n" + mail(part(d)),
    "mail, mark before": lambda d: b"\xef\xbb\xbf" + mail(part(d)),
    "mail, not closed": lambda d: mail(part(d)).partition(b"\n--b--")[0],
    "mail in mail": lambda d: mail(inner_mail(part(d))),
    "mail in mail, encoded": lambda d: mail(part(mail(part(d)), "message/rfc822")),
    "mail in mail, a file": lambda d: mail(part(mail(part(d)), name="forwarded.eml")),
    "mail in zip": lambda d: zipped({"m.eml": mail(part(gzip.compress(d)))}),
    "mbox": lambda d: mbox([mail(part(d))]),
    "mbox.gz": lambda d: gzip.compress(mbox([mail(part(d))])),
}  # fmt: skip
