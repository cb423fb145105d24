"""What an attacker sends to the address for reports, each with what has to come of it.

`python hostile_reports.py FILE` reads one and prints its outcome and how much memory that took.
"""

import gzip
import resource
import sys
import tarfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

import msgspec

import report_wraps as wraps
from mailworthy import reports
from mailworthy.reports.model import Report

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
GIBI = 1 << 30


class Case(msgspec.Struct, frozen=True):
    """What is sent, and one line for each thing that is found in it."""

    make: Callable[[], bytes]
    outcome: tuple[str, ...]


def told(item: Report | reports.Unreadable) -> str:
    """A report: its kind and how many records, with ! if it is partial. Else the fault."""
    if not isinstance(item, Report):
        return str(item.fault)
    count = sum(1 for _ in item.records)
    return f"{item.head.kind} {count}{'!' if item.partial else ''}"


def outcome(source: bytes | BinaryIO) -> tuple[str, ...]:
    """One line for each thing that is found."""
    return tuple(told(item) for item in reports.read(source, now=NOW))


def xml(old: str, new: str) -> Callable[[], bytes]:
    """The report with something in it replaced."""
    assert old in wraps.XML.decode()
    return lambda: wraps.XML.replace(old.encode(), new.encode())


def second(old: str, new: str) -> Callable[[], bytes]:
    """Three records, and something replaced in the second."""

    def make() -> bytes:
        parts = wraps.report(3).split(b"  <record>")
        parts[2] = parts[2].replace(old.encode(), new.encode())
        return b"  <record>".join(parts)

    return make


def pax_bomb(octets: int) -> bytes:
    """A tar archive whose header for the next file is very long."""
    info = tarfile.TarInfo("x")
    info.type, info.size = tarfile.XHDTYPE, octets
    return wraps.gzip_bomb(octets, info.tobuf(tarfile.USTAR_FORMAT), b"9")


def directory_bomb(octets: int) -> bytes:
    """A zip archive, packed again, of which nothing but its directory is large."""
    one = wraps.zipped({"a.xml": wraps.XML})
    start, end = one.index(b"PK\x01\x02"), one.index(b"PK\x05\x06")
    entry = one[start:end]
    return wraps.gzip_bomb(octets, one[:start], entry * ((1 << 20) // len(entry)))


def mail_bomb(octets: int) -> bytes:
    """A mail of nothing but lines that might divide it."""
    head = b"From: a@b\nSubject: dmarc\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\n"
    return head + b"--b\n\n" * (octets // 5)


CASES: dict[str, Case] = {
    "entity bomb": Case(
        lambda: (
            b'<!DOCTYPE lolz [<!ENTITY a "' + b"x" * 1000 + b'"><!ENTITY b "&a;&a;&a;&a;&a;">]>'
            b"<feedback>&b;</feedback>"
        ),
        ("doctype",),
    ),
    "external entity": Case(
        lambda: (
            b'<!DOCTYPE feedback [<!ENTITY x SYSTEM "file:///etc/passwd">]><feedback>&x;</feedback>'
        ),
        ("doctype",),
    ),
    "two reports in a zip": Case(
        lambda: wraps.zipped({"a.xml": wraps.report(2), "b.xml": wraps.report(3)}),
        ("aggregate 2", "aggregate 3"),
    ),
    "gzip twice": Case(lambda: gzip.compress(gzip.compress(wraps.XML)), ("aggregate 1",)),
    "tar.gz": Case(
        lambda: gzip.compress(wraps.tarred({"a.xml": wraps.XML, "b.json": wraps.JSON})),
        ("aggregate 1", "tls 1"),
    ),
    "UTF-16": Case(lambda: wraps.XML.decode().encode("utf-16"), ("aggregate 1",)),
    "prefixed": Case(
        lambda: (
            wraps.XML.replace(b"</", b"</d:")
            .replace(b"<", b"<d:")
            .replace(b"<d:/d:", b"</d:")
            .replace(b"<d:?", b"<?")
            .replace(b"<d:feedback>", b'<d:feedback xmlns:d="urn:ietf:params:xml:ns:dmarc-2.0">')
        ),
        ("aggregate 1",),
    ),
    "truncated": Case(lambda: wraps.report(3)[:-300], ("aggregate 2!",)),
    "truncated, packed": Case(
        lambda: gzip.compress(wraps.report(3000))[:-9], ("aggregate 3000!",)
    ),
    "zip without its end": Case(
        lambda: wraps.zipped({"a.xml": wraps.report(9)})[:-60], ("aggregate 9", "damaged")
    ),
    "negative count": Case(second(">3<", ">-429<"), ("aggregate 2!",)),
    "count beyond reason": Case(second(">3<", ">99999999999999999999<"), ("aggregate 2!",)),
    "bad address": Case(second("192.0.2.25", "192.0.2.256"), ("aggregate 2!",)),
    "in the future": Case(
        lambda: wraps.XML.replace(b"n>179", b"n>209").replace(b"d>179", b"d>209"),
        ("nonsense",),
    ),
    "a window of years": Case(xml("1790000000", "1590000000"), ("nonsense",)),
    "complaint": Case(lambda: wraps.COMPLAINT, ("complaint 1",)),
    "complaint, with others in an mbox": Case(
        lambda: wraps.mbox([wraps.PLAIN, wraps.COMPLAINT, wraps.mail(wraps.part(wraps.XML))]),
        ("no-report", "complaint 1", "aggregate 1"),
    ),
    "archives in archives": Case(lambda: wraps.nested(wraps.XML, 20), ("too-deep",)),
    "mails in mails": Case(
        lambda: b"Subject: dmarc\nContent-Type: message/rfc822\n\n" * 90 + wraps.XML, ("too-deep",)
    ),
    "one octet packed 5,000 times": Case(
        lambda: wraps.overlapping_zip(5000, 1000), ("aggregate 1!", "too-many", "damaged")
    ),
    "endless parts": Case(lambda: mail_bomb(20_000_000), ("too-many",)),
    "a mail beyond the limit": Case(
        lambda: wraps.PLAIN + b"x\n" * 20_000_000, ("too-large",)
    ),
    "a mail at the limit": Case(
        lambda: wraps.mail(wraps.part(wraps.zipped({"a.xml": wraps.report(9)}), name="a.zip"))
        + b"junk\n" * 5_000_000,
        ("aggregate 9",),
    ),
    "a complaint at the limit": Case(
        lambda: wraps.COMPLAINT + b"junk\n" * 5_000_000, ("complaint 1",)
    ),
    "XML bomb": Case(lambda: wraps.gzip_bomb(GIBI), ("too-large",)),
    "XML bomb with a record": Case(
        lambda: wraps.gzip_bomb(GIBI, wraps.report(1).partition(b"</feedback>")[0]),
        ("aggregate 1!",),
    ),
    "one element of a gibibyte": Case(
        lambda: wraps.gzip_bomb(GIBI, b"<feedback><report_metadata><org_name>", b"x"),
        ("too-large",),
    ),
    "elements in elements": Case(
        lambda: wraps.gzip_bomb(GIBI, b"<feedback>", b"<a>"), ("too-large",)
    ),
    "one attribute of a gibibyte": Case(
        lambda: wraps.gzip_bomb(GIBI, b"<feedback a='", b"x"), ("unknown-format",)
    ),
    "JSON bomb": Case(
        lambda: wraps.gzip_bomb(GIBI, b'{"organization-name": ', b"["), ("too-large",)
    ),
    "zeros": Case(lambda: wraps.gzip_bomb(GIBI, b"", b"\0"), ("unknown-format",)),
    "XML bomb in a mail": Case(
        lambda: wraps.mail(wraps.part(wraps.gzip_bomb(GIBI), name="a!b!1!2.xml.gz")),
        ("too-large",),
    ),
    "XML bomb packed twice": Case(
        lambda: gzip.compress(wraps.gzip_bomb(GIBI)), ("too-large",)
    ),
    "tar bomb": Case(lambda: pax_bomb(GIBI), ("too-large",)),
    "directory bomb": Case(lambda: directory_bomb(GIBI), ("too-large",)),
    "mail bomb": Case(
        lambda: wraps.gzip_bomb(GIBI, wraps.PLAIN, b"x"), ("too-large",)
    ),
    "mbox bomb": Case(
        lambda: wraps.gzip_bomb(GIBI, wraps.mbox([wraps.COMPLAINT, wraps.PLAIN]), b"x"),
        ("complaint 1", "too-large", "too-large"),
    ),
}  # fmt: skip


def peak() -> int:
    """The most memory that this process had, in KiB; what getrusage says is the parent's too."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(status.read_text().partition("VmHWM:")[2].split()[0])


def main() -> None:
    """Read the file that is named; it was made by another process, whose memory does not count."""
    with open(sys.argv[1], "rb") as file:
        print(*outcome(file), sep="\n")
    print(peak())


if __name__ == "__main__":
    main()
