"""An mbox file, mail by mail (RFC 4155)."""

from collections.abc import Iterator

from mailworthy.reports.envelope.sniff import is_from_line
from mailworthy.reports.envelope.streams import CHUNK, Reader


def mails(source: Reader, limit: int) -> Iterator[bytes | None]:
    """Each mail without the line above it; None in place of one that is longer than the limit.

    A mail begins at a line `From `, with a time and a year in it, that follows an empty line.
    Quoting of such lines within mails is left as it is: whose quoting it was cannot be told, and
    signatures are over octets.
    """
    mail = bytearray()
    begun = too_long = False
    empty, fresh = True, True  # whether the line before was empty, and whether a line begins here
    while line := source.readline(CHUNK):
        begins = fresh and empty and line.startswith(b"From ")
        if begins and (not begun or is_from_line(line)):
            if begun:
                yield None if too_long else _unended(mail)
            mail, begun, too_long = bytearray(), True, False
        else:
            too_long = too_long or len(mail) + len(line) > limit
            if too_long:
                mail.clear()
            else:
                mail += line
        empty = fresh and not line.strip(b"\r\n")
        fresh = line.endswith(b"\n")
    if begun:
        yield None if too_long else bytes(mail)


def _unended(mail: bytearray) -> bytes:
    """Without the empty line that stands before the next mail and belongs to neither."""
    if mail.endswith(b"\r\n\r\n"):
        return bytes(memoryview(mail)[:-2])
    return bytes(memoryview(mail)[:-1]) if mail.endswith(b"\n\n") else bytes(mail)
